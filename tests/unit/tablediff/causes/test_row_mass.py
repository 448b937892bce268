"""Which bins describe differing rows: the search against a look at every possibility."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from datacanary.tablediff.causes.mass import Mass
from datacanary.tablediff.causes.segment_ranges import range_candidates
from datacanary.tablediff.causes.segment_values import value_candidates

examples = settings(max_examples=120)


@st.composite
def masses(draw: st.DrawFn, *, most: int = 12) -> Mass:
    """Draw rows by bin; mostly they crowd somewhere."""
    size = draw(st.integers(2, most))
    everything = np.array(draw(st.lists(st.integers(0, 60), min_size=size, max_size=size)), dtype=np.int64)
    begin, end = sorted((draw(st.integers(0, size)), draw(st.integers(0, size))))
    shares = [draw(st.floats(0.5, 1)) if begin <= place < end else draw(st.floats(0, 0.1)) for place in range(size)]
    differing = np.floor(everything * np.array(shares)).astype(np.int64)
    assume(differing.sum())
    return Mass.of(differing, everything, int(differing.sum()))


def counted(mass: Mass, bins: list[int]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([float(mass.differing[bins].sum())]), np.array([float(mass.everything[bins].sum())])


def gain_by_hand(mass: Mass, bins: list[int]) -> float:
    """Sum up over the four kinds of rows: inside or not, differing or not."""
    inside, there = (int(side[bins].sum()) for side in (mass.differing, mass.everything))
    result = 0.0
    for cell, row, column in (
        (inside, mass.total, there),
        (mass.total - inside, mass.total, mass.rows - there),
        (there - inside, mass.rows - mass.total, there),
        (mass.rows - mass.total - there + inside, mass.rows - mass.total, mass.rows - there),
    ):
        if cell:
            result += cell * math.log(cell * mass.rows / (row * column))
    return result / mass.total


@examples
@given(masses(), st.data())
def test_the_gain_is_the_mutual_information(mass: Mass, data: st.DataObject) -> None:
    bins = data.draw(st.lists(st.integers(0, mass.differing.size - 1), unique=True))
    assert float(mass.gain(*counted(mass, bins))[0]) == pytest.approx(gain_by_hand(mass, bins), abs=1e-9)


@pytest.mark.parametrize(
    ("differing", "everything", "stands_out"),
    [
        ([90, 10], [100, 900], True),
        ([89, 11], [300, 700], False),
        ([89, 11], [200, 800], True),
        ([79, 21], [100, 900], False),
        ([100, 0], [500, 500], True),
        ([100, 0], [510, 490], False),
        ([1, 0], [1, 10**8], False),
        ([2, 0], [2, 10**8], True),
        ([880, 10], [883, 117], True),
        ([880, 10], [898, 102], False),
        ([960, 0], [960, 40], False),
        ([900, 0], [1_100, 100], False),
    ],
)
def test_what_stands_out(differing: list[int], everything: list[int], stands_out: bool) -> None:  # noqa: FBT001 -- expected
    mass = Mass.of(np.array(differing), np.array(everything), sum(differing))
    assert bool(mass.stands_out(*counted(mass, [0]))[0]) == stands_out
    assert mass.uneven or not stands_out


def test_kept_rows_stand_for_all_of_them() -> None:
    all_kept = Mass.of(np.array([900, 100]), np.array([1_000, 9_000]), 1_000)
    some_kept = Mass.of(np.array([90, 10]), np.array([1_000, 9_000]), 1_000)
    assert some_kept.gain(*counted(some_kept, [0])) == pytest.approx(all_kept.gain(*counted(all_kept, [0])))


def best_of(mass: Mass, every: list[list[int]]) -> float:
    fits = [bins for bins in every if bool(mass.stands_out(*counted(mass, bins))[0])]
    return max((gain_by_hand(mass, bins) for bins in fits), default=0.0)


@examples
@given(masses())
def test_the_best_range_is_found(mass: Mass) -> None:
    size = mass.differing.size
    found = {one.form: one for one in range_candidates(mass, size)}
    cuts = [list(range(end)) for end in range(1, size)] + [list(range(begin, size)) for begin in range(1, size)]
    between = [list(range(begin, end)) for begin in range(1, size) for end in range(begin + 1, size)]
    for form, every in (("cut", cuts), ("range", between)):
        best = best_of(mass, every)
        assert (found[form].gain if form in found else 0.0) == pytest.approx(best, rel=0.03, abs=1e-9)
    for one in found.values():
        assert one.gain == pytest.approx(gain_by_hand(mass, list(one.bins)), abs=1e-9)


@examples
@given(masses(most=6))
def test_the_best_values_are_found(mass: Mass) -> None:
    bins = range(mass.differing.size)
    found = {one.form: one for one in value_candidates(mass, list(bins), list(bins))}
    sets = [list(some) for size in (2, 3) for some in combinations(bins, size) if all(mass.differing[list(some)])]
    for form, every in (
        ("value", [[one] for one in bins]),
        ("other_than", [[other for other in bins if other != one] for one in bins]),
        ("values", sets),
    ):
        assert (found[form].gain if form in found else 0.0) == pytest.approx(best_of(mass, every), abs=1e-9)


@examples
@given(masses())
def test_what_is_spread_evenly_is_not_searched_and_has_nothing_to_find(mass: Mass) -> None:
    bins = list(range(mass.differing.size))
    if not mass.uneven:
        assert value_candidates(mass, bins, bins) == []
        assert range_candidates(mass, len(bins)) == []
