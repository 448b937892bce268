"""How often cells change to or from a value if they change at random."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl


class Frequencies:
    """How often values occur in a column, as sampled, and how likely changes are by accident."""

    def __init__(self, sampled: pl.Series) -> None:
        self.sampled = sampled

    @cached_property
    def unseen(self) -> float:
        """What may have been missed: two cells of the sample with values of their own."""
        return 2 / (self.sampled.len() + 2)

    def share(self, found: pl.Series) -> float:
        """Return the share of what was found in the sample; a little for what was not, by Laplace's rule."""
        return (int(found.sum()) + 1) / (found.len() + 2)

    @cached_property
    def shares(self) -> npt.NDArray[np.float64]:
        """The share of each value; of nested ones all are taken for different."""
        nested = self.sampled.dtype.is_nested() or isinstance(self.sampled.dtype, pl.BaseExtension)
        counts = pl.Series([self.sampled.null_count()]) if nested else self.sampled.value_counts()["count"]
        return counts.to_numpy() / max(1, self.sampled.len())

    @cached_property
    def differ(self) -> float:
        """The chance that two cells of the column differ."""
        return float(1 - (self.shares**2).sum()) + self.unseen

    def becoming(self, goal: pl.Series) -> float:
        """Return how likely a changed cell became what was found, or was it, if it got the value of any row."""
        share = self.share(goal)
        return min(1.0, share * (1 - share) / self.differ)

    def going(self, origin: pl.Series, goal: pl.Series) -> float:
        """Return how likely a changed cell went from one value to another, if it got the value of any row."""
        return min(1.0, self.share(origin) * self.share(goal) / self.differ)

    def flipping(self, goal: pl.Series, origin: pl.Series | None = None) -> float:
        """Return the same if any cell got another value: the other one where there are two, as of flags that flip."""
        there = self.share(goal)
        if origin is not None:
            share = self.share(origin)
            return min(1.0, share * there / (1 - share + self.unseen))
        origins = float((self.shares / (1 - self.shares + self.unseen)).sum()) - there / (1 - there + self.unseen)
        return min(1.0, there * origins)
