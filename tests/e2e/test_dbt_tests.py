"""The project's own tests, run on both versions."""

import pytest
from dbt_shop import FILES, STAGING_YML, DbtShop, Outputs, Scene, counts, dbt_tests, seen

pytest_plugins = ("dbt_environment",)
pytestmark = pytest.mark.thorough

OF_LABELS = """\
  - name: labels
    columns: [{name: label, data_tests: [{accepted_values: {arguments: {values: [PAID]}}}]}]
"""


def made_worse(shop: DbtShop) -> Outputs:
    """Fail a test that failed before, a new one before many readers, and a unit test; the amounts are a tenth."""
    with_failing = STAGING_YML.replace("unit_tests:", f"{OF_LABELS}unit_tests:")
    shop.commit({"models/staging/staging.yml": with_failing}, branch="tested")
    shop.commit(
        {
            "models/staging/staging.yml": with_failing.replace(
                "{name: order_id, data_tests: [unique, not_null]}",
                "{name: order_id, data_tests: [unique, not_null]}, {name: status, data_tests: [unique]}",
            ),
            "packages/money/macros/euros.sql": FILES["packages/money/macros/euros.sql"].replace("100", "1000"),
            "macros/label.sql": FILES["macros/label.sql"].replace("upper(", "upper('' || "),
        },
        branch="worse",
    )
    truth = {"orders": shop.one("select count(*) from main_marts.orders")}
    truth["changed"] = shop.one(
        "select count(*) from main_marts.orders where amount <> cast(amount / 10 as decimal(12, 2))"
    )
    return seen(shop, "--base", "tested") | {"truth": truth}


@pytest.fixture
def worse(scene: Scene) -> Outputs:
    """Play it."""
    return scene("worse", made_worse)


def test_a_new_test_that_fails_fails_and_one_that_failed_before_warns(worse: Outputs) -> None:
    assert worse["code"] == 1
    found = dbt_tests(worse)
    new = "test unique_stg_orders_status fails on head: 3 rows, it is new"
    assert found[new] == "fail"
    [old] = [text for text in found if text.startswith("test accepted_values_labels")]
    assert found[old] == "warn"
    assert "it fails on base as well (2 rows)" in old


def test_a_unit_test_that_fails_fails(worse: Outputs) -> None:
    [told] = [(text, status) for text, status in dbt_tests(worse).items() if "euros_are_cents" in text]
    assert told[1] == "fail"
    assert "it passed on base" in told[0]


def test_a_failing_test_keeps_no_reader_from_being_compared(worse: Outputs) -> None:
    rows, changed = worse["truth"]["orders"], worse["truth"]["changed"]
    assert counts(worse)["orders"] == (rows, rows, 0, 0, changed)
    assert not any(one["failed"] for one in worse["json"]["tables"])
    assert counts(worse)["revenue"][:2] == (15, 15)


def test_a_macro_of_a_package_reaches_all_that_call_it(worse: Outputs) -> None:
    found = {one["name"]: one for one in worse["json"]["tables"]}
    assert found["stg_orders"]["effect"] == "changed"
    assert "by the macro euros" in found["stg_orders"]["reason"]
