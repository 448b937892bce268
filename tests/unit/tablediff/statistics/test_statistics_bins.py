"""Bins hold the cells that they say they hold."""

import math
from collections import Counter
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statistics_oracle import bin_of
from statistics_sides import NUMBERS, WORDS, NumberKind, Stored, WordKind

from datacanary.model.basic import Pair
from datacanary.tablediff.statistics.bins import EdgeBins, ValueBins
from datacanary.tablediff.statistics.plans import Looked, plan_for

examples = settings(max_examples=100)


@examples
@given(st.data(), st.sampled_from(NUMBERS))
def test_edge_bins_count_each_cell_once_where_it_belongs(data: st.DataObject, kind: NumberKind) -> None:
    cells = data.draw(st.lists(kind.cells(), max_size=30))
    finite = [cell for cell in data.draw(st.lists(kind.cells(), max_size=12)) if is_finite(kind, cell)]
    edges = sorted({cell + 0 for cell in finite if cell is not None})
    bins = EdgeBins(kind.build(edges))
    expected = [bin_of(kind, cell, edges) for cell in cells]
    assert bins.places(kind.build(cells)).tolist() == expected
    counts = bins.count(kind.build(cells)).tolist()
    assert counts == [Counter(expected)[place] for place in range(bins.size)]
    assert len(counts) == len(edges) + 5


def is_finite(kind: NumberKind, cell: Stored) -> bool:
    return cell is not None and not math.isnan(cell) and -kind.never < cell < kind.never


@examples
@given(st.data(), st.sampled_from(WORDS))
def test_value_bins_count_each_cell_once_where_it_belongs(data: st.DataObject, kind: WordKind) -> None:
    cells = data.draw(st.lists(kind.cells(), max_size=30))
    listed = data.draw(st.lists(st.sampled_from(kind.values), unique=True, max_size=4))
    as_text = isinstance(kind.dtype, pl.Categorical | pl.Enum)
    bins = ValueBins(pl.Series(listed, dtype=pl.String() if as_text else kind.dtype))
    places = {value: place for place, value in enumerate(listed)}
    expected = [
        len(listed) + 1 if cell is None else places.get(cell, len(listed)) if cell in listed else len(listed)
        for cell in cells
    ]
    assert bins.places(kind.build(cells)).tolist() == expected
    assert bins.count(kind.build(cells)).tolist() == [Counter(expected)[place] for place in range(bins.size)]


@examples
@given(st.data(), st.sampled_from(NUMBERS + WORDS))
def test_an_account_counts_what_its_bins_count(data: st.DataObject, kind: NumberKind | WordKind) -> None:
    cells = [data.draw(st.lists(kind.cells(), max_size=20)) for _ in range(3)]
    looked = Looked(Pair(kind.build(cells[0]), kind.build(cells[1])), [kind.build(cells[2])], whole=False)
    plan = plan_for(looked)
    account = plan.account("head")
    account.add(kind.build(cells[1]))
    account.add(kind.build(cells[2]))
    account.remove(kind.build(cells[1]))
    assert plan.bins is not None
    counts = account.findings().counts
    assert counts is not None
    assert counts.tolist() == plan.bins.count(kind.build(cells[2])).tolist()


@pytest.mark.parametrize("kind", NUMBERS, ids=repr)
def test_edges_ascend_strictly_in_the_type_of_the_column(kind: NumberKind) -> None:
    cells = kind.build([None, *kind.values, *kind.values])
    plan = plan_for(Looked(Pair(cells, cells), (), whole=True))
    assert isinstance(plan.bins, EdgeBins)
    edges = plan.bins.edges
    assert edges.dtype == kind.dtype
    stored = edges.to_physical().to_list()
    assert all(left < right for left, right in pairwise(stored))
    assert edges.null_count() == 0
    if kind.dtype.is_float():
        assert edges.is_finite().all()


def test_zero_and_a_frequent_value_have_bins_of_their_own() -> None:
    cells = pl.Series([0.5] * 50 + [float(number) for number in range(-1000, 1000)])
    plan = plan_for(Looked(Pair(cells, cells), (), whole=True))
    assert isinstance(plan.bins, EdgeBins)
    near_zero = plan.bins.places(pl.Series([-5e-324, 0.0, -0.0, 5e-324])).tolist()
    assert near_zero[0] + 1 == near_zero[1] == near_zero[2] == near_zero[3] - 1
    below, at, above = plan.bins.places(pl.Series([math.nextafter(0.5, 0), 0.5, math.nextafter(0.5, 1)])).tolist()
    assert below + 1 == at == above - 1
