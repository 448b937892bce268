"""Walking two sequences in step, and the proof that keys only grow, against plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacanary.model.basic import Pair
from datacanary.model.tablediff import DiffOptions
from datacanary.tablediff import lockstep, resync, settle
from datacanary.tablediff.compare import compare
from datacanary.tablediff.means import Means
from datacanary.tablediff.order import Growth
from datacanary.tablediff.resync import align
from datacanary.tablediff.table import Table
from datacanary.tablediff.tally import Tally
from datacanary.tablediff.views import Terms, View

examples = settings(max_examples=100)
codes = st.lists(st.integers(0, 400), unique=True, max_size=200)


def runs(base: Sequence[int], head: Sequence[int]) -> tuple[list[tuple[int, int]], tuple[int, int], bool]:
    way = align(np.array(base, np.int64), np.array(head, np.int64))
    pairs = [
        (at_base + step, at_head + step)
        for at_base, at_head, length in zip(way.base, way.head, way.lengths, strict=True)
        for step in range(length)
    ]
    return pairs, way.walked, way.lost


@examples
@given(codes, codes)
def test_only_equal_codes_pair_and_in_order(base: list[int], head: list[int]) -> None:
    pairs, walked, lost = runs(base, head)
    assert all(base[at] == head[other] for at, other in pairs)
    assert pairs == sorted(pairs)
    assert len({at for at, _ in pairs}) == len({other for _, other in pairs}) == len(pairs)
    assert all(at < walked[0] and other < walked[1] for at, other in pairs)
    if lost:
        assert not set(base[walked[0] :]) & set(head[walked[1] :])
    else:
        assert walked[0] == len(base) or walked[1] == len(head)


@examples
@given(codes, codes)
def test_of_ascending_codes_every_partner_is_found(base: list[int], head: list[int]) -> None:
    base, head = sorted(base), sorted(head)
    pairs, _, _ = runs(base, head)
    assert {base[at] for at, _ in pairs} == set(base) & set(head)


def test_a_long_way_round_is_found_too() -> None:
    base = list(range(100_000))
    pairs, walked, lost = runs(base, [*range(200_000, 270_000), *base])
    assert (len(pairs), walked, lost) == (100_000, (100_000, 170_000), False)


rows = st.lists(st.tuples(st.integers(0, 3) | st.none(), st.sampled_from("abc")), max_size=6)


@examples
@given(rows, st.integers(1, 3))
def test_growth_is_proven_exactly_where_it_is_there(keys: list[tuple[int | None, str]], portion: int) -> None:
    growth = Growth()
    frame = pl.DataFrame(keys, schema={"c0": pl.Int64, "c1": pl.String}, orient="row")
    for start in range(0, len(keys), portion):
        growth.see(frame.slice(start, portion))
    whole = [(number, text) for number, text in keys if number is not None]
    rising = all(before < after for before, after in pairwise(whole))
    falling = all(before > after for before, after in pairwise(whole))
    assert growth.proven == (len(whole) == len(keys) and (rising or falling))
    if growth.proven and len(keys) > 1:
        assert growth.falling == falling


@examples
@given(rows, rows, rows, st.integers(1, 3))
def test_what_the_other_side_has_seen_is_never_taken_for_more_than_it_proves(
    own: list[tuple[int | None, str]],
    others: list[tuple[int | None, str]],
    common: list[tuple[int | None, str]],
    portion: int,
) -> None:
    growth, other, whole = Growth(), Growth(), Growth()

    def frame(keys: list[tuple[int | None, str]]) -> pl.DataFrame:
        return pl.DataFrame(keys, schema={"c0": pl.Int64, "c1": pl.String}, orient="row")

    growth.see(frame(own))
    other.see(frame(others))
    for start in range(0, len(common), portion):
        part = frame(common[start : start + portion])
        other.see(part)
        growth.see_same(part, other)
    whole.see(frame([*own, *common]))
    assert whole.proven or not growth.proven


@pytest.mark.parametrize(("every", "gives_up"), [(3, True), (150, False)])
def test_the_walk_is_given_up_where_too_many_rows_between_others_are_gone(
    *, every: int, gives_up: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lockstep, "MOST_BREAKS", 20)
    monkeypatch.setattr(settle, "SMALL", 0)
    monkeypatch.setattr(resync, "MOST_RUNS", 2_500)
    matched, directly = [], settle.STRATEGIES["direct"]

    def noted(views: Pair[View], terms: Terms, means: Means) -> Tally:
        matched.append(terms)
        return directly(views, terms, means)

    monkeypatch.setitem(settle.STRATEGIES, "direct", noted)
    base = pl.DataFrame({"id": range(9_000), "n": range(9_000)})
    head = base.filter(pl.col("id") % every != 1)
    found = compare(Pair(Table.of(base), Table.of(head)), DiffOptions(key=("id",), tolerances={}, statistics=False))
    assert (found.summary.rows.removed, found.summary.rows.unchanged) == (9_000 - head.height, head.height)
    assert bool(matched) == gives_up
