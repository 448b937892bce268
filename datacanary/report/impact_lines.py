"""What was proven before anything was built, in a report's few lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datacanary.model.run import TableReport
from datacanary.model.words import count
from datacanary.report.encoding import for_terminal
from datacanary.report.impact_words import can_differ, reached
from datacanary.report.style import Style, labelled, titled

_MOST = 3
"""So many tables are told of that are proven equal; `datacanary plan` tells all."""


def impact_lines(table: TableReport, style: Style) -> Iterator[str]:
    """Write which columns can differ, where not all can, and the way that the change took, where it is long."""
    if table.impact is None:
        return
    if not (table.impact.rows or "unknown" in table.impact.kinds):
        yield from labelled("  can   ", for_terminal(can_differ(table.impact)), style)
    for path in reached(table.impact):
        yield from labelled("  path  ", for_terminal(path), style)


def spared_lines(tables: Sequence[TableReport], style: Style) -> Iterator[str]:
    """Write why tables cannot differ although their query changed, or what they read."""
    spared = [table for table in tables if table.diff.comparison == "unaffected" and table.impact is not None]
    for table in spared[:_MOST]:
        yield from titled(table.name, table.diff.reason, style, "  ")
    if len(spared) > _MOST:
        yield f"  {count(len(spared) - _MOST, 'more table')} likewise, `datacanary plan` tells why"
