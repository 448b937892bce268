"""Expectations: a ceiling and a floor for every check, told first; what did not happen is told too."""

from __future__ import annotations

from dataclasses import replace

import pytest
from judging import column, counts, expected, found, judged, keyed, moved, names, planned, policy

from datacanary.model.basic import Pair
from datacanary.model.tablediff import ColumnDiff, Key, RowCounts, TableDiff
from datacanary.model.verdict import Check, Subject, Verdict, severity
from datacanary.verdict.judge import judge

MEASURED = "tables: {orders: {columns: {amount: {measure: true}}}}"


def entry(check: str, span: str, columns: str = "columns: [amount], ") -> str:
    return f"{{table: orders, {columns}{check}: '{span}', reason: DATA-412 coupon fix, owner: ana}}"


def checked(check: str, span: str, diff: TableDiff) -> Check:
    of_rows = check.startswith("rows_")
    declared = expected(entry(check, span, "" if of_rows else "columns: [amount], "))
    return found(judged(diff, MEASURED, *declared), check, None if of_rows else "amount")


ALL = replace(moved(column(changed=50), shape=0.2, distance=0.3), nulls=Pair(0, 30), totals=Pair(100, 105))
DIFF = keyed(counts(removed=20, added=50, changed=50), ALL)


@pytest.mark.parametrize(
    ("check", "inside", "below", "above"),
    [
        ("rows_removed", "1% .. 3%", "10% .. 20%", "<= 1%"),
        ("rows_removed", "0 .. 20", "30 .. 40", "<= 19"),
        ("rows_added", "<= 5%", "6% .. 7%", "<= 4%"),
        ("values_changed", "1% .. 12%", "10% .. 12%", "<= 2%"),
        ("null_rate", "<= 4pp", "4pp .. 5pp", "<= 2pp"),
        ("total", "4% .. 6%", "6% .. 7%", "<= 4%"),
        ("shape", "<= 0.2", "30% .. 40%", "<= 0.1"),
        ("distance", "<= 0.3", "0.4 .. 0.5", "<= 0.2"),
    ],
)
def test_what_is_declared_is_a_floor_and_a_ceiling(check: str, inside: str, below: str, above: str) -> None:
    why = "DATA-412 coupon fix (ana)"
    told = {
        inside: ("pass", f"as declared ({inside}): {why}"),
        below: ("warn", f"less than the declared {below}: {why}"),
        above: ("fail", f"more than the declared {above}: {why}"),
    }
    for span, (status, ending) in told.items():
        one = checked(check, span, DIFF)
        assert (one.status, one.expected, one.limit_origin) == (status, why, "datacanary.yml:5"), span
        assert one.message.endswith(ending), span
        assert one.limit is not None


def test_an_excess_that_no_limit_breaks_is_a_warning() -> None:
    diff = keyed(counts(10_000, changed=50), replace(column(changed=50)))
    rules = "tables: {orders: {values_changed: pass}}"
    check = found(judged(diff, rules, *expected(entry("values_changed", "<= 10"))), "values_changed", "amount")
    assert (check.status, check.value, check.limit) == ("warn", 50, 10)


def test_a_declared_total_is_judged_though_nobody_measures_it() -> None:
    assert ("total", "amount") not in names(judged(DIFF))
    assert found(judged(DIFF, "", *expected(entry("total", "<= 6%"))), "total", "amount").status == "pass"


def test_a_declared_shape_lets_the_values_change_and_the_other_way_round() -> None:
    rows = counts(changed=100)
    diff = keyed(rows, moved(column(changed=100), shape=0.09))
    declared = expected(entry("values_changed", "<= 12%"))
    assert judged(diff, "", *declared).status == "warn"
    worse = keyed(rows, moved(column(changed=100), shape=0.1001))
    verdict = judged(worse, "", *declared)
    assert (verdict.status, found(verdict, "shape", "amount").expected) == ("fail", "")


UNAFFECTED = TableDiff("unaffected", "", Key((), "none", Pair(0, 0), Pair(0, 0)), RowCounts(None, None), ())
KEYLESS = replace(column(), changed=None)
SAME = keyed(counts(), column())


@pytest.mark.parametrize(
    ("diff", "declared", "message"),
    [
        (
            UNAFFECTED,
            entry("values_changed", "1% .. 2%"),
            "values_changed of amount was declared (1% .. 2%), but nothing of the table can differ: {why}",
        ),
        (
            UNAFFECTED,
            entry("rows_added", "5 .. 9", ""),
            "rows_added of orders was declared (5 .. 9), but nothing of the table can differ: {why}",
        ),
        (
            SAME,
            entry("column_removed", "X").replace("'X'", "true"),
            "column_removed of amount was declared, but it did not happen: {why}",
        ),
        (
            SAME,
            entry("table_removed", "X", "").replace("'X'", "true"),
            "table_removed of orders was declared, but it did not happen: {why}",
        ),
        (
            SAME,
            entry("shape", "0.1 .. 0.2"),
            "shape of amount was declared (0.1 .. 0.2), but it could not be measured: {why}",
        ),
    ],
)
def test_a_declared_change_that_left_no_trace_is_a_warning(diff: TableDiff, declared: str, message: str) -> None:
    verdict = judged(diff, "", *expected(declared))
    (check,) = verdict.declared
    assert (verdict.status, check.status, check.limit_origin) == ("warn", "warn", "datacanary.yml:5")
    assert check.message == message.format(why="DATA-412 coupon fix (ana)")
    assert check.expected == "DATA-412 coupon fix (ana)"


@pytest.mark.parametrize("diff", [UNAFFECTED, SAME])
def test_a_change_that_may_be_none_is_not_missed(diff: TableDiff) -> None:
    assert judged(diff, "", *expected(entry("shape", "<= 0.2"))).status == "pass"


@pytest.mark.parametrize(
    ("check", "diff"),
    [
        ("shape", keyed(counts(10, changed=5), column(changed=5))),
        ("distance", keyed(counts(10, added=5), column())),
        ("total", keyed(counts(changed=5), column(changed=5))),
        ("values_changed", replace(keyed(counts(added=5), column()), comparison="keyless", columns=(KEYLESS,))),
    ],
)
def test_a_ceiling_that_cannot_be_told_from_what_was_found_is_a_warning(check: str, diff: TableDiff) -> None:
    span = "<= 0.2" if check == "distance" else "<= 20%"
    told = found(judged(diff, "defaults: {rows_added: pass}", *expected(entry(check, span))), check, "amount")
    assert (told.status, told.value) == ("warn", None)
    assert told.message.startswith(f"{check} of amount was declared ({span}), but it could not be measured: ")


def test_a_table_that_was_not_compared_misses_nothing() -> None:
    diff = replace(UNAFFECTED, comparison="not_compared", reason="head could not be built", failed=True)
    verdict = judged(diff, "", *expected(entry("values_changed", "1% .. 2%")))
    assert [check.check for check in verdict.checks] == ["compared"]


@pytest.mark.parametrize(("change", "check"), [("removed", "column_removed"), ("type_changed", "type_changed")])
def test_a_declared_change_of_the_schema_warns_and_says_why(change: str, check: str) -> None:
    one = ColumnDiff("amount", change, Pair("integer", "bigint"), 0)  # type: ignore[arg-type]  # from the table above
    declared = expected(f"{{table: orders, columns: amount, {check}: true, reason: old, owner: ana}}")
    told = found(judged(keyed(counts(), one), "", *declared), check, "amount")
    assert (told.status, told.expected, told.limit_origin) == ("warn", "old (ana)", "datacanary.yml:5")
    assert told.message.endswith("; expected: old (ana)")


def test_an_expectation_may_name_the_table_with_its_schema_and_in_any_case() -> None:
    declared = expected("{table: Analytics.Orders, columns: AMOUNT, values_changed: '<= 12%', reason: x}")
    assert found(judged(DIFF, "", *declared), "values_changed", "amount").expected == "x"
    other = expected("{table: raw.orders, columns: amount, values_changed: '<= 12%', reason: x}")
    assert found(judged(DIFF, "", *other), "values_changed", "amount").expected == ""


def test_a_report_finds_what_was_declared_the_worst_first() -> None:
    declared = expected(entry("values_changed", "<= 12%"), entry("shape", "<= 0.1"), entry("null_rate", "5pp .. 9pp"))
    verdict = judge((Subject(planned(), DIFF),), policy(), declared)
    assert [check.check for check in verdict.declared] == ["shape", "null_rate", "values_changed"]
    assert [severity(check.status) for check in verdict.declared] == [3, 1, 0]
    assert Verdict("pass", "", ()).declared == ()
