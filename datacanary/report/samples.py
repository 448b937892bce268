"""Example rows in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from datacanary.model.statistics import Cell
from datacanary.model.tablediff import ColumnDiff, SampleRow, TableDiff

_MOST_COLUMNS = 6
_BARE = ("decimal", "numeric", "date", "time", "float", "double", "real")
"""How the types begin whose values are text only in JSON: no quotes in a sentence."""


def sample_lines(diff: TableDiff) -> list[str]:
    """Write a few example rows: keys alone on one line for each kind, rows whose values may be shown on their own."""
    lines = []
    samples = written_samples(diff)
    for kind in ("removed", "added"):
        rows = [row for row in samples if row.kind == kind]
        lines += [f"{kind}: {keys}" for keys in _keys(rows)]
    changed = [row for row in samples if row.kind == "changed"]
    hidden = [row for row in changed if not (row.base or row.head)]
    for columns in dict.fromkeys(row.columns for row in hidden):
        rows = [row for row in hidden if row.columns == columns]
        lines += [f"changed in {_names(columns)}: {keys}" for keys in _keys(rows)]
    for row in changed:
        if row not in hidden:
            key = f"{_cells(row.key)}: " if row.key else ""
            lines.append(f"changed: {key}{_changes(row)}")
    return lines


def written_samples(diff: TableDiff) -> tuple[SampleRow, ...]:
    """Write every cell of the samples as it stands in a sentence."""
    bare = frozenset(column.name for column in diff.columns if is_bare(column))

    def words(cells: Mapping[str, Cell]) -> dict[str, Cell]:
        return {name: value(cell, bare=name in bare) for name, cell in cells.items()}

    return tuple(replace(row, key=words(row.key), base=words(row.base), head=words(row.head)) for row in diff.samples)


def is_bare(column: ColumnDiff) -> bool:
    """Tell whether a column's values are text only in JSON."""
    types = [one for one in column.type if one is not None]
    return bool(types) and all(one.startswith(_BARE) for one in types)


def _keys(rows: Sequence[SampleRow]) -> list[str]:
    """Write the keys of rows, or the rows themselves where they have none; nothing if all is masked."""
    shown = [row.key or row.base or row.head for row in rows]
    if not any(shown):
        return []
    names = {tuple(cells) for cells in shown}
    if len(names) == 1 and len(only := names.pop()) <= _MOST_COLUMNS:
        return [f"{_tuple(only)} = {', '.join(_tuple(map(str, cells.values())) for cells in shown)}"]
    return ["; ".join(f"({_cells(cells)})" for cells in shown)]


def _tuple(parts: Iterable[str]) -> str:
    """Write several parts in brackets, one as it is."""
    written = tuple(parts)
    return written[0] if len(written) == 1 else f"({', '.join(written)})"


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(columns[:_MOST_COLUMNS]) + (", …" if len(columns) > _MOST_COLUMNS else "")


def _cells(cells: Mapping[str, Cell]) -> str:
    shown = ", ".join(f"{name} = {cell}" for name, cell in list(cells.items())[:_MOST_COLUMNS])
    return f"{shown}, …" if len(cells) > _MOST_COLUMNS else shown


def _changes(row: SampleRow) -> str:
    names = row.columns or tuple(dict.fromkeys((*row.base, *row.head)))
    told = [
        f"{name} {row.base[name]} -> {row.head[name]}" if name in row.base and name in row.head else name
        for name in names[:_MOST_COLUMNS]
    ]
    return ", ".join(told) + (", …" if len(names) > _MOST_COLUMNS else "")


def value(cell: Cell, *, bare: bool = False) -> str:
    """Write one cell; a `bare` text is no text but a number or a time.

    >>> value(None), value(3), value("a"), value([1, None])
    ('NULL', '3', "'a'", '[1, null]')
    """
    if cell is None:
        return "NULL"
    if isinstance(cell, str) and bare:
        return cell
    if isinstance(cell, str):
        shown = cell if len(cell) <= 60 else f"{cell[:57]}…"  # noqa: PLR2004 -- one line holds several
        return "'" + shown.replace("'", "''") + "'"
    if isinstance(cell, bool | list | dict):
        return json.dumps(cell, ensure_ascii=False)
    return str(cell)
