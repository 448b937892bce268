"""A run for people at a terminal: the verdict, the next step, one table of all, then each table that differs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import tabulate as tables
from tabulate import tabulate

from datacanary.model.run import Report, TableReport
from datacanary.model.verdict import DBT_TEST, Check
from datacanary.report.checklines import declared_lines, loose_tests
from datacanary.report.encoding import for_terminal
from datacanary.report.folding import Section, rank, sections, worth_telling
from datacanary.report.impact_lines import spared_lines
from datacanary.report.next_step import next_step
from datacanary.report.section import section_lines
from datacanary.report.style import Style, labelled

_SHORTEST_NAME = 12

# tabulate widens every column by two more than its gap; at 80 columns there is no room for that.
tables.MIN_PADDING = 0


def render(report: Report, style: Style) -> str:
    """Write a report for a terminal; all texts from data and names are made harmless."""
    ordered = sorted(report.tables, key=rank)
    shown = [table for table in ordered if table.diff.comparison != "unaffected"]
    parts = ["\n".join(_head(report, style))]
    declared = report.verdict.declared
    if declared:
        parts.append("\n".join(declared_lines(declared, style)))
    if shown:
        parts.append(_overview(shown, style))
    parts += ["\n".join(lines)] if (lines := list(_unaffected(ordered, style))) else []
    telling = [table for table in shown if len(report.tables) == 1 or worth_telling(table)]
    told = sections(telling)
    parts += ["\n".join(lines)] if (lines := list(_tests(told, report, style))) else []
    parts += ["\n".join(section_lines(section, report, style)) for section in told]
    return "\n\n".join(parts)


def _unaffected(tables: Sequence[TableReport], style: Style) -> Iterator[str]:
    """Count the tables that cannot differ beside those that were compared, and say of which that was proven."""
    number = sum(table.diff.comparison == "unaffected" for table in tables)
    if 0 < number < len(tables):
        noun = "table is" if number == 1 else "tables are"
        yield style.paint(f"{number} more {noun} unaffected: not compared, since nothing can differ.", "dim")
    yield from spared_lines(tables, style)


def _tests(told: Sequence[Section], report: Report, style: Style) -> Iterator[str]:
    """Write what came of the tests whose table has no section of its own."""
    names = {section.table.name for section in told}
    yield from loose_tests([one for one in report.verdict.checks if _is_test_beside(one, names)], style)


def _is_test_beside(check: Check, names: Collection[str]) -> bool:
    return check.check == DBT_TEST and check.table not in names


def _head(report: Report, style: Style) -> Iterator[str]:
    sentence = for_terminal(report.verdict.summary)
    yield from labelled(f"{report.verdict.status.upper()}  ", sentence, style, style.status(report.verdict.status))
    base, head = report.versions
    if report.kind == "diff":
        yield style.paint(f"base  {for_terminal(base.ref)}", "dim")
        yield style.paint(f"head  {for_terminal(head.ref)}", "dim")
        yield style.paint(f"time  {report.seconds:.1f} s", "dim")
    else:
        yield from labelled("base  ", f"{for_terminal(str(base))} -> head  {for_terminal(str(head))}", style)
        run = f"{report.run_id}, {report.seconds:.1f} s; inputs {_pinned(report)}"
        yield from labelled("run   ", run, style)
    for note in report.notes:
        yield from labelled("note  ", for_terminal(note), style)
    step = next_step(report)
    if step:
        yield from labelled("next  ", for_terminal(step), style, style.paint("next", "bold"))


def _pinned(report: Report) -> str:
    return f"{'pinned' if report.inputs.pinned else 'NOT pinned'}: {for_terminal(report.inputs.how)}"


def _overview(tables: list[TableReport], style: Style) -> str:
    header = ["table", "status", "base rows", "head rows", "added", "removed", "changed"]
    cells = [_counts(table) for table in tables]
    taken = sum(max(len(one) for one in column) + 2 for column in zip(header[2:], *cells, strict=True))
    states = max(len(word) for word in ("status", *(table.status for table in tables))) + 2
    left = max(_SHORTEST_NAME, (style.width or 0) - taken - states)
    rows = [
        [style.shorten(table.name, left), style.status(table.status), *counts]
        for table, counts in zip(tables, cells, strict=True)
    ]
    return tabulate(
        rows, headers=header, tablefmt="simple", disable_numparse=True, colalign=("left", "left", *["right"] * 5)
    )


def _counts(table: TableReport) -> list[str]:
    rows = table.diff.rows
    counts = (rows.base, rows.head, rows.added, rows.removed, rows.changed)
    return ["-" if count is None else f"{count:,}" for count in counts]
