"""Checks of a dbt project with the user's own dbt: the counts are DuckDB's, who never heard of datacanary."""

from typing import Any

import pytest
from dbt_shop import (
    CUSTOMERS,
    FACTS,
    FILES,
    MARTS_YML,
    STG_ORDERS,
    TOTALS,
    DbtShop,
    Outputs,
    Scene,
    counts,
    dbt_tests,
    effects,
    seen,
)

pytest_plugins = ("dbt_environment",)

TWICE_EACH = ["build", "build", "compile", "compile"]
REACHED_BY_ORDERS = {
    *("stg_orders", "daily", "facts", "large_orders", "orders"),
    *("revenue", "totals"),
}


def filtered(shop: DbtShop) -> Outputs:
    """Filter in staging."""
    shop.commit({"models/staging/stg_orders.sql": f"{STG_ORDERS}where order_id >= 100\n"}, branch="filtered")
    lost = {
        "stg_orders": "select 1000, 900, 0, 100, 0",
        **{
            name: "select count(*), count(*) filter (order_id >= 100), 0, count(*) filter (order_id < 100), 0 "
            f"from main_marts.{name}"
            for name in ("orders", "large_orders", "facts")
        },
        "totals": "select count(*), count(*), 0, 0, count(*) from main_marts.totals",
        "daily": "select count(*), count(*) - 10, 0, 10, 0 from main_marts.daily",
    }
    truth = {name: shop.ask(query)[0] for name, query in lost.items()}
    return seen(shop) | {"truth": truth}


@pytest.fixture
def filter_in_staging(scene: Scene) -> Outputs:
    """Play it."""
    return scene("filtered", filtered)


@pytest.mark.thorough
def test_a_filter_in_staging_shows_in_every_table_below_it_without_any_config(
    filter_in_staging: Outputs,
) -> None:
    assert filter_in_staging["code"] == 1
    found = counts(filter_in_staging)
    assert found.keys() == REACHED_BY_ORDERS
    for name, rows in filter_in_staging["truth"].items():
        assert found[name] == tuple(rows), name
    assert effects(filter_in_staging)["stg_orders"] == "changed"
    assert effects(filter_in_staging)["revenue"] == "inherited"


@pytest.mark.thorough
def test_limits_in_meta_judge_and_exposures_are_named(filter_in_staging: Outputs) -> None:
    checks = {(one["table"], one["check"]): one for one in filter_in_staging["json"]["checks"]}
    removed = checks["orders", "rows_removed"]
    assert (removed["status"], removed["limit"]) == ("pass", 0.5)
    assert checks["large_orders", "rows_removed"]["status"] == "fail"
    assert "read by dashboard Weekly revenue" in filter_in_staging["text"]


@pytest.mark.thorough
def test_the_projects_tests_and_hooks_are_told(filter_in_staging: Outputs) -> None:
    told = dbt_tests(filter_in_staging)
    assert told["test unique_stg_orders_order_id passes"] == "pass"
    assert told["test euros_are_cents_by_a_hundred passes"] == "pass"
    assert told["test amounts_are_not_negative passes"] == "pass"
    assert not any("customers_customer_id" in one and "relationships" not in one for one in told)
    notes = filter_in_staging["json"]["run"]["notes"]
    assert any("on-run-end in dbt_project.yml: create table if not exists main.audit" in note for note in notes)


def of_many_kinds(shop: DbtShop) -> Outputs:
    """Change one thing of each kind, where they do not disturb one another."""
    shop.git("switch", "--quiet", "--create", "many")
    shop.git("mv", "models/marts/daily.sql", "models/marts/per_day.sql")
    priced = "      - {v: 2}\n".join(MARTS_YML.split("      - {v: 2}\n"))
    changes: dict[str, str | None] = {
        "models/marts/marts.yml": priced,
        "models/marts/obsolete.sql": None,
        "models/marts/dormant.sql": FILES["models/marts/dormant.sql"].replace("false", "true"),
        "models/staging/weekdays.sql": "{{ config(materialized='table') }}\n" + FILES["models/staging/weekdays.sql"],
        "models/marts/prices_v2.sql": "select 1 as article, 10 as price, 'EUR' as currency, true as net\n",
        "seeds/countries.csv": FILES["seeds/countries.csv"].replace("Italy", "Italia"),
        "snapshots/customer_history.sql": FILES["snapshots/customer_history.sql"].replace(
            "'customers') }}", "'customers') }} where customer_id < 45"
        ),
        "models/marts/totals.py": TOTALS.replace("count(*)", "count(*) + 1"),
        "models/marts/facts.sql": FACTS.replace("amount from", "amount * 2 as amount from"),
        "models/staging/paid.sql": FILES["models/staging/paid.sql"].replace("<> 'void'", "= 'paid'"),
    }
    shop.commit(changes)
    truth = {
        "facts": shop.one("select count(*) from main_marts.facts where amount <> 0"),
        "italians": shop.one("select count(*) from main_marts.customers where country = 'Italy'"),
        "paid": shop.one("select count(*) from main_marts.orders where status = 'paid'"),
        "orders": shop.one("select count(*) from main_marts.orders"),
    }
    return seen(shop) | {"truth": truth}


@pytest.fixture
def many(scene: Scene) -> Outputs:
    """Play it."""
    return scene("many", of_many_kinds)


def test_each_version_starts_dbt_twice(many: Outputs) -> None:
    assert many["commands"] == TWICE_EACH


def test_a_row_of_a_seed_changes_what_reads_it(many: Outputs) -> None:
    found, italians = counts(many), many["truth"]["italians"]
    assert italians
    assert found["countries"] == (3, 3, 0, 0, 1)
    assert found["customers"] == (50, 50, 0, 0, italians)


def test_an_ephemeral_model_reaches_its_readers(many: Outputs) -> None:
    orders, paid = many["truth"]["orders"], many["truth"]["paid"]
    assert counts(many)["orders"] == (orders, paid, 0, orders - paid, 0)
    assert effects(many)["revenue"] == "inherited"
    assert effects(many)["stg_orders"] == "unaffected"
    assert "paid" not in effects(many)


def test_incremental_python_and_versioned_models_are_compared_as_they_are_built_anew(many: Outputs) -> None:
    found = counts(many)
    assert found["facts"] == (1000, 1000, 0, 0, many["truth"]["facts"])
    assert found["totals"][:2] == (3, 3)
    assert effects(many)["prices_v1"] == "unaffected"
    assert found["prices_v2"][:2] == (1, 1)
    columns = {one["name"]: one for one in table(many, "prices_v2")["columns"]}
    assert "net" in columns


def test_models_that_come_and_go_are_told(many: Outputs) -> None:
    told = effects(many)
    assert told["dormant"] == "added"
    assert told["obsolete"] == "removed"
    assert counts(many)["dormant"][1] == 2
    assert (told["per_day"], "daily" in told) == ("renamed", False)
    assert counts(many)["per_day"] == (100, 100, 0, 0, 0)


def test_a_view_that_becomes_a_table_has_the_same_rows(many: Outputs) -> None:
    assert counts(many)["weekdays"] == (1000, 1000, 0, 0, None)
    assert table(many, "weekdays")["reason"] == "it is now a table, it was a view"
    assert not any(one["table"] == "weekdays" and one["status"] == "fail" for one in many["json"]["checks"])


def test_a_snapshot_goes_on_from_what_production_has(many: Outputs) -> None:
    # Rows that its query has no longer stay: that is what a snapshot is for.
    assert counts(many)["customer_history"] == (50, 50, 0, 0, 0)


def test_a_reason_names_what_really_changed(many: Outputs) -> None:
    assert "paid" in table(many, "orders")["reason"]
    assert "its query changed" in table(many, "facts")["reason"]


def table(outputs: Outputs, name: str) -> dict[str, Any]:
    """Find a table in the result."""
    found: Outputs = next(one for one in outputs["json"]["tables"] if one["name"] == name)
    return found


def made_elsewhere(shop: DbtShop) -> Outputs:
    """Change what models are made of, and no model's file but one with private columns."""
    shop.commit(
        {
            "macros/label.sql": FILES["macros/label.sql"].replace("upper", "lower"),
            "dbt_project.yml": FILES["dbt_project.yml"].replace("least_cents: 100", "least_cents: 500"),
            "models/marts/customers.sql": CUSTOMERS.replace("s.email", "upper(s.email) as email"),
        },
        branch="elsewhere",
    )
    truth = {
        "labels": shop.one("select count(*) from labels"),
        "large": shop.one("select count(*) from main_marts.large_orders"),
        "larger": shop.one("select count(*) from main_marts.large_orders where amount >= 5"),
    }
    return seen(shop) | {"truth": truth}


@pytest.fixture
def elsewhere(scene: Scene) -> Outputs:
    """Play it."""
    return scene("elsewhere", made_elsewhere)


@pytest.mark.thorough
def test_macros_and_variables_change_the_models_that_use_them(elsewhere: Outputs) -> None:
    truth, found = elsewhere["truth"], counts(elsewhere)
    assert found.keys() == {"labels", "large_orders", "customers"}
    assert found["labels"][:2] == (truth["labels"],) * 2
    large, larger = truth["large"], truth["larger"]
    assert 0 < larger < large
    assert found["large_orders"] == (large, larger, 0, large - larger, 0)
    assert "by the macro label" in table(elsewhere, "labels")["reason"]


@pytest.mark.thorough
def test_private_values_are_in_no_output(elsewhere: Outputs) -> None:
    assert counts(elsewhere)["customers"] == (50, 50, 0, 0, 50)
    assert "private.example" not in elsewhere["all"].lower()
