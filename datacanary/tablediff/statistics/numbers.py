"""Counting a column of numbers, dates or times."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import polars as pl

from datacanary.model.basic import Pair, Side
from datacanary.model.statistics import Cell, Statistics, ValueCount
from datacanary.tablediff.jsoncells import json_cells
from datacanary.tablediff.statistics.account import Findings, portions_of
from datacanary.tablediff.statistics.axis import Axis, Real
from datacanary.tablediff.statistics.bins import SPECIAL, Counts, EdgeBins, finite_counts, odd_counts
from datacanary.tablediff.statistics.distinct import Distinct
from datacanary.tablediff.statistics.edges import solid
from datacanary.tablediff.statistics.extremes import Extremes
from datacanary.tablediff.statistics.midnight import midnights
from datacanary.tablediff.statistics.moments import Squares, in_digits
from datacanary.tablediff.statistics.quantiles import quantiles
from datacanary.tablediff.statistics.top import top
from datacanary.tablediff.totals import Numbers, Total, blocks

FREQUENT = 256
"""A number with this part of a column's cells is frequent."""


@dataclass(frozen=True, slots=True)
class NumberPlan:
    """How a column of numbers is counted: `points` are the edges of the bins as they are stored.

    `centres` are near the middle of each side, `levels` as of Distinct.
    """

    axis: Axis
    bins: EdgeBins
    points: Numbers
    centres: Pair[Real]
    levels: Pair[int]

    def account(self, side: Side) -> NumberAccount:
        """Begin to count a side."""
        return NumberAccount(self, side)


@dataclass(frozen=True, slots=True)
class Finite:
    """What is known of the finite numbers of a column, as they are stored; there is at least one.

    `deviation` is None if it is too large for a float.
    """

    count: int
    low: Real
    high: Real
    mean: Fraction
    deviation: float | None
    quantiles: dict[str, Real]


@dataclass(frozen=True, slots=True)
class NumberFindings(Findings):
    """What was found in a column of numbers."""

    finite: Finite | None = None


class NumberAccount:
    """Counts numbers block by block, each put into its order: then all else is read off at little cost."""

    def __init__(self, plan: NumberPlan, side: Side) -> None:
        self.plan = plan
        self.points = plan.points
        self.counts: Counts = np.zeros(plan.bins.size, dtype=np.int64)
        self.extremes = Extremes()
        self.total = Total(plan.axis.dtype)
        self.squares = Squares(plan.centres.of(side))
        self.distinct = Distinct(plan.levels.of(side))
        self.negative = self.zero = self.midnight = 0

    def add(self, cells: pl.Series) -> None:
        """Take in cells."""
        for numbers in self.blocks(cells, 1):
            self.extremes.add(self.take(numbers, 1))

    def remove(self, cells: pl.Series) -> None:
        """Take cells out that were taken in."""
        for numbers in self.blocks(cells, -1):
            self.extremes.remove(self.take(numbers, -1))

    def blocks(self, cells: pl.Series, times: int) -> Iterator[Numbers]:
        """Count NULLs, and cut what is not NULL into blocks."""
        for part in portions_of(cells):
            self.counts[-SPECIAL] += times * part.null_count()
            yield from blocks(self.plan.axis.numbers(part))

    def take(self, numbers: Numbers, times: int) -> Numbers:
        """Take a block of numbers in, or with -1 out, and give the finite ones in their order."""
        axis = self.plan.axis
        block = axis.block(numbers)
        finite, odd = block.finite, odd_counts(block)
        self.counts[:-SPECIAL] += times * finite_counts(finite, self.points)
        self.counts[1 - SPECIAL :] += times * np.array(odd)
        self.total.take_finite(finite, times)
        self.total.take_odd(*(times * count for count in odd))
        self.squares.take(finite, times)
        self.distinct.take_numbers(finite, times)
        if axis.signed:
            zero = np.array(0, dtype=finite.dtype)
            below, until = (int(np.searchsorted(finite, zero, side=side)) for side in ("left", "right"))
            self.negative += times * below
            self.zero += times * (until - below)
        elif isinstance(axis.dtype, pl.Datetime):
            self.midnight += times * midnights(finite, axis.per_unit)
        return finite

    def certain(self) -> bool:
        """Tell whether everything is known although cells were taken out."""
        count = self.count
        return count == 0 or not (self.extremes.lost or not self.squares.certain(count, self.sum))

    @property
    def count(self) -> int:
        """How many finite values there are."""
        return int(self.counts[:-SPECIAL].sum())

    @property
    def sum(self) -> Fraction:
        """The exact sum of the finite values."""
        return self.total.exact + self.total.units

    def findings(self) -> NumberFindings:
        """Sum up."""
        finite = self.finite()
        return NumberFindings(self.statistics(finite), self.counts.copy(), finite)

    def finite(self) -> Finite | None:
        """Sum up the finite numbers."""
        count, low, high = self.count, self.extremes.low, self.extremes.high
        if count == 0 or low is None or high is None:
            return None
        total = self.sum
        variance = self.squares.variance(count, total)
        deviation = None if variance is None else math.sqrt(variance)
        alone = solid(self.plan.axis, self.points, low.value, high.value)
        found = quantiles(self.counts[:-SPECIAL], self.points, low.value, high.value, alone)
        return Finite(count, low.value, high.value, total / count, deviation, found)

    def statistics(self, finite: Finite | None) -> Statistics:
        """Describe the column."""
        axis = self.plan.axis
        nulls, nan, positive, negative = self.counts[-SPECIAL:].tolist()
        low, high, *quantiles = self.cells(
            [] if finite is None else [finite.low, finite.high, *finite.quantiles.values()]
        )
        deviation = None if finite is None or finite.deviation is None else axis.measure(finite.deviation)
        return Statistics(
            rows=int(self.counts.sum()),
            nulls=nulls,
            distinct=min(self.distinct.estimate(), self.count) + (nan > 0) + (positive > 0) + (negative > 0),
            distinct_estimated=not self.distinct.exact,
            minimum=low,
            maximum=high,
            mean=None if finite is None else axis.measure(finite.mean),
            deviation=None if deviation is None else in_digits(deviation),
            total=self.total.value() if axis.dtype.is_numeric() else None,
            quantiles={} if finite is None else dict(zip(finite.quantiles, quantiles, strict=True)),
            nan=nan if axis.dtype.is_float() else None,
            positive_infinity=positive if axis.ends else None,
            negative_infinity=negative if axis.ends else None,
            zero=self.zero if axis.signed else None,
            negative=self.negative if axis.signed else None,
            midnight=self.midnight if isinstance(axis.dtype, pl.Datetime) else None,
            top=() if finite is None else self.top(finite),
        )

    def cells(self, numbers: list[Real]) -> list[Cell]:
        """Write numbers as values; two NULLs if there are none."""
        return json_cells(self.plan.axis.cells(numbers)) if numbers else [None, None]

    def top(self, finite: Finite) -> tuple[ValueCount, ...]:
        """Find the frequent values: those have bins of their own."""
        alone = solid(self.plan.axis, self.points, finite.low, finite.high)
        counts = np.where(alone, self.counts[:-SPECIAL], 0)
        values = [*self.points.tolist(), finite.high]
        return top(
            counts,
            lambda places: self.plan.axis.cells([values[place] for place in places]),
            -(-finite.count // FREQUENT),
        )
