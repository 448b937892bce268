"""What a comparison keeps to explain a difference is the same whatever way it took, and fair where it is not all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacanary.model.basic import Pair
from datacanary.model.tablediff import DiffOptions
from datacanary.tablediff.columns import pair_columns
from datacanary.tablediff.evidence import Evidence, Kept, changed_cells
from datacanary.tablediff.means import Means, Strategy
from datacanary.tablediff.samples import CHANGED, ROW
from datacanary.tablediff.settle import settle
from datacanary.tablediff.spread import MOST, Spread, spread_places
from datacanary.tablediff.table import Table
from datacanary.tablediff.views import SIDES, Terms, View

ROWS = st.lists(st.tuples(st.integers(0, 12), st.sampled_from(["a", "b", None]), st.integers(0, 2)), max_size=12)
GIB = 1 << 30


def evidence_of(sides: Pair[pl.DataFrame], key: Sequence[str], means: Means) -> Evidence:
    tables = sides.map(Table.of)
    columns = pair_columns(sides.map(lambda side: side.schema), tables.map(lambda one: one.types), OPTIONS)
    chosen = tuple(column for column in columns if column.name in key)
    views = Pair(*(View.of(side, tables.of(side), columns, means.portion) for side in SIDES))
    tally = settle(views, Terms(columns, chosen, samples=0, statistics=True), means)
    assert tally.evidence is not None
    return tally.evidence


OPTIONS = DiffOptions(tolerances={})


def frame(rows: list[tuple[int, str | None, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, {"k": pl.Int64, "t": pl.String, "n": pl.Int64}, orient="row")


@settings(max_examples=80)
@given(ROWS, ROWS, st.sampled_from([(), ("k",)]), st.sampled_from(get_args(Strategy)), st.sampled_from([1, 300]))
def test_evidence_is_the_same_whatever_the_way(
    base: list[tuple[int, str | None, int]],
    head: list[tuple[int, str | None, int]],
    key: tuple[str, ...],
    way: Strategy,
    at_once: int,
) -> None:
    sides = Pair(frame(base), frame(head))
    plain = evidence_of(sides, key, Means(GIB, force="memory"))
    other = evidence_of(sides, key, Means(GIB, force=way, most_at_once=at_once))
    assert plain.sampled().map(pl.DataFrame.rows) == other.sampled().map(pl.DataFrame.rows)
    assert plain.changed.total == other.changed.total
    assert kept(plain.changed) == kept(other.changed)
    for one, same in zip(plain.gone, other.gone, strict=True):
        # Of equal rows it is no matter which one is left: their numbers may differ.
        assert one.total == same.total
        assert [row[1:] for row in kept(one)] == [row[1:] for row in kept(same)]


def kept(rows: Kept) -> list[tuple[object, ...]]:
    found = rows.rows()
    return [] if found is None else sorted(found.rows(), key=lambda row: (str(row[1:]), row[0]))


def test_evidence_has_the_rows_that_differ_and_their_cells() -> None:
    base = pl.DataFrame({"k": [1, 2, 3, 4], "n": [10, 20, 30, 40], "gone": ["a", "b", "c", "d"]})
    head = pl.DataFrame({"k": [2, 3, 4, 5], "n": [20, 3000, 4000, 50], "new": [1.5, 2.5, 3.5, 4.5]})
    found = evidence_of(Pair(base, head), ["k"], Means(GIB))
    assert kept(found.gone.base) == [(0, 1, 10, "a")]
    assert kept(found.gone.head) == [(3, 5, 50, 4.5)]
    changed = found.changed.rows()
    assert changed is not None
    changed = changed.sort(ROW)
    assert changed.rows() == [(2, 3, 30, "c", 3, 3000, 2.5, True), (3, 4, 40, "d", 4, 4000, 3.5, True)]
    assert [CHANGED + code for code in ("c1",)] == [name for name in changed.columns if name.startswith(CHANGED)]
    assert changed_cells(changed, "c1").map(pl.Series.to_list) == Pair([30, 40], [3000, 4000])


@pytest.mark.parametrize("rows", [0, 1, 99, 100, 101, 5_000, 10**9])
def test_spread_places_are_spread(rows: int) -> None:
    places = spread_places(rows, 100)
    assert len(places) == min(rows, 100)
    assert all(rows * part // 100 <= place < -(-rows * (part + 1) // 100) for part, place in enumerate(places)) or (
        rows <= 100
    )
    assert sorted(set(places.tolist())) == places.tolist()


def test_spread_does_not_follow_a_period() -> None:
    """Every third row of one kind makes a third of the chosen rows, although one of three is chosen."""
    chosen = spread_places(300_000, 100_000) % 3
    assert all(0.32 < (chosen == rest).mean() < 0.35 for rest in range(3))


def test_spread_sees_rows_in_portions() -> None:
    whole = pl.DataFrame({"c0": range(1_000)})
    spread = Spread(1_000, 50)
    for start in range(0, 1_000, 7):
        spread.see(whole.slice(start, 7))
    view = View("base", Table.of(whole), ("c0",), whole.lazy(), 1)
    assert spread.rows(view)["c0"].to_list() == spread_places(1_000, 50).tolist()
    unseen = Spread(1_000, 50)
    assert unseen.rows(view)["c0"].to_list() == spread_places(1_000, 50).tolist()


def test_kept_rows_are_a_fair_part_when_they_are_too_many() -> None:
    few, many = Kept(1_000), Kept(1_000)
    numbers = pl.Series(ROW, range(50_000), pl.get_index_type())
    few.places(numbers.head(1_000))
    few.add(numbers.head(1_000).to_frame())
    assert few.complete
    assert few.share == 1.0
    for start in range(0, 50_000, 900):
        part = numbers.slice(start, 900)
        many.add(part.gather(many.places(part)).to_frame())
    found = many.rows()
    assert found is not None
    assert many.total == 50_000
    assert not many.complete
    assert 300 < found.height <= 1_000
    assert abs(found.height / 50_000 - many.share) < many.share / 4
    assert abs(sum(found[ROW]) / found.height - 25_000) < 2_500


def test_no_evidence_is_kept_when_nobody_wants_it() -> None:
    tables = Pair(Table.of(frame([(1, "a", 1)])), Table.of(frame([(1, "b", 1)])))
    columns = pair_columns(
        tables.map(lambda one: one.frame.collect_schema()), tables.map(lambda one: one.types), OPTIONS
    )
    views = Pair(*(View.of(side, tables.of(side), columns, 1) for side in SIDES))
    assert settle(views, Terms(columns, columns[:1], samples=0), Means(GIB)).evidence is None


def test_a_wide_row_leaves_room_for_fewer() -> None:
    wide = pl.DataFrame({f"t{place}": ["x"] for place in range(400)})
    tables = Pair(Table.of(wide), Table.of(wide))
    columns = pair_columns(
        tables.map(lambda one: one.frame.collect_schema()), tables.map(lambda one: one.types), OPTIONS
    )
    views = Pair(*(View.of(side, tables.of(side), columns, 1) for side in SIDES))
    terms = Terms(columns, (), samples=0, statistics=True)
    assert Evidence(views, terms, 1 << 40).changed.most < MOST // 4
