"""Which columns a project is taken to tell its rows apart by, and which claims are none."""

from __future__ import annotations

import pytest
from made_manifest import Object, columns, generic_test, node, read

from datacanary.model.dbt import Json
from datacanary.project.manifest.keys import declared_key, declared_keys

COMBINED = "dbt_utils.unique_combination_of_columns"
COMPOUND = "dbt_expectations.expect_compound_columns_to_be_unique"
TESTED = "tests unique and not_null"
NAMES = ("email", "order_id", "shop_id", "id2")


def key(*tests: Object, kind: str = "model", **changes: Json) -> tuple[str, ...] | None:
    """Return the columns of the key of `orders`, and by what it is declared."""
    manifest = read(node("fct_orders", kind, **{"columns": columns(*NAMES), **changes}), *tests)
    name = f"{kind}.shop.fct_orders"
    found = declared_key(manifest.nodes[name], manifest)
    assert declared_keys(manifest) == ({} if found is None else {name: found})
    return None if found is None else (*found.columns, found.origin)


def both(column: str, config: Object | None = None) -> tuple[Object, Object]:
    return (
        generic_test("unique", "fct_orders", column, config),
        generic_test("not_null", "fct_orders", column),
    )


def combined(*names: Json, config: Object | None = None, **arguments: Json) -> Object:
    held: dict[str, Json] = {"combination_of_columns": list(names), **arguments}
    return generic_test(COMBINED, "fct_orders", None, config, **held)


def incremental(unique_key: Json) -> Object:
    return {"materialized": "incremental", "unique_key": unique_key}


def constrained(*kinds: str) -> Object:
    return {"constraints": [{"type": kind} for kind in kinds]}


def test_the_ladder() -> None:
    tests = [*both("email"), combined("order_id", "shop_id")]
    primary: list[Json] = [{"type": "primary_key", "columns": ["order_id", "id2"]}]
    unique = columns(*NAMES, shop_id=constrained("unique", "not_null"))
    config = incremental("id2")
    assert key(*tests, constraints=primary, columns=unique, config=config) == ("order_id", "id2", "constraint")
    assert key(*tests, columns=unique, config=config) == ("shop_id", "constraint")
    assert key(*tests, config=config) == ("email", TESTED)
    assert key(tests[-1], config=config) == ("order_id", "shop_id", COMBINED)
    assert key(config=config) == ("id2", "unique_key")
    assert key() is None


def test_a_primary_key_of_one_column() -> None:
    assert key(columns=columns(*NAMES, id2=constrained("primary_key"))) == ("id2", "constraint")
    two = columns(*NAMES, id2=constrained("primary_key"), email=constrained("primary_key"))
    assert key(columns=two) is None


def test_a_unique_column_that_may_be_null_is_no_key() -> None:
    assert key(columns=columns(*NAMES, id2=constrained("unique"))) is None
    several: list[Json] = [{"type": "unique", "columns": ["shop_id", "ID2"]}]
    assert key(constraints=several, columns=columns(*NAMES, id2=constrained("not_null"))) is None
    never_null = columns(*NAMES, id2=constrained("not_null"), shop_id=constrained("not_null"))
    assert key(constraints=several, columns=never_null) == ("shop_id", "ID2", "constraint")


def test_both_tests_are_needed_and_of_the_same_column() -> None:
    unique, not_null = both("order_id")
    assert key(unique, not_null) == ("order_id", TESTED)
    assert key(unique) is None
    assert key(not_null) is None
    assert key(unique, both("email")[1]) is None
    assert key(unique, generic_test("not_null", "fct_orders", '"Order_ID"')) == ("order_id", TESTED)
    assert key(unique, generic_test("other.not_null", "fct_orders", "order_id")) is None


@pytest.mark.parametrize(
    "config",
    [
        {"where": "id > 5"},
        {"severity": "warn"},
        {"severity": "WARN"},
        {"enabled": False},
        {"error_if": ">10"},
        {"fail_calc": "max(n)"},
    ],
)
def test_a_test_that_lets_rows_pass_says_nothing(config: Object) -> None:
    assert key(*both("order_id", config)) is None
    assert key(combined("order_id", "shop_id", config=config)) is None


@pytest.mark.parametrize("config", [{"where": ""}, {"severity": "Error"}, {"error_if": "> 0"}, {"limit": 10}])
def test_a_test_that_lets_none_pass(config: Object) -> None:
    assert key(*both("order_id", config)) == ("order_id", TESTED)


def test_several_unique_columns_are_several_keys() -> None:
    assert key(*both("shop_id"), *both("email")) == ("email", TESTED)
    assert key(*both("shop_id"), *both("email"), *both("order_id")) == ("order_id", TESTED)
    assert key(*both("zip"), *both("shop_id")) == ("shop_id", TESTED)


def test_an_expression_is_no_column() -> None:
    pair = (
        generic_test("unique", "fct_orders", None, column_name="order_id || shop_id"),
        generic_test("not_null", "fct_orders", None, column_name="order_id || shop_id"),
    )
    assert key(*pair) is None
    assert key(combined("order_id", "date_trunc('day', at)")) is None
    assert key(combined("order_id", 5)) is None
    assert key(config=incremental("order_id || '-' || shop_id")) is None
    assert key(config=incremental("order_id, shop_id")) is None


def test_a_test_of_a_model_may_name_one_column() -> None:
    pair = (
        generic_test("unique", "fct_orders", None, column_name="id2"),
        generic_test("not_null", "fct_orders", None, column_name="id2"),
    )
    assert key(*pair) == ("id2", TESTED)


def test_combinations() -> None:
    assert key(combined('"Order Id"', "shop_id", "SHOP_ID")) == ("Order Id", "SHOP_ID", COMBINED)
    held: dict[str, Json] = {"column_list": ["order_id", "shop_id"]}
    assert key(generic_test(COMPOUND, "fct_orders", None, None, **held)) == ("order_id", "shop_id", COMPOUND)
    some: dict[str, Json] = {**held, "row_condition": "x > 1"}
    assert key(generic_test(COMPOUND, "fct_orders", None, None, **some)) is None
    gaps: dict[str, Json] = {**held, "ignore_row_if": "any_value_is_missing"}
    assert key(generic_test(COMPOUND, "fct_orders", None, None, **gaps)) is None


def test_unique_key_is_for_what_dbt_adds_to() -> None:
    assert key(config={"materialized": "table", "unique_key": "order_id"}) is None
    assert key(config=incremental(["order_id", "shop_id"])) == ("order_id", "shop_id", "unique_key")
    assert key(config=incremental([])) is None
    assert key(config=incremental(None)) is None


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"unique_key": "order_id"}, ("order_id", "dbt_valid_from", "unique_key")),
        ({"unique_key": ["a", "b"]}, ("a", "b", "dbt_valid_from", "unique_key")),
        ({"unique_key": "a || b"}, ("dbt_scd_id", "unique_key")),
        (
            {"unique_key": "a", "snapshot_meta_column_names": {"dbt_valid_from": "since", "dbt_scd_id": None}},
            ("a", "since", "unique_key"),
        ),
        (
            {"unique_key": "a || b", "snapshot_meta_column_names": {"dbt_valid_from": "since", "dbt_scd_id": None}},
            ("dbt_scd_id", "unique_key"),
        ),
        ({}, None),
    ],
)
def test_a_snapshot_has_rows_for_each_time(config: Object, expected: tuple[str, ...] | None) -> None:
    assert key(kind="snapshot", config={"materialized": "snapshot", **config}) == expected


def test_the_tests_of_other_models_say_nothing() -> None:
    assert key(*(generic_test(kind, "customers", "order_id") for kind in ("unique", "not_null"))) is None
