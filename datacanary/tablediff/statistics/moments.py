"""The mean and the standard deviation."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from datacanary.tablediff.statistics.axis import Real
from datacanary.tablediff.totals import ROOM, Numbers

ROUNDING = 2.0**-45
"""So large a part of a sum of floats may be wrong: the numbers themselves are wrong by 2^-53, and blocks are many."""
ENOUGH = 1e-9
"""A variance must be right but for this part of it."""
SPAN = 2**62
DIGITS = 12
"""What a deviation is said in: the digits behind depend on the order of the rows."""


class Squares:
    """The sum of (x - c)^2 over the finite numbers of a column, c near their middle so that little cancels.

    Numbers that were taken in can be taken out again; `seen` is the sum of all squares in either direction, which
    says how much of the rest is rounding.
    """

    def __init__(self, centre: Real) -> None:
        self.centre = centre
        self.sum = 0.0
        self.seen = 0.0

    def take(self, ascending: Numbers, times: int) -> None:
        """Take in finite numbers in their order; with -1 they are taken out."""
        if ascending.size == 0:
            return
        with np.errstate(over="ignore"):
            away = distances(ascending, self.centre)
            added = float(np.multiply(away, away, out=away).sum())
        self.sum += times * added
        self.seen += added

    def variance(self, count: int, total: Fraction) -> float | None:
        """Give the variance of `count` numbers with this exact sum; None if it is too large for a float.

        Source: the shifted form of the variance (Chan, Golub and LeVeque 1983).
        """
        if not math.isfinite(self.sum):
            return None
        off = off_centre(count, total, self.centre)
        return max(0.0, self.sum / count - off * off)

    def certain(self, count: int, total: Fraction) -> bool:
        """Tell whether enough of the variance is left of all that was taken in and out."""
        if count == 0:
            return True
        found = self.variance(count, total)
        return found is not None and self.seen / count * ROUNDING <= ENOUGH * found


def off_centre(count: int, total: Fraction, centre: Real) -> float:
    """Say how far the mean is from the centre."""
    try:
        return float(total / count - Fraction(centre))
    except OverflowError:
        return math.inf


def distances(ascending: Numbers, centre: Real) -> npt.NDArray[np.float64]:
    """Subtract the centre, as whole numbers where they are: beyond 2^53 a float would not tell neighbours apart."""
    away = ROOM.array(0, ascending.size, np.float64)
    if ascending.dtype.kind == "f":
        return np.subtract(ascending, centre, out=away)
    if ascending.dtype == object:
        return (ascending - int(centre)).astype(np.float64)
    if max(int(ascending[-1]), centre) - min(int(ascending[0]), centre) >= SPAN:
        return np.subtract(ascending, float(centre), out=away, dtype=np.float64)
    whole = ROOM.array(1, ascending.size, np.int64)
    # Unsigned numbers beyond the signed ones wrap around, and their differences back again.
    np.subtract(ascending, np.array(centre, dtype=ascending.dtype), out=whole, dtype=np.int64, casting="unsafe")
    np.copyto(away, whole, casting="unsafe")
    return away


def in_digits(deviation: float) -> float:
    """Round to so many digits as do not depend on the order of the rows.

    >>> in_digits(2**0.5)
    1.41421356237
    """
    return float(f"{deviation:.{DIGITS}g}")
