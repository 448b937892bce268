"""Cells that changed at random have no explanation: none is better than a wrong one."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from cell_columns import CHANGES, LAWS, Law, cells_of, changed_at_random
from hypothesis import given, settings
from hypothesis import strategies as st

from datacanary.tablediff.causes.amounts import Reach
from datacanary.tablediff.causes.cells import cell_claims
from datacanary.tablediff.causes.chance import Odds

TRIALS = 600
COUNTS = (1, 2, 3, 5, 10, 100, 1_000)
ROWS = (20, 200, 2_000)


def test_fewer_than_one_random_change_of_a_hundred_is_explained() -> None:
    random = np.random.default_rng(20)
    combinations = [(law, change) for law in LAWS for change in CHANGES if not (change == "moved" and "flags" in law)]
    explained: Counter[tuple[str, str]] = Counter()
    for trial in range(TRIALS):
        law, change = combinations[trial % len(combinations)]
        count, rows = int(random.choice(COUNTS)), int(random.choice(ROWS))
        cells = changed_at_random(LAWS[law], CHANGES[change], count, rows, random)
        explained[law, change] += bool(cell_claims(cells))
    assert explained.total() < TRIALS / 200, explained.most_common(10)


@pytest.mark.parametrize("count", [1, 3, 20, 400])
@pytest.mark.parametrize("law", ["flags", "rare flags"])
def test_flags_that_flip_both_ways_are_not_explained(law: str, count: int) -> None:
    random = np.random.default_rng(1)
    for _ in range(5):
        column = LAWS[law].draw(random, 4_000)
        places = pl.Series(random.choice(4_000, count, replace=False))
        assert cell_claims(cells_of(column, places, ~column.gather(places))) == ()


def test_flags_that_all_became_true_are_told() -> None:
    column = pl.Series([False] * 60 + [True] * 40)
    (claim,) = cell_claims(cells_of(column, pl.Series(range(60)), pl.Series([True] * 60)))
    assert claim.message == "went from false to true"


@pytest.mark.parametrize("change", CHANGES)
def test_ratings_that_changed_at_random_are_never_explained(change: str) -> None:
    random = np.random.default_rng(2)
    for count in (1, 2, 3, 5, 10, 100, 1_000) * 4:
        assert cell_claims(changed_at_random(LAWS["ratings"], CHANGES[change], count, 2_000, random)) == ()


def test_one_cell_that_moved_by_an_hour_proves_nothing() -> None:
    column = LAWS["seconds"].draw(np.random.default_rng(3), 4_000)
    assert cell_claims(cells_of(column, pl.Series([7]), column.gather([7]).dt.offset_by("1h"))) == ()


def test_nulls_that_come_and_go_in_a_column_full_of_them_are_not_explained() -> None:
    random = np.random.default_rng(4)
    half = Law(lambda _, rows: pl.Series([None, 7, 7, 8] * (rows // 4)), lambda _, cells: cells)
    for _ in range(20):
        assert cell_claims(changed_at_random(half, CHANGES["another row"], 200, 2_000, random)) == ()


def test_what_a_column_has_anyway_is_not_its_trimmed_form() -> None:
    """Both `a` and `a ` are frequent: that one became the other may be an accident."""
    random = np.random.default_rng(5)
    untidy = Law(
        lambda random, rows: pl.Series(["a", "a ", "b", "c"]).gather(random.integers(0, 4, rows)),
        lambda _, cells: cells,
    )
    for count in (1, 2, 3, 10, 100):
        claims = cell_claims(changed_at_random(untidy, CHANGES["another row"], count, 2_000, random))
        assert [claim for claim in claims if claim.kind == "trimming"] == []
    column = untidy.draw(random, 2_000)
    one = column.index_of("a ")
    assert cell_claims(cells_of(column, pl.Series([one]), pl.Series(["a"]))) == ()


def test_the_more_rules_were_tried_the_more_proof_it_takes() -> None:
    assert Odds(2, 2, 1e-3).surprising
    assert not Odds(2, 2, 1e-3, tries=1_000).surprising
    assert not Odds(2, 2, 1e-3, learnt=1).surprising
    assert Odds(2, 2, 1e-3, tries=1_000, false=1e-2).surprising


def test_a_flag_among_numbers_can_only_become_the_other() -> None:
    column = pl.Series([0] * 90 + [1] * 10)
    numbers = cells_of(column, pl.Series([0]), pl.Series([1])).numbers
    assert numbers is not None
    part = numbers.part
    assert numbers.from_any_row(part, Reach(part.head, part.head)).tolist() == [pytest.approx(11 / 12)]


@settings(max_examples=120)
@given(
    of=st.integers(1, 60),
    share=st.floats(0, 1),
    chance=st.floats(1e-6, 0.999),
    tries=st.integers(1, 200),
    learnt=st.integers(0, 1),
)
def test_what_is_surprising_is_at_least_as_rare_as_said(
    of: int, share: float, chance: float, tries: int, learnt: int
) -> None:
    hits = round(share * of)
    odds = Odds(hits, of, chance, tries, learnt)
    if odds.surprising:
        exact = Fraction(chance)
        left = range(hits - learnt, of - learnt + 1)
        tail = sum(math.comb(of - learnt, k) * exact**k * (1 - exact) ** (of - learnt - k) for k in left)
        assert tail * tries <= odds.false * (1 + 1e-9)
