"""Between which values differing rows lie, as closely as it is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from datacanary.tablediff.causes.bounds import Figure, Span
from datacanary.tablediff.jsoncells import NEVER
from datacanary.tablediff.numeric import BITS, DECIMAL_DIGITS, SIGNED

Raw = int | float | Decimal
"""A value as Polars compares it: times in ticks."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The first and the last differing value of a range, and the nearest other values outside that are known.

    None if there are none on that side, or the range has no bound there.
    """

    first: Raw
    last: Raw
    below: Raw | None
    above: Raw | None

    @classmethod
    def among(cls, cells: pl.Series, around: pl.Series) -> Limits:
        """Look for the nearest values among those of the side, or a sample of them."""
        inside, outside = comparable(cells), comparable(around)
        first, last = raw(inside.min()), raw(inside.max())
        below, above = outside.filter(outside < first).max(), outside.filter(outside > last).min()
        return cls(first, last, None if below is None else raw(below), None if above is None else raw(above))

    def tightened(self, below: Raw | None, above: Raw | None) -> Limits:
        """Put bounds where there are none nearer."""
        lower = [bound for bound in (self.below, below) if bound is not None]
        upper = [bound for bound in (self.above, above) if bound is not None]
        return Limits(self.first, self.last, max(lower, default=None), min(upper, default=None))

    @property
    def closed(self) -> bool:
        """Whether there is a bound on either side."""
        return self.below is not None and self.above is not None

    def holds(self, values: pl.Series) -> pl.Series:
        """Tell which values lie between the nearest ones outside; NULL does not."""
        some = comparable(values)
        inside = some.is_not_null()
        if self.below is not None:
            inside &= some > self.below
        if self.above is not None:
            inside &= some < self.above
        return inside.fill_null(value=False)

    def span(self) -> Span:
        """Give the range as what can be reckoned with."""
        below, above = (None if edge is None else figure(edge) for edge in (self.below, self.above))
        return Span(figure(self.first), figure(self.last), below, above)


def comparable(values: pl.Series) -> pl.Series:
    """Write values so that they compare as plain numbers: times in ticks, NULL for what is not finite."""
    column = pl.col("v")
    if values.dtype.is_float():
        return values.to_frame("v").select(pl.when(column.is_finite()).then(column)).to_series()
    if not values.dtype.is_temporal():
        return values
    ticks = values.to_physical()
    if not isinstance(values.dtype, pl.Date | pl.Datetime):
        return ticks
    never = NEVER[32 if isinstance(values.dtype, pl.Date) else 64]
    ends = (column > -never) & (column < never)
    return ticks.to_frame("v").select(pl.when(ends).then(column)).to_series()


def raw(value: object) -> Raw:
    """Take a value out of a series of comparable ones that are not all NULL."""
    if isinstance(value, int | float | Decimal):
        return value
    message = "there is no value"
    raise AssertionError(message)


def successor(value: Raw, dtype: pl.DataType) -> Raw | None:
    """Give the next larger value of a type of plain numbers; None if there is none.

    >>> successor(1, pl.Int64()), successor(127, pl.Int8()), successor(Decimal("0.5"), pl.Decimal(9, 2))
    (2, None, Decimal('0.51'))
    """
    if isinstance(value, float):
        # Of narrower floats it is no value, but lies below the next one, which is as good.
        above = math.nextafter(value, math.inf)
        return above if math.isfinite(above) else None
    if isinstance(dtype, pl.Decimal):
        found = value + Decimal(1).scaleb(-dtype.scale)
        return found if found < Decimal(1).scaleb((dtype.precision or DECIMAL_DIGITS) - dtype.scale) else None
    return value + 1 if value + 1 < 2 ** (BITS[dtype] - (dtype in SIGNED)) else None


def figure(value: Raw) -> Figure:
    """Take a value for the number that it is written as."""
    return Decimal(repr(value)) if isinstance(value, float) else value
