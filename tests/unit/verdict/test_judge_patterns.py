"""Patterns of tables and columns: the exact name wins, then the most literal characters, then the later one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judging import column, counts, found, judged, keyed, planned, policy

from datacanary.model.basic import Pair, Relation
from datacanary.model.config import ColumnPolicy, Tolerance
from datacanary.model.patterns import columns_like, fits_table, tables_like
from datacanary.verdict.limits import column_policies, named_column, policy_of, unmatched, unmatched_columns


@pytest.mark.parametrize(
    ("entries", "names", "nearest"),
    [
        (["stg_*", "stg_orders"], ["stg_orders"], ["stg_orders", "stg_*"]),
        (["stg_orders", "stg_*"], ["stg_orders"], ["stg_orders", "stg_*"]),
        (["*", "stg_*", "s*"], ["stg_orders"], ["stg_*", "s*", "*"]),
        (["stg_*", "*_ord"], ["stg_ord"], ["*_ord", "stg_*"]),
        (["?tg_ord", "stg_or?"], ["stg_ord"], ["stg_or?", "?tg_ord"]),
        (["*.orders", "shop.*", "orders"], ["orders", "shop.orders"], ["orders", "*.orders", "shop.*"]),
        (["shop.orders", "orders"], ["orders", "shop.orders"], ["orders", "shop.orders"]),
        (["STG_*", "Stg_Orders"], ["stg_orders"], ["Stg_Orders", "STG_*"]),
        (["*.tmp_?"], ["tmp_1", "raw.tmp_1"], ["*.tmp_?"]),
        (["*.tmp_?"], ["tmp_10", "raw.tmp_10"], []),
        (["s*"], ["orders", "shop.orders"], []),
        (["orders*"], ["raw.orders", "orders"], ["orders*"]),
        (["stg_[ab]"], ["stg_a"], []),
        (["stg_[ab]*"], ["stg_[ab]1"], ["stg_[ab]*"]),
    ],
)
def test_the_nearest_entries_of_a_table_come_first(entries: list[str], names: list[str], nearest: list[str]) -> None:
    assert list(tables_like({name: name for name in entries}, names)) == nearest


@pytest.mark.parametrize(
    ("entries", "name", "nearest"),
    [
        (["*_at", "loaded_at", "*"], "LOADED_AT", ["loaded_at", "*_at", "*"]),
        (["what?", "what*"], "what?", ["what?", "what*"]),
        (["*.b"], "a.b", ["*.b"]),
        (["a*"], "a.b", ["a*"]),
        (["[*"], "[a", ["[*"]),
        (["*_at"], "attic", []),
    ],
)
def test_the_nearest_entries_of_a_column_come_first(entries: list[str], name: str, nearest: list[str]) -> None:
    assert list(columns_like({key: key for key in entries}, name)) == nearest


NAMES = st.text(alphabet="ab*?.", min_size=1, max_size=5)


@given(st.lists(NAMES, unique=True), NAMES)
def test_no_entry_is_lost_or_comes_twice_and_exact_names_come_before_patterns(entries: list[str], name: str) -> None:
    found_ones = tables_like({key: key for key in entries}, [name])
    assert sorted(found_ones) == sorted({key for key in entries if fits_table(key, name)})
    assert name not in entries or found_ones[0] == name


RULES = """\
tables:
  "*": {rows_added: {fail: "> 9%"}, key: [a], key_problems: pass}
  "ord*":
    rows_added: {fail: "> 8%"}
    materialized: view
    dry_run: true
    columns:
      "*": {tolerance: 3, null_rate: {fail: "> 3pp"}, measure: true}
      amount: {tolerance: 2, direction: increase}
      "*_at": ignore
      order_id: ignore
  orders:
    key: [order_id]
    dry_run: false
    columns:
      "amou*": {tolerance: 1}
      loaded_at: {ignore: false}
"""


def test_each_setting_of_a_table_falls_through_for_itself() -> None:
    own = policy_of(policy(RULES), planned())
    assert (own.key, own.key_origin) == (("order_id",), "datacanary.yml:16")
    assert (own.materialized, own.dry_run) == ("view", False)
    assert {name: limit.origin for name, limit in own.limits.items()} == {
        "rows_added": "datacanary.yml:7",
        "key_problems": "datacanary.yml:5",
    }
    other = policy_of(policy(RULES), planned("ordinals"))
    assert (other.key, other.dry_run) == (("a",), True)
    assert policy_of(policy(), planned()).columns == {}


def test_each_setting_of_a_column_falls_through_for_itself_and_the_nearer_table_wins() -> None:
    columns = column_policies(policy_of(policy(RULES), planned()), ["AMOUNT", "tax", "loaded_at", "paid_at"])
    amount = columns["AMOUNT"]
    assert (amount.tolerance, amount.direction, amount.measure) == (Tolerance(1.0), "increase", True)
    assert amount.origins == {
        "tolerance": "datacanary.yml:19",
        "direction": "datacanary.yml:12",
        "measure": "datacanary.yml:11",
    }
    assert amount.limits["null_rate"].origin == "datacanary.yml:11"
    assert columns["tax"].tolerance == Tolerance(3.0)
    assert (columns["loaded_at"].ignore, columns["paid_at"].ignore, columns["tax"].ignore) == (False, True, None)


def test_a_column_of_the_key_is_never_ignored_by_a_wider_entry() -> None:
    own = policy_of(policy(RULES), planned())
    assert column_policies(own, ["Order_ID"])["Order_ID"].ignore is False
    assert column_policies(policy_of(policy(RULES), planned("ordinals")), ["order_id"])["order_id"].ignore is True


def test_what_is_said_of_a_column_by_its_very_name_is_told_apart() -> None:
    own = policy_of(policy(RULES), planned())
    assert named_column(own, "amount").tolerance == Tolerance(2.0)
    assert named_column(own, "tax") == ColumnPolicy()


def test_limits_of_patterns_judge_and_say_where_they_stand() -> None:
    rules = 'tables:\n  "ord*":\n    columns:\n      "am*": {values_changed: {fail: "> 10%"}}\n'
    diff = keyed(counts(changed=50), column(changed=50), column("tax", changed=50))
    verdict = judged(diff, rules)
    amount = found(verdict, "values_changed", "amount")
    assert (amount.status, amount.limit, amount.limit_origin) == ("pass", 0.1, "datacanary.yml:7")
    assert found(verdict, "values_changed", "tax").status == "fail"


def test_a_renamed_table_keeps_what_the_config_says_of_its_old_name() -> None:
    renamed = planned("sales")
    old = Relation("analytics", "orders")
    table = type(renamed)("sales", "renamed", "", Pair(old, renamed.relations.head), renamed.paths)
    rules = policy('tables: {orders: {key: [a]}, "s*": {key: [b], materialized: view}}')
    own = policy_of(rules, table)
    assert (own.key, own.materialized) == (("a",), "view")


def test_what_fits_nothing_is_found() -> None:
    rules = policy('tables: {orders: {}, "stg_*": {}, gone: {}, "raw.*": {}, "*.tmp": {}}')
    assert unmatched(rules, {"orders", "analytics.orders", "stg_a", "raw.x"}) == ["gone", "*.tmp"]
    assert unmatched(rules, {"ORDERS", "Stg_A", "raw.x", "b.tmp"}) == ["gone"]


def test_columns_that_fit_nothing_are_found_where_the_table_is_named() -> None:
    rules = policy('tables: {orders: {columns: {a: ignore, "*_at": ignore, b: ignore}}, "*": {columns: {c: ignore}}}')
    assert unmatched_columns(rules, planned(), ["A", "id"]) == ["*_at", "b"]
    assert unmatched_columns(rules, planned(), ["b", "a", "X_AT"]) == []
    assert unmatched_columns(rules, planned("other"), ["id"]) == []
