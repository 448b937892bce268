"""The columns of one table that differ, as a small table."""

from __future__ import annotations

from tabulate import tabulate

from datacanary.model.tablediff import ColumnDiff, TableDiff
from datacanary.report.style import Style

_WIDTH = 28
_MOST = 40
_HEADERS = ("column", "change", "cells changed", "of rows", "forgiven")
_WORDS = 2
"""So many leading columns of the view hold words, the others numbers."""


def columns_view(diff: TableDiff, style: Style) -> str:
    """Write the columns that differ or could not be compared, the most changed first; empty if there are none."""
    found = sorted((c for c in diff.columns if _tells(c)), key=lambda c: (-(c.changed or 0), c.name))
    rows = [_row(column, diff, style) for column in found[:_MOST]]
    if not rows:
        return ""
    # What no column has to tell takes no room.
    told = [place for place in range(len(_HEADERS)) if any(row[place] for row in rows)]
    view = tabulate(
        [[row[place] for place in told] for row in rows],
        headers=[_HEADERS[place] for place in told],
        tablefmt="simple",
        disable_numparse=True,
        colalign=["left" if place < _WORDS else "right" for place in told],
    )
    left = len(found) - _MOST
    return f"{view}\n… and {left} more columns" if left > 0 else view


def _tells(column: ColumnDiff) -> bool:
    return bool(column.changed or column.forgiven or column.incomparable) or column.change in {
        "added",
        "removed",
        "type_changed",
    }


def _row(column: ColumnDiff, diff: TableDiff, style: Style) -> list[str]:
    matched = (diff.rows.changed or 0) + (diff.rows.unchanged or 0)
    share = ""
    if column.changed is not None and matched:
        hundredths = column.changed / matched * 100
        share = "< 0.01 %" if 0 < hundredths < 0.01 else f"{hundredths:.2f} %"  # noqa: PLR2004 -- the last digit shown
    return [
        style.shorten(column.name, _WIDTH),
        style.shorten(_change(column), _WIDTH + 8),
        "" if column.changed is None else f"{column.changed:,}",
        share,
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
