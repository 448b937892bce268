"""Bins: which cells are counted together, the same on both sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from datacanary.tablediff.statistics.axis import Axis, Block, axis_of, up_to
from datacanary.tablediff.totals import Numbers, blocks

Counts = npt.NDArray[np.int64]
Places = npt.NDArray[np.intp]

SPECIAL = 4
"""NULL, NaN, infinity and minus infinity have bins of their own."""


class Bins(Protocol):
    """Bins for the cells of a column; cells come in the column's own type."""

    @property
    def size(self) -> int:
        """How many bins there are, special ones included."""

    def places(self, values: pl.Series) -> Places:
        """Give the bin of each cell."""

    def count(self, values: pl.Series) -> Counts:
        """Count the cells in each bin."""


@dataclass(frozen=True, slots=True)
class EdgeBins:
    """Bins of numbers, dates and times: bin i is (edges[i-1], edges[i]], the first and last open to their ends.

    Then come NULL, NaN, infinity and minus infinity. `edges` ascend strictly and are finite values of the column's
    type. Dates and timestamps without end are infinities.

    >>> bins = EdgeBins(pl.Series([0, 10]))
    >>> bins.count(pl.Series([-1, 0, 1, 10, 11, None])).tolist()
    [2, 2, 1, 1, 0, 0, 0]
    >>> bins.places(pl.Series([None, 10])).tolist()
    [3, 1]
    """

    edges: pl.Series

    @property
    def size(self) -> int:
        """How many bins there are, special ones included."""
        return self.edges.len() + 1 + SPECIAL

    @property
    def axis(self) -> Axis:
        """The line on which the edges stand."""
        axis = axis_of(self.edges.dtype)
        assert axis is not None, "edges have an order"  # noqa: S101 -- only such types have edges
        return axis

    @property
    def points(self) -> Numbers:
        """The edges as numbers."""
        return self.axis.numbers(self.edges)

    def places(self, values: pl.Series) -> Places:
        """Give the bin of each cell."""
        first = self.edges.len() + 1
        found = np.full(values.len(), first, dtype=np.intp)
        present = values.is_not_null().to_numpy()
        numbers = self.axis.numbers(values)
        places = np.searchsorted(self.points, numbers, side="left")
        if self.axis.ends is not None:
            low, high = self.axis.ends
            places[numbers != numbers] = first + 1  # noqa: PLR0124 -- only NaN differs from itself
            places[numbers >= high] = first + 2
            places[numbers <= low] = first + 3
        found[present] = places
        return found

    def count(self, values: pl.Series) -> Counts:
        """Count the cells in each bin."""
        axis, points = self.axis, self.points
        counts = np.zeros(self.size, dtype=np.int64)
        for numbers in blocks(axis.numbers(values)):
            block = axis.block(numbers)
            counts[:-SPECIAL] += finite_counts(block.finite, points)
            counts[-SPECIAL:] += [0, *odd_counts(block)]
        counts[-SPECIAL] = values.null_count()
        return counts


@dataclass(frozen=True, slots=True)
class ValueBins:
    """Bins of texts, booleans, categories and bytes: one for each listed value, then all others, then NULL.

    Categories are listed as text.

    >>> ValueBins(pl.Series(["a", "b"])).count(pl.Series(["b", "c", None, "b"])).tolist()
    [0, 2, 1, 1]
    """

    values: pl.Series

    @property
    def size(self) -> int:
        """How many bins there are, special ones included."""
        return self.values.len() + 2

    def places(self, values: pl.Series) -> Places:
        """Give the bin of each cell."""
        listed = pl.DataFrame([self.values.alias("value"), pl.int_range(self.values.len(), eager=True).alias("bin")])
        cells = words(values).alias("value")
        joined = cells.to_frame().join(listed, on="value", how="left", maintain_order="left")["bin"]
        places = joined.fill_null(self.size - 2).to_numpy().astype(np.intp)
        places[cells.is_null().to_numpy()] = self.size - 1
        return places

    def count(self, values: pl.Series) -> Counts:
        """Count the cells in each bin."""
        return np.bincount(self.places(values), minlength=self.size).astype(np.int64)


def finite_counts(ascending: Numbers, points: Numbers) -> Counts:
    """Count finite numbers in the bins between the points."""
    return np.diff(up_to(ascending, points), prepend=0, append=ascending.size).astype(np.int64)


def odd_counts(block: Block) -> tuple[int, int, int]:
    """Count what is not finite, in the order of the bins."""
    return block.nan, block.positive_infinity, block.negative_infinity


def words(cells: pl.Series) -> pl.Series:
    """Write categories as text: the numbers that stand for them need not be the same everywhere."""
    return cells.cast(pl.String) if isinstance(cells.dtype, pl.Categorical | pl.Enum) else cells


def is_listed(dtype: pl.DataType) -> bool:
    """Tell whether values of this type are counted one by one."""
    return isinstance(dtype, pl.String | pl.Boolean | pl.Categorical | pl.Enum | pl.Binary)
