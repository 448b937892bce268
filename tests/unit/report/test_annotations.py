"""Remarks at the lines of models: few, the worst first, at the clause that did it."""

from __future__ import annotations

from dataclasses import replace

from full_report import full_report

from datacanary.model.basic import Pair
from datacanary.model.verdict import Check
from datacanary.report.annotations import annotations_of


def test_at_most_ten_are_made_the_worst_first_and_none_of_what_passed() -> None:
    report = full_report()
    table = replace(report.tables[0], effect="changed", impact=None)
    made = [replace(table, name=f"w{n}", status="warn") for n in range(12)] + [replace(table, name="f", status="fail")]
    made.append(replace(table, name="p", status="pass"))
    made.append(replace(table, name="nowhere", status="fail", paths=Pair(None, None)))
    found = annotations_of(replace(report, tables=tuple(made)))
    assert len(found) == 10
    assert [(one.level, one.title) for one in found[:2]] == [("error", "f: fail"), ("warning", "w0: warn")]


def test_its_path_is_the_one_in_the_repository_wherever_in_it_the_project_lies() -> None:
    report = full_report()
    failed = replace(report, tables=(replace(report.tables[0], status="fail"),))
    for folder, path in (("", "models/orders.sql"), ("work/dbt", "work/dbt/models/orders.sql")):
        (one,) = annotations_of(replace(failed, folder=folder))
        assert (one.path, one.line) == (path, 3)
        assert one.command().startswith(f"::error file={path},line=3,")


def test_it_stands_at_the_clause_of_heads_text_that_did_it() -> None:
    report = full_report()
    told = "amount changed in 20 of 89 rows (22.5 %), limit 1 %"
    check = Check("orders", "amount", "values_changed", "fail", 0.2, 0.01, "default", told)
    table = replace(report.tables[0], status="fail")
    (one,) = annotations_of(replace(report, tables=(table,), verdict=replace(report.verdict, checks=(check,))))
    assert (one.path, one.line, one.message) == ("models/orders.sql", 3, "amount changed in 20 of 89 rows (22.5 %)")
    assert one.command().startswith("::error file=models/orders.sql,line=3,title=orders%3A fail::amount changed")


def test_what_was_removed_is_told_at_the_beginning_of_its_file() -> None:
    report = full_report()
    table = replace(report.tables[0], status="fail", paths=Pair("models/old.sql", None))
    (one,) = annotations_of(replace(report, tables=(table,)))
    assert (one.path, one.line) == ("models/old.sql", 1)
