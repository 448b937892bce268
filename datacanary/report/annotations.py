"""The few findings that a host shows beside the changed lines of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from datacanary.model.run import Report, TableReport
from datacanary.model.verdict import Check, Status
from datacanary.report.checklines import short_finding
from datacanary.report.encoding import for_terminal, for_workflow_command, for_workflow_property
from datacanary.report.folding import rank

MOST = 10
"""GitHub shows no more of one step."""

Level = Literal["error", "warning", "notice"]
_LEVELS: dict[Status, Level] = {"fail": "error", "inconclusive": "warning", "warn": "warning", "pass": "notice"}
_LONGEST_TITLE, _LONGEST = 120, 800


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark on a line, counted from 1, of a file as the repository has it; it steers nothing and quotes no cell."""

    path: str
    line: int
    level: Level
    title: str
    message: str

    def command(self) -> str:
        """Write it as GitHub's workflow command.

        >>> Annotation("models/a.sql", 3, "error", "a: fail", "90 % of rows removed").command()
        '::error file=models/a.sql,line=3,title=a%3A fail::90 %25 of rows removed'
        """
        place = f"file={for_workflow_property(self.path)},line={self.line}"
        return f"::{self.level} {place},title={for_workflow_property(self.title)}::{for_workflow_command(self.message)}"


def annotations_of(report: Report) -> tuple[Annotation, ...]:
    """Return at most ten remarks, the worst first: one for each table that did not pass and that has a file."""
    checks = report.verdict.by_table
    told = [table for table in sorted(report.tables, key=rank) if table.status != "pass" and any(table.paths)]
    return tuple(_annotation(table, checks.get(table.name, ()), report) for table in told[:MOST])


def _annotation(table: TableReport, checks: Sequence[Check], report: Report) -> Annotation:
    path, line = _place(table)
    found = table.diff.reason if table.diff.failed else short_finding(checks)
    title = for_terminal(f"{table.name}: {table.status}")[:_LONGEST_TITLE]
    return Annotation(report.in_repository(path), line, _LEVELS[table.status], title, for_terminal(found)[:_LONGEST])


def _place(table: TableReport) -> tuple[str, int]:
    """Find the clause of head's text that did it, else the first line of the model."""
    path = table.paths.head or table.paths.base or ""
    clauses = table.impact.clauses if table.impact is not None else ()
    here = [clause for clause in clauses if clause.side == "head" and clause.path == path]
    return (here[0].path, max(here[0].line, 1)) if here else (path, 1)
