"""What of a difference is a table's own doing, and what comes from the tables that it reads, in words."""

from __future__ import annotations

from collections.abc import Iterator

from datacanary.model.run import TableReport
from datacanary.model.tablediff import Attribution, RowCounts
from datacanary.model.words import count
from datacanary.report.encoding import for_terminal
from datacanary.report.style import Style, labelled

_MOST = 3
"""So many columns are named; all are in the JSON."""


def attribution_lines(table: TableReport, style: Style) -> Iterator[str]:
    """Write one line for each of the two reasons for which a table differs."""
    found = attribution_sentences(table)
    if found is not None:
        yield from labelled("  own   ", for_terminal(found[0]), style)
        yield from labelled("  read  ", for_terminal(found[1]), style)


def attribution_sentences(table: TableReport) -> tuple[str, str] | None:
    """Say what is the table's own doing, and what comes from what it reads."""
    found = table.diff.attribution
    if found is None:
        return None
    names = f" ({', '.join(table.inherited_from)})" if table.inherited_from else ""
    own = f"its own change: {_told(found.own)}{_columns(found)}"
    return own, f"what it reads{names}: {_told(found.inherited)}"


def _told(rows: RowCounts) -> str:
    """Say how many rows came, went and changed.

    >>> _told(RowCounts(9, 9, 0, 0, 2, 7)), _told(RowCounts(9, 10, 1, 0, 2, 7)), _told(RowCounts(9, 9, 0, 0, 0, 9))
    ('2 rows changed', '1 row added, 2 changed', 'no row differs')
    """
    numbers = [(rows.added, "added"), (rows.removed, "removed"), (rows.changed, "changed")]
    told = [(number, word) for number, word in numbers if number]
    if not told:
        return "no row differs"
    first, *others = told
    return ", ".join([f"{count(first[0], 'row')} {first[1]}", *(f"{number:,} {word}" for number, word in others)])


def _columns(found: Attribution) -> str:
    largest = sorted(found.columns_own, key=lambda one: -one[1])
    shown = [f"{name} in {number:,}" for name, number in largest[:_MOST] if number]
    more = f", and {count(len(largest) - _MOST, 'more column')}" if len(largest) > _MOST else ""
    return f" ({', '.join(shown)}{more})" if shown else ""
