"""Choosing how a column is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from datacanary.model.basic import Pair
from datacanary.tablediff.statistics.account import Plan
from datacanary.tablediff.statistics.axis import Axis, Real, axis_of
from datacanary.tablediff.statistics.bins import is_listed, words
from datacanary.tablediff.statistics.distinct import MOST, Distinct, text_hashes
from datacanary.tablediff.statistics.edges import choose_edges
from datacanary.tablediff.statistics.extremes import plain
from datacanary.tablediff.statistics.listed import ListedPlan
from datacanary.tablediff.statistics.nested import NestedPlan
from datacanary.tablediff.statistics.numbers import NumberPlan
from datacanary.tablediff.statistics.values import choose_values
from datacanary.tablediff.totals import Numbers


@dataclass(frozen=True, slots=True)
class Looked:
    """Cells of a column that were looked at: some of each side, `whole` if all, and some that differ, by kind.

    All have one type.
    """

    sides: Pair[pl.Series]
    differing: Sequence[pl.Series]
    whole: bool

    @property
    def dtype(self) -> pl.DataType:
        """The type of the cells."""
        return self.sides.base.dtype


def plan_for(looked: Looked, axis: Axis | None = None) -> Plan:
    """Choose how cells of a type are counted; `axis` is for numbers that stand for something else, as ticks do."""
    axis = axis or axis_of(looked.dtype)
    if axis is not None:
        return plan_numbers(looked, axis)
    return plan_listed(looked) if is_listed(looked.dtype) else NestedPlan(looked.dtype)


def plan_numbers(looked: Looked, axis: Axis) -> NumberPlan:
    """Choose the edges, the centres and the level of sampling distinct values."""
    sides = looked.sides.map(lambda cells: axis.block(axis.numbers(cells)).finite)
    differing = [axis.block(axis.numbers(cells)).finite for cells in looked.differing]
    anywhere: Real = next((middle(numbers) for numbers in sides if numbers.size), 0)
    centres = sides.map(lambda numbers: middle(numbers) if numbers.size else anywhere)
    bins = choose_edges(axis, list(sides), differing)
    return NumberPlan(axis, bins, bins.points, centres, sides.map(level_of_numbers))


def plan_listed(looked: Looked) -> ListedPlan:
    """Choose the values and the level of sampling distinct values."""
    if isinstance(looked.dtype, pl.Boolean):
        sides: Sequence[pl.Series] = [pl.Series([False, True])]
        return ListedPlan.of(looked.dtype, choose_values(sides, [], whole=True))
    bins = choose_values(list(looked.sides), looked.differing, whole=looked.whole)
    return ListedPlan.of(looked.dtype, bins, looked.sides.map(level_of_texts))


def level_of_numbers(ascending: Numbers) -> int:
    """Say the level of sampling that a column has at least: its distinct values are no fewer than those seen."""
    seen = Distinct()
    if ascending.size > MOST:
        seen.take_numbers(ascending, 1)
        seen.settle()
    return seen.level


def level_of_texts(cells: pl.Series) -> int:
    """Say the same of texts and other listed values."""
    seen = Distinct()
    if cells.len() > MOST:
        hashes = text_hashes(words(cells.drop_nulls()))
        seen.take(hashes, np.ones(hashes.size, dtype=np.int64))
        seen.settle()
    return seen.level


def middle(ascending: Numbers) -> Real:
    """Give the median."""
    return plain(ascending[ascending.size // 2])
