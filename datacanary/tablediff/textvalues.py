"""Text becomes numbers, booleans, dates and timestamps where that loses nothing."""

from __future__ import annotations

import polars as pl

from datacanary.tablediff.numeric import DECIMAL_DIGITS

GLANCE = 1_000
"""Values that are looked at before a whole column is tried."""
SURE_DIGITS = 15
"""Numbers of so many significant digits all have a float of their own."""
SMALLEST_NORMAL = 2.2250738585072014e-308

BOOLEANS = (("true", "false"), ("True", "False"), ("TRUE", "FALSE"))
NOT_FINITE = ("NaN", "nan", "inf", "-inf", "Infinity", "-Infinity")
INTEGER = r"^-?(0|[1-9][0-9]*)$"
PLAIN = r"^-?((0|[1-9][0-9]*)(\.[0-9]+)?|\.[0-9]+)$"
NUMBER = r"^-?((0|[1-9][0-9]*)(\.[0-9]+)?|\.[0-9]+)([eE][-+]?[0-9]+)?$|^(NaN|nan|-?inf|-?Infinity)$"
DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-5][0-9](\.[0-9]{1,9})?"
ZONE = r"(Z|[-+][0-9]{2}(:?[0-9]{2})?)$"
MICROSECOND_DIGITS = 6
NANOSECOND_YEARS = (1678, 2261)


def typed(frame: pl.DataFrame) -> pl.DataFrame:
    """Give every text column its type."""
    return pl.DataFrame({column.name: typed_values(column) for column in frame})


def typed_values(text: pl.Series) -> pl.Series:
    """Read text as the first type that keeps every value; a column without values has the type null.

    >>> [typed_values(pl.Series(texts)).dtype for texts in (["1", None], ["007", "8"], ["1.50", "2"], ["x"], [None])]
    [Int64, String, Float64, String, Null]
    """
    text = text.alias("").cast(pl.String)
    if text.null_count() == text.len():
        return pl.repeat(None, text.len(), dtype=pl.Null, eager=True)
    for read in (booleans, integers, floats, decimals, dates, instants, timestamps):
        values = read(text)
        if values is not None and values.null_count() == text.null_count():
            return values
    return text


def all_match(text: pl.Series, pattern: str) -> bool:
    """Tell whether every value looks like this; looks at some before all."""
    return bool(text.drop_nulls().head(GLANCE).str.contains(pattern).all() and text.str.contains(pattern).all())


def booleans(text: pl.Series) -> pl.Series | None:
    """Read true and false, in one spelling throughout."""
    for true, false in BOOLEANS:
        if all_match(text, f"^({true}|{false})$"):
            return text == true
    return None


def integers(text: pl.Series) -> pl.Series | None:
    """Read integers without leading zeros."""
    if not all_match(text, INTEGER) or text.is_in(["-0"]).any():
        return None
    values = text.cast(pl.Int64, strict=False)
    return values if values.null_count() == text.null_count() else text.cast(pl.Int128, strict=False)


def floats(text: pl.Series) -> pl.Series | None:
    """Read numbers that a 64-bit float tells apart from all others of as many digits."""
    if not all_match(text, NUMBER) or text.is_in(NOT_FINITE).sum() == text.len() - text.null_count():
        return None
    values = text.cast(pl.Float64, strict=False)
    return values if told_apart(text.filter((text != values.cast(pl.String)).fill_null(False))) else None


def told_apart(text: pl.Series) -> bool:
    """Tell whether floats keep every one of these numbers: few digits, or the same digits when written again."""
    values = text.cast(pl.Float64)
    digits = significant(text)
    normal = values.is_finite() & (values.abs() >= SMALLEST_NORMAL)
    sure = normal & (digits.str.len_bytes() <= SURE_DIGITS)
    return bool((sure | (digits == significant(values.cast(pl.String)))).all())


def significant(text: pl.Series) -> pl.Series:
    """Return the digits of numbers without zeros at either end."""
    return text.str.replace(r"[eE].*$", "").str.replace_all(r"[^0-9]", "").str.strip_chars("0")


def decimals(text: pl.Series) -> pl.Series | None:
    """Read numbers without an exponent that floats would round."""
    if not all_match(text, PLAIN):
        return None
    parts = text.str.strip_chars_start("-").str.split_exact(".", 1).struct
    whole, fraction = (longest(parts.field(f"field_{part}")) for part in (0, 1))
    if whole + fraction > DECIMAL_DIGITS:
        return None
    return text.cast(pl.Decimal(whole + fraction, fraction), strict=False)


def longest(text: pl.Series) -> int:
    """Return the length of the longest text."""
    return int(text.to_frame().select(pl.first().str.len_bytes().max().fill_null(0)).item())


def dates(text: pl.Series) -> pl.Series | None:
    """Read days as ISO 8601 writes them."""
    return text.str.to_date("%Y-%m-%d", strict=False) if all_match(text, DATE) else None


def timestamps(text: pl.Series) -> pl.Series | None:
    """Read timestamps without a time zone."""
    return read_times(text, None) if all_match(text, f"{TIME}$") else None


def instants(text: pl.Series) -> pl.Series | None:
    """Read timestamps with Z or an offset as instants."""
    return read_times(text, "UTC") if all_match(text, TIME + ZONE) else None


def read_times(text: pl.Series, zone: str | None) -> pl.Series | None:
    """Read timestamps in microseconds, in nanoseconds where they have more digits."""
    text = text.str.replace(" ", "T", literal=True)
    form = "%Y-%m-%dT%H:%M:%S%.f" + ("%#z" if zone else "")
    values = text.str.to_datetime(form, time_unit="us", time_zone=zone, strict=False)
    if longest(text.str.extract(r"\.([0-9]+)")) <= MICROSECOND_DIGITS:
        return values
    # Nanoseconds end in 2262; Polars would wrap what lies beyond.
    if not values.dt.year().is_between(*NANOSECOND_YEARS).all():
        return None
    return text.str.to_datetime(form, time_unit="ns", time_zone=zone, strict=False)
