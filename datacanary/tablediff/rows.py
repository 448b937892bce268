"""The rows themselves: removed, added and changed ones, read again when somebody asks for them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl

from datacanary.model.basic import Pair, Side
from datacanary.tablediff.table import Table
from datacanary.tablediff.tally import CHANGED, GONE, Tally
from datacanary.tablediff.views import SIDES, Terms, View

CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class FoundRows:
    """Where the rows are that differ: their numbers on either side."""

    tables: Pair[Table]
    views: Pair[View]
    terms: Terms
    gone: Pair[pl.LazyFrame]
    changed: pl.LazyFrame

    @classmethod
    def of(cls, tables: Pair[Table], views: Pair[View], tally: Tally) -> FoundRows:
        """Take over the row numbers that a tally holds."""
        gone = Pair(tally.removed.finish(GONE), tally.added.finish(GONE))
        return cls(tables, views, tally.terms, gone, tally.changed.finish(CHANGED))

    def alone(self, side: Side) -> pl.LazyFrame:
        """Rows that one side alone has, with all its columns, in the order of that side; DataError if it changed."""
        table = self.tables.of(side)
        table.unchanged()
        return self.held(chosen(table.frame, table.rows, self.gone.of(side).collect()["row"]))

    def both(self) -> pl.LazyFrame:
        """Rows that are on both sides and differ, in the order of base: the key, then each column from either side."""
        if not self.terms.key:
            return pl.DataFrame().lazy()
        for table in self.tables:
            table.unchanged()
        pairs = self.changed.sort("base").collect()
        in_key = [column.code for column in self.terms.key]
        beside = [column.code for column in self.terms.beside_key]
        frames = {}
        for side, codes in zip(SIDES, ([*in_key, *beside], beside), strict=True):
            view = self.views.of(side)
            frames[side] = chosen(view.frame.select(codes), view.table.rows, pairs[side])
        order = pairs["head"].arg_sort().arg_sort()
        if not pairs["head"].is_sorted():
            frames["head"] = frames["head"].select(pl.all().gather(order))
        sides = [frame.rename({code: f"{side}_{code}" for code in beside}) for side, frame in frames.items()]
        return self.held(pl.concat(sides, how="horizontal").select(self.labels()))

    def held(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Keep what a frame reads for as long as the frame lives, if anything must be kept."""
        if all(table.keep is None for table in self.tables):
            return frame

        def as_they_are(rows: pl.DataFrame, keep: object = self) -> pl.DataFrame:
            del keep
            return rows

        return frame.map_batches(
            as_they_are,
            predicate_pushdown=True,
            projection_pushdown=True,
            slice_pushdown=True,
            streamable=True,
        )

    def labels(self) -> list[pl.Expr]:
        """Give the columns the names that users see."""
        shown = [(column.code, column.name) for column in self.terms.key]
        taken = {name for _, name in shown}
        for column in self.terms.beside_key:
            for side in SIDES:
                label = free_name(f"{column.name}_{side}", taken)
                taken.add(label)
                shown.append((f"{side}_{column.code}", label))
        return [pl.col(code).alias(label) for code, label in shown]


def free_name(name: str, taken: Collection[str]) -> str:
    """Add underscores until nothing else is called so."""
    return free_name(f"{name}_", taken) if name in taken else name


def chosen(frame: pl.LazyFrame, height: int, numbers: pl.Series) -> pl.LazyFrame:
    """Keep the rows of these numbers, in the order of the frame."""
    if numbers.len() == height:
        return frame
    if numbers.len() == 0:
        return frame.clear()
    mask = np.zeros(height, np.bool_)
    mask[numbers.to_numpy()] = True
    name = free_name(CHOSEN, frame.collect_schema())
    return pl.concat([frame, pl.Series(name, mask).to_frame().lazy()], how="horizontal").filter(name).drop(name)
