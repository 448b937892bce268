"""Which differing cells a tolerance forgives: |a-b| <= max(absolute, relative * max(|a|, |b|))."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from datacanary.model.basic import Pair
from datacanary.model.config import Tolerance
from datacanary.tablediff.numeric import DECIMAL_DIGITS, scale_of

LARGEST = 2**128 - 1
"""The largest magnitude that Polars can hold."""
RELATIVE_WITHOUT_LIMIT = 2
"""No difference is larger than twice the larger number."""


def forgiven(cells: Pair[pl.Series], tolerance: Tolerance) -> pl.Series:
    """Tell for each pair of numbers whether they are as near as the tolerance asks; NULL, NaN and infinities never are.

    Integers and decimals are reckoned exactly, floats (and floats against others) in 64-bit floats.

    >>> forgiven(Pair(pl.Series([100, 100, None]), pl.Series([129, 130, 1])), Tolerance(relative=0.225)).to_list()
    [True, False, False]
    """
    frame = pl.DataFrame([cells.base.alias("base"), cells.head.alias("head")])
    floats = any(dtype.is_float() for dtype in frame.dtypes)
    near = near_floats(frame, tolerance) if floats else near_exact(frame, tolerance)
    return frame.select(near.fill_null(False)).to_series()


def near_exact(frame: pl.DataFrame, tolerance: Tolerance) -> pl.Expr:
    """Compare integers and decimals in units of the finer side's last digit; beyond 38 digits in floats."""
    scale = max(scale_of(dtype) for dtype in frame.dtypes)
    aligned = pl.Decimal(DECIMAL_DIGITS, scale)
    base, head = (pl.col(side).cast(aligned, strict=False).to_physical() for side in ("base", "head"))
    fits = base.is_not_null() & head.is_not_null()
    return pl.when(fits).then(within_units(base, head, tolerance, scale)).otherwise(near_floats(frame, tolerance))


def near_floats(frame: pl.DataFrame, tolerance: Tolerance) -> pl.Expr:
    """Compare in 64-bit floats; what an integer loses as a float is put back into the difference."""
    base, head = (pl.col(side).cast(pl.Float64) for side in ("base", "head"))
    difference = base - head + (lost(frame, "base") - lost(frame, "head"))
    larger = pl.max_horizontal(base.abs(), head.abs())
    limit = pl.max_horizontal(pl.lit(tolerance.absolute), larger * tolerance.relative)
    return base.is_finite() & head.is_finite() & (difference.abs() <= limit)


def lost(frame: pl.DataFrame, side: str) -> pl.Expr:
    """Return what rounding to a float takes from an integer: 0 for floats and decimals."""
    dtype = frame.schema[side]
    if not dtype.is_integer():
        return pl.lit(0.0)
    wide = pl.col(side).cast(pl.Int128, strict=False)
    return (wide - wide.cast(pl.Float64).cast(pl.Int128, strict=False)).cast(pl.Float64).fill_null(0.0)


def within_units(base: pl.Expr, head: pl.Expr, tolerance: Tolerance, scale: int) -> pl.Expr:
    """Compare integers of the same unit: magnitudes as unsigned integers overflow neither in sum nor in difference."""
    same_sign = (base < 0) == (head < 0)
    base, head = magnitude(base), magnitude(head)
    larger, smaller = pl.max_horizontal(base, head), pl.min_horizontal(base, head)
    difference = pl.when(same_sign).then(larger - smaller).otherwise(larger + smaller)
    absolute = min(units_in(tolerance.absolute, scale), LARGEST)
    return (difference <= pl.lit(absolute, dtype=pl.UInt128)) | within_share(difference, larger, tolerance.relative)


def magnitude(units: pl.Expr) -> pl.Expr:
    """Return the absolute value, as unsigned integer."""
    return units.abs().cast(pl.UInt128)


def units_in(amount: float, scale: int) -> int:
    """Return how many whole units an amount as the user wrote it holds: 0.29 is 29 hundredths, not 28.

    >>> units_in(0.29, 2)
    29
    """
    if amount == float("inf"):
        return LARGEST
    return int(Decimal(repr(float(amount))).scaleb(scale))


def within_share(difference: pl.Expr, larger: pl.Expr, relative: float) -> pl.Expr:
    """Tell whether the difference is at most this share of the larger magnitude; whole numbers as long as they fit."""
    if relative >= RELATIVE_WITHOUT_LIMIT:
        return pl.lit(True)
    sign, digits, exponent = Decimal(repr(float(relative))).as_tuple()
    share = int("".join(map(str, digits))) * 10 ** max(int(exponent), 0)
    whole = 10 ** max(-int(exponent), 0)
    if share * whole > LARGEST or sign:
        return difference.cast(pl.Float64) <= larger.cast(pl.Float64) * relative
    times, parts = pl.lit(share, dtype=pl.UInt128), pl.lit(whole, dtype=pl.UInt128)
    # floor(larger * share / whole), split so that no product overflows.
    return difference <= larger // parts * times + larger % parts * times // parts
