"""Which cells of paired rows differ, column by column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from datacanary.model.basic import Pair
from datacanary.tablediff.columns import ColumnPair
from datacanary.tablediff.tolerance import forgiven

COLUMNS_AT_ONCE = 4
"""As many columns are gathered at a time: enough to keep the cores busy, few enough to stay small."""


@dataclass(frozen=True, slots=True)
class CellDiff:
    """One column over all paired rows: where it changed (None: nowhere), and how many cells were forgiven."""

    changed: pl.Series | None
    forgiven: int

    @property
    def count(self) -> int:
        """How many cells changed."""
        return 0 if self.changed is None else int(self.changed.sum())


@dataclass(frozen=True, slots=True)
class Frames:
    """Both tables, twice: `written` has the comparable columns in their common form, `given` all as they came.

    Both call their columns by code.
    """

    written: Pair[pl.DataFrame]
    given: Pair[pl.DataFrame]


def compare_cells(frames: Frames, columns: Sequence[ColumnPair], pairs: pl.DataFrame) -> dict[str, CellDiff]:
    """Compare these columns over the paired rows, by code."""
    rows = Pair(unless_all(pairs["base"], frames.written.base), unless_all(pairs["head"], frames.written.head))
    found: dict[str, CellDiff] = {}
    for start in range(0, len(columns), COLUMNS_AT_ONCE):
        batch = columns[start : start + COLUMNS_AT_ONCE]
        codes = [column.code for column in batch]
        base = rows_of(frames.written.base.select(codes), rows.base)
        head = rows_of(frames.written.head.select(codes), rows.head)
        both = base.hstack(head.rename(lambda code: f"head_{code}"))
        masks = both.select(pl.col(code).ne_missing(pl.col(f"head_{code}")).alias(code) for code in codes)
        found |= {column.code: forgive(frames, column, pairs, masks[column.code]) for column in batch}
    return found


def unless_all(rows: pl.Series, frame: pl.DataFrame) -> pl.Series | None:
    """Give None for the numbers of all rows in order; no row is named twice, so length and order tell."""
    return None if rows.len() == frame.height and rows.is_sorted() else rows


def rows_of(frame: pl.DataFrame, rows: pl.Series | None) -> pl.DataFrame:
    """Gather rows; None is all of them."""
    return frame if rows is None else frame.select(pl.all().gather(rows))


def forgive(frames: Frames, column: ColumnPair, pairs: pl.DataFrame, differs: pl.Series) -> CellDiff:
    """Take the differences that the column's tolerance allows out of the changes."""
    if not differs.any():
        return CellDiff(None, 0)
    if column.tolerance is None:
        return CellDiff(differs, 0)
    at = pairs.filter(differs)
    cells = Pair(
        frames.given.base[column.code].gather(at["base"]),
        frames.given.head[column.code].gather(at["head"]),
    )
    if any(side.dtype == pl.Null() for side in cells):
        return CellDiff(differs, 0)
    near = forgiven(cells, column.tolerance)
    count = int(near.sum())
    if count == 0:
        return CellDiff(differs, 0)
    places = differs.arg_true().filter(near)
    changed = differs & ~pl.int_range(differs.len(), dtype=pl.get_index_type(), eager=True).is_in(places.implode())
    return CellDiff(changed if changed.any() else None, count)


def any_changed(cells: Sequence[CellDiff], height: int) -> pl.Series:
    """Tell for each paired row whether any of its cells changed."""
    result = pl.repeat(False, height, dtype=pl.Boolean, eager=True)
    for cell in cells:
        if cell.changed is not None:
            result = result | cell.changed
    return result
