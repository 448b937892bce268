"""The one number that most cells agree on, if each allows for a range of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datacanary.tablediff.causes.scale import Array

SURE_DIGITS = 15
"""Floats of so many significant digits are what they say."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """A range of numbers on which most cells agree, and on how many different ones they might have."""

    low: float
    high: float
    candidates: int


def agreed(low: Array, high: Array) -> Agreed | None:
    """Find the numbers that lie in most of the ranges; None if there are no ranges, or only empty ones.

    Numbers that begin a range are tried: the best one is among them.

    >>> agreed(np.array([1.0, 1.5, 7.0]), np.array([2.0, 3.0, 8.0]))
    Agreed(low=1.5, high=2.0, candidates=3)
    >>> agreed(np.array([2.0]), np.array([1.0])) is None
    True
    """
    # The least floats have no digits to spare: what is meant to lie around one can be nothing.
    ranges = np.isfinite(low) & np.isfinite(high) & (low <= high)
    if not ranges.any():
        return None
    begins, ends = np.sort(low[ranges]), np.sort(high[ranges])
    around = np.searchsorted(begins, begins, "right") - np.searchsorted(ends, begins, "left")
    begin = begins[int(around.argmax())]
    end = ends[int(np.searchsorted(ends, begin, "left"))]
    return Agreed(begin.item(), end.item(), int(np.unique(begins).size))


def simplest(low: float, high: float) -> float:
    """Return the number with the fewest digits in a range.

    >>> simplest(1.1899, 1.1901), simplest(99.5, 100.4), simplest(7, 7)
    (1.19, 100.0, 7)
    """
    middle = low + (high - low) / 2
    for digits in range(SURE_DIGITS):
        near = float(f"{middle:.{digits}e}")
        if low <= near <= high and low < high:
            return near
    return low if low == high else middle
