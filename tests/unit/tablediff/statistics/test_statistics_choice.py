"""Which edges and values are chosen, by what was looked at."""

from __future__ import annotations

import numpy as np
import polars as pl
from statistics_sides import one_column

from datacanary.tablediff.statistics.axis import Axis
from datacanary.tablediff.statistics.bins import EdgeBins
from datacanary.tablediff.statistics.edges import choose_edges
from datacanary.tablediff.statistics.values import choose_values

UNIQUE = pl.Series([f"user {number}" for number in range(1_500)])


def chosen(*sides: pl.Series, differing: tuple[pl.Series, ...] = (), whole: bool = False) -> list[object]:
    return choose_values(list(sides), differing, whole=whole).values.to_list()


def test_all_values_are_listed_if_all_were_seen_and_they_are_few() -> None:
    assert chosen(pl.Series(["b", "a", None]), pl.Series(["c", "c"]), whole=True) == ["c", "a", "b"]
    assert len(chosen(UNIQUE[:1_000], UNIQUE[:1_000], whole=True)) == 1_000


def test_values_that_do_not_repeat_are_not_listed_if_they_are_many_or_more_may_be() -> None:
    some = pl.concat([UNIQUE, pl.Series(["often"] * 3)])
    assert chosen(some, UNIQUE, whole=True) == ["often"]
    # 600 and 600 values: either side's could be listed, but not all.
    assert chosen(UNIQUE[:600], UNIQUE[600:1_200], whole=True) == []
    assert chosen(pl.Series(["a", "b", "b"]), pl.Series(["a"]), whole=False) == ["b"]


def test_of_many_repeated_values_the_most_frequent_of_each_side_are_listed() -> None:
    base = pl.concat([UNIQUE, UNIQUE, UNIQUE[:50], UNIQUE[:50]])
    found = chosen(base, pl.Series(["head"] * 9), differing=(pl.Series(["changed"] * 2),))
    assert {"head", "changed", *(f"user {number}" for number in range(50))} <= set(found)
    assert len(found) == 102


def test_many_numbers_fall_into_equal_parts() -> None:
    numbers = np.arange(100_000)
    bins = choose_edges(Axis(pl.Int64()), [numbers, numbers], [])
    assert 255 <= bins.edges.len() <= 290
    assert max(bins.count(pl.Series(numbers))) <= 100_000 / 256 + 1


def test_cells_that_moved_far_have_edges_among_them() -> None:
    numbers = np.arange(10_000)
    far = np.arange(10**6, 10**6 + 500)
    edges = choose_edges(Axis(pl.Int64()), [numbers, numbers], [far]).edges
    assert ((edges > 10**6) & (edges < 10**6 + 499)).sum() >= 62


def test_frequent_numbers_are_the_top_values() -> None:
    cells = pl.Series([*range(1000), *[500] * 20, *[7] * 30])
    found = one_column(cells, cells)
    assert isinstance(found.bins, EdgeBins)
    assert found.statistics.base is not None
    assert [(entry.value, entry.count) for entry in found.statistics.base.top] == [(7, 31), (500, 21)]
