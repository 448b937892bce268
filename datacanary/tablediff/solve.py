"""The rows that nothing simpler could settle, compared by their values: in memory, whatever their order."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from datacanary.model.basic import Pair, Side
from datacanary.tablediff.align import pair_rows
from datacanary.tablediff.cells import CellDiff, compare_cells
from datacanary.tablediff.columns import ColumnPair
from datacanary.tablediff.meeting import is_plain
from datacanary.tablediff.multiset import leftovers
from datacanary.tablediff.samples import ROW
from datacanary.tablediff.tally import Tally
from datacanary.tablediff.views import SIDES, Terms, rows_at, written

COLUMNS_AT_ONCE = 4
"""As many columns are gathered at a time: enough to keep the cores busy, few enough to stay small."""


def solve(rows: Pair[pl.DataFrame], tally: Tally) -> None:
    """Compare rows by key, or as multisets without one; beside the columns by code they have their numbers as `row`.

    Every row whose key value occurs on either side must be among them.
    """
    terms = tally.terms
    if terms.key:
        by_key(rows, tally)
    else:
        everything = rows.map(lambda side: pl.int_range(side.height, dtype=pl.get_index_type(), eager=True))
        by_value(rows, everything, tally)


def by_key(rows: Pair[pl.DataFrame], tally: Tally) -> None:
    """Pair rows by key and compare their cells; rows of key values that repeat are compared as multisets."""
    keys = Pair(*(rows.of(side).select(written(tally.terms.key, side)) for side in SIDES))
    pairing = pair_rows(keys)
    for side in SIDES:
        tally.duplicates[side] += pairing.duplicates.of(side)
        leave(rows, side, pairing.single.of(side), tally)
    places = Pair(pairing.pairs["base"], pairing.pairs["head"])
    cells = paired_cells(rows, places, tally.terms)

    def take(side: Side, chosen: pl.Series, codes: Sequence[str]) -> pl.DataFrame:
        return rows_at(rows.of(side).select(codes), places.of(side).gather(chosen))

    tally.paired(Pair(*(rows.of(side)[ROW].gather(places.of(side)) for side in SIDES)), cells, take)
    by_value(rows, pairing.repeated, tally)


def paired_cells(rows: Pair[pl.DataFrame], places: Pair[pl.Series], terms: Terms) -> dict[str, CellDiff]:
    """Compare the cells of rows that pair, a few columns at a time."""
    found: dict[str, CellDiff] = {}
    gathered = Pair(*(unless_all(places.of(side), rows.of(side)) for side in SIDES))
    columns = terms.beside_key
    for start in range(0, len(columns), COLUMNS_AT_ONCE):
        batch = columns[start : start + COLUMNS_AT_ONCE]
        codes = [column.code for column in batch]
        found |= compare_cells(
            batch, Pair(*(rows_of(rows.of(side).select(codes), gathered.of(side)) for side in SIDES))
        )
    return found


def by_value(rows: Pair[pl.DataFrame], places: Pair[pl.Series], tally: Tally) -> None:
    """Cancel equal rows among those at these places; what is left is removed and added."""
    if places.base.len() == 0 and places.head.len() == 0:
        return
    ordered = Pair(*(settled(rows.of(side), places.of(side), tally.terms) for side in SIDES))
    values = Pair(*(rows_of(rows.of(side), unless_all(ordered.of(side), rows.of(side))) for side in SIDES))
    left = leftovers(Pair(*(values.of(side).select(written(tally.terms.compared, side)) for side in SIDES)))
    tally.same(ordered.base.len() - left.base.len())
    for side in SIDES:
        leave(rows, side, ordered.of(side).gather(left.of(side)).sort(), tally)


def leave(rows: Pair[pl.DataFrame], side: Side, places: pl.Series, tally: Tally) -> None:
    """Note the rows at these places as gone."""
    if places.len():
        alone = rows_at(rows.of(side), places)
        tally.gone(side, alone[ROW], alone.drop(ROW))


def settled(rows: pl.DataFrame, places: pl.Series, terms: Terms) -> pl.Series:
    """Order the places by the columns that are shown but not compared: it is no accident which one is left."""
    extra = [column.code for column in shown_only(rows, terms)]
    if not extra:
        return places
    return places.gather(rows.select(pl.col(extra).gather(places)).select(pl.arg_sort_by(extra)).to_series())


def shown_only(rows: pl.DataFrame, terms: Terms) -> list[ColumnPair]:
    """Return the columns of a side that are shown but not compared, and have an order."""
    return [
        column
        for column in terms.columns
        if column.writers is None and column.code in rows.columns and is_plain(rows.schema[column.code])
    ]


def unless_all(places: pl.Series, rows: pl.DataFrame) -> pl.Series | None:
    """Give None for the places of all rows in order; no row is named twice, so length and order tell."""
    return None if places.len() == rows.height and places.is_sorted() else places


def rows_of(rows: pl.DataFrame, places: pl.Series | None) -> pl.DataFrame:
    """Gather rows; None is all of them."""
    return rows if places is None else rows_at(rows, places)
