"""A dry run: its checks are judged and shown, and do not count."""

from __future__ import annotations

from dataclasses import replace

import pytest
from judging import column, counts, expected, found, judged, keyed, moved, names, planned, policy

from datacanary.model.basic import Pair
from datacanary.model.plan import Effect
from datacanary.model.tablediff import Key, RowCounts, TableDiff
from datacanary.model.verdict import Subject
from datacanary.verdict.judge import judge

TABLE = "tables: {orders: {dry_run: true}}"
COLUMN = "tables: {orders: {columns: {amount: {dry_run: true}}}}"


def test_the_checks_of_a_table_are_judged_and_do_not_count() -> None:
    diff = keyed(counts(changed=50), column(changed=50))
    verdict = judged(diff, TABLE)
    check = found(verdict, "values_changed", "amount")
    assert (check.status, check.dry_run) == ("fail", True)
    assert (verdict.status, verdict.of_table("orders")) == ("pass", "pass")
    assert verdict.summary == "differences within the limits in 1 compared table; 1 dry-run check would fail"
    assert {one.dry_run for one in verdict.checks} == {True}
    assert names(verdict) == names(judged(diff))


def test_a_column_of_a_dry_run_leaves_the_others_counting() -> None:
    diff = keyed(counts(changed=50), column(changed=50), column("tax", changed=5))
    verdict = judged(diff, COLUMN)
    assert verdict.status == "warn"
    assert [one.dry_run for one in verdict.checks if one.column == "amount"] == [True, True]
    assert verdict.summary == ("orders: tax changed in 5 of 1,000 rows (0.50 %), limit 0; 1 dry-run check would fail")


def test_a_column_of_a_table_in_a_dry_run_may_count_all_the_same() -> None:
    rules = "tables: {orders: {dry_run: true, columns: {amount: {dry_run: false}}}}"
    diff = keyed(counts(changed=50), column(changed=50), column("tax", changed=50))
    verdict = judged(diff, rules)
    assert verdict.status == "fail"
    assert (found(verdict, "values_changed", "amount").dry_run, found(verdict, "values_changed", "tax").dry_run) == (
        False,
        True,
    )


def test_a_dry_run_that_finds_nothing_says_nothing() -> None:
    assert judged(keyed(counts(), column()), TABLE).summary == "no difference in 1 compared table"


@pytest.mark.parametrize(
    ("changed", "told"), [(5, "; 2 dry-run checks would warn"), (50, "; 2 dry-run checks would fail")]
)
def test_the_summary_counts_the_worst_of_a_dry_run(changed: int, told: str) -> None:
    diff = keyed(counts(changed=changed), column(changed=changed), column("tax", changed=changed))
    assert judged(diff, TABLE).summary.endswith(told)


def test_a_warning_of_a_dry_run_is_none_of_too_many() -> None:
    diff = keyed(counts(changed=1), *(column(f"c{n}", changed=1) for n in range(21)))
    assert judged(diff).status == "inconclusive"
    assert judged(diff, "tables: {orders: {columns: {c0: {dry_run: true}}}}").status == "warn"


def nothing(comparison: str = "not_compared") -> TableDiff:
    key = Key((), "none", Pair(0, 0), Pair(0, 0))
    return TableDiff(comparison, "no reason", key, RowCounts(None, 5), (), failed=True)  # type: ignore[arg-type]


@pytest.mark.parametrize(("effect", "status"), [("changed", "inconclusive"), ("removed", "fail")])
def test_what_was_not_compared_counts_in_a_dry_run_too(effect: Effect, status: str) -> None:
    assert judged(nothing(), TABLE, effect=effect).status == status
    new = replace(nothing(), failed=False)
    assert judged(new, TABLE, effect="added").status == "warn"
    assert judged(keyed(counts(), column()), TABLE, effect="renamed").status == "fail"


def test_types_that_cannot_be_compared_count_in_a_dry_run_too() -> None:
    one = replace(column(), change="type_changed", changed=None, incomparable="they differ in kind")
    verdict = judged(keyed(counts(), one), COLUMN)
    assert (verdict.status, found(verdict, "type_changed", "amount").dry_run) == ("inconclusive", True)


def test_a_mistake_of_the_program_counts_in_a_dry_run_too() -> None:
    verdict = judged(replace(keyed(counts(), column()), fault="3 of 2 rows changed"), TABLE)
    check = found(verdict, "exactness")
    assert (verdict.status, check.status, check.dry_run) == ("inconclusive", "inconclusive", False)
    assert check.message == "3 of 2 rows changed; this is a mistake of datacanary, please report it"


def test_a_limit_that_cannot_be_judged_does_not_count_in_a_dry_run() -> None:
    own = "{dry_run: true, shape: {fail: '> 0.1'}, values_changed: pass}"
    verdict = judged(
        keyed(counts(10, changed=1), column(changed=1)), f"tables: {{orders: {{columns: {{amount: {own}}}}}}}"
    )
    assert verdict.status == "pass"
    assert verdict.summary.endswith("; 1 dry-run check would be inconclusive")


def test_what_was_declared_of_a_dry_run_and_did_not_happen_does_not_count() -> None:
    entry = "{table: orders, columns: [amount], column_removed: true, reason: x}"
    verdict = judged(keyed(counts(), column()), TABLE, *expected(entry))
    assert (verdict.status, found(verdict, "column_removed", "amount").status) == ("pass", "warn")


def test_the_worst_of_a_table_is_that_of_the_checks_that_count() -> None:
    first = Subject(planned("a"), keyed(counts(changed=50), moved(column(changed=5), shape=0.5)))
    second = Subject(planned("b"), keyed(counts(changed=50), column(changed=50)))
    verdict = judge((first, second), policy("tables: {a: {columns: {amount: {dry_run: true}}}}"))
    assert (verdict.of_table("a"), verdict.of_table("b"), verdict.status) == ("pass", "fail", "fail")
