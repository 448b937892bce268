"""Explanations of tables of all types and names."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tablediff_tables import NUMBER, Drawn, drawn_tables

from datacanary.model.tablediff import DiffOptions
from datacanary.tablediff.causes import mass
from datacanary.tablediff.causes.chance import Odds
from datacanary.tablediff.compare import compare
from datacanary.tablediff.means import Means, Strategy


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn_tables(most_rows=9), st.integers(0, 2), st.sampled_from((None, "lockstep", "hash")))
def test_any_tables_can_be_explained(drawn: Drawn, width: int, way: Strategy | None) -> None:
    """Where everything counts as proven all sentences are written: of all types, under all names."""
    options = DiffOptions(key=tuple(list(drawn.kinds)[:width]), ignore=(NUMBER,), tolerances={})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Odds, "surprising", property(lambda odds: odds.hits > odds.chance * odds.of))
        patch.setattr(mass, "FEWEST", 1)
        found = compare(drawn.tables(), options, Means(1 << 30, force=way, most_at_once=300)).summary.causes
    for one in found:
        assert 0 < one.count <= one.of
        assert one.message
        assert "\n" not in one.message
        assert set(one.columns) | set(one.shows) <= set(drawn.kinds)
