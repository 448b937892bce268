"""Choosing the edges of bins by what was looked at of both sides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from datacanary.tablediff.statistics.axis import Axis, Real, single
from datacanary.tablediff.statistics.bins import EdgeBins
from datacanary.tablediff.statistics.distinct import run_starts
from datacanary.tablediff.statistics.quantiles import SHARES, rank
from datacanary.tablediff.totals import Numbers

BINS = 256
"""Quantiles of each side; a value with this part of a side's cells gets a bin of its own."""
BINS_OF_DIFFERING = 64
"""Quantiles of each kind of differing cells: few cells that moved far lie where the sides have no edges."""


def choose_edges(axis: Axis, sides: Sequence[Numbers], differing: Sequence[Numbers]) -> EdgeBins:
    """Choose edges by finite numbers in their order: some of each side, and of the cells that differ.

    These are quantiles, the ends, zero and frequent values. All that are told to users as values stand with their
    predecessor, and so have bins of their own. If only a few distinct values are seen, all of them do.

    >>> import polars as pl
    >>> bins = choose_edges(Axis(pl.Int64()), [np.array([3, 3, 8])], [])
    >>> bins.edges.to_list()
    [2, 3, 7, 8]
    """
    everything = [numbers for numbers in (*sides, *differing) if numbers.size]
    alone, plain = few_values(everything), set[Real]()
    if alone is None:
        alone = set()
        for numbers in sides:
            alone.update(ends(numbers), atoms(numbers))
            alone.update(at_ranks(numbers, [rank(percent, numbers.size) for percent in SHARES.values()]))
            plain.update(at_ranks(numbers, parts(numbers.size, BINS)))
        for numbers in differing:
            alone.update(ends(numbers))
            plain.update(at_ranks(numbers, parts(numbers.size, BINS_OF_DIFFERING)))
    if axis.signed and any(numbers[0] <= 0 <= numbers[-1] for numbers in everything):
        alone.add(0)
    before = (axis.before(number) for number in alone)
    chosen = {number + 0 for number in (*plain, *alone)} | {number for number in before if number is not None}
    return EdgeBins(axis.cells(sorted(chosen)))


def few_values(everything: Sequence[Numbers]) -> set[Real] | None:
    """Give the distinct values, None if they are many."""
    found: set[Real] = set()
    for numbers in everything:
        starts = run_starts(numbers)
        if starts.size > BINS:
            return None
        found.update(numbers[starts].tolist())
    return found if len(found) <= BINS else None


def ends(numbers: Numbers) -> list[Real]:
    """Give the smallest and the largest, if there are any."""
    return [*numbers[:1].tolist(), *numbers[-1:].tolist()]


def atoms(numbers: Numbers) -> list[Real]:
    """Give the values that are frequent."""
    starts = run_starts(numbers)
    runs = np.diff(starts, append=numbers.size)
    found: list[Real] = numbers[starts[runs * BINS >= numbers.size]].tolist()
    return found


def parts(size: int, count: int) -> list[int]:
    """Give the ranks, from 1, at which so many numbers fall into so many equal parts."""
    return [rank for part in range(1, count) if (rank := -(-part * size // count))]


def at_ranks(numbers: Numbers, ranks: Sequence[int]) -> list[Real]:
    """Give the numbers at these ranks, from 1."""
    if numbers.size == 0:
        return []
    found: list[Real] = numbers[np.array(ranks, dtype=np.intp) - 1].tolist()
    return found


def solid(axis: Axis, points: Numbers, low: Real, high: Real) -> npt.NDArray[np.bool_]:
    """Tell which bins between points hold one value at most, if all values lie from `low` to `high`.

    >>> import polars as pl
    >>> solid(Axis(pl.Int64()), np.array([2, 3, 7]), 3, 8).tolist()
    [True, True, False, True]
    """
    found = np.ones(points.size + 1, dtype=np.bool_)
    if points.size == 0:
        found[:] = low == high
        return found
    if axis.whole:
        found[1:-1] = np.diff(points) == 1
    else:
        exact = points.astype(type(single(axis.dtype, 0.0)))
        found[1:-1] = np.nextafter(exact[1:], -np.inf) == exact[:-1]
    found[0] = found[-1] = False
    found[:-1] |= points <= low
    found[1:] |= points >= high
    last = int(np.count_nonzero(points < high))
    found[last] |= last > 0 and axis.before(high) == points[last - 1]
    return found
