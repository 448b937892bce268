"""JUnit as GitLab and Jenkins read it: what broke a limit is a failure, what could not be judged an error."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from full_report import full_report

from datacanary.model.run import Report
from datacanary.model.tablediff import Key, RowCounts, TableDiff
from datacanary.model.verdict import DBT_TEST, Check, Status
from datacanary.report import junit


def check(status: Status, name: str = "values_changed", message: str = "told") -> Check:
    return Check("orders", "amount", name, status, 0.2, 0.1, "datacanary.yml:7", message)


def read(report: Report) -> ET.Element:
    return ET.fromstring(junit.render(report))  # noqa: S314 -- our own text


def with_checks(*checks: Check) -> Report:
    report = full_report()
    return replace(report, verdict=replace(report.verdict, checks=checks))


def test_each_status_is_what_a_host_counts() -> None:
    dry = replace(check("fail"), dry_run=True)
    root = read(with_checks(check("fail"), check("inconclusive"), check("warn"), check("pass"), dry))
    cases = root.findall("testsuite/testcase")
    assert [[one.tag for one in case] for case in cases] == [["failure"], ["error"], ["system-out"], [], ["system-out"]]
    counts = {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "5", "failures": "1", "errors": "1", "skipped": "0"}
    assert cases[0][0].get("message") == "told (datacanary.yml:7)"
    assert cases[4][0].text == "dry run, fail: told (datacanary.yml:7)"
    assert {case.get("file") for case in cases} == {"models/orders.sql"}


def test_a_file_is_named_as_the_repository_has_it() -> None:
    root = read(replace(with_checks(check("fail")), folder="work/dbt"))
    assert [case.get("file") for case in root.iter("testcase")] == ["work/dbt/models/orders.sql"]


def many() -> Report:
    """Make a report of 50 tables with 20 checks each: of each status as many."""
    report = full_report()
    statuses: tuple[Status, ...] = ("fail", "warn", "pass", "inconclusive")
    of_one = [replace(check(statuses[place % 4]), column=f"ä{place}") for place in range(20)]
    names = [f"orders_{number}" for number in range(50)]
    checks = tuple(replace(one, table=name) for name in names for one in of_one)
    tables = tuple(replace(report.tables[0], name=name, status="fail") for name in names)
    return replace(report, tables=tables, verdict=replace(report.verdict, checks=checks))


def test_what_has_no_room_is_left_out_and_counted_and_what_failed_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    report = many()
    size = len(junit.render(report).encode())
    for budget in (20_000, size * 2 // 3, size - 1):
        monkeypatch.setattr(junit, "BUDGET", budget)
        root = read(report)
        assert budget * 4 / 5 < len(junit.render(report).encode()) <= budget
        *kept, left = root.iter("testcase")
        assert (left.get("name"), left[0].tag) == ("left out", "skipped")
        assert f"{1000 - len(kept):,} cases of " in left[0].get("message", "")
        failed = [case for case in kept if case.find("failure") is not None or case.find("error") is not None]
        assert len(failed) == min(len(kept), 500)
        assert root.get("tests") == str(len(kept) + 1)
    monkeypatch.setattr(junit, "BUDGET", size * 2)
    assert len(list(read(report).iter("testcase"))) == 1000


def test_no_two_cases_of_a_table_have_one_name_and_tests_have_their_own() -> None:
    tests = [check("fail", DBT_TEST, f"test {name} fails on head") for name in ("unique_id", "not_null_id")]
    root = read(with_checks(check("pass"), check("pass"), *tests))
    names = [case.get("name") for case in root.iter("testcase")]
    assert names == ["values_changed: amount", "values_changed: amount (2)", "unique_id", "not_null_id"]


def test_a_table_without_checks_that_was_not_compared_is_an_error_and_one_that_cannot_differ_is_skipped() -> None:
    report = full_report()
    diff = TableDiff(
        "not_compared", "no such column", report.tables[0].diff.key, RowCounts(None, None), (), failed=True
    )
    spared = replace(diff, comparison="unaffected", failed=False)
    tables = tuple(replace(report.tables[0], name=name, diff=one) for name, one in (("a", diff), ("b", spared)))
    assert isinstance(diff.key, Key)
    root = read(replace(with_checks(), tables=tables))
    assert [[one.tag for one in case] for case in root.iter("testcase")] == [["error"], ["skipped"]]
