"""Which promotion a rollback undoes: only one of its own production, and never one that another one lies upon."""

from __future__ import annotations

from dataclasses import replace

import pytest
from releasing import ITEMS, ORDERS, promoted

from datacanary.errors import Refused
from datacanary.release.promotion import choose

OLD = promoted("20261119-1-old", ITEMS)
OURS = replace(promoted("20261120-2-ours", ORDERS), production="analytics")
THEIRS = replace(promoted("20261121-3-theirs", ITEMS), production="finance")


@pytest.mark.parametrize("asked", [None, "last"])
def test_the_last_promotion_is_that_of_ones_own_production(asked: str | None) -> None:
    assert choose([OURS, THEIRS], asked, "analytics") == OURS
    assert choose([OURS, THEIRS], asked, "finance") == THEIRS


@pytest.mark.parametrize("asked", [None, "last"])
def test_nothing_of_ones_own_is_told_with_what_others_have(asked: str | None) -> None:
    with pytest.raises(Refused, match="Nothing is promoted of the production marketing") as refused:
        choose([OURS, THEIRS], asked, "marketing")
    assert "20261120-2-ours (analytics), 20261121-3-theirs (finance)" in refused.value.hint
    with pytest.raises(Refused, match="Nothing is promoted: there is nothing"):
        choose([replace(OURS, rolled_back_at="2026-11-22T00:00:00Z")], asked, "analytics")


@pytest.mark.parametrize("asked", ["20261121-3-theirs", "theirs", "20261121"])
def test_a_named_one_of_another_production_is_refused(asked: str) -> None:
    with pytest.raises(Refused, match="of the production finance; the config here says analytics"):
        choose([OURS, THEIRS], asked, "analytics")


def test_one_of_an_earlier_version_belongs_to_everybody() -> None:
    assert choose([OLD], None, "analytics") == OLD
    assert choose([OLD], "old", "finance") == OLD


def test_what_another_production_has_put_on_top_comes_first() -> None:
    on_top = replace(THEIRS, tables=OURS.tables)
    for asked in (None, "ours"):
        with pytest.raises(Refused, match="20261121-3-theirs was promoted after 20261120-2-ours") as refused:
            choose([OURS, on_top], asked, "analytics")
        assert "in the project of the production finance" in refused.value.hint
