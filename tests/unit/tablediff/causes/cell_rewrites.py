"""What people do to whole columns, and what should be said first of the cells that changed."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
from cell_columns import LAWS, Random

from datacanary.model.cause import CauseKind

Rewrite = Callable[[pl.Series], pl.Series]


def as_drawn(column: pl.Series) -> pl.Series:
    return column


@dataclass(frozen=True)
class Rewritten:
    """A column, what it becomes, and the explanation; `few` cells are enough to tell."""

    kind: CauseKind
    message: str
    law: str
    rewrite: Rewrite
    few: int = 10
    prepare: Rewrite = as_drawn

    def __str__(self) -> str:
        return f"{self.law} {self.message}"

    def column(self, random: Random, rows: int) -> pl.Series:
        """Draw base's column."""
        return self.prepare(LAWS[self.law].draw(random, rows))


def in_floats(rewrite: Rewrite, digits: int = 2) -> Rewrite:
    """Reckon with decimals as floats, and round to cents."""
    return lambda column: rewrite(column.cast(pl.Float64)).round(digits).cast(pl.Decimal(14, digits))


def in_zone(zone: str) -> Rewrite:
    return lambda column: column.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)


def from_zone(zone: str) -> Rewrite:
    def rewrite(column: pl.Series) -> pl.Series:
        local = column.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        return local.dt.convert_time_zone("UTC").dt.replace_time_zone(None)

    return rewrite


def later_on_the_clock(column: pl.Series) -> pl.Series:
    """Add three hours; after midnight the clock begins anew."""
    return ((column.to_physical() + 3 * 3_600 * 10**9) % (86_400 * 10**9)).cast(pl.Time)


def each(write: Callable[[str], str]) -> Rewrite:
    """Rewrite texts one by one, by Python's own means."""
    return lambda column: pl.Series([None if text is None else write(text) for text in column], dtype=pl.String)


def plain(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))


def whole(column: pl.Series) -> pl.Series:
    return column.round(0).cast(pl.Int64)


REWRITTEN = (
    Rewritten("ratio", "are base x 100: another unit?", "money", lambda c: c * 100, few=3),
    Rewritten("ratio", "are base x 100: another unit?", "money", lambda c: (c * 100).cast(pl.Int64), few=3),
    Rewritten("ratio", "are base / 1,000: another unit?", "wide", lambda c: c.cast(pl.Float64) / 1000, few=3),
    Rewritten("ratio", "are base / 1,000: another unit?", "wide", lambda c: whole(c / 1000), few=3),
    Rewritten("ratio", "are base x 1.609344: another unit?", "floats", lambda c: c * 1.609344, few=3),
    Rewritten("ratio", "are base / 12: another unit?", "money", in_floats(lambda c: c / 12), few=20),
    Rewritten("ratio", "are base x 1.19", "money", in_floats(lambda c: c * 1.19)),
    Rewritten("ratio", "are base x 1.19", "prices", lambda c: (c * 1.19).round(2)),
    Rewritten("ratio", "are base x 3.7", "single floats", lambda c: c * 3.7, few=3),
    Rewritten("ratio", "are base x 2: counted twice by a join?", "small", lambda c: c * 2, few=20),
    Rewritten("ratio", "are base x 2: counted twice by a join?", "ratings", lambda c: c * 2, few=200),
    Rewritten("ratio", "are base / 2", "wide", lambda c: c // 2),
    Rewritten("ratio", "are base x -1.5", "floats", lambda c: c * -1.5, few=3),
    Rewritten("offset", "are base + 4.9", "money", in_floats(lambda c: c + 4.9)),
    Rewritten("offset", "are base + 273.15", "floats", lambda c: c + 273.15, few=4),
    Rewritten("offset", "are base + 0.3", "floats", lambda c: c + 0.1 + 0.2, few=4),
    Rewritten("offset", "are base - 1", "years", lambda c: c - 1, few=60),
    Rewritten("offset", "are base + 1,000,001", "ids", lambda c: c + 1_000_001, few=4),
    Rewritten("offset", "are 1 day later", "dates", lambda c: c.dt.offset_by("1d"), few=40),
    Rewritten("offset", "are 37 s later", "seconds", lambda c: c.dt.offset_by("37s")),
    Rewritten("offset", "are 1 day 30 min earlier", "minutes", lambda c: c.dt.offset_by("-1d30m")),
    Rewritten("offset", "are 3 h later", "seconds", later_on_the_clock, prepare=lambda c: c.dt.time()),
    Rewritten(
        "time_zone",
        "are 5 h earlier, as in a zone of -05:00 instead of UTC",
        "seconds",
        lambda c: c.dt.offset_by("-5h"),
        few=20,
    ),
    Rewritten(
        "time_zone",
        "are 5 h 30 min later, as in a zone of +05:30 instead of UTC",
        "quarters",
        lambda c: c.dt.offset_by("5h30m"),
    ),
    Rewritten(
        "time_zone", "are in the time of Europe/Berlin instead of UTC", "seconds", in_zone("Europe/Berlin"), few=100
    ),
    Rewritten(
        "time_zone",
        "are in the time of America/New_York instead of UTC",
        "minutes",
        in_zone("America/New_York"),
        few=100,
    ),
    Rewritten(
        "time_zone",
        "are in UTC instead of the time of Europe/London",
        "seconds",
        from_zone("Europe/London"),
        few=100,
        prepare=in_zone("Europe/London"),
    ),
    Rewritten("sign", "are base with a minus", "money", lambda c: -c, few=3),
    Rewritten("sign", "are base with the other sign", "signed", lambda c: -c),
    Rewritten("sign", "are base without its minus", "floats", lambda c: c.abs(), few=5, prepare=lambda c: -c.abs()),
    Rewritten("rounding", "are base rounded to whole numbers", "money", in_floats(lambda c: c.round(0))),
    Rewritten("rounding", "are base rounded to whole numbers", "money", lambda c: whole(c.cast(pl.Float64))),
    Rewritten("rounding", "are base rounded down to whole numbers", "money", in_floats(lambda c: c.floor())),
    Rewritten("rounding", "are base rounded up to 1 digit", "floats", lambda c: (c * 10).ceil() / 10, few=3),
    Rewritten(
        "rounding",
        "are base cut to whole numbers",
        "floats",
        lambda c: c.cast(pl.Int64),
        few=20,
        prepare=lambda c: c - 20,
    ),
    Rewritten("rounding", "are base rounded to 2 digits", "floats", lambda c: c.round(2), few=3),
    Rewritten("rounding", "are base rounded to thousands", "wide", lambda c: whole(c / 1000) * 1000),
    Rewritten(
        "rounding",
        "are base rounded to multiples of 0.05",
        "money",
        in_floats(lambda c: (c * 20).round(0) / 20),
        few=100,
    ),
    Rewritten("rounding", "are base in single precision (32 bits)", "floats", lambda c: c.cast(pl.Float32), few=3),
    Rewritten("truncation", "are base cut after 8 characters", "sentences", lambda c: c.str.head(8), few=3),
    Rewritten("truncation", "are base cut after 6 characters", "names", lambda c: c.str.head(6), few=3),
    Rewritten("truncation", "are the last 3 characters of base", "codes", lambda c: c.str.tail(3), few=3),
    Rewritten("truncation", "are base cut to the day", "seconds", lambda c: c.dt.truncate("1d"), few=3),
    Rewritten("truncation", "are base cut to the day", "minutes", lambda c: c.dt.date(), few=5),
    Rewritten("truncation", "are base cut to the hour", "minutes", lambda c: c.dt.truncate("1h")),
    Rewritten("truncation", "are base cut to the month", "dates", lambda c: c.dt.truncate("1mo")),
    Rewritten(
        "trimming",
        "are base without white space at its ends",
        "names",
        lambda c: c.str.strip_chars(),
        few=1,
        prepare=each(lambda t: f" {t}\t"),
    ),
    Rewritten("trimming", "are base with white space at its end", "codes", lambda c: c.str.pad_end(12), few=1),
    Rewritten(
        "trimming",
        "are base without leading zeros",
        "codes",
        lambda c: c.str.strip_chars_start("0"),
        few=1,
        prepare=each(lambda t: f"0{t[2:]}"),
    ),
    Rewritten("trimming", "are base with quotes around it", "names", each(lambda t: f'"{t}"'), few=1),
    Rewritten(
        "trimming", "differ from base in white space alone", "sentences", each(lambda t: t.replace(" ", "  ", 1)), few=1
    ),
    Rewritten(
        "case",
        "are base in upper case",
        "names",
        each(lambda t: t.replace("ß", "ss").upper()),
        few=1,
        prepare=each(lambda t: t.replace("ß", "ss")),
    ),
    Rewritten("case", "are base in lower case", "codes", each(str.lower), few=1),
    Rewritten(
        "case",
        "are base with every word capitalised",
        "sentences",
        lambda c: c.str.to_titlecase(),
        few=1,
        prepare=each(str.lower),
    ),
    Rewritten(
        "unicode", "are base in the Unicode form NFD", "names", each(lambda t: unicodedata.normalize("NFD", t)), few=1
    ),
    Rewritten(
        "unicode",
        "are base in the Unicode form NFC",
        "sentences",
        each(lambda t: unicodedata.normalize("NFC", t)),
        few=1,
        prepare=each(lambda t: unicodedata.normalize("NFD", t)),
    ),
    Rewritten(
        "unicode",
        "are base, its UTF-8 read as Latin-1",
        "names",
        each(lambda t: t.encode().decode("latin-1")),
        few=1,
        prepare=each(lambda t: t + " €"),
    ),
    Rewritten(
        "unicode",
        "are base, its UTF-8 read as Windows-1252",
        "sentences",
        each(lambda t: t.encode().decode("cp1252")),
        few=1,
        prepare=each(lambda t: t + " €"),
    ),
    Rewritten(
        "unicode",
        "are base mended: its UTF-8 had been read as Windows-1252",
        "names",
        each(lambda t: t.encode("cp1252").decode()),
        few=1,
        prepare=each(lambda t: t.encode().decode("cp1252")),
    ),
    Rewritten("unicode", "are base without accents", "names", each(plain), few=1),
    Rewritten(
        "unicode",
        "are base with '?' for every character that is not ASCII",
        "names",
        each(lambda t: t.encode("ascii", "replace").decode()),
        few=1,
    ),
    Rewritten("nulls", "became NULL", "money", lambda c: c.clear(c.len()), few=2),
    Rewritten("nulls", "became NULL", "names", lambda c: c.clear(c.len()), few=2),
    Rewritten("nulls", "were NULL and are 0 now", "money or NULL", lambda c: c.fill_null(0), few=3),
    Rewritten("nulls", "were NULL and are an empty text now", "5 words or NULL", lambda c: c.fill_null(""), few=3),
    Rewritten(
        "nulls",
        "were the word 'N/A' and are NULL now",
        "5 words or NULL",
        lambda c: c.replace("N/A", None),
        few=3,
        prepare=lambda c: c.fill_null("N/A"),
    ),
    Rewritten(
        "nulls",
        "were NULL and are false now",
        "flags",
        lambda c: c.fill_null(value=False),
        few=20,
        prepare=lambda c: c.replace(False, None),
    ),
    Rewritten(
        "nulls",
        "were NULL and are 1970-01-01 now",
        "dates or NULL",
        lambda c: c.to_physical().fill_null(0).cast(pl.Date),
        few=3,
    ),
    Rewritten("constant", "became 'Other'", "50 words", lambda c: pl.Series(["Other"] * c.len())),
    Rewritten("constant", "became 100", "wide", lambda c: c * 0 + 100, few=5),
    Rewritten("constant", "went from 5 to 7", "ratings", lambda c: c.replace(5, 7)),
    Rewritten("constant", "went from 'a00 kind' to 'z'", "2 words", lambda c: c.replace("a00 kind", "z"), few=20),
)
