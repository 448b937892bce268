"""Example rows: the same ones for the same rows, whatever their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from datacanary.model.basic import Side
from datacanary.model.tablediff import Cell, SampleRow
from datacanary.tablediff.align import ROW
from datacanary.tablediff.cells import CellDiff, Frames
from datacanary.tablediff.columns import ColumnPair
from datacanary.tablediff.jsoncells import json_cells
from datacanary.tablediff.meeting import is_plain


def sample_one_side(
    frames: Frames, side: Side, rows: pl.Series, columns: Sequence[ColumnPair], key: Sequence[ColumnPair], count: int
) -> tuple[SampleRow, ...]:
    """Take the first added (head) or removed (base) rows by key, then by all that is shown of them."""
    given = frames.given.of(side)
    shown = [column for column in columns if column.code in given.columns and column.change != "ignored"]
    leading = [column.code for column in key or columns if column.writers is not None]
    near = smallest(frames.written.of(side).select(leading).select(pl.all().gather(rows)), leading, count)
    chosen = first_of(given.select(column.code for column in shown), rows.gather(near), leading, count)
    texts = cells_of(given, shown, chosen)
    in_key = {column.name for column in key}
    samples = []
    for place in range(chosen.len()):
        row = {name: cells[place] for name, cells in texts.items()}
        of_key = {column.name: row[column.name] for column in key}
        rest = {name: cell for name, cell in row.items() if name not in in_key}
        samples.append(
            SampleRow("removed", of_key, rest, {}) if side == "base" else SampleRow("added", of_key, {}, rest)
        )
    return tuple(samples)


def smallest(values: pl.DataFrame, leading: Sequence[str], count: int) -> pl.Series:
    """Return the places of the smallest rows; more than `count` where rows tie."""
    numbered = values.with_row_index(ROW)
    best = numbered.bottom_k(count, by=leading).drop(ROW)
    return numbered.join(best, on=list(leading), how="semi", nulls_equal=True)[ROW]


def first_of(given: pl.DataFrame, rows: pl.Series, leading: Sequence[str], count: int) -> pl.Series:
    """Order the rows by their leading columns, then by all others that have an order, and take the first."""
    plain = [code for code in given.columns if is_plain(given.schema[code])]
    order = [*(code for code in leading if code in plain), *(code for code in plain if code not in leading)]
    if not order:
        return rows.head(count)
    return given.select(pl.col(order).gather(rows)).insert_column(0, rows.alias(ROW)).sort(order)[ROW].head(count)


def sample_changed(
    frames: Frames,
    pairs: pl.DataFrame,
    columns: Mapping[str, CellDiff],
    by_code: Mapping[str, ColumnPair],
    key: Sequence[ColumnPair],
    count: int,
) -> tuple[SampleRow, ...]:
    """Take the first changed rows by key; of each only the columns that changed.

    `pairs` has the columns base, head and place: the number of the pair, which `columns` count by.
    """
    codes = [column.code for column in key]
    values = frames.written.base.select(codes).select(pl.all().gather(pairs["base"]))
    chosen = pairs[values.with_row_index(ROW).bottom_k(count, by=codes).sort(codes)[ROW]]
    keys = cells_of(frames.given.base, key, chosen["base"])
    changed = {code: cell.changed.gather(chosen["place"]) for code, cell in columns.items() if cell.changed is not None}
    shown = [by_code[code] for code, marks in changed.items() if marks.any()]
    base, head = cells_of(frames.given.base, shown, chosen["base"]), cells_of(frames.given.head, shown, chosen["head"])
    samples = []
    for place in range(chosen.height):
        names = [column.name for column in shown if changed[column.code][place]]
        samples.append(
            SampleRow(
                "changed",
                {name: cells[place] for name, cells in keys.items()},
                {name: base[name][place] for name in names},
                {name: head[name][place] for name in names},
            )
        )
    return tuple(samples)


def cells_of(given: pl.DataFrame, columns: Sequence[ColumnPair], rows: pl.Series) -> dict[str, list[Cell]]:
    """Write the cells of a few rows, by column name."""
    return {column.name: json_cells(given[column.code].gather(rows)) for column in columns}
