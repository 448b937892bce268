"""Example rows: the same ones for the same rows, whatever their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from datacanary.model.basic import Side
from datacanary.model.statistics import Cell
from datacanary.model.tablediff import SampleRow
from datacanary.tablediff.cells import CellDiff
from datacanary.tablediff.columns import ColumnPair
from datacanary.tablediff.detach import detached
from datacanary.tablediff.jsoncells import json_cells
from datacanary.tablediff.meeting import is_plain
from datacanary.tablediff.views import Terms, rows_at, written

ROW = "row"
ORDER = "k_"
"""Put before the code of a column: its written value, by which rows are ordered."""
CHANGED = "m_"
"""Put before the code of a column: whether its cell changed."""
PLACES: Mapping[Side, str] = {"base": "b_", "head": "h_"}
"""Put before the code of a column: its value on a side."""

Take = Callable[[Side, pl.Series, Sequence[str]], pl.DataFrame]
"""Gives the rows of a side at some places, with these columns."""


class Examples:
    """The first rows of one kind by key, found while the rows pass by in any order and any portions."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.best: pl.DataFrame | None = None

    def offer(self, rows: pl.DataFrame, leading: Sequence[str]) -> None:
        """Keep the smallest of these rows and those kept: by the leading columns, then by all that have an order."""
        if self.terms.samples <= 0 or rows.height == 0:
            return
        near = rows_at(rows, smallest(rows.select(leading), self.terms.samples))
        pool = near if self.best is None else pl.concat([self.best, near])
        order = [*leading, *(name for name in pool.columns if name not in leading and is_plain(pool.schema[name]))]
        first = pool.select(pl.arg_sort_by(order, nulls_last=True)).to_series().head(self.terms.samples)
        # Detached: five texts would keep all texts of their portion alive.
        self.best = detached(rows_at(pool, first))

    def join(self, other: Examples) -> None:
        """Take in what another found."""
        if other.best is not None:
            self.offer(other.best, [name for name in other.best.columns if name.startswith(ORDER)])


def smallest(values: pl.DataFrame, count: int) -> pl.Series:
    """Return the places of the smallest rows; more than `count` where rows tie."""
    names = values.columns
    if values.height <= count:
        return pl.int_range(values.height, dtype=pl.get_index_type(), eager=True)
    numbered = values.with_row_index(ROW)
    best = numbered.bottom_k(count, by=names).drop(ROW)
    return numbered.join(best, on=names, how="semi", nulls_equal=True)[ROW]


class OneSide(Examples):
    """Example rows that only one side has."""

    def __init__(self, terms: Terms, side: Side) -> None:
        super().__init__(terms)
        self.side = side

    def see(self, rows: pl.DataFrame) -> None:
        """Look at some of the rows, as they came."""
        if self.terms.samples <= 0 or rows.height == 0:
            return
        shown = [column.code for column in self.terms.columns if column.code in rows.columns]
        keys = rows.select(written(self.terms.pairing, self.side)).rename(lambda code: ORDER + code)
        self.offer(side_by_side(keys, *(rows[code].to_frame() for code in shown)), keys.columns)

    def rows(self) -> tuple[SampleRow, ...]:
        """Write the examples."""
        best = self.best
        if best is None:
            return ()
        shown = [column for column in self.terms.columns if column.code in best.columns]
        cells = {column.name: json_cells(best[column.code]) for column in shown}
        keys = [column.name for column in self.terms.key]
        return tuple(self.row(keys, cells, place) for place in range(best.height))

    def row(self, keys: Sequence[str], cells: Mapping[str, list[Cell]], place: int) -> SampleRow:
        """Write one example."""
        of_key = {name: cells[name][place] for name in keys}
        rest = {name: values[place] for name, values in cells.items() if name not in of_key}
        if self.side == "base":
            return SampleRow("removed", of_key, rest, {})
        return SampleRow("added", of_key, {}, rest)


class Changed(Examples):
    """Example rows that both sides have, and that differ; of each only the columns that changed are shown."""

    def see(self, take: Take, places: pl.Series, cells: Mapping[str, CellDiff]) -> None:
        """Look at the changed ones, at `places`, of paired rows."""
        if self.terms.samples <= 0 or places.len() == 0:
            return
        in_key = [column.code for column in self.terms.key]
        order = take("base", places, in_key).select(written(self.terms.key, "base"))
        order = order.rename(lambda code: ORDER + code)
        near = smallest(order, self.terms.samples)
        chosen = places.gather(near)
        beside = [column.code for column in self.terms.beside_key]
        base, head = take("base", chosen, [*in_key, *beside]), take("head", chosen, beside)
        changed = [marks(column, cells, chosen) for column in self.terms.beside_key]
        parts = [rows_at(order, near), prefixed(base, "base"), prefixed(head, "head"), pl.DataFrame(changed)]
        self.offer(side_by_side(*parts), order.columns)

    def rows(self) -> tuple[SampleRow, ...]:
        """Write the examples."""
        best = self.best
        if best is None:
            return ()
        keys = {column.name: json_cells(best[PLACES["base"] + column.code]) for column in self.terms.key}
        shown = [column for column in self.terms.beside_key if best[CHANGED + column.code].any()]
        base, head = (
            {column.name: json_cells(best[PLACES[side] + column.code]) for column in shown} for side in ("base", "head")
        )
        samples = []
        for place in range(best.height):
            names = [column.name for column in shown if best[CHANGED + column.code][place]]
            samples.append(
                SampleRow(
                    "changed",
                    {name: cells[place] for name, cells in keys.items()},
                    {name: base[name][place] for name in names},
                    {name: head[name][place] for name in names},
                )
            )
        return tuple(samples)


def side_by_side(*frames: pl.DataFrame) -> pl.DataFrame:
    """Put the columns of frames together: Polars 2.1 panics here on lists of JSON if it does so itself."""
    return pl.DataFrame([column for frame in frames for column in frame.get_columns()])


def prefixed(rows: pl.DataFrame, side: Side) -> pl.DataFrame:
    """Say of each column on which side it is."""
    return rows.rename({code: PLACES[side] + code for code in rows.columns})


def marks(column: ColumnPair, cells: Mapping[str, CellDiff], places: pl.Series) -> pl.Series:
    """Tell for these places whether the column's cell changed."""
    changed = cells[column.code].changed
    if changed is None:
        return pl.repeat(False, places.len(), dtype=pl.Boolean, eager=True).alias(CHANGED + column.code)
    return changed.gather(places).alias(CHANGED + column.code)
