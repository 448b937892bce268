"""Where a range of values begins and ends, in round figures: as far as the rows allow, as a person would write it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal, localcontext

import polars as pl

from datacanary.tablediff.jsoncells import SECONDS_PER_DAY, TICKS, date_text, json_cells, time_text

Figure = int | Decimal
"""A time in ticks since 1970 (dates in days), or a number."""

EXACT = Context(prec=700)
"""Enough for the digits of any float."""
SMALLEST = -330
"""No number has more digits behind the point."""
LONGEST = 20
"""Digits beyond which a number is written with an exponent."""
FIRST_DAY = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last value inside, and the nearest values outside: None where there is no bound."""

    first: Figure
    last: Figure
    below: Figure | None = None
    above: Figure | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """Where a range ends; `inside` tells whether the bound itself belongs to it."""

    at: Figure
    inside: bool


def span_told(name: str, span: Span, dtype: pl.DataType) -> str:
    """Say which values lie in a range that has a bound at least on one side.

    >>> span_told("amount", Span(Decimal("-3.5"), Decimal("99.98"), above=Decimal("100.02")), pl.Float64())
    'amount < 100'
    >>> span_told("day", Span(19783, 19813, below=19782, above=19814), pl.Date())
    'day in 2024-03'
    """
    with localcontext(EXACT):
        lower = None if span.below is None else lower_bound(span.below, span.first, dtype)
        upper = None if span.above is None else upper_bound(span.last, span.above, dtype)
        told = times_told if isinstance(dtype, pl.Date | pl.Datetime) else numbers_told
        return told(name, lower, upper, dtype)


def lower_bound(below: Figure, first: Figure, dtype: pl.DataType) -> Bound:
    """Choose the roundest bound between the last value below and the first one inside."""
    if isinstance(dtype, pl.Date | pl.Datetime):
        at = next((begin for begin, _ in periods(first, dtype) if begin >= below), first)
    else:
        at = first if dtype.is_temporal() else -roundest(-first, -below)
    return Bound(at, inside=at != below)


def upper_bound(last: Figure, above: Figure, dtype: pl.DataType) -> Bound:
    """Choose the roundest bound between the last value inside and the first one above."""
    if isinstance(dtype, pl.Date | pl.Datetime):
        at = next((end for _, end in periods(last, dtype) if end <= above), last)
    else:
        at = last if dtype.is_temporal() else roundest(last, above)
    return Bound(at, inside=at == last)


def periods(at: Figure, dtype: pl.DataType) -> Iterator[tuple[int, int]]:
    """Give the last beginning of a year, month, day, ... that is not after a time, and the first that is not before."""
    per_day = ticks_per_day(dtype)
    day, of_day = divmod(int(at), per_day)
    # Python's own dates know the years 1 to 9999 only: what ends beyond them is rounded to days.
    if days(dt.date.min) <= day < days(dt.date.max.replace(month=1, day=1)):
        date = FIRST_DAY + dt.timedelta(days=day)
        for begin, end in (
            (date.replace(month=1, day=1), dt.date(date.year + 1, 1, 1)),
            (date.replace(day=1), (date.replace(day=1) + dt.timedelta(days=31)).replace(day=1)),
        ):
            exact = begin == date and of_day == 0
            yield days(begin) * per_day, days(date if exact else end) * per_day
    for length in (per_day, per_day // 24, per_day // 1_440, per_day // SECONDS_PER_DAY):
        if length:
            yield int(at) // length * length, -(-int(at) // length) * length


def days(date: dt.date) -> int:
    """Count the days since 1970."""
    return (date - FIRST_DAY).days


def ticks_per_day(dtype: pl.DataType) -> int:
    """Say how finely a type counts time.

    >>> ticks_per_day(pl.Date()), ticks_per_day(pl.Datetime("ms"))
    (1, 86400000)
    """
    return TICKS[dtype.time_unit] * SECONDS_PER_DAY if isinstance(dtype, pl.Datetime) else 1


def roundest(low: Figure, high: Figure) -> Decimal:
    """Find the number with the fewest digits from `low` to `high`; the nearest to `low` of equal ones.

    >>> roundest(Decimal("99.98"), Decimal("100.02")), roundest(Decimal(-3), Decimal(9)), roundest(-9, -7)
    (Decimal('1E+2'), Decimal('0'), Decimal('-9'))
    """
    low, high = Decimal(low), Decimal(high)
    if low <= 0 <= high and low < high:
        return Decimal(0)
    for exponent in range(max(low.adjusted(), high.adjusted()), SMALLEST, -1):
        if low >= high:
            break
        step = Decimal(1).scaleb(exponent)
        at = (low / step).to_integral_value(ROUND_CEILING) * step
        if at <= high:
            return at
    return low


def numbers_told(name: str, lower: Bound | None, upper: Bound | None, dtype: pl.DataType) -> str:
    """Write a range of numbers, durations or times of day."""
    if lower is None and upper is not None:
        return f"{name} {'<=' if upper.inside else '<'} {figure_told(upper.at, dtype)}"
    if upper is None and lower is not None:
        return f"{name} {'>=' if lower.inside else '>'} {figure_told(lower.at, dtype)}"
    begin = "" if lower is None else f"{figure_told(lower.at, dtype)} {'<=' if lower.inside else '<'} "
    end = "" if upper is None else f" {'<=' if upper.inside else '<'} {figure_told(upper.at, dtype)}"
    return f"{begin}{name}{end}"


def figure_told(at: Figure, dtype: pl.DataType) -> str:
    """Write a number, a duration or a time of day."""
    if dtype.is_temporal():
        return str(json_cells(pl.Series([at], dtype=pl.Int64).cast(dtype))[0])
    short = Decimal(at).normalize()
    return f"{short:f}" if len(f"{short:f}") <= LONGEST else str(short)


def times_told(name: str, lower: Bound | None, upper: Bound | None, dtype: pl.DataType) -> str:
    """Write a range of dates or timestamps."""
    if lower is not None and upper is not None and lower.inside and not upper.inside:
        period = period_told(lower.at, upper.at, dtype)
        if period:
            return f"{name} in {period}"
    told = []
    if lower is not None:
        told.append(f"{'since' if lower.inside else 'after'} {moment_told(lower.at, dtype)}")
    if upper is not None:
        told.append(f"{'until' if upper.inside else 'before'} {moment_told(upper.at, dtype)}")
    return f"{name} {' and '.join(told)}"


def period_told(begin: Figure, end: Figure, dtype: pl.DataType) -> str:
    """Name the year, month or day that lies between two times; empty if none does."""
    per_day = ticks_per_day(dtype)
    try:
        first, last = (FIRST_DAY + dt.timedelta(days=int(at) // per_day) for at in (begin, end))
    except OverflowError:
        return ""
    if begin % per_day or end % per_day:
        return ""
    if (first.month, first.day, last) == (1, 1, dt.date(first.year + 1, 1, 1)):
        return f"{first.year:04}"
    if first.day == last.day == 1 and (last - first).days <= 31:  # noqa: PLR2004 -- the days of a month
        return f"{first:%Y-%m}"
    return f"{first}" if (last - first).days == 1 else ""


def moment_told(at: Figure, dtype: pl.DataType) -> str:
    """Write a time; midnight as its date."""
    per_day = ticks_per_day(dtype)
    if at % per_day == 0 or not isinstance(dtype, pl.Datetime):
        return date_text(int(at // per_day))
    return time_text(int(at), dtype.time_unit, "Z" if dtype.time_zone else "")
