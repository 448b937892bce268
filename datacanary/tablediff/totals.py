"""Exact sums of numeric columns: no overflow, no rounding but the last, whatever the order of the rows."""

from __future__ import annotations

import math
from fractions import Fraction

import polars as pl

from datacanary.tablediff.numeric import scale_of, whole_digits

WORD = 2**64
SAFE_DIGITS = 37
"""A 128-bit integer holds every number of so many digits."""
BITS_PER_PASS = 62
TINY = 2.0**-900
LIFT = 200
"""Numbers below TINY are first multiplied by two to this power, which is exact."""


class Total:
    """An exact sum of a numeric column that is read in portions."""

    def __init__(self, dtype: pl.DataType) -> None:
        self.dtype = dtype
        self.units = 0
        self.exact = Fraction(0)
        self.odd = 0.0

    def add(self, values: pl.Series) -> None:
        """Add values; NULLs count as nothing."""
        if self.dtype.is_float():
            floats = values.drop_nulls().cast(pl.Float64)
            finite = floats.is_finite()
            if not finite.all():
                # Only NaN and infinities matter now, and they add up as IEEE 754 says.
                self.odd += float(floats.filter(~finite).sum())
                floats = floats.filter(finite)
            self.exact += finite_total(floats)
        else:
            self.units += integer_total(values.to_physical(), whole_digits(self.dtype) + scale_of(self.dtype))

    def value(self) -> int | float | str:
        """Say the sum: integers as int, decimals as text, floats rounded once; `NaN`, `Infinity` or `-Infinity`."""
        if isinstance(self.dtype, pl.Decimal):
            return decimal_text(self.units, scale_of(self.dtype))
        if not self.dtype.is_float():
            return self.units
        if self.odd != 0.0:
            return float_text(self.odd)
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


def float_text(value: float) -> str:
    """Name what is no finite number."""
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def finite_total(values: pl.Series) -> Fraction:
    """Sum finite floats: whole multiples of a power of two are added as integers, then the same with what is left."""
    exact, lifted = Fraction(0), 0
    rest = values.filter(values != 0.0)
    while rest.len():
        top = float(rest.abs().to_frame().max().item())
        if top < TINY:
            # Polars divides by a number by multiplying with its inverse: that must not overflow.
            rest, lifted = rest * math.ldexp(1.0, LIFT), lifted + LIFT
            continue
        exponent = math.frexp(top)[1] - BITS_PER_PASS
        unit = math.ldexp(1.0, exponent)
        parts = (rest / unit).cast(pl.Int64)
        exact += int(parts.cast(pl.Int128).sum()) * Fraction(2) ** (exponent - lifted)
        rest = rest - parts.cast(pl.Float64) * unit
        rest = rest.filter(rest != 0.0)
    return exact
