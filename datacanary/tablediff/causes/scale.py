"""How cells of two types become numbers of one unit: integers where they all fit, else floats."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from datacanary.model.basic import Pair
from datacanary.tablediff.meeting import NANOSECONDS
from datacanary.tablediff.spread import spread_places

Array = npt.NDArray[np.number]
Flags = npt.NDArray[np.bool_]
Meaning = Literal["number", "date", "moment", "clock", "span"]

LARGEST = 2.0**62
"""Sums and differences of smaller integers fit into 64 bits."""
DOUBLE_ERROR, SINGLE_ERROR = 1e-9, 2.4e-7
"""By so much of itself a float may be off what a rule says, and still fit."""
MOST_DIGITS = 9
"""A float with more digits behind the point may have any."""
SOME = 512
"""So many floats show how many digits those of a column have."""
CONFORMING = 0.95
"""So many floats of a column that have few digits show that they are meant to."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How to read the cells of a column as numbers.

    `digits` of a number are behind the point of one unit; a unit of a time is `nanoseconds` long. If not `exact`,
    numbers are floats, and fit up to a share `error` of themselves. `last` is what the last digit of each side is
    worth, in units: 0 for floats with any digits.
    """

    meaning: Meaning
    exact: bool
    digits: int = 0
    nanoseconds: int = 0
    error: float = 0.0
    last: Pair[float] = Pair(1.0, 1.0)

    def read(self, cells: pl.Series) -> tuple[Array, Flags]:
        """Read cells as numbers, and tell which of them are any: NULL, NaN and infinities are not."""
        return self.ticks(cells) if self.exact else finite(cells)

    def ticks(self, cells: pl.Series) -> tuple[Array, Flags]:
        """Read cells as 64-bit integers; times without end, which are stored as the largest ones, are none."""
        factor = factor_of(cells.dtype, self)
        limit = int(LARGEST) // factor
        stored = cells.to_physical() if isinstance(cells.dtype, pl.Decimal) else cells
        stored = stored.cast(pl.Int64, strict=False)
        values = (stored.fill_null(limit + 1) if stored.null_count() else stored).to_numpy()
        known: Flags = (values >= -limit) & (values <= limit)
        return np.where(known, values, 0) * factor, known

    def told(self, value: float) -> str:
        """Write a number of units as the number that it stands for.

        >>> Scale("number", True, digits=2).told(-123450)
        '-1,234.5'
        """
        exact = Decimal(int(value)).scaleb(-self.digits) if self.exact else Decimal(repr(float(value)))
        written = f"{exact:,f}"
        return written.rstrip("0").rstrip(".") if "." in written else written


def finite(cells: pl.Series) -> tuple[Array, Flags]:
    """Read cells as floats; those that are not finite are none."""
    values = cells.cast(pl.Float64, strict=False).to_numpy()
    known: Flags = np.isfinite(values)
    return np.where(known, values, 0.0), known


def factor_of(dtype: pl.DataType, scale: Scale) -> int:
    """Return how many units of the scale one of a type's own is."""
    match dtype:
        case pl.Decimal():
            return int(10 ** (scale.digits - dtype.scale))
        case pl.Date():
            return NANOSECONDS["day"] // scale.nanoseconds
        case pl.Datetime() | pl.Duration():
            return NANOSECONDS[dtype.time_unit] // scale.nanoseconds
    return int(10**scale.digits)


def scale_of(changed: Pair[pl.Series], sampled: pl.Series) -> Scale | None:
    """Find how to read the cells of both sides, and those sampled of base, as numbers; None if they are none."""
    base, head = (side.dtype for side in changed)
    match base, head:
        case pl.Date(), pl.Date():
            return Scale("date", True, nanoseconds=NANOSECONDS["day"])
        case ((pl.Date() | pl.Datetime()), (pl.Date() | pl.Datetime())):
            return in_ticks("moment", Pair(base, head))
        case pl.Duration(), pl.Duration():
            return in_ticks("span", Pair(base, head))
        case pl.Time(), pl.Time():
            return Scale("clock", True, nanoseconds=1)
    if not (base.is_numeric() and head.is_numeric()):
        return None
    return in_floats(changed) if base.is_float() or head.is_float() else in_integers(changed, sampled)


def in_ticks(meaning: Meaning, dtypes: Pair[pl.DataType]) -> Scale:
    """Measure times in the finer unit of the two."""
    units = dtypes.map(
        lambda dtype: NANOSECONDS[dtype.time_unit if isinstance(dtype, pl.Datetime | pl.Duration) else "day"]
    )
    finer = min(units)
    return Scale(meaning, True, nanoseconds=finer, last=units.map(lambda unit: unit / finer))


def in_integers(changed: Pair[pl.Series], sampled: pl.Series) -> Scale:
    """Measure integers and decimals in the last digit of the finer side, unless that takes more than 64 bits."""
    digits = changed.map(lambda side: side.dtype.scale if isinstance(side.dtype, pl.Decimal) else 0)
    finest = max(digits)
    ends = [float(str(end)) for side in (*changed, sampled) for end in (side.min(), side.max()) if end is not None]
    largest = max((abs(end) for end in ends), default=0.0)
    if largest * 10.0**finest >= LARGEST:
        return Scale("number", False, error=DOUBLE_ERROR, last=digits.map(lambda one: 10.0**-one))
    return Scale("number", True, digits=finest, last=digits.map(lambda one: 10.0 ** (finest - one)))


def in_floats(changed: Pair[pl.Series]) -> Scale:
    """Measure numbers as floats, some of which are there."""
    single = any(isinstance(side.dtype, pl.Float32 | pl.Float16) for side in changed)
    error = SINGLE_ERROR if single else DOUBLE_ERROR
    return Scale("number", False, error=error, last=changed.map(last_digit))


def last_digit(values: pl.Series) -> float:
    """Return what the last digit of numbers is worth: 0.01 for floats that are amounts of money, 0 for any float.

    >>> last_digit(pl.Series([1.25, 3.1, 20.0])), last_digit(pl.Series([1 / 3, 2 / 7]))
    (0.01, 0.0)
    """
    dtype = values.dtype
    if isinstance(dtype, pl.Decimal):
        return float(10.0**-dtype.scale)
    if dtype.is_integer():
        return 1.0
    precision = 2.0**-24 if isinstance(dtype, pl.Float32 | pl.Float16) else 2.0**-53
    some = values.gather(pl.Series(spread_places(values.len(), SOME))).cast(pl.Float64).to_numpy()
    some = np.abs(some[np.isfinite(some)])
    for digits in range(MOST_DIGITS + 1):
        shifted = some * 10.0**digits
        off = np.abs(shifted - np.rint(shifted))
        # A number so large that its floats lie far apart has whole units whatever it is.
        fits = (off <= 16 * precision * shifted) & (precision * shifted < 1e-3)  # noqa: PLR2004 -- of a unit
        if some.size and fits.mean() >= CONFORMING:
            return float(10.0**-digits)
    return 0.0
