"""Ways to read text as numbers that keep every digit."""

from __future__ import annotations

import polars as pl

from datacanary.tablediff.numeric import DECIMAL_DIGITS
from datacanary.tablediff.texts import GLANCE, Texts

SURE_DIGITS = 15
"""Numbers of so many significant digits all have a float of their own."""
SURE_INTEGER = 18
"""Integers of so many characters fit into 64 bits."""
SMALLEST_NORMAL = 2.2250738585072014e-308

NOT_FINITE = ("NaN", "nan", "inf", "-inf", "Infinity", "-Infinity")
INTEGER = r"^-?(0|[1-9][0-9]*)$"
PLAIN = r"^-?((0|[1-9][0-9]*)(\.[0-9]+)?|\.[0-9]+)$"
NUMBER = r"^-?((0|[1-9][0-9]*)(\.[0-9]+)?|\.[0-9]+)([eE][-+]?[0-9]+)?$|^(NaN|nan|-?inf|-?Infinity)$"


def are_plain(texts: Texts) -> bool:
    """Tell whether all values are numbers without an exponent."""
    return texts.all_match(INTEGER) or texts.all_match(PLAIN)


class Integers:
    """Integers without leading zeros, of 64 or of 128 bits."""

    def __init__(self) -> None:
        self._wide = False

    def fits(self, texts: Texts) -> bool:
        """Tell whether all values are integers."""
        if not texts.all_match(INTEGER) or texts.values.is_in(["-0"]).any():
            return False
        if texts.longest > SURE_INTEGER and texts.values.cast(pl.Int64, strict=False).null_count():
            self._wide = True
        return not self._wide or texts.values.cast(pl.Int128, strict=False).null_count() == 0

    @property
    def dtype(self) -> pl.DataType:
        """The smaller type that holds all values."""
        return pl.Int128() if self._wide else pl.Int64()

    def read(self, text: pl.Series) -> pl.Series:
        """Read integers."""
        return text.cast(self.dtype, strict=False)


class Floats:
    """Numbers that a 64-bit float tells apart from all others of as many digits."""

    def __init__(self) -> None:
        self._some_finite = False

    def fits(self, texts: Texts) -> bool:
        """Tell whether floats keep all values."""
        if are_plain(texts):
            self._some_finite = True
            doubtful = texts.longer_than(SURE_DIGITS)
        elif texts.all_match(NUMBER):
            self._some_finite |= not texts.values.is_in(NOT_FINITE).all()
            doubtful = texts.values
        else:
            return False
        return are_kept(doubtful.head(GLANCE)) and are_kept(doubtful)

    @property
    def dtype(self) -> pl.DataType | None:
        """Floats, unless no value is a number at all: `inf` may be a word."""
        return pl.Float64() if self._some_finite else None

    def read(self, text: pl.Series) -> pl.Series:
        """Read floats."""
        return text.cast(pl.Float64, strict=False)


def are_kept(text: pl.Series) -> bool:
    """Tell whether floats keep every one of these numbers."""
    values = text.cast(pl.Float64, strict=False)
    return values.null_count() == 0 and told_apart(text.filter(text != values.cast(pl.String)))


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


class Decimals:
    """Numbers without an exponent that floats would round."""

    def __init__(self) -> None:
        self._whole = self._fraction = 0

    def fits(self, texts: Texts) -> bool:
        """Tell whether a decimal has enough digits for all values."""
        if not are_plain(texts):
            return False
        digits = pl.first().str.len_bytes() - pl.first().str.starts_with("-")
        point = pl.lit(None, pl.UInt32) if texts.all_match(INTEGER) else pl.first().str.find(".", literal=True)
        before = point - pl.first().str.starts_with("-")
        found = texts.values.to_frame("").select(
            whole=before.fill_null(digits).max(), fraction=(digits - before - 1).max().fill_null(0)
        )
        self._whole, self._fraction = (
            max(pair) for pair in zip(found.row(0), (self._whole, self._fraction), strict=True)
        )
        return self._whole + self._fraction <= DECIMAL_DIGITS

    @property
    def dtype(self) -> pl.DataType:
        """The decimal that holds all digits before and behind the point."""
        return pl.Decimal(self._whole + self._fraction, self._fraction)

    def read(self, text: pl.Series) -> pl.Series:
        """Read decimals."""
        return text.cast(self.dtype, strict=False)
