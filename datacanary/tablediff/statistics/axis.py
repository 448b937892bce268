"""How values that have an order stand on a line of numbers: as they are stored."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import polars as pl

from datacanary.tablediff.jsoncells import NEVER, TICKS
from datacanary.tablediff.numeric import BITS, DECIMAL_DIGITS, SIGNED, scale_of
from datacanary.tablediff.totals import Numbers

Real = int | float

WIDE = (pl.Int128(), pl.UInt128())
NARROW = 2**63 - 1
"""Whole numbers up to this magnitude are kept in 64 bits, others as objects: rare, exact and slow."""
GLANCE = 64
"""So many numbers show that most columns are in no order."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some cells without NULL: the finite ones ascending, the others counted."""

    finite: Numbers
    nan: int = 0
    positive_infinity: int = 0
    negative_infinity: int = 0


@dataclass(frozen=True, slots=True)
class Axis:
    """The line on which the values of a type stand; `per_unit` numbers make a second, a day, or one."""

    dtype: pl.DataType
    per_unit: int = 1

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are on the line."""
        return not self.dtype.is_float()

    @property
    def signed(self) -> bool:
        """Whether zero and what is below it mean something."""
        return self.dtype.is_numeric() or isinstance(self.dtype, pl.Duration)

    @property
    def ends(self) -> tuple[Real, Real] | None:
        """What stands for the infinities, which finite values lie between; None if there are none."""
        if self.dtype.is_float():
            return -math.inf, math.inf
        if isinstance(self.dtype, pl.Date | pl.Datetime):
            never = NEVER[32 if isinstance(self.dtype, pl.Date) else 64]
            return -never, never
        return None

    def numbers(self, cells: pl.Series) -> Numbers:
        """Give the numbers of cells, without those that are NULL, as they are stored."""
        if cells.null_count():
            cells = cells.drop_nulls()
        if self.dtype.is_float():
            return cells.cast(pl.Float64).to_numpy()
        # Casts cost less than to_physical where they say the same.
        if self.dtype.is_temporal():
            return cells.cast(pl.Int32 if isinstance(self.dtype, pl.Date) else pl.Int64).to_numpy()
        stored = cells.to_physical() if isinstance(self.dtype, pl.Decimal) else cells
        if stored.dtype not in WIDE:
            return stored.to_numpy()
        if stored.len() and (as_int(stored.min()) < -NARROW or as_int(stored.max()) > NARROW):
            return np.array(stored.to_list(), dtype=object)
        return stored.cast(pl.Int64, wrap_numerical=True).to_numpy()

    def block(self, numbers: Numbers) -> Block:
        """Put numbers into their order."""
        ascending = numbers if in_order(numbers[:GLANCE]) and in_order(numbers) else np.sort(numbers)
        if self.ends is None:
            return Block(ascending)
        # In the array's own type: another one would have it copied.
        low, high = np.array(self.ends, dtype=ascending.dtype)
        begin = int(np.searchsorted(ascending, low, side="right"))
        end = int(np.searchsorted(ascending, high, side="left"))
        nan_from = int(np.searchsorted(ascending, high, side="right"))
        return Block(ascending[begin:end], ascending.size - nan_from, nan_from - end, begin)

    def cells(self, numbers: Sequence[Real]) -> pl.Series:
        """Turn numbers back into values."""
        if isinstance(self.dtype, pl.Decimal):
            return pl.Series("", numbers, dtype=pl.Int128).reinterpret(dtype=self.dtype)
        if self.dtype.is_temporal():
            stored = pl.Int32() if isinstance(self.dtype, pl.Date) else pl.Int64()
            return pl.Series("", numbers, dtype=stored).cast(self.dtype)
        if self.dtype.is_float():
            return pl.Series("", numbers, dtype=pl.Float64).cast(self.dtype)
        return pl.Series("", numbers, dtype=self.dtype)

    def before(self, number: Real) -> Real | None:
        """Give the next smaller finite number that the type has; None if there is none.

        >>> Axis(pl.Int8()).before(0), Axis(pl.UInt8()).before(0), Axis(pl.Float64()).before(0.0)
        (-1, None, -5e-324)
        >>> Axis(pl.Float64()).before(-1.7976931348623157e308) is None
        True
        """
        if self.dtype.is_float():
            # Below the least number is minus infinity, which is told by the result.
            with np.errstate(over="ignore"):
                below = float(np.nextafter(single(self.dtype, number), single(self.dtype, -math.inf)))
            return None if math.isinf(below) else below
        return None if number <= lowest(self) else int(number) - 1

    def measure(self, number: Real | Fraction) -> float | None:
        """Say a number, or a distance of two, in units of the column; None if no float is that large."""
        try:
            found = (
                float(number / self.per_unit) if isinstance(number, float) else float(Fraction(number) / self.per_unit)
            )
        except OverflowError:
            return None
        return found if math.isfinite(found) else None


def axis_of(dtype: pl.DataType) -> Axis | None:
    """Find the line for a type; None if its values have no order that means something.

    >>> axis_of(pl.Decimal(12, 2)), axis_of(pl.String())
    (Axis(dtype=Decimal(precision=12, scale=2), per_unit=100), None)
    """
    match dtype:
        case pl.Datetime(time_unit=unit) | pl.Duration(time_unit=unit):
            return Axis(dtype, TICKS[unit])
        case pl.Time():
            return Axis(dtype, TICKS["ns"])
        case pl.Date():
            return Axis(dtype)
    return Axis(dtype, 10 ** scale_of(dtype)) if dtype.is_numeric() else None


def single(dtype: pl.DataType, number: Real) -> np.floating:
    """Give a number in the precision of a type."""
    if dtype == pl.Float64():
        return np.float64(number)
    return np.float32(number) if dtype == pl.Float32() else np.float16(number)


def lowest(axis: Axis) -> int:
    """Give the smallest finite number of a type of whole numbers."""
    dtype = axis.dtype
    if axis.ends is not None:
        return int(axis.ends[0]) + 1
    if isinstance(dtype, pl.Decimal):
        return 1 - int("1" + "0" * (dtype.precision or DECIMAL_DIGITS))
    if isinstance(dtype, pl.Duration):
        return -NARROW - 1
    return -(2 ** (BITS[dtype] - 1)) if dtype in SIGNED else 0


def in_order(numbers: Numbers) -> bool:
    """Tell whether numbers ascend already, as keys often do; NaN never does."""
    return bool((numbers[1:] >= numbers[:-1]).all())


def as_int(value: object) -> int:
    """Take a whole number for what it is."""
    assert isinstance(value, int), "a whole number"  # noqa: S101 -- Polars cannot say so
    return value


def up_to(ascending: Numbers, points: Numbers) -> Numbers:
    """Count for each point the numbers that are not above it."""
    if points.dtype == object and ascending.dtype != object:
        points = np.clip(points, -NARROW - 1, NARROW).astype(np.int64)
    return np.searchsorted(ascending, points, side="right")
