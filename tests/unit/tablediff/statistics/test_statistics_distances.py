"""Distances against slow ones in plain Python, and the traps that others fell into."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statistics_oracle import earth_mover, jensen_shannon, largest_gap, order_of, psi, sort_out, variation
from statistics_sides import NUMBERS, WORDS, NumberKind, Stored, WordKind, between, one_column

from datacanary.model.basic import Pair
from datacanary.tablediff.jsoncells import json_cells
from datacanary.tablediff.statistics import psi as psi_of_bins
from datacanary.tablediff.statistics.bins import EdgeBins, ValueBins
from datacanary.tablediff.statistics.variation import new_share

examples = settings(max_examples=60)


def long_lists(cells: st.SearchStrategy[Stored]) -> st.SearchStrategy[list[Stored]]:
    return st.lists(cells, min_size=1, max_size=30).map(lambda drawn: (drawn * 30)[: max(30, len(drawn))])


def near(expected: Fraction | float, slack: float = 1e-9) -> object:
    return pytest.approx(float(expected), rel=1e-9, abs=slack)


@examples
@given(st.data(), st.sampled_from(NUMBERS))
def test_distances_of_few_values_are_exact(data: st.DataObject, kind: NumberKind) -> None:
    base, head = (data.draw(long_lists(kind.cells())) for _ in range(2))
    found = between(kind.build(base), kind.build(head))
    assert found.largest_gap == near(largest_gap(kind, base, head))
    assert found.largest_gap_at_most == found.largest_gap
    keys = [[order_of(kind, cell) for cell in side] for side in (base, head)]
    assert found.variation == near(variation(*keys))
    one, other = (sort_out(kind, side).finite for side in (base, head))
    if not (one and other):
        assert (found.earth_mover, found.earth_mover_in_spreads) == (None, None)
        return
    moved = earth_mover(one, other) / kind.per_unit
    assert found.earth_mover == near(moved, slack=1e-12 * float(max(*one, *other, Fraction(1)) / kind.per_unit))
    if one[0] == one[-1]:
        assert found.earth_mover_in_spreads is None


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.floats(-50, 50), st.sampled_from([1.0, 0.5, 3.0]), st.integers(200, 900))
def test_distances_of_many_values_are_within_what_they_promise(
    seed: int, shift: float, spread: float, rows: int
) -> None:
    random = np.random.default_rng(seed)
    base, head = random.normal(0, 30, 500).tolist(), random.normal(shift, 30 * spread, rows).tolist()
    result = one_column(pl.Series(base), pl.Series(head))
    found, bins = result.distances, result.bins
    assert found is not None
    assert isinstance(bins, EdgeBins)
    kind = next(kind for kind in NUMBERS if kind.dtype == pl.Float64())
    exact = float(largest_gap(kind, base, head))
    assert found.largest_gap is not None
    assert found.largest_gap_at_most is not None
    assert found.largest_gap - 1e-12 <= exact <= found.largest_gap_at_most + 1e-12
    moved = float(earth_mover(sorted(map(Fraction, base)), sorted(map(Fraction, head))))
    means = abs(math.fsum(base) / len(base) - math.fsum(head) / len(head))
    assert found.earth_mover is not None
    assert found.earth_mover >= means - 1e-9
    # Within a bin nothing is known of F and G but their ends.
    points = [min(*base, *head), *bins.edges.to_list(), max(*base, *head)]
    counts = [np.asarray(side)[:-4] / len(rows) for side, rows in zip(result.counts, (base, head), strict=True)]
    slack = float(((counts[0] + counts[1]) * np.diff(np.sort(points))).sum())
    assert abs(found.earth_mover - moved) <= slack + 1e-9


@examples
@given(st.data(), st.sampled_from(WORDS))
def test_distances_of_listed_values(data: st.DataObject, kind: WordKind) -> None:
    cells = st.lists(kind.cells(), min_size=30, max_size=50)
    base, head = data.draw(cells), data.draw(cells)
    result = one_column(kind.build(base), kind.build(head))
    found = result.distances
    assert found is not None
    assert found.variation == near(variation(base, head))
    assert found.largest_gap is None
    assert found.earth_mover is None
    assert found.shape == found.variation
    known = {value for value in base if value is not None}
    assert found.new_share == near(sum(cell is not None and cell not in known for cell in head) / len(head))
    moves = {
        value: Fraction(head.count(value), len(head)) - Fraction(base.count(value), len(base))
        for value in {*base, *head}
        if value is not None
    }
    largest = max((abs(move) for move in moves.values()), default=Fraction(0))
    assert found.largest_move_by is not None
    assert abs(found.largest_move_by) == near(largest)
    if largest:
        moved = [value for value, move in moves.items() if abs(abs(move) - largest) < Fraction(1, 10**12)]
        assert found.largest_move in json_cells(kind.build(moved))
    assert isinstance(result.bins, ValueBins)
    assert result.counts.base is not None
    assert result.counts.head is not None
    assert found.jensen_shannon == near(jensen_shannon(result.counts.base.tolist(), result.counts.head.tolist()), 1e-7)


@examples
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=6, max_size=40))
def test_psi_and_jensen_shannon_of_counts(pairs: list[tuple[int, int]]) -> None:
    base, head = (np.array(side) for side in zip(*pairs, strict=True))
    assume(base.sum() and head.sum())
    counts = Pair(base, head)
    for collapsed in (psi_of_bins.number_bins(counts), psi_of_bins.value_bins(counts)):
        assert collapsed.base.sum() == base.sum()
        assert collapsed.head.sum() == head.sum()
        assert collapsed.base.size == collapsed.head.size <= 14
        assert psi_of_bins.psi(collapsed) == near(psi(collapsed.base.tolist(), collapsed.head.tolist()))
        assert psi_of_bins.psi(collapsed) >= 0


def test_psi_collapses_numbers_into_tenths_of_base() -> None:
    base = np.array([10] * 100 + [0] * 4)
    collapsed = psi_of_bins.number_bins(Pair(base, base))
    assert collapsed.base.tolist() == [100] * 10


NORMAL = [math.sqrt(2) * x for x in np.random.default_rng(7).normal(size=20_000)]


@pytest.mark.parametrize(("shift", "gap", "distance"), [(0.1, 0.040, 0.10), (0.32, 0.127, 0.32), (0.5, 0.197, 0.50)])
def test_a_shift_of_normal_values_has_the_known_distances(shift: float, gap: float, distance: float) -> None:
    base = pl.Series(NORMAL)
    deviation = float(np.std(NORMAL))
    found = between(base, base + shift * deviation)
    assert found.largest_gap == pytest.approx(gap, abs=0.006)
    assert found.largest_gap_at_most is not None
    assert found.largest_gap_at_most - (found.largest_gap or 0) < 0.01
    assert found.earth_mover == pytest.approx(shift * deviation, rel=0.01)
    assert found.earth_mover_in_spreads == pytest.approx(distance, rel=0.03)


def test_the_size_of_the_numbers_is_no_matter() -> None:
    small = pl.Series(NORMAL) * 2e-4
    for series in (pl.Series(NORMAL), small, small * 1e-30, pl.Series(NORMAL) * 1e30):
        found = between(series, series + float(np.std(series.to_numpy())))
        assert found.earth_mover_in_spreads == pytest.approx(1.0, rel=0.03)


def test_equal_shares_of_nan_and_null_are_no_drift() -> None:
    base = pl.Series([math.nan] * 30 + [None] * 20 + [1.0, 2.0] * 25)
    head = pl.Series([1.0, 2.0] * 50 + [None] * 40 + [math.nan] * 60)
    found = between(base, head)
    assert (found.largest_gap, found.variation, found.earth_mover) == (0, 0, 0)


@pytest.mark.parametrize("odd", [None, math.nan, math.inf, -math.inf])
def test_a_shift_into_null_or_nan_counts(odd: float | None) -> None:
    values = [float(number) for number in range(1000)]
    head = [odd if number % 10 == 0 else float(number) for number in range(1000)]
    found = between(pl.Series(values), pl.Series(head, dtype=pl.Float64))
    assert found.largest_gap == pytest.approx(0.1)
    assert found.variation == pytest.approx(0.1, abs=0.01)


def test_whole_numbers_that_are_spread_evenly_move_exactly_so_far() -> None:
    base, head = list(range(600)) * 2, [*range(600), *[300] * 600]
    found = between(pl.Series(base), pl.Series(head))
    exact = earth_mover(sorted(map(Fraction, base)), sorted(map(Fraction, head)))
    assert found.earth_mover == near(exact)


def test_infinities_and_nulls_do_not_move_the_earth() -> None:
    found = between(pl.Series([1.0, 3.0] * 20), pl.Series([2.0, 4.0] * 20 + [math.inf] * 10 + [None] * 5))
    assert found.earth_mover == pytest.approx(1.0)


def test_one_new_category_of_five_percent_is_five_percent() -> None:
    base = pl.Series(["a", "b"] * 500)
    found = between(base, pl.Series(["a", "b"] * 475 + ["new"] * 50))
    assert found.variation == pytest.approx(0.05)
    assert (found.largest_move, found.new_share) == ("new", 0.05)
    assert found.largest_move_by == pytest.approx(0.05)
    assert found.psi is not None
    assert math.isfinite(found.psi)


def test_a_vanished_category_is_named() -> None:
    found = between(pl.Series(["a"] * 90 + ["gone"] * 10), pl.Series(["a"] * 100))
    assert (found.largest_move, found.new_share) == ("a", 0.0)
    assert found.largest_move_by == pytest.approx(0.1)


def test_what_is_new_is_known_only_if_all_values_of_base_are() -> None:
    known, more = np.array([5, 0, 0, 5]), np.array([5, 0, 1, 4])
    assert new_share(Pair(known, np.array([1, 2, 3, 4]))) == 0.5
    assert new_share(Pair(more, known)) is None


def test_reshuffled_rows_have_no_distance() -> None:
    values = list(range(1000))
    found = between(pl.Series(values), pl.Series(values[::-1]))
    assert (found.largest_gap, found.variation, found.earth_mover, found.psi) == (0, 0, 0, 0)


def test_few_rows_that_moved_far_move_the_earth_and_little_else() -> None:
    base = pl.Series([float(number) for number in range(10_000)])
    head = base.clone().scatter([5, 6, 7], 1e9)
    found = between(base, head)
    assert found.earth_mover == pytest.approx(3e9 / 10_000, rel=1e-3)
    assert found.largest_gap == pytest.approx(3e-4)


def test_a_constant_base_has_no_spreads() -> None:
    found = between(pl.Series([0] * 40), pl.Series([0, 2] * 20))
    assert (found.earth_mover, found.earth_mover_in_spreads) == (1.0, None)


def test_without_a_wide_middle_the_deviation_is_the_scale() -> None:
    base = [0] * 90 + [10] * 10
    found = between(pl.Series(base), pl.Series([0] * 80 + [10] * 20))
    assert found.earth_mover_in_spreads == pytest.approx(1.0 / np.std(base))


UNITS: list[tuple[pl.DataType, int, float]] = [
    (pl.Date(), 3, 3.0),
    (pl.Datetime("ms"), 90_000, 90.0),
    (pl.Datetime("ns", "UTC"), 90 * 10**9, 90.0),
    (pl.Duration("us"), 5 * 10**6, 5.0),
    (pl.Time(), 7 * 10**9, 7.0),
]


@pytest.mark.parametrize(("dtype", "moved", "expected"), UNITS, ids=str)
def test_times_move_in_seconds_and_dates_in_days(dtype: pl.DataType, moved: int, expected: float) -> None:
    stored = pl.Int32() if dtype == pl.Date() else pl.Int64()
    base = pl.Series(range(40), dtype=stored)
    found = between(base.cast(dtype), (base + moved).cast(dtype))
    assert found.earth_mover == pytest.approx(expected)


@pytest.mark.parametrize("rows", [(29, 100), (100, 29)])
def test_below_thirty_rows_there_are_no_distances(rows: tuple[int, int]) -> None:
    base, head = (pl.Series(range(count), dtype=pl.Int64) for count in rows)
    found = one_column(base, head)
    assert found.distances is None
    assert found.counts.base is not None
