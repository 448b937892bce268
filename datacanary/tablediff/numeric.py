"""In which form numbers of two types are compared by value, exactly."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from datacanary.model.basic import Pair

Writer = Callable[[pl.Expr], pl.Expr]

DECIMAL_DIGITS = 38
EXACT_FLOAT_BITS = 32
"""Integers of so many bits are exact in a 64-bit float."""

SIGNED = (pl.Int8(), pl.Int16(), pl.Int32(), pl.Int64(), pl.Int128())
UNSIGNED = (pl.UInt8(), pl.UInt16(), pl.UInt32(), pl.UInt64(), pl.UInt128())
BITS: dict[pl.DataType, int] = {dtype: 8 << place for row in (SIGNED, UNSIGNED) for place, dtype in enumerate(row)}


def meet_numbers(base: pl.DataType, head: pl.DataType) -> Pair[Writer]:
    """Find a form for two numeric types in which equal numbers, and only those, are equal.

    >>> forms = meet_numbers(pl.Int64(), pl.Float64())
    >>> frame = pl.DataFrame({"base": [2**53 + 1, 7], "head": [2.0**53, 7.0]})
    >>> frame.select(forms.base(pl.col("base")).eq_missing(forms.head(pl.col("head")))).to_series().to_list()
    [False, True]
    """
    if base.is_float() and head.is_float():
        return Pair(as_float, as_float)
    if base.is_float():
        pair = meet_numbers(head, base)
        return Pair(pair.head, pair.base)
    if head.is_float():
        return meet_float(base)
    if base.is_integer() and head.is_integer():
        return meet_integers(base, head)
    return meet_decimals(base, head)


def as_float(values: pl.Expr) -> pl.Expr:
    """Write numbers as 64-bit floats."""
    return values.cast(pl.Float64)


def cast_to(dtype: pl.DataType) -> Writer:
    """Write values as another type that holds each of them."""
    return lambda values: values.cast(dtype)


def meet_integers(base: pl.DataType, head: pl.DataType) -> Pair[Writer]:
    """Widen both to the narrowest type that holds either; text where none does."""
    unsigned = base in UNSIGNED and head in UNSIGNED
    needed = max(BITS[dtype] + (dtype in UNSIGNED and not unsigned) for dtype in (base, head))
    for dtype in UNSIGNED if unsigned else SIGNED:
        if BITS[dtype] >= needed:
            return Pair(cast_to(dtype), cast_to(dtype))
    return Pair(plain_text, plain_text)


def meet_decimals(base: pl.DataType, head: pl.DataType) -> Pair[Writer]:
    """Raise both to the finer scale; text where that takes more than 38 digits."""
    scale = max(scale_of(base), scale_of(head))
    if max(whole_digits(base), whole_digits(head)) + scale > DECIMAL_DIGITS:
        return Pair(plain_text, plain_text)
    dtype = pl.Decimal(DECIMAL_DIGITS, scale)
    return Pair(cast_to(dtype), cast_to(dtype))


def scale_of(dtype: pl.DataType) -> int:
    """Return the digits behind the point."""
    return dtype.scale if isinstance(dtype, pl.Decimal) else 0


def whole_digits(dtype: pl.DataType) -> int:
    """Return how many digits can stand before the point."""
    if isinstance(dtype, pl.Decimal):
        return (dtype.precision or DECIMAL_DIGITS) - dtype.scale
    return len(str(2 ** (BITS[dtype] - (dtype in SIGNED))))


def plain_text(values: pl.Expr) -> pl.Expr:
    """Write integers and decimals as text without needless zeros."""
    text = values.cast(pl.String)
    short = text.str.strip_chars_end("0").str.strip_chars_end(".")
    return pl.when(text.str.contains(".", literal=True)).then(short).otherwise(text)


def meet_float(exact: pl.DataType) -> Pair[Writer]:
    """Compare an integer or decimal (base) with a float (head), never rounding.

    Wide numbers become a struct: a float where that is exactly the number, else the number, which no float equals.
    """
    if exact.is_integer() and BITS[exact] <= EXACT_FLOAT_BITS:
        return Pair(as_float, as_float)

    def write_exact(values: pl.Expr) -> pl.Expr:
        near = integer_as_float(values, exact) if exact.is_integer() else decimal_as_float(values, scale_of(exact))
        rest = pl.when(near.is_null()).then(values)
        return pl.struct(near.alias("float"), rest.alias("rest"))

    def write_float(values: pl.Expr) -> pl.Expr:
        return pl.struct(as_float(values).alias("float"), pl.lit(None, dtype=exact).alias("rest"))

    return Pair(write_exact, write_float)


def integer_as_float(values: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Give the float that is exactly the integer, NULL if there is none."""
    near = values.cast(pl.Float64)
    return pl.when(near.cast(dtype, strict=False).eq_missing(values)).then(near)


def decimal_as_float(values: pl.Expr, scale: int) -> pl.Expr:
    """Give the float that is exactly the decimal, NULL if there is none: n/10^s = (n/5^s)/2^s must come out even."""
    fives = pl.lit(5**scale, dtype=pl.Int128)
    units = values.to_physical().cast(pl.Int128)
    halves = pl.when(units % fives == 0).then(units // fives)
    return integer_as_float(halves, pl.Int128()) / 2.0**scale
