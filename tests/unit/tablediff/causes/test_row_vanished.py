"""Rows that went with the values of a column: a join that does not find all partners."""

from __future__ import annotations

import polars as pl
import pytest
from row_tables import causes, orders, some, told

from datacanary.tablediff import spread

BASE = orders()
UNLISTED = pl.col("customer") % 20 == 3
KEPT = BASE.filter(~UNLISTED)
GONE = BASE.height - KEPT.height
WHY = "that head has no row of: an inner join that finds no partner, or a filter?"


@pytest.mark.parametrize("key", [("id",), ()])
def test_rows_of_partners_that_are_not_listed_are_gone(key: tuple[str, ...]) -> None:
    assert told(causes(BASE, KEPT, key), "lost_join", "removed") == [
        f"all {GONE} removed rows have one of 25 values of customer {WHY}"
    ]


def test_texts_name_partners_too_and_strays_do_not_hide_it() -> None:
    base = BASE.with_columns(pl.concat_str(pl.lit("n"), pl.col("customer")).alias("customer"))
    head = base.filter(~(pl.Series(BASE.select(UNLISTED).to_series()) | some(BASE.height, 0.002)))
    (message,) = told(causes(base, head), "lost_join", "removed")
    assert message.endswith(f"% of the removed rows have one of 25 values of customer {WHY}")


def test_null_may_be_among_what_is_gone() -> None:
    base = BASE.with_columns(pl.when(pl.col("customer") % 40 != 3).then("customer"))
    head = base.filter(~(pl.col("customer").is_null() | (pl.col("customer") % 20 == 3)))
    (message,) = told(causes(base, head), "lost_join", "removed")
    assert "values of customer or NULL that head has no row of" in message


def test_values_that_head_still_has_somewhere_are_not_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows are looked at; that head has the values is only seen on all of them."""
    base = orders(40_000)
    lost = base.filter(UNLISTED)
    rest = base.filter(~UNLISTED)
    monkeypatch.setattr(spread, "MOST", 1_000)
    assert told(causes(base, rest), "lost_join", "removed")
    one_each = lost.unique("customer", keep="first")
    assert not told(causes(base, pl.concat([rest, one_each])), "lost_join", "removed")


def test_rows_that_went_by_chance_have_no_partner_in_common() -> None:
    for seed in range(20):
        head = BASE.filter(~some(BASE.height, 0.1, seed))
        assert not told(causes(BASE, head), "lost_join", "removed")


def test_a_segment_is_told_instead() -> None:
    found = causes(BASE, BASE.filter(pl.col("status") != "test"))
    assert [cause.kind for cause in found] == ["segment"]
