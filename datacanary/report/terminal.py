"""A run for people at a terminal: the verdict, the next step, one table of all, then each table that differs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import tabulate as tables
from tabulate import tabulate

from datacanary.model.run import Report, TableReport
from datacanary.model.tablediff import TableDiff
from datacanary.model.verdict import Check, severity
from datacanary.report.encoding import for_terminal
from datacanary.report.next_step import next_step
from datacanary.report.samples import sample_lines
from datacanary.report.style import Style, wrap
from datacanary.report.tableview import columns_view

_SHORTEST_NAME = 12
_ONE_BY_ONE = 3
"""More columns than these that broke one limit are told as one."""

# tabulate widens every column by two more than its gap; at 80 columns there is no room for that.
tables.MIN_PADDING = 0


def render(report: Report, style: Style) -> str:
    """Write a report for a terminal; all texts from data and names are made harmless."""
    ordered = sorted(report.tables, key=_rank)
    shown = [table for table in ordered if table.diff.comparison != "unaffected"]
    parts = ["\n".join(_head(report, style))]
    if shown:
        parts.append(_overview(shown, style))
    unaffected = len(ordered) - len(shown)
    if unaffected and shown:
        noun = "table is" if unaffected == 1 else "tables are"
        parts.append(
            style.paint(f"{unaffected} more {noun} unaffected: not compared, since nothing can differ.", "dim")
        )
    parts += ["\n".join(_section(table, report, style)) for table in shown if _worth_a_section(table, report)]
    return "\n\n".join(parts)


def _rank(table: TableReport) -> tuple[int, bool, bool, str]:
    """Put the worst first, and what caused it before what only reads it."""
    return -severity(table.status), bool(table.diff.because_of), table.effect == "inherited", table.name


def _head(report: Report, style: Style) -> Iterator[str]:
    sentence = for_terminal(report.verdict.summary)
    yield from _wrapped(f"{report.verdict.status.upper()}  ", sentence, style, style.status(report.verdict.status))
    base, head = report.versions
    if report.kind == "diff":
        yield style.paint(f"base  {for_terminal(base.ref)}", "dim")
        yield style.paint(f"head  {for_terminal(head.ref)}", "dim")
        yield style.paint(f"time  {report.seconds:.1f} s", "dim")
    else:
        yield from _wrapped("base  ", f"{for_terminal(str(base))} -> head  {for_terminal(str(head))}", style)
        run = f"{report.run_id}, {report.seconds:.1f} s; inputs {_pinned(report)}"
        yield from _wrapped("run   ", run, style)
    for note in report.notes:
        yield from _wrapped("note  ", for_terminal(note), style)
    step = next_step(report)
    if step:
        yield from _wrapped("next  ", for_terminal(step), style, style.paint("next", "bold"))


def _pinned(report: Report) -> str:
    return f"{'pinned' if report.inputs.pinned else 'NOT pinned'}: {for_terminal(report.inputs.how)}"


def _wrapped(label: str, text: str, style: Style, painted: str = "") -> Iterator[str]:
    """Write a labelled sentence; on a terminal its further lines are indented under its first."""
    shown = painted + label[len(label.rstrip()) :] if painted else label
    if style.width is None:
        yield shown + text
        return
    indent = " " * len(label)
    lines = wrap(text, max(style.width - len(label), 20))
    yield shown + lines[0]
    yield from (indent + line for line in lines[1:])


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


def _worth_a_section(table: TableReport, report: Report) -> bool:
    """Tell whether there is more to say of a table than its line in the overview."""
    return len(report.tables) == 1 or table.status != "pass" or _differs(table.diff) or bool(table.diff.notes)


def _differs(diff: TableDiff) -> bool:
    return bool(diff.rows.added or diff.rows.removed or diff.rows.changed) or any(
        column.change in {"added", "removed", "type_changed"} or column.forgiven for column in diff.columns
    )


def _section(table: TableReport, report: Report, style: Style) -> Iterator[str]:
    path = table.paths.head or table.paths.base
    if table.diff.failed:
        yield from _titled(table, table.diff.reason, style)
        return
    reason = f"{table.diff.reason}{f' ({path})' if path and path not in table.diff.reason else ''}"
    yield from _titled(table, reason, style)
    for check, alike in _folded(_telling(report.checks_of(table.name))):
        told = f" ({check.limit_origin})" if check.limit_origin != "default" or check.limit is not None else ""
        more = f"; {alike} more columns likewise, see below" if alike else ""
        label = f"  {check.status.upper():<5} "
        yield from _wrapped(
            label, f"{for_terminal(check.message)}{for_terminal(told)}{more}", style, f"  {style.status(check.status)}"
        )
    yield from _key_lines(table, report, style)
    for note in table.diff.notes:
        yield from _wrapped("  note  ", for_terminal(note), style)
    view = columns_view(table.diff, style)
    if view:
        yield ""
        yield textwrap.indent(view, "  ")
    lines = sample_lines(table.diff)
    if lines:
        yield ""
        for line in lines:
            yield from _wrapped("  e.g. ", for_terminal(line), style)


def _titled(table: TableReport, text: str, style: Style) -> Iterator[str]:
    """Write a table's name and the sentence about it; further lines are indented a little, however long the name."""
    name = for_terminal(table.name)
    whole = f"{name}: {for_terminal(text)}"
    lines = (
        [whole]
        if style.width is None
        else textwrap.wrap(whole, style.width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    )
    yield style.paint(f"{name}:", "bold") + lines[0].removeprefix(f"{name}:")
    yield from lines[1:]


def _telling(checks: tuple[Check, ...]) -> list[Check]:
    """Keep the checks that found something, the worst first."""
    found = [check for check in checks if check.status != "pass" or check.limit_origin not in {"default", ""}]
    found = [check for check in found if check.status != "pass" or check.value]
    return sorted(found, key=lambda check: -severity(check.status))


def _folded(checks: list[Check]) -> Iterator[tuple[Check, int]]:
    """Say one of many columns that broke one limit, and how many more there are: the view below has them all."""
    alike: dict[tuple[str, str, float | None, str], list[Check]] = {}
    for check in checks:
        alike.setdefault((check.check, check.status, check.limit, check.limit_origin), []).append(check)
    for (kind, *_), group in alike.items():
        if kind == "values_changed" and len(group) > _ONE_BY_ONE:
            yield max(group, key=lambda check: check.value or 0), len(group) - 1
        else:
            yield from ((check, 0) for check in group)


def _key_lines(table: TableReport, report: Report, style: Style) -> Iterator[str]:
    key = table.diff.key
    columns = for_terminal(", ".join(key.columns))
    if table.diff.comparison == "keyed" and key.origin == "inferred":
        options = ": " + " ".join(f"--key {for_terminal(name)}" for name in key.columns)
        line = f", put into datacanary.yml: tables: {{{for_terminal(table.name)}: {{key: [{columns}]}}}}"
        told = f"({columns}), inferred; to fix it{options if report.kind == 'diff' else line}"
        yield from _wrapped("  key   ", told, style)
