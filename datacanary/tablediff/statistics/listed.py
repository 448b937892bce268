"""Counting a column of texts, booleans, categories or bytes."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from datacanary.model.basic import Pair, Side
from datacanary.model.statistics import Statistics
from datacanary.tablediff.statistics.account import Findings, portions_of
from datacanary.tablediff.statistics.bins import Counts, ValueBins, words
from datacanary.tablediff.statistics.blank import SPACE, blanks
from datacanary.tablediff.statistics.distinct import Distinct, Hashes, run_starts, text_hashes
from datacanary.tablediff.statistics.lengths import LengthCounts
from datacanary.tablediff.statistics.top import top
from datacanary.tablediff.totals import blocks

REST = np.uint64(48)
"""A hash without so many of its last bits is looked up in a small table."""


@dataclass(frozen=True, slots=True)
class ListedPlan:
    """How a column is counted value by value; `levels` as of Distinct.

    Listed values are told by `hashes` of 64 bits: a thousand of them among 10^10 rows are mistaken with a chance below
    one in a million. `order` are the bins in the order of their hashes, `likely` tells by the first bits of a hash
    whether it may be one of these.
    """

    dtype: pl.DataType
    bins: ValueBins
    levels: Pair[int]
    hashes: Hashes
    order: npt.NDArray[np.intp]
    likely: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, dtype: pl.DataType, bins: ValueBins, levels: Pair[int] = Pair(0, 0)) -> ListedPlan:
        """Plan to count cells of a type in these bins."""
        hashes = text_hashes(bins.values)
        order = np.argsort(hashes)
        likely = np.zeros(1 << (64 - int(REST)), dtype=np.bool_)
        likely[(hashes >> REST).astype(np.intp)] = True
        return cls(dtype, bins, levels, hashes[order], order, likely)

    @property
    def text(self) -> bool:
        """Whether the values have lengths."""
        return isinstance(self.dtype, pl.String | pl.Categorical | pl.Enum)

    def account(self, side: Side) -> ListedAccount:
        """Begin to count a side."""
        return ListedAccount(self, side)


class ListedAccount:
    """Counts values by their hashes; where all cells of a block have listed values, nothing else is looked at."""

    def __init__(self, plan: ListedPlan, side: Side) -> None:
        self.plan = plan
        self.counts: Counts = np.zeros(plan.bins.size, dtype=np.int64)
        self.distinct = Distinct(plan.levels.of(side))
        self.known: Counts = np.zeros(plan.bins.values.len(), dtype=np.int64)
        self.lengths = LengthCounts()
        self.blank = 0

    def add(self, cells: pl.Series) -> None:
        """Take in cells."""
        for part in portions_of(cells):
            self.take(part, 1)

    def remove(self, cells: pl.Series) -> None:
        """Take cells out that were taken in."""
        for part in portions_of(cells):
            self.take(part, -1)

    def take(self, cells: pl.Series, times: int) -> None:
        """Take a few cells in, or with -1 out."""
        present = words(cells.drop_nulls() if cells.null_count() else cells)
        listed = sum((self.take_hashes(hashes, times) for hashes in blocks(text_hashes(present))), 0 * self.known)
        others = present.len() - int(listed.sum())
        self.counts += times * np.array([*listed, others, cells.len() - present.len()])
        if not self.plan.text:
            return
        if others:
            self.lengths.take(present.str.len_chars().to_numpy(), times)
            self.blank += times * blanks(present)
        else:
            self.known += times * listed

    def take_hashes(self, hashes: Hashes, times: int) -> Counts:
        """Take a block of values in, or with -1 out, and say how often each listed value is among them."""
        if self.distinct.level:
            hashes = hashes[self.distinct.below(hashes) | self.plan.likely[(hashes >> REST).view(np.int64)]]
        ascending = np.sort(hashes)
        starts = run_starts(ascending)
        values, runs = ascending[starts], np.diff(starts, append=ascending.size)
        self.distinct.take(values, runs * times)
        found = np.zeros(self.plan.hashes.size, dtype=np.int64)
        if values.size:
            places = np.minimum(np.searchsorted(values, self.plan.hashes), values.size - 1)
            found[self.plan.order] = np.where(values[places] == self.plan.hashes, runs[places], 0)
        return found

    def certain(self) -> bool:
        """Tell whether everything is known although cells were taken out: counts always are."""
        return True

    def findings(self) -> Findings:
        """Sum up."""
        *_, nulls = self.counts.tolist()
        rows = int(self.counts.sum())
        statistics = Statistics(
            rows=rows,
            nulls=nulls,
            distinct=min(self.distinct.estimate(), rows - nulls),
            distinct_estimated=not self.distinct.exact,
            top=top(self.counts[:-2], self.plan.bins.values.gather),
        )
        return Findings(self.of_texts(statistics) if self.plan.text else statistics, self.counts.copy())

    def of_texts(self, statistics: Statistics) -> Statistics:
        """Add what only texts have."""
        texts = self.plan.bins.values
        lengths = deepcopy(self.lengths)
        lengths.take_counts(texts.str.len_chars().to_numpy(), self.known)
        blank = self.blank + sum(
            count for text, count in zip(texts, self.known.tolist(), strict=True) if not text.strip(SPACE)
        )
        return replace(statistics, blank=blank, lengths=lengths.lengths())
