"""Head is the beginning of base: a text cut at a length, a time without its seconds or hours. Or base was head, cut."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from datacanary.model.words import count
from datacanary.tablediff.causes.amounts import Amounts, Reach, Rule
from datacanary.tablediff.causes.calendars import BEGINNINGS, Days, on_the_wall
from datacanary.tablediff.causes.chance import PROMISING
from datacanary.tablediff.causes.claim import ChangedCells, Claim, by_rule
from datacanary.tablediff.causes.finer import Size, finer
from datacanary.tablediff.causes.scale import Scale
from datacanary.tablediff.causes.spelling import Spelling, Write, as_is, respelt, side_by_side
from datacanary.tablediff.meeting import NANOSECONDS

CLOCK = {
    "the microsecond": 1_000,
    "the millisecond": 1_000_000,
    "the second": 1_000_000_000,
    "the minute": 60_000_000_000,
    "the hour": 3_600_000_000_000,
    "the day": 86_400_000_000_000,
}
"""What times are cut to, in nanoseconds."""
FEWEST_LENGTHS = 3
"""A column whose texts all have one or two lengths holds codes: that they are as long as the longest tells nothing."""


def claims(cells: ChangedCells) -> Iterator[Claim]:
    """Say to what texts or times were cut."""
    return cut_texts(cells) if cells.are_texts else cut_times(cells)


def cut_times(cells: ChangedCells) -> Iterator[Claim]:
    """Say to which step of clock or calendar times were cut."""
    numbers = on_the_wall(cells).numbers
    if numbers is None or numbers.scale.meaning not in {"date", "moment", "clock"}:
        return
    scale = numbers.scale
    sizes = [Size(told, size / scale.nanoseconds) for told, size in CLOCK.items() if size >= scale.nanoseconds]
    rules = {f"are base cut to {size.told}": to_size(int(size.units)) for size in sizes if size.units > 1}
    if scale.meaning != "clock":
        rules |= {f"are base cut to {told}": to_beginning(of, scale) for told, of in BEGINNINGS.items()}
    message = max(rules, key=lambda one: numbers.share(rules[one]))
    yield from by_rule("truncation", message, numbers, rules[message], tries=len(rules))
    yield from finer(numbers, "truncation", "are finer: base was {way} to {size}", sizes)


def to_size(size: int) -> Rule:
    """Expect base cut to so many units."""

    def rule(amounts: Amounts) -> Reach:
        target = amounts.base // size * size
        return Reach(target, target)

    return rule


def to_beginning(of: Days, scale: Scale) -> Rule:
    """Expect base cut to the beginning of its week, month, quarter or year."""
    per_day = NANOSECONDS["day"] // scale.nanoseconds

    def rule(amounts: Amounts) -> Reach:
        target = of(amounts.base // per_day) * per_day
        return Reach(target, target)

    return rule


def cut_texts(cells: ChangedCells) -> Iterator[Claim]:
    """Say at which length texts were cut: the most frequent length of what is left."""
    lengths = side_by_side(cells.glance).select(pl.all().str.len_chars())
    shorter = lengths.filter(pl.col("head") < pl.col("base"))["head"]
    longer = lengths.filter(pl.col("head") > pl.col("base"))["base"]
    most = PROMISING * lengths.height
    if shorter.len() > most:
        yield from shortened(cells, usual(shorter))
    elif longer.len() > most and looks_cut(cells, usual(longer)):
        yield from lengthened(cells, usual(longer))


def shortened(cells: ChangedCells, length: int) -> Iterator[Claim]:
    """Say that head is so many characters of base."""
    if length:
        characters = count(length, "character")
        first = Spelling(f"are base cut after {characters}", cut_after(length))
        trimmed = Spelling(
            f"are base cut after {characters}, without white space at the end",
            lambda texts: cut_after(length)(texts).str.strip_chars_end(),
        )
        last = Spelling(f"are the last {characters} of base", lambda texts: texts.str.tail(length))
        yield from respelt(cells, "truncation", (first, trimmed, last), learnt=1)


def cut_after(length: int) -> Write:
    """Cut texts after so many characters; NULL if only white space is lost, which is another cause's."""
    return lambda texts: pl.when(texts.str.strip_chars_end().str.len_chars() > length).then(texts.str.head(length))


def lengthened(cells: ChangedCells, length: int) -> Iterator[Claim]:
    """Say that base was so many characters of head."""
    told = f"are longer: base was cut after {count(length, 'character')}"
    yield from respelt(cells, "truncation", (Spelling(told, as_is, lambda texts: texts.str.head(length)),), learnt=1)


def usual(lengths: pl.Series) -> int:
    """Return the most frequent length, the largest of several; 0 if there is none."""
    modes = lengths.drop_nulls().mode()
    return int(str(modes.max())) if modes.len() else 0


def looks_cut(cells: ChangedCells, length: int) -> bool:
    """Tell whether no text of base is longer, and others are shorter, by far not all alike."""
    lengths = cells.sampled.base.str.len_chars().drop_nulls()
    return bool(length and (lengths <= length).all() and lengths.n_unique() >= FEWEST_LENGTHS)
