"""Joins that find no partner."""

from __future__ import annotations

import polars as pl
import pytest
from row_tables import causes, orders, some, told

from datacanary.model.cause import Differing

LOST = pl.col("customer") < 40
BASE = orders().with_columns(
    pl.when(~LOST).then(pl.col("customer") % 7).alias("region"),
    pl.when(~LOST).then(pl.concat_str(pl.lit("m"), pl.col("customer") % 11)).alias("manager"),
)
KEPT = BASE.filter(~LOST)
NUMBER = BASE.height - KEPT.height


@pytest.mark.parametrize(
    ("sides", "about", "why"),
    [
        ((BASE, KEPT), "removed", "dropped by a filter, or by an inner join that finds no partner?"),
        ((KEPT, BASE), "added", "kept by an outer join that finds no partner?"),
    ],
)
@pytest.mark.parametrize("key", [("id",), ()])
def test_rows_without_a_partner(
    sides: tuple[pl.DataFrame, pl.DataFrame], about: Differing, why: str, key: tuple[str, ...]
) -> None:
    first, second, *_ = causes(*sides, key=key)
    assert first.message == f"all {NUMBER} {about} rows are NULL in region and manager: {why}"
    assert (first.kind, first.about, first.columns) == ("lost_join", about, ("region", "manager"))
    assert (first.count, first.of) == (NUMBER, NUMBER)
    assert first.shows == ()
    assert second.kind == "segment"
    assert f"all {NUMBER} {about} rows have customer < 40" in second.message


def test_nulls_that_stay_in_other_rows_are_no_lost_join() -> None:
    head = BASE.filter(~(LOST & some(BASE.height, 0.5)))
    assert told(causes(BASE, head), "lost_join") == []
    assert "no region (NULL)" in causes(BASE, head)[0].message


def without(rows: pl.Series, *names: str) -> pl.DataFrame:
    return KEPT.with_columns(pl.when(~rows).then(name).alias(name) for name in names)


def test_columns_that_became_null_together() -> None:
    rows = some(KEPT.height, 0.03)
    (first,) = causes(KEPT, without(rows, "region", "manager"))
    number = int(rows.sum())
    assert first.message == (
        f"region and manager became NULL together in all {number} rows where they changed: a join found no partner"
    )
    assert (first.kind, first.columns, first.count, first.of) == ("lost_join", ("region", "manager"), number, number)


def test_cells_that_were_null_before_belong_to_it() -> None:
    rows = some(KEPT.height, 0.1)
    (sentence,) = told(causes(KEPT, without(rows, "country", "manager")), "lost_join")
    assert sentence.startswith("manager and country became NULL together in all")


def test_other_changes_beside_are_counted() -> None:
    rows, noise = some(KEPT.height, 0.08), some(KEPT.height, 0.01, seed=8)
    lost = without(rows, "region", "manager")
    head = lost.with_columns(region=pl.when(noise).then(pl.col("region") + 1).otherwise("region"))
    (cause,) = (cause for cause in causes(KEPT, head) if cause.kind == "lost_join")
    assert cause.of == int((rows | noise).sum())
    assert cause.count == int(rows.sum())
    assert "% of the rows where they changed" in cause.message


def test_values_that_came_back_together() -> None:
    rows = some(KEPT.height, 0.03)
    first, *_ = causes(without(rows, "region", "manager"), KEPT)
    assert first.message == (
        f"region and manager were NULL together in all {int(rows.sum())} rows where they changed: "
        "a join now found partners"
    )


def test_columns_that_became_null_apart_or_everywhere_are_no_lost_join() -> None:
    apart = without(some(KEPT.height, 0.1), "region").with_columns(
        manager=pl.when(~some(KEPT.height, 0.1, seed=5)).then("manager")
    )
    assert told(causes(KEPT, apart), "lost_join") == []
    rows = some(KEPT.height, 0.1)
    twice_as_many = without(rows, "region").with_columns(
        manager=pl.when(~(rows | some(KEPT.height, 0.1, 6))).then("manager")
    )
    assert told(causes(KEPT, twice_as_many), "lost_join") == []
    everywhere = without(pl.repeat(True, KEPT.height, dtype=pl.Boolean, eager=True), "region", "manager")
    assert told(causes(KEPT, everywhere), "lost_join") == []
