"""What a comparison keeps to explain the difference: some rows of each side, and the rows that differ."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from datacanary.model.basic import Pair, Side
from datacanary.tablediff.cells import CellDiff
from datacanary.tablediff.detach import detached
from datacanary.tablediff.portions import width
from datacanary.tablediff.samples import CHANGED, PLACES, ROW, Take, marks, prefixed, side_by_side
from datacanary.tablediff.spread import MOST, Spread, scattered
from datacanary.tablediff.views import SIDES, Terms, View, rows_at

SHARE = 64
"""This part of the memory holds each kind of rows."""
LEAST = 1_000
"""Rows of each kind that are kept however little memory there is."""
MOST_BYTES = 64 << 20


class Kept:
    """Rows of one kind: all of them while they are few, else a fair part that depends on their numbers alone.

    `total` rows were offered, a `share` of their numbers is kept: 1.0 means all. One column is called `row`.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.total = 0
        self.halvings = 0
        self.height = 0
        self.parts: list[pl.DataFrame] = []

    @property
    def share(self) -> float:
        """The fraction of rows that is kept."""
        return 0.5**self.halvings

    @property
    def complete(self) -> bool:
        """Whether all rows are kept."""
        return self.halvings == 0

    def places(self, numbers: pl.Series) -> pl.Series:
        """Count rows of these numbers as offered, and say the places of those to keep."""
        self.total += numbers.len()
        if self.complete:
            return pl.int_range(numbers.len(), dtype=pl.get_index_type(), eager=True)
        return pl.Series(self.fair(numbers)).arg_true()

    def fair(self, numbers: pl.Series) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Tell which numbers belong to the part that is kept."""
        return scattered(numbers.to_numpy().astype(np.uint64)) < np.uint64(2 ** (64 - self.halvings))

    def add(self, rows: pl.DataFrame) -> None:
        """Keep rows; too many of them halve the part that is kept."""
        if rows.height == 0:
            return
        self.parts.append(rows)
        self.height += rows.height
        while self.height > self.most and self.halvings < 63:  # noqa: PLR2004 -- bits of a hash, less one
            self.halvings += 1
            everything = pl.concat(self.parts)
            self.parts = [detached(rows_at(everything, pl.Series(self.fair(everything[ROW])).arg_true()))]
            self.height = self.parts[0].height

    def rows(self) -> pl.DataFrame | None:
        """Give what was kept, None if nothing was."""
        return pl.concat(self.parts) if self.parts else None


class Evidence:
    """Rows that show what the sides and their differences are like, in bounded memory.

    `spread` are rows of each side, `gone` those that one side alone has, `changed` pairs of rows that differ: the
    columns of base as `b_` + code, those of head as `h_` + code, whether the cell changed as `m_` + code, and base's
    number as `row`.
    """

    def __init__(self, views: Pair[View], terms: Terms, memory: int) -> None:
        self.views, self.terms = views, terms
        most = views.map(lambda view: most_rows(view, memory))
        self.spread = Pair(*(Spread(views.of(side).table.rows, most.of(side)) for side in SIDES))
        self.gone = most.map(Kept)
        self.changed = Kept(min(most) // 2)

    def pass_by(self, side: Side, rows: pl.DataFrame) -> None:
        """See the next rows of a side, as they came."""
        self.spread.of(side).see(rows)

    def see_gone(self, side: Side, numbers: pl.Series, rows: pl.DataFrame) -> None:
        """See rows that one side alone has."""
        kept = self.gone.of(side)
        places = kept.places(numbers)
        if places.len():
            chosen = rows_at(rows, places)
            kept.add(detached(side_by_side(numbers.gather(places).alias(ROW).to_frame(), chosen)))

    def see_changed(self, numbers: pl.Series, take: Take, places: pl.Series, cells: Mapping[str, CellDiff]) -> None:
        """See pairs that differ: base's numbers of them, and their places among the paired rows."""
        kept = self.changed
        near = kept.places(numbers)
        if near.len() == 0:
            return
        chosen = places.gather(near)
        sides = (prefixed(take(side, chosen, self.views.of(side).codes), side) for side in SIDES)
        changed = pl.DataFrame([marks(column, cells, chosen) for column in self.terms.beside_key])
        kept.add(detached(side_by_side(numbers.gather(near).alias(ROW).to_frame(), *sides, changed)))

    def sampled(self) -> Pair[pl.DataFrame]:
        """Give rows spread over each side."""
        return Pair(*(self.spread.of(side).rows(self.views.of(side)) for side in SIDES))


def most_rows(view: View, memory: int) -> int:
    """Say how many rows of a side may be kept of each kind."""
    row = max(1, sum(width(dtype) for dtype in view.frame.collect_schema().dtypes()))
    return max(LEAST, min(MOST, min(memory // SHARE, MOST_BYTES) // row))


def changed_cells(changed: pl.DataFrame, code: str) -> Pair[pl.Series]:
    """Give the changed cells of a column out of kept pairs: position by position, in the types of their sides."""
    places = changed[CHANGED + code].arg_true()
    return Pair(*(changed[PLACES[side] + code][places] for side in SIDES))
