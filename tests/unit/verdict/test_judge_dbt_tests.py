"""Tests of a dbt project as checks: what fails on base as well is told, and not blamed on head."""

from __future__ import annotations

import pytest
from judging import counts, judged, keyed, planned, policy

from datacanary.model import dbt
from datacanary.model.basic import Pair
from datacanary.model.dbt import DbtResult, NodeStatus
from datacanary.model.verdict import Check, Status, Subject
from datacanary.verdict.dbt_tests import judge_tests
from datacanary.verdict.judge import judge

NAME = "unique_orders_order_id"
ID = f"test.shop.{NAME}.fed79b3a6e"
TESTS = {ID: dbt.TestedBy(NAME, "orders", "order_id", "models/schema.yml")}


def ran(status: NodeStatus, failures: int | None = None, message: str = "") -> dict[str, DbtResult]:
    return {ID: DbtResult(ID, status, message, failures)}


PASSED = ran("success", 0)


def check(base: dict[str, DbtResult], head: dict[str, DbtResult]) -> Check:
    (one,) = judge_tests(Pair(base, head), TESTS)
    return one


@pytest.mark.parametrize(
    ("base", "head", "status", "value", "told"),
    [
        (PASSED, ran("fail", 3), "fail", 3, "fails on head: 3 rows, it passed on base"),
        (ran("warn", 1), ran("fail", 1200), "fail", 1200, "fails on head: 1,200 rows, it warned on base"),
        (ran("error"), ran("fail", 1), "fail", 1, "fails on head: 1 row, it could not run on base"),
        ({}, ran("fail", 3), "fail", 3, "fails on head: 3 rows, it is new"),
        (ran("fail", 3), ran("fail", 5), "warn", 5, "fails on head, it fails on base as well (3 -> 5 rows)"),
        (ran("fail", 3), ran("fail", 3), "warn", 3, "fails on head, it fails on base as well (3 rows)"),
        (ran("fail"), ran("fail"), "warn", None, "fails on head, it fails on base as well"),
        (PASSED, ran("warn", 2), "warn", 2, "warns on head: 2 rows, it passed on base"),
        (ran("fail", 4), ran("warn", 2), "warn", 2, "warns on head: 2 rows, it failed on base"),
        (ran("warn", 1), ran("warn", 2), "pass", 2, "warns on head, it warns on base as well (1 -> 2 rows)"),
        (PASSED, ran("error", None, "why"), "inconclusive", None, "cannot run on head, it passed on base: why"),
        ({}, ran("error"), "inconclusive", None, "cannot run on head, it is new"),
        (ran("fail", 4), ran("skipped"), "inconclusive", None, "is skipped on head, it failed on base"),
        (PASSED, ran("unfinished"), "inconclusive", None, "is not finished on head, it passed on base"),
        (ran("error"), ran("error", None, "y"), "warn", None, "cannot run on head, it cannot run on base as well: y"),
        (ran("skipped"), ran("error"), "warn", None, "cannot run on head, it was skipped on base"),
        (ran("fail", 4), PASSED, "pass", 0, "passes on head, it failed on base: fixed"),
        (ran("warn", 4), PASSED, "pass", 0, "passes on head, it warned on base: fixed"),
        (ran("skipped"), PASSED, "pass", 0, "passes on head, it was skipped on base"),
        ({}, PASSED, "pass", 0, "passes on head, it is new"),
        (PASSED, PASSED, "pass", 0, "passes"),
        (PASSED, {}, "warn", None, "no longer runs"),
        (ran("fail", 4), {}, "warn", None, "no longer runs, it failed on base"),
    ],
)  # fmt: skip
def test_a_test_is_judged_by_both_sides(
    base: dict[str, DbtResult], head: dict[str, DbtResult], status: Status, value: int | None, told: str
) -> None:
    assert check(base, head) == Check("orders", "order_id", "dbt_test", status, value, 0, "dbt", f"test {NAME} {told}")


def test_results_of_models_and_tests_that_ran_nowhere_are_no_checks() -> None:
    model = {"model.shop.orders": DbtResult("model.shop.orders", "error")}
    assert judge_tests(Pair(model, model), TESTS) == ()
    assert judge_tests(Pair({}, {}), TESTS) == ()


def test_a_failing_test_decides_the_verdict() -> None:
    subject = Subject(planned(), keyed(counts()))
    assert judged(subject.diff).status == "pass"
    verdict = judge((subject,), policy(), (), judge_tests(Pair(PASSED, ran("fail", 3)), TESTS))
    assert (verdict.status, verdict.of_table("orders")) == ("fail", "fail")
    assert verdict.summary == f"orders: test {NAME} fails on head: 3 rows, it passed on base"


def test_what_only_warns_as_before_is_no_difference() -> None:
    tests = judge_tests(Pair(ran("warn", 3), ran("warn", 3)), TESTS)
    verdict = judge((Subject(planned(), keyed(counts())),), policy(), (), tests)
    assert (verdict.status, verdict.summary) == ("pass", "no difference in 1 compared table")


def test_tests_that_warn_count_as_warnings() -> None:
    tests = judge_tests(Pair(ran("fail", 3), ran("fail", 3)), TESTS)
    subject = Subject(planned(), keyed(counts()))
    assert judge((subject,), policy(), (), tests).status == "warn"
    assert judge((subject,), policy("defaults:\n  max_warnings: 0\n"), (), tests).status == "inconclusive"
