"""What is put where nothing is known, instead of NULL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from datacanary.tablediff.meeting import NANOSECONDS

Find = Callable[[pl.Series], pl.Series]

WORDS = ("NULL", "null", "None", "nan", "NaN", "n/a", "N/A", "NA", "-", "?", "unknown", "Unknown")
DAYS = (date(1970, 1, 1), date(1900, 1, 1), date(1, 1, 1), date(9999, 12, 31))
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class StandIn:
    """One of them in words, and how to find it among cells."""

    told: str
    find: Find


EMPTY = StandIn("an empty text", lambda texts: texts == "")
BLANK = StandIn("white space", lambda texts: texts.str.contains(r"^\s+$"))
ZERO = StandIn("0", lambda numbers: numbers == 0)
NAN = StandIn("NaN", lambda numbers: numbers.is_nan())
FALSE = StandIn("false", lambda flags: ~flags)
EMPTY_LIST = StandIn("an empty list", lambda lists: lists.list.len() == 0)


def stand_ins(dtype: pl.DataType) -> Iterator[StandIn]:
    """List those of a type.

    >>> [one.told for one in stand_ins(pl.Float64())]
    ['0', 'NaN']
    """
    if dtype.is_numeric():
        yield ZERO
        if dtype.is_float():
            yield NAN
    match dtype:
        case pl.Boolean():
            yield FALSE
        case pl.List():
            yield EMPTY_LIST
        case pl.String():
            yield EMPTY
            yield BLANK
            yield from (word(one) for one in WORDS)
        case pl.Date():
            yield from (StandIn(f"{day}", at(day.toordinal() - EPOCH)) for day in DAYS)
        case pl.Datetime(time_unit=unit):
            yield from midnights(unit)


def word(text: str) -> StandIn:
    """Find a word."""
    return StandIn(f"the word {text!r}", lambda texts: texts == text)


def midnights(unit: str) -> Iterator[StandIn]:
    """Find the beginnings of days, as far as 64 bits hold them."""
    per_day = NANOSECONDS["day"] // NANOSECONDS[unit]
    for day in DAYS:
        ticks = (day.toordinal() - EPOCH) * per_day
        if abs(ticks) < 2**63:
            yield StandIn(f"{day}", at(ticks))


def at(ticks: int) -> Find:
    """Find one time by what is stored."""
    return lambda times: times.to_physical() == ticks
