"""Example rows for a report beside a change: rows whose values are hidden together, the others cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from datacanary.model.statistics import Cell
from datacanary.model.tablediff import SampleRow, TableDiff
from datacanary.report.samples import written_samples
from datacanary.report.sharing import HASHED

_MOST_CELLS = 12
"""So many cells of one kind of row are written."""


@dataclass(frozen=True, slots=True)
class Cells:
    """One cell of an example row; `base` or `head` is None where that side has no such row, or it is hidden."""

    kind: str
    key: str
    column: str
    base: str | None
    head: str | None


@dataclass(frozen=True, slots=True)
class Examples:
    """`rows` are what becomes of some rows and how these are called; `cells` those with values that may be shown."""

    rows: tuple[tuple[str, tuple[str, ...]], ...]
    cells: tuple[Cells, ...]

    def __bool__(self) -> bool:
        return bool(self.rows or self.cells)


def examples_of(diff: TableDiff) -> Examples:
    """Choose what is written of the example rows of a table that may leave this machine."""
    rows: dict[str, list[str]] = {}
    cells: list[Cells] = []
    for row in written_samples(diff):
        if row.base or row.head:
            cells += _cells(row)
        elif row.key:
            rows.setdefault(_what(row), []).append(_key(row))
    return Examples(tuple((what, tuple(keys)) for what, keys in rows.items()), tuple(cells))


def _what(row: SampleRow) -> str:
    if row.kind != "changed":
        return row.kind
    more = f" and {len(row.columns) - 3} more" if len(row.columns) > 3 else ""  # noqa: PLR2004 -- one line holds them
    return f"changed in {', '.join(row.columns[:3])}{more}"


def _key(row: SampleRow) -> str:
    """Name a row: by its hash, or by its key where all of that may be shown."""
    named = [f"{name} = {value}" for name, value in row.key.items() if name != HASHED]
    hashed = [str(row.key[HASHED]).strip("'")] if HASHED in row.key else []
    return ", ".join([*hashed, *named])


def _cells(row: SampleRow) -> list[Cells]:
    key = _key(row)
    names = list(dict.fromkeys((*row.base, *row.head)))[:_MOST_CELLS]
    return [Cells(row.kind, key, name, _text(row.base, name), _text(row.head, name)) for name in names]


def _text(cells: Mapping[str, Cell], name: str) -> str | None:
    return str(cells[name]) if name in cells else None
