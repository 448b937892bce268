"""Which key is found, and which is not taken for one."""

from __future__ import annotations

import time

import polars as pl
import pytest

from datacanary.model.basic import Pair
from datacanary.tablediff.keynames import naming_of
from datacanary.tablediff.keys import infer_key
from datacanary.tablediff.table import Table

Columns = dict[str, list[object]]


def key_of(base: Columns, head: Columns | None = None, name: str = "") -> tuple[str, ...]:
    return infer_key(Pair(Table.of(pl.DataFrame(base)), Table.of(pl.DataFrame(base if head is None else head))), name)


@pytest.mark.parametrize(
    ("columns", "name", "key"),
    [
        ({"n": [1, 2], "id": [3, 4]}, "", ("id",)),
        ({"customer_id": [1, 2], "order_id": [3, 4]}, "fct_orders", ("order_id",)),
        ({"customer_id": [1, 2], "category_id": [3, 4]}, "dim_categories", ("category_id",)),
        ({"customer_id": [1, 1], "uuid": ["a", "b"]}, "", ("uuid",)),
        ({"order_id": [1, 1, 2], "line_no": [1, 2, 1], "text": ["a", "a", "a"]}, "", ("order_id", "line_no")),
        ({"shop_id": [1, 1], "day": ["2024-01-01", "2024-01-02"], "n": [1, 2]}, "", ("shop_id", "day")),
        ({"region": ["a", "b"], "customers": [1, 2]}, "", ("region",)),
        ({"region": ["a", "a"], "month": [1, 2], "revenue": [1, 2]}, "", ("region", "month")),
        ({"year": [1, 1], "month": [1, 1], "day": [1, 2], "n_flights": [1, 2]}, "", ("year", "month", "day")),
        ({"a": [1, 1], "b": [1, 1], "c": [1, 1], "d": [1, 2]}, "", ()),
        ({"amount": [1, 2]}, "", ()),
        ({"n_orders": [1, 2], "avg_delay": [1, 2], "total": [3, 4], "share": [1, 2]}, "", ()),
        ({"id": [1.0, 2.0]}, "", ()),
        ({"id": [True, False]}, "", ()),
        ({"id": [[1], [2]]}, "", ()),
        ({"id": [1, None]}, "", ()),
        ({"id": [1, 1]}, "", ()),
        ({}, "", ()),
    ],
)
def test_the_key_is_what_a_person_would_choose(columns: Columns, name: str, key: tuple[str, ...]) -> None:
    assert key_of(columns, name=name) == key


def test_a_key_must_hold_on_both_sides() -> None:
    assert key_of({"id": [1, 2], "code": ["a", "b"]}, {"id": [1, 1], "code": ["a", "b"]}) == ("code",)
    assert key_of({"id": [1, 2], "code": ["a", "b"]}, {"id": [1, None], "code": ["a", "b"]}) == ("code",)
    assert key_of({"id": [1, 2], "code": ["a", "b"]}, {"code": ["a", "b"]}) == ("code",)
    assert key_of({"id": [1, 2], "code": ["a", "b"]}, {"id": ["1", "2"], "code": ["a", "b"]}) == ("code",)


def test_a_key_must_pair_half_of_the_smaller_side() -> None:
    renumbered: Columns = {"id": [7, 8, 9], "code": ["a", "b", "c"]}
    assert key_of({"id": [1, 2, 3], "code": ["a", "b", "c"]}, renumbered) == ("code",)
    assert key_of({"id": [1, 2, 3]}, {"id": [7, 8, 9]}) == ()
    assert key_of({"id": [1, 2, 3, 4]}, {"id": [3, 9]}) == ("id",)
    assert key_of({"id": [1, 2, 3, 4]}, {"id": [3, 8, 9]}) == ()


def test_an_empty_side_leaves_the_choice_to_the_other() -> None:
    full = pl.DataFrame({"id": [1, 1], "code": ["a", "b"]})
    for sides in (Pair(full, full.clear()), Pair(full.clear(), full)):
        assert infer_key(sides.map(Table.of)) == ("code",)
    assert infer_key(Pair(full, full).map(lambda side: Table.of(side.clear()))) == ("id",)


def test_an_ignored_column_is_no_key() -> None:
    table = Table.of(pl.DataFrame({"id": [1, 2], "code": ["a", "b"]}))
    assert infer_key(Pair(table, table), ignore=("id",)) == ("code",)
    table = Table.of(pl.DataFrame({"loaded": [1, 2], "region": ["a", "b"]}))
    assert infer_key(Pair(table, table), ignore=("loaded",)) == ("region",)


def test_many_plausible_names_do_not_hide_the_leading_columns() -> None:
    ids: Columns = {f"part_{place}_id": [1, 1, 1] for place in range(30)}
    assert key_of({"region": ["a", "b", "c"], **ids}) == ("region",)


def test_types_that_hold_the_same_values_pair() -> None:
    base, head = pl.DataFrame({"id": [1, 2]}), pl.DataFrame({"id": [1, 2]}, schema={"id": pl.UInt64})
    assert infer_key(Pair(Table.of(base), Table.of(head))) == ("id",)


def test_a_wide_table_without_a_key_is_given_up_soon() -> None:
    rows = 200_000
    values = pl.int_range(rows, eager=True)
    frame = pl.DataFrame({f"part_{place}_id": values % (rows - place - 1) for place in range(200)})
    table = Table.of(frame)
    started = time.perf_counter()
    assert infer_key(Pair(table, table)) != ("part_0_id",)
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    ("column", "naming"),
    [
        ("ID", "id"), ("orderId", "own_id"), ("order_key", "own_id"), ("user_uuid", "some_id"), ("zip_code", "code"),
        ("invoice_no", "number"), ("order_date", "date"), ("year", "date"), ("created_at", "date"), ("name", "other"),
        ("account", "other"), ("count", "measure"), ("n_days", "measure"), ("sum_of_tax", "measure"), ("", "other"),
        ("number_of_items", "other"), ("discount_code", "code"),
    ],
)  # fmt: skip
def test_names_are_judged_by_whole_words(column: str, naming: str) -> None:
    assert naming_of(column, "orders") == naming
