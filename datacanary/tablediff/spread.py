"""Rows spread evenly over a side, picked up while they pass by."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from datacanary.tablediff.detach import detached
from datacanary.tablediff.views import View, rows_at

MOST = 65_536
"""As many rows of a side are looked at, at most, to learn what its values are like."""

Numbers = npt.NDArray[np.uint64]


class Spread:
    """At most `most` rows of a side of so many rows; which ones depends on their numbers alone.

    Source of the numbers' scatter: the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
    """

    def __init__(self, rows: int, most: int) -> None:
        self.places = spread_places(rows, min(most, MOST))
        self.passed = 0
        self.parts: list[pl.DataFrame] = []

    def see(self, rows: pl.DataFrame) -> None:
        """Look at the next rows."""
        begin, end = np.searchsorted(self.places, (self.passed, self.passed + rows.height))
        if end > begin:
            chosen = rows_at(rows, pl.Series(self.places[begin:end] - self.passed))
            self.parts.append(chosen if chosen.height == rows.height else detached(chosen))
        self.passed += rows.height

    def rows(self, view: View) -> pl.DataFrame:
        """Give the chosen rows; reads the side if its rows have not all passed by."""
        if self.passed < view.table.rows:
            self.passed, self.parts = 0, []
            for batch in view.batches():
                self.see(batch)
        return pl.concat(self.parts) if self.parts else view.frame.clear().collect()


def spread_places(rows: int, most: int) -> npt.NDArray[np.int64]:
    """Choose the rows: one at a scattered place of each of `most` equal parts, or all.

    >>> spread_places(4, 10).tolist(), len(spread_places(10**9, 100))
    ([0, 1, 2, 3], 100)
    """
    if rows <= most:
        return np.arange(rows, dtype=np.int64)
    begins = np.arange(most + 1, dtype=np.int64) * rows // most
    widths = np.diff(begins).astype(np.uint64)
    return begins[:-1] + (scattered(np.arange(most, dtype=np.uint64)) % widths).astype(np.int64)


def scattered(numbers: Numbers) -> Numbers:
    """Turn numbers into ones that look random: the same for the same.

    >>> len(set(scattered(np.arange(1000, dtype=np.uint64)).tolist()))
    1000
    """
    with np.errstate(over="ignore"):
        mixed = (numbers + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return mixed ^ (mixed >> np.uint64(31))
