"""Tables that only show another's change are told under it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from datacanary.model.basic import Pair
from datacanary.model.plan import Effect
from datacanary.model.run import TableReport
from datacanary.model.tablediff import Key, RowCounts, TableDiff
from datacanary.model.verdict import Status
from datacanary.report.folding import sections, worth_telling

ROWS = RowCounts(10, 10, 0, 0, 4, 6)
DIFF = TableDiff("keyed", "it differs", Key(("id",), "config", Pair(0, 0), Pair(0, 0)), ROWS, ())


def table(name: str, *reads: str, effect: Effect | None = None, status: Status = "fail") -> TableReport:
    known: Effect = effect or ("inherited" if reads else "changed")
    return TableReport(name, status, known, Pair(None, None), DIFF, reads)


def folded(*tables: TableReport) -> dict[str, list[str]]:
    found = sections(tables)
    return {section.table.name: [one.name for one in section.inheriting] for section in found}


def test_who_only_reads_a_changed_table_is_folded_under_it() -> None:
    assert folded(table("a"), table("b", "a"), table("c", "a"), table("d")) == {"a": ["b", "c"], "d": []}


def test_of_several_the_first_that_is_told_takes_it() -> None:
    assert folded(table("a"), table("d"), table("b", "d", "a")) == {"a": [], "d": ["b"]}
    assert folded(table("a"), table("b", "not_selected", "a")) == {"a": ["b"]}


def test_without_the_table_that_it_reads_it_has_its_own_section() -> None:
    assert folded(table("b", "not_selected"), table("c", "not_selected")) == {"b": [], "c": []}


def test_what_reads_a_folded_table_is_told_under_the_first_of_all() -> None:
    assert folded(table("c", "b"), table("b", "a"), table("a")) == {"a": ["c", "b"]}


def test_in_a_circle_nobody_is_lost() -> None:
    assert folded(table("a", "b"), table("b", "a"), table("c", "c")) == {"a": [], "b": [], "c": []}


@pytest.mark.parametrize("effect", ["changed", "renamed", "added"])
def test_what_changed_itself_is_not_folded(effect: Effect) -> None:
    assert folded(table("a"), table("b", "a", effect=effect)) == {"a": [], "b": []}


def test_what_was_not_judged_or_not_built_is_not_folded() -> None:
    failed = replace(table("c", "a"), diff=replace(DIFF, failed=True))
    assert folded(table("a"), table("b", "a", status="inconclusive"), failed) == {"a": [], "b": [], "c": []}


@pytest.mark.parametrize(
    ("diff", "status", "worth"),
    [
        (DIFF, "pass", True),
        (replace(DIFF, rows=replace(ROWS, changed=0)), "warn", True),
        (replace(DIFF, rows=replace(ROWS, changed=0), notes=("something",)), "pass", True),
        (replace(DIFF, rows=replace(ROWS, changed=0)), "pass", False),
    ],
)
def test_what_differs_in_nothing_and_passed_needs_no_section(diff: TableDiff, status: Status, *, worth: bool) -> None:
    assert worth_telling(replace(table("a", status=status), diff=diff)) is worth
