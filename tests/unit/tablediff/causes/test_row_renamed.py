"""Columns that have another name."""

from __future__ import annotations

import polars as pl
import pytest
from row_tables import causes, orders, some, told

BASE = orders()


def test_a_renamed_column() -> None:
    (first,) = causes(BASE, BASE.rename({"amount": "total"}))
    assert first.message == "amount of base is total of head: the same values in all 4,000 paired rows"
    assert (first.kind, first.about, first.columns) == ("renamed", "changed", ("amount", "total"))
    assert (first.count, first.of) == (4_000, 4_000)
    assert first.shows == ()


@pytest.mark.parametrize("name", ["status", "country", "paid", "at", "day", "net", "note"])
def test_columns_of_all_types_between_rows_that_come_and_go(name: str) -> None:
    head = pl.concat([BASE.filter(some(BASE.height, 0.9)), orders(100, seed=7, first=10**5)]).rename({name: "^new$"})
    (sentence,) = told(causes(BASE, head.sample(fraction=1, shuffle=True, seed=1)), "renamed")
    paired = BASE.filter(some(BASE.height, 0.9)).height
    assert sentence == f"{name} of base is '^new$' of head: the same values in all {paired:,} paired rows"


def test_several_renamed_columns_each_find_their_own() -> None:
    names = {"net": "gross_2", "gross": "net_2", "status": "state"}
    found = {cause.columns for cause in causes(BASE, BASE.rename(names)) if cause.kind == "renamed"}
    assert found == set(names.items())


def test_of_two_equal_columns_one_has_the_new_name() -> None:
    base = BASE.with_columns(copy=pl.col("net"))
    assert len(told(causes(base, BASE.rename({"net": "netto"})), "renamed")) == 1


def test_a_few_other_values_are_told_and_many_are_not_the_same_column() -> None:
    for share, same in ((0.005, True), (0.03, False)):
        other = some(BASE.height, share)
        head = BASE.with_columns(net=pl.when(other).then(-1).otherwise("net")).rename({"net": "netto"})
        sentences = told(causes(BASE, head), "renamed")
        part = 100 * (1 - other.sum() / BASE.height)
        expected = f"net of base is netto of head: the same values in {part:.1f} % of the paired rows"
        assert sentences == ([expected] if same else [])


def test_another_type_of_the_same_values_is_the_same_column() -> None:
    head = BASE.rename({"net": "netto"}).with_columns(pl.col("netto").cast(pl.Float64))
    assert len(told(causes(BASE, head), "renamed")) == 1
    assert told(causes(BASE, head.with_columns(pl.col("netto").cast(pl.String))), "renamed") == []


def test_constants_and_shuffled_values_prove_nothing() -> None:
    base = BASE.with_columns(old=pl.lit("x"), older=pl.lit(None, dtype=pl.String))
    head = BASE.with_columns(new=pl.lit("x"), newer=pl.lit(None, dtype=pl.String))
    assert told(causes(base, head), "renamed") == []
    head = BASE.with_columns(pl.col("net").shuffle(seed=1)).rename({"net": "netto"})
    assert told(causes(BASE, head), "renamed") == []


def test_sides_larger_than_their_samples_are_compared_whole() -> None:
    base = orders(90_000).select("id", "net", "note")
    head = base.filter(pl.col("id") % 2 == 0).rename({"note": "remark"})
    head = head.with_columns(remark=pl.when(pl.col("id") == 88_888).then(pl.lit("x")).otherwise("remark"))
    (sentence,) = told(causes(base, head), "renamed")
    assert sentence == "note of base is remark of head: the same values in > 99.99 % of the paired rows"


def test_without_a_key_columns_can_only_look_the_same() -> None:
    head = BASE.rename({"amount": "total"}).sample(fraction=1, shuffle=True, seed=1)
    (first,) = causes(BASE.drop("id"), head.drop("id"), key=())
    assert first.message == (
        "amount of base looks like total of head: as many values and NULLs, with the same extremes"
    )
    assert first.estimated
    assert causes(BASE.drop("id"), head.drop("id").with_columns(pl.col("total") + 1), key=()) == ()
    assert causes(BASE.drop("id"), BASE.drop("id").rename({"paid": "done"}), key=()) == ()


def test_keys_that_repeat_do_not_pair() -> None:
    base = pl.concat([BASE, BASE.head(10)])
    (sentence,) = told(causes(base, base.rename({"net": "netto"})), "renamed")
    assert sentence.startswith("net of base is netto of head")
