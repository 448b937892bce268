"""Which cells of paired rows differ, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from datacanary.model.basic import Pair
from datacanary.tablediff.columns import ColumnPair
from datacanary.tablediff.meeting import as_is
from datacanary.tablediff.numeric import Writer
from datacanary.tablediff.tolerance import forgiven


@dataclass(frozen=True, slots=True)
class CellDiff:
    """One column over paired rows: where it changed (None: nowhere), and how many cells were forgiven.

    `increased` and `decreased` count the changed cells that rose or fell, as far as values have an order.
    """

    changed: pl.Series | None
    forgiven: int
    increased: int = 0
    decreased: int = 0

    @property
    def count(self) -> int:
        """How many cells changed."""
        return 0 if self.changed is None else int(self.changed.sum())


SAME = CellDiff(None, 0)


def compare_cells(columns: Sequence[ColumnPair], rows: Pair[pl.DataFrame]) -> dict[str, CellDiff]:
    """Compare these columns of rows that pair position by position; the answer goes by code.

    The rows come as they are, not in their common forms.
    """
    return {column.code: compare_column(column, rows.map(lambda side: side[column.code])) for column in columns}  # noqa: B023 -- called at once


def compare_column(column: ColumnPair, cells: Pair[pl.Series]) -> CellDiff:
    """Compare one column, by value."""
    if column.writers is None:
        return SAME
    written = Pair(write(cells.base, column.writers.base), write(cells.head, column.writers.head))
    differs = unequal(*written)
    if differs is None:
        return SAME
    found = CellDiff(differs, 0) if column.tolerance is None else forgive(column, cells, differs)
    return directed(found, written)


def has_direction(dtype: pl.DataType) -> bool:
    """Tell whether written values rise and fall: numbers, dates and times."""
    return dtype.is_numeric() or dtype.is_temporal()


def directed(found: CellDiff, written: Pair[pl.Series]) -> CellDiff:
    """Count how many of the changed cells rose and fell; NULL and NaN do neither."""
    if found.changed is None or not has_direction(written.base.dtype):
        return found
    base, head = (side.filter(found.changed) for side in written)
    if base.dtype.is_float():
        base, head = base.fill_nan(None), head.fill_nan(None)
    return replace(found, increased=int((head > base).sum()), decreased=int((head < base).sum()))


def write(cells: pl.Series, writer: Writer) -> pl.Series:
    """Bring the cells of one column into the common form."""
    return cells if writer is as_is else cells.to_frame("c").select(writer(pl.col("c"))).to_series()


def unequal(base: pl.Series, head: pl.Series) -> pl.Series | None:
    """Tell where written cells differ; None if nowhere. NULL equals NULL, NaN equals NaN."""
    if not (base.null_count() or head.null_count() or base.dtype.is_nested()):
        differs = base != head
    else:
        sides = pl.DataFrame([base.alias("base"), head.alias("head")])
        differs = sides.select(pl.col("base").ne_missing(pl.col("head"))).to_series()
    return differs if differs.any() else None


def forgive(column: ColumnPair, cells: Pair[pl.Series], differs: pl.Series) -> CellDiff:
    """Take the differences that the column's tolerance allows out of the changes."""
    near_enough = column.tolerance
    if near_enough is None or any(side.dtype == pl.Null() for side in cells):
        return CellDiff(differs, 0)
    near = forgiven(cells.map(lambda side: side.filter(differs)), near_enough)
    count = int(near.sum())
    if count == 0:
        return CellDiff(differs, 0)
    places = differs.arg_true().filter(near)
    changed = differs.scatter(places, False)
    return CellDiff(changed if changed.any() else None, count)


def any_changed(cells: Mapping[str, CellDiff]) -> pl.Series | None:
    """Tell for each paired row whether any of its cells changed; None if none did."""
    result: pl.Series | None = None
    for cell in cells.values():
        if cell.changed is not None:
            result = cell.changed if result is None else result | cell.changed
    return result
