"""All that a terminal report says of one table: its checks, what explains them, its columns, and who inherits it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from datacanary.model.run import Report, TableReport
from datacanary.model.verdict import DBT_TEST
from datacanary.report.attribution import attribution_lines
from datacanary.report.checklines import check_lines, short_finding
from datacanary.report.encoding import for_terminal
from datacanary.report.folding import Section
from datacanary.report.impact_lines import impact_lines
from datacanary.report.noise import noise_lines
from datacanary.report.readers import named, reader_lines
from datacanary.report.samples import sample_lines
from datacanary.report.style import Style, labelled, titled
from datacanary.report.tableview import columns_view
from datacanary.report.why import why_lines

_SAID_BY_THE_USER = frozenset({"config", "option"})
"""Who wrote the key there knows it."""


def section_lines(section: Section, report: Report, style: Style) -> Iterator[str]:
    """Write a table's section."""
    table, diff = section.table, section.table.diff
    path = table.paths.head or table.paths.base
    checks = report.checks_of(table.name)
    if diff.failed:
        yield from titled(table.name, diff.reason, style)
        yield from reader_lines(table.read_by, style)
        yield from check_lines([check for check in checks if check.check == DBT_TEST], style)
        return
    reason = f"{diff.reason}{f' ({path})' if path and path not in diff.reason else ''}"
    yield from titled(table.name, reason, style)
    yield from reader_lines(table.read_by, style)
    yield from check_lines(checks, style)
    yield from why_lines(diff.causes, style)
    yield from impact_lines(table, style)
    yield from attribution_lines(table, style)
    yield from noise_lines(diff, checks, style)
    yield from _key_lines(table, report, style)
    for note in diff.notes:
        yield from labelled("  note  ", for_terminal(note), style)
    view = columns_view(diff, style)
    if view:
        yield ""
        yield textwrap.indent(view, "  ")
    samples = sample_lines(diff)
    if samples:
        yield ""
        for line in samples:
            yield from labelled("  e.g. ", for_terminal(line), style)
    yield from _inheriting(section, report, style)


def _key_lines(table: TableReport, report: Report, style: Style) -> Iterator[str]:
    told = key_sentence(table, report)
    if told:
        yield from labelled("  key   ", for_terminal(told), style)


def key_sentence(table: TableReport, report: Report) -> str:
    """Say by which key rows were paired, if the user has not said so."""
    key = table.diff.key
    columns = ", ".join(key.columns)
    if table.diff.comparison != "keyed" or key.origin in _SAID_BY_THE_USER:
        return ""
    told = f"({columns}), {key.origin}"
    if key.origin == "inferred":
        options = ": " + " ".join(f"--key {name}" for name in key.columns)
        line = f", put into datacanary.yml: tables: {{{table.name}: {{key: [{columns}]}}}}"
        told += f"; to fix it{options if report.kind == 'diff' else line}"
    return told


def _inheriting(section: Section, report: Report, style: Style) -> Iterator[str]:
    """Write one line for each table that only shows this one's change."""
    if section.inheriting:
        yield ""
        yield f"  inherited by {style.paint('(in full: --format json)', 'dim')}"
    for table in section.inheriting:
        others = [name for name in table.inherited_from if name != section.table.name]
        also = f" (also inherits from {', '.join(others)})" if others else ""
        read_by = f"; read by {named(table.read_by)}" if table.read_by else ""
        text = for_terminal(f"{table.name}: {short_finding(report.checks_of(table.name))}{also}{read_by}")
        label = f"    {table.status.upper():<5} "
        yield from labelled(label, text, style, f"    {style.status(table.status)}")
