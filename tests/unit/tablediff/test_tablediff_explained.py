"""Explanations of tables of all types and names."""

from __future__ import annotations

from typing import NoReturn

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tablediff_tables import NUMBER, Drawn, drawn_tables

from datacanary.model.basic import Pair
from datacanary.model.tablediff import DiffOptions
from datacanary.tablediff import explained
from datacanary.tablediff.causes import mass
from datacanary.tablediff.causes.chance import Odds
from datacanary.tablediff.compare import compare
from datacanary.tablediff.explained import NOT_EXPLAINED
from datacanary.tablediff.means import Means, Strategy
from datacanary.tablediff.table import Table


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(drawn_tables(most_rows=9), st.integers(0, 2), st.sampled_from((None, "lockstep", "hash")))
def test_any_tables_can_be_explained(drawn: Drawn, width: int, way: Strategy | None) -> None:
    """Where everything counts as proven all sentences are written: of all types, under all names."""
    options = DiffOptions(key=tuple(list(drawn.kinds)[:width]), ignore=(NUMBER,), tolerances={})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Odds, "surprising", property(lambda odds: odds.hits > odds.chance * odds.of))
        patch.setattr(mass, "FEWEST", 1)
        summary = compare(drawn.tables(), options, Means(1 << 30, force=way, most_at_once=300)).summary
    assert summary.fault == ""
    assert not [note for note in summary.notes if note.startswith(NOT_EXPLAINED)]
    for one in summary.causes:
        assert 0 < one.count <= one.of
        assert one.message
        assert "\n" not in one.message
        assert set(one.columns) | set(one.shows) <= set(drawn.kinds)


@pytest.mark.parametrize(
    ("values", "told"),
    [([False] * 20, "false"), ([""] * 20, "an empty text"), ([0.0] * 20, "0"), ([[]] * 20, "an empty list")],
)
def test_a_column_that_had_only_null_is_explained(values: list[object], told: str) -> None:
    base = pl.DataFrame({"id": range(20), "f": [None] * 20})
    head = pl.DataFrame({"id": range(20), "f": values})
    options = DiffOptions(key=("id",), tolerances={})
    forth = compare(Pair(Table.of(base), Table.of(head)), options).summary.causes
    back = compare(Pair(Table.of(head), Table.of(base)), options).summary.causes
    assert [one.message for one in forth] == [f"all 20 changed cells of f were NULL and are {told} now"]
    assert [one.message for one in back] == [f"all 20 changed cells of f were {told} and are NULL now"]


def test_a_mistake_of_ours_does_not_cost_the_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(*_: object) -> NoReturn:
        raise ZeroDivisionError

    tables = Pair(Table.of(pl.DataFrame({"id": [1], "n": [1]})), Table.of(pl.DataFrame({"id": [1], "n": [2]})))
    options = DiffOptions(key=("id",), tolerances={})
    monkeypatch.setattr(explained, "explain", mistaken)
    told = compare(tables, options).summary
    assert (told.rows.changed, told.causes, told.fault) == (1, (), "")
    assert told.notes[-1].startswith(NOT_EXPLAINED)
    monkeypatch.setattr(explained, "measure", mistaken)
    unmeasured = compare(tables, options).summary
    assert (unmeasured.rows.changed, unmeasured.fault) == (
        1,
        "the statistics could not be reckoned (ZeroDivisionError)",
    )
