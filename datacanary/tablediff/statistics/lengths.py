"""How long texts and lists are."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

from datacanary.model.statistics import Lengths
from datacanary.tablediff.statistics.distinct import run_starts
from datacanary.tablediff.statistics.quantiles import SHARES, rank

Sizes = npt.NDArray[np.integer]


class LengthCounts:
    """How many cells have which length; what was taken in can be taken out again.

    >>> counts = LengthCounts()
    >>> counts.take(np.array([2, 2, 5]), 1), counts.take(np.array([5]), -1)
    (None, None)
    >>> counts.lengths().maximum
    2
    """

    def __init__(self) -> None:
        self.cells: Counter[int] = Counter()

    def take(self, lengths: Sizes, times: int) -> None:
        """Take in the length of each cell; with -1 it is taken out."""
        ascending = np.sort(lengths)
        starts = run_starts(ascending)
        self.take_counts(ascending[starts], np.diff(starts, append=ascending.size) * times)

    def take_counts(self, lengths: Sizes, cells: npt.NDArray[np.int64]) -> None:
        """Take in lengths and how many cells have them."""
        for length, count in zip(lengths.tolist(), cells.tolist(), strict=True):
            self.cells[length] += count

    def lengths(self) -> Lengths | None:
        """Sum up; None if there are no cells."""
        present = sorted((length, count) for length, count in self.cells.items() if count > 0)
        if not present:
            return None
        sizes, counts = np.array(present).T
        until = np.cumsum(counts)
        cells = int(until[-1])
        return Lengths(
            minimum=int(sizes[0]),
            maximum=int(sizes[-1]),
            mean=sum(length * count for length, count in present) / cells,
            quantiles={
                name: int(sizes[np.searchsorted(until, rank(percent, cells))]) for name, percent in SHARES.items()
            },
        )
