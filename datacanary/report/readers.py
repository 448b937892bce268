"""Who reads a table beyond the project: dashboards, notebooks, applications, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datacanary.report.encoding import for_terminal
from datacanary.report.style import Style, labelled

_MOST = 5
"""So many are named; all are in the JSON."""


def reader_lines(readers: Sequence[str], style: Style, indent: str = "  ") -> Iterator[str]:
    """Write who reads a table, if anybody does."""
    if readers:
        yield from labelled(f"{indent}read by: ", for_terminal(named(readers)), style)


def named(readers: Sequence[str]) -> str:
    """Name the first few of many.

    >>> named(("dashboard Weekly revenue", "notebook Churn")), named(tuple("abcdefg"))
    ('dashboard Weekly revenue, notebook Churn', 'a, b, c, d, e and 2 more')
    """
    more = f" and {len(readers) - _MOST:,} more" if len(readers) > _MOST else ""
    return f"{', '.join(readers[:_MOST])}{more}"
