"""Exact sums of numeric columns: no overflow, no rounding but the last, whatever the order of the rows."""

from __future__ import annotations

import math
import threading
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from datacanary.tablediff.numeric import scale_of, whole_digits

T = TypeVar("T", bound=np.generic)

WORD = 2**64
SAFE_DIGITS = 37
"""A 128-bit integer holds every number of so many digits."""
SAFE = 2**63
"""The sum of 64-bit integers is right if no partial sum can reach this."""
BLOCK = 2**15
"""So many numbers are added at once: they stay in the processor's cache."""
BITS_PER_PASS = 47
"""So many BLOCK numbers of so many bits add up to less than SAFE."""
TINY = 2.0**-900
LIFT = 200
"""Numbers below TINY are first multiplied by two to this power, which is exact."""


class Room(threading.local):
    """Arrays for one block, of each thread: to have new ones from the system costs more than to fill them."""

    def __init__(self) -> None:
        self.arrays = [np.empty(BLOCK, dtype=np.uint64) for _ in range(3)]

    def array(self, place: int, size: int, dtype: type[T]) -> np.ndarray[tuple[int], np.dtype[T]]:
        """Give an array of 64-bit numbers; larger ones than a block are new."""
        if size > BLOCK:
            return np.empty(size, dtype=dtype)
        return self.arrays[place][:size].view(dtype)


ROOM = Room()

Numbers = npt.NDArray[Any]
"""Whole numbers of any width (those beyond 64 bits as objects), or 64-bit floats."""


class Total:
    """An exact sum of a numeric column that is read in portions; what was added can be taken out again."""

    def __init__(self, dtype: pl.DataType) -> None:
        self.dtype = dtype
        self.units = 0
        self.exact = Fraction(0)
        self.nan = 0
        self.infinities = [0, 0]

    def add(self, values: pl.Series) -> None:
        """Add values; NULLs count as nothing."""
        self._take(values, 1)

    def subtract(self, values: pl.Series) -> None:
        """Take out values that were added."""
        self._take(values, -1)

    def _take(self, values: pl.Series, times: int) -> None:
        if not self.dtype.is_float():
            self.units += times * integer_total(values.to_physical(), whole_digits(self.dtype) + scale_of(self.dtype))
            return
        floats = values.drop_nulls().cast(pl.Float64)
        finite = floats.is_finite()
        if not finite.all():
            odd = floats.filter(~finite)
            self.take_odd(
                times * int(odd.is_nan().sum()),
                times * int((odd == math.inf).sum()),
                times * int((odd == -math.inf).sum()),
            )
            floats = floats.filter(finite)
        self.exact += times * finite_total(floats.to_numpy())

    def take_finite(self, values: Numbers, times: int) -> None:
        """Add finite values, as they are stored, so many times; -1 takes them out."""
        if self.dtype.is_float():
            self.exact += times * finite_total(values)
        else:
            self.units += times * whole_total(values)

    def take_odd(self, nan: int, positive: int, negative: int) -> None:
        """Add so many NaN and infinities."""
        self.nan += nan
        self.infinities[0] += positive
        self.infinities[1] += negative

    def value(self) -> int | float | str:
        """Say the sum: integers as int, decimals as text, floats rounded once; `NaN`, `Infinity` or `-Infinity`."""
        if isinstance(self.dtype, pl.Decimal):
            return decimal_text(self.units, scale_of(self.dtype))
        if not self.dtype.is_float():
            return self.units
        positive, negative = self.infinities
        if self.nan or (positive and negative):
            return "NaN"
        if positive or negative:
            return "Infinity" if positive else "-Infinity"
        try:
            return float(self.exact)
        except OverflowError:
            return "Infinity" if self.exact > 0 else "-Infinity"


def total(values: pl.Series) -> int | float | str | None:
    """Sum a column exactly; None if it is not numeric.

    >>> total(pl.Series([2**63 - 1, 2**63 - 1])), total(pl.Series([1e100, 1.0, -1e100]))
    (18446744073709551614, 1.0)
    """
    if not values.dtype.is_numeric():
        return None
    found = Total(values.dtype)
    found.add(values)
    return found.value()


def integer_total(values: pl.Series, digits: int) -> int:
    """Sum integers of at most so many digits, in two halves where one sum could overflow."""
    if digits + len(str(values.len())) <= SAFE_DIGITS:
        return int(values.cast(pl.Int128).sum())
    word = pl.lit(WORD, dtype=values.dtype)
    halves = values.to_frame("v").select(high=pl.col("v") // word, low=pl.col("v") % word)
    high, low = (int(halves[half].cast(pl.Int128).sum()) for half in ("high", "low"))
    return high * WORD + low


def decimal_text(units: int, scale: int) -> str:
    """Write a decimal of so many digits behind the point.

    >>> decimal_text(-1234, 2), decimal_text(5, 3), decimal_text(7, 0)
    ('-12.34', '0.005', '7')
    """
    digits = str(abs(units)).rjust(scale + 1, "0")
    cut = len(digits) - scale
    return f"{'-' if units < 0 else ''}{digits[:cut]}{'.' if scale else ''}{digits[cut:]}"


def whole_total(values: Numbers) -> int:
    """Sum whole numbers as they are stored: 64 bits at most, or objects.

    >>> whole_total(np.array([2**64 - 1] * 3, dtype=np.uint64)) == 3 * (2**64 - 1)
    True
    """
    if values.size == 0:
        return 0
    if values.dtype == object or max(-int(values.min()), int(values.max())) * values.size < SAFE:
        return int(values.sum())
    if values.size > BLOCK:
        return sum(whole_total(part) for part in blocks(values))
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())


def finite_total(values: npt.NDArray[np.float64]) -> Fraction:
    """Sum finite floats: whole multiples of a power of two are added as integers, then the same with what is left."""
    return sum(map(block_total, blocks(values)), Fraction(0))


def blocks(values: Numbers) -> list[Numbers]:
    """Cut numbers into blocks."""
    return [values[begin : begin + BLOCK] for begin in range(0, values.size, BLOCK)]


def block_total(values: npt.NDArray[np.float64]) -> Fraction:
    """Sum the finite floats of one block."""
    exact, lifted = Fraction(0), 0
    rest, parts = (ROOM.array(place, values.size, np.float64) for place in (0, 1))
    units = ROOM.array(2, values.size, np.int64)
    np.copyto(rest, values)
    while top := max(-float(rest.min()), float(rest.max())):
        if top < TINY:
            # The power of two that makes integers of them must not overflow.
            rest *= math.ldexp(1.0, LIFT)
            lifted += LIFT
            continue
        exponent = math.frexp(top)[1] - BITS_PER_PASS
        np.multiply(rest, math.ldexp(1.0, -exponent), out=parts)
        np.copyto(units, parts, casting="unsafe")
        exact += int(units.sum()) * Fraction(2) ** (exponent - lifted)
        np.multiply(units, math.ldexp(1.0, exponent), out=parts)
        rest -= parts
    return exact
