"""The smallest and the largest value, which may leave again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datacanary.tablediff.statistics.axis import Real
from datacanary.tablediff.totals import Numbers


@dataclass(slots=True)
class End:
    """One end: its value and how many cells have it."""

    value: Real
    cells: int = 0

    @property
    def lost(self) -> bool:
        """Whether all cells with the value have left: then only the rows themselves can tell what the end is now."""
        return self.cells <= 0


class Extremes:
    """The finite values at both ends of a column.

    What leaves must leave before anything else comes: then an end is lost only if its last cell left.

    >>> ends = Extremes()
    >>> ends.add(np.array([1, 1, 5])), ends.remove(np.array([1, 5]))
    (None, None)
    >>> ends.low, ends.high, ends.lost
    (End(value=1, cells=1), End(value=5, cells=0), True)
    """

    def __init__(self) -> None:
        self.low: End | None = None
        self.high: End | None = None

    @property
    def lost(self) -> bool:
        """Whether either end is."""
        return any(end is not None and end.lost for end in (self.low, self.high))

    def add(self, ascending: Numbers) -> None:
        """Take in finite numbers in their order."""
        if ascending.size == 0:
            return
        first, last = plain(ascending[0]), plain(ascending[-1])
        if self.low is None or first < self.low.value:
            self.low = End(first)
        if self.high is None or last > self.high.value:
            self.high = End(last)
        self.count(ascending, 1)

    def remove(self, ascending: Numbers) -> None:
        """Let finite numbers, in their order, leave that were taken in."""
        if ascending.size:
            self.count(ascending, -1)

    def count(self, ascending: Numbers, times: int) -> None:
        """Count the cells at the ends."""
        if self.low is not None and plain(ascending[0]) == self.low.value:
            self.low.cells += times * int(np.searchsorted(ascending, ascending[0], side="right"))
        if self.high is not None and plain(ascending[-1]) == self.high.value:
            self.high.cells += times * (ascending.size - int(np.searchsorted(ascending, ascending[-1], side="left")))


def plain(number: np.generic | int) -> Real:
    """Give a number as Python has it."""
    return number.item() if isinstance(number, np.generic) else number
