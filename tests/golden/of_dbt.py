"""A report on a dbt project: its key, its tests on both sides, and who reads its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from explained import Made, changed, column, reader, run
from reports import NO_KEY

from datacanary.model.basic import Pair
from datacanary.model.dbt import DbtResult, NodeStatus, TestedBy
from datacanary.model.run import Report
from datacanary.model.tablediff import Key, RowCounts, TableDiff
from datacanary.model.verdict import Check
from datacanary.verdict.dbt_tests import judge_tests

READERS = {
    "orders": ("dashboard Weekly revenue", "notebook Churn (owner Ana)"),
    "customers": tuple(f"dashboard {name}" for name in ("Churn", "Growth", "Lifetime", "Map", "Orders", "Regions")),
    "payments": ("application Ledger",),
}


def check_of(name: str, table: str, base: DbtResult | None, head: DbtResult | None) -> Check:
    def results(one: DbtResult | None) -> Mapping[str, DbtResult]:
        return {} if one is None else {name: one}

    (check,) = judge_tests(Pair(base, head).map(results), {name: TestedBy(name, table, None, "models/schema.yml")})
    return check


def ran(status: NodeStatus, failures: int | None = 0, message: str = "") -> DbtResult:
    return DbtResult("", status, message, failures)


def orders() -> Made:
    columns = (column("order_id", "bigint", 0), column("amount", "decimal(12,2)", 20, 0.1))
    key = Key(("order_id",), "tests unique and not_null", Pair(0, 0), Pair(0, 0))
    diff = TableDiff("keyed", "its query changed", key, RowCounts(99, 99, 0, 0, 20, 79), columns)
    checks = (
        changed("orders", "amount", "amount changed in 20 of 99 rows (20.2 %), limit 1 %"),
        check_of("unique_orders_order_id", "orders", ran("success"), ran("success")),
        check_of("accepted_values_orders_status", "orders", ran("success"), ran("fail", 3)),
        check_of("relationships_orders_customer_id", "orders", ran("fail", 3), ran("fail", 1200)),
        check_of("amount_is_plausible", "orders", ran("warn", 2), ran("warn", 4)),
        check_of("not_null_orders_amount", "orders", ran("fail", 4), ran("success")),
        check_of("not_null_orders_status", "orders", ran("success"), None),
    )
    return Made("orders", "changed", diff, checks)


def customers() -> Made:
    made = reader("customers", "spent", 12, 100, ("orders",))
    test = check_of("unique_customers_customer_id", "customers", None, ran("fail", 7))
    return replace(made, checks=(*made.checks, test))


def payments() -> Made:
    reason = "its query changed; head could not be built: models/payments.sql: no such column"
    diff = TableDiff("not_compared", reason, NO_KEY, RowCounts(None, None), (), failed=True)
    undecided = Check("payments", None, "compared", "inconclusive", None, None, "default", reason)
    test = check_of("unique_payments_payment_id", "payments", ran("success"), ran("skipped", None))
    return Made("payments", "changed", diff, (undecided, test))


def of_dbt() -> Report:
    report = run("orders: amount changed in 20 of 99 rows (20.2 %), limit 1 %", customers(), orders(), payments())
    loose = check_of("books_balance", "", ran("success"), ran("error", None, "Catalog Error: no table ledger"))
    verdict = replace(report.verdict, checks=(*report.verdict.checks, loose))
    tables = tuple(replace(table, read_by=READERS[table.name]) for table in report.tables)
    return replace(report, verdict=verdict, tables=tables)


def only_tests() -> Report:
    diff = replace(orders().diff, columns=(), rows=RowCounts(99, 99, 0, 0, 0, 99))
    test = check_of("unique_orders_order_id", "orders", ran("success"), ran("fail", 3))
    return run(f"orders: {test.message}", Made("orders", "changed", diff, (test,)))


OF_DBT = {"dbt": of_dbt(), "dbt_only_tests": only_tests()}
