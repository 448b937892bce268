"""The columns of one table that differ, as a small table."""

from __future__ import annotations

from tabulate import tabulate

from datacanary.model.tablediff import ColumnDiff, TableDiff
from datacanary.model.words import percent
from datacanary.report.encoding import for_terminal
from datacanary.report.style import Style

_MOST = 40
HEADERS = ("column", "change", "cells changed", "of rows", "moved", "forgiven")
_WORDS = 2
"""So many leading columns of the view hold words, the others numbers."""
_SHORTEST = 12
_INDENT = _GAP = 2
_MOVED = 0.01
"""Where no cell changed, so large a part of the values must have moved for the column to be told of."""


def columns_view(diff: TableDiff, style: Style) -> str:
    """Write the columns that differ or could not be compared, the most changed first; empty if there are none.

    `moved` is the share of the values that lie elsewhere, as `shape` limits it: what rows that come and go do too.
    """
    found = telling_columns(diff)
    rows = [[for_terminal(cell) for cell in column_cells(column, diff)] for column in found[:_MOST]]
    if not rows:
        return ""
    # What no column has to tell takes no room.
    told = [place for place in range(len(HEADERS)) if any(row[place] for row in rows)]
    _fit(rows, told, style)
    view = tabulate(
        [[row[place] for place in told] for row in rows],
        headers=[HEADERS[place] for place in told],
        tablefmt="simple",
        disable_numparse=True,
        colalign=["left" if place < _WORDS else "right" for place in told],
    )
    left = len(found) - _MOST
    return f"{view}\n… and {left} more columns" if left > 0 else view


def telling_columns(diff: TableDiff) -> list[ColumnDiff]:
    """Return the columns that differ or could not be compared, the most changed first."""
    return sorted((c for c in diff.columns if _tells(c)), key=lambda c: (-(c.changed or 0), -_moved(c), c.name))


def _fit(rows: list[list[str]], told: list[int], style: Style) -> None:
    """Cut names and types in the middle where the view is wider than the terminal."""
    widths = {place: max(len(HEADERS[place]), *(len(row[place]) for row in rows)) for place in told}
    room = (style.width or 0) - _INDENT - sum(widths[place] + _GAP for place in told if place >= _WORDS)
    name, change = widths.get(0, 0), widths.get(1, -_GAP) + _GAP
    if name + change > room:
        change = min(change, max(room // 2, room - name))
        name = room - change
    for row in rows:
        row[0] = style.shorten(row[0], max(name, _SHORTEST))
        row[1] = style.shorten(row[1], max(change - _GAP, _SHORTEST))


def _tells(column: ColumnDiff) -> bool:
    differs = bool(column.changed or column.forgiven or column.incomparable) or _moved(column) >= _MOVED
    return differs or column.change in {"added", "removed", "type_changed"}


def _moved(column: ColumnDiff) -> float:
    shape = column.distances.shape if column.distances is not None else None
    return shape or 0.0


def column_cells(column: ColumnDiff, diff: TableDiff) -> list[str]:
    """Write what there is to say of a column, under `HEADERS`; nothing is made harmless yet."""
    matched = (diff.rows.changed or 0) + (diff.rows.unchanged or 0)
    share = ""
    if column.changed and matched:
        hundredths = column.changed / matched * 100
        share = "< 0.01 %" if 0 < hundredths < 0.01 else f"{hundredths:.2f} %"  # noqa: PLR2004 -- the last digit shown
    shape = column.distances.shape if column.distances is not None else None
    return [
        column.name,
        _change(column),
        "" if column.changed is None else f"{column.changed:,}",
        share,
        "" if shape is None else percent(shape),
        f"{column.forgiven:,}" if column.forgiven else "",
    ]


def _change(column: ColumnDiff) -> str:
    match column.change:
        case "type_changed":
            return f"{column.type.base} -> {column.type.head}"
        case "added":
            return f"added ({column.type.head})"
        case "removed":
            return f"removed ({column.type.base})"
        case _:
            return "values" if column.changed else ""
