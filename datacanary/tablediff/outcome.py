"""What became of every row: removed, added, changed or unchanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from datacanary.model.basic import Pair
from datacanary.tablediff.align import numbers_of, pair_rows
from datacanary.tablediff.cells import CellDiff, Frames, any_changed, compare_cells, rows_of, unless_all
from datacanary.tablediff.columns import ColumnPair
from datacanary.tablediff.meeting import is_plain
from datacanary.tablediff.multiset import leftovers

NOTHING = pl.Schema({"base": pl.get_index_type(), "head": pl.get_index_type(), "place": pl.get_index_type()})


@dataclass(frozen=True, slots=True)
class Outcome:
    """Row numbers by outcome.

    `gone` are the removed rows of base and the added rows of head. `changed` has the columns base, head and place,
    the number of the pair in `cells`. `unchanged` counts rows: those that pair without a change and those that cancel.
    """

    gone: Pair[pl.Series]
    changed: pl.DataFrame
    unchanged: int
    cells: Mapping[str, CellDiff]
    duplicates: Pair[int]


def by_key(frames: Frames, columns: Sequence[ColumnPair], key: Sequence[ColumnPair]) -> Outcome:
    """Pair rows by key and compare their cells; rows of key values that repeat are compared as multisets."""
    codes = [column.code for column in key]
    pairing = pair_rows(frames.written.map(lambda side: side.select(codes)))
    others = [column for column in columns if column.writers is not None and column not in key]
    cells = compare_cells(frames, others, pairing.pairs)
    changed = any_changed(list(cells.values()), pairing.pairs.height)
    left, cancelled = cancel(frames, columns, pairing.repeated)
    return Outcome(
        gone=Pair(
            pl.concat([pairing.single.base, left.base]).sort(),
            pl.concat([pairing.single.head, left.head]).sort(),
        ),
        changed=pairing.pairs.with_columns(place=pl.int_range(pl.len(), dtype=pl.get_index_type())).filter(changed),
        unchanged=pairing.pairs.height - int(changed.sum()) + cancelled,
        cells=cells,
        duplicates=pairing.duplicates,
    )


def by_whole_row(frames: Frames, columns: Sequence[ColumnPair]) -> Outcome:
    """Compare all rows as multisets."""
    rows = frames.written.map(lambda side: pl.int_range(side.height, dtype=pl.get_index_type(), eager=True))
    left, cancelled = cancel(frames, columns, rows)
    return Outcome(left, pl.DataFrame(schema=NOTHING), cancelled, {}, Pair(0, 0))


def cancel(frames: Frames, columns: Sequence[ColumnPair], rows: Pair[pl.Series]) -> tuple[Pair[pl.Series], int]:
    """Cancel equal rows among these; give the row numbers of what is left, and how many cancelled on either side."""
    if rows.base.len() == 0 and rows.head.len() == 0:
        return Pair(numbers_of([]), numbers_of([])), 0
    ordered = Pair(
        settled(frames.given.base, columns, rows.base),
        settled(frames.given.head, columns, rows.head),
    )
    left = leftovers(
        Pair(
            rows_of(frames.written.base, unless_all(ordered.base, frames.written.base)),
            rows_of(frames.written.head, unless_all(ordered.head, frames.written.head)),
        )
    )
    remain = Pair(ordered.base.gather(left.base).sort(), ordered.head.gather(left.head).sort())
    return remain, rows.base.len() - remain.base.len()


def settled(given: pl.DataFrame, columns: Sequence[ColumnPair], rows: pl.Series) -> pl.Series:
    """Order the rows by the columns that are shown but not compared: it is no accident then which equal row is left."""
    extra = [
        column.code
        for column in columns
        if column.writers is None and column.change != "ignored" and column.code in given.columns
        if is_plain(given.schema[column.code])
    ]
    if not extra:
        return rows
    return rows.gather(given.select(pl.col(extra).gather(rows)).select(pl.arg_sort_by(extra)).to_series())
