"""Which values of cells a report may show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from datacanary.model.config import SamplePolicy
from datacanary.model.statistics import Cell
from datacanary.model.tablediff import SampleRow, TableDiff


def mask(diff: TableDiff, names: tuple[str, ...], policy: SamplePolicy) -> TableDiff:
    """Leave in a table's samples only what the policy allows.

    `names` are the names under which the policy may speak of the table. `none` leaves no samples, `keys` the values
    of key columns, `allowed` also those of the columns that are listed as `table.column`.
    """
    if policy.show == "none":
        return replace(diff, samples=())
    allowed = {entry.lower() for entry in policy.allow} if policy.show == "allowed" else set()
    columns = frozenset(
        column.name for column in diff.columns if any(f"{name}.{column.name}".lower() in allowed for name in names)
    )
    return replace(diff, samples=tuple(_masked(row, columns) for row in diff.samples))


def _masked(row: SampleRow, allowed: frozenset[str]) -> SampleRow:
    def keep(cells: Mapping[str, Cell]) -> dict[str, Cell]:
        return {name: value for name, value in cells.items() if name in allowed}

    columns = row.columns or tuple(dict.fromkeys((*row.base, *row.head)))
    return replace(row, columns=columns, base=keep(row.base), head=keep(row.head))
