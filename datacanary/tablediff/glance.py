"""A first look at columns that could be a key: their first rows, and some from all over the table."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import polars as pl

from datacanary.model.basic import Pair, Side
from datacanary.tablediff.batches import batches
from datacanary.tablediff.detach import detached
from datacanary.tablediff.views import SIDES, reading

FIRST_ROWS = 10_000
"""Rows that are looked at first: what repeats there is no key."""
BLOCK = 256
BLOCKS = 64
"""Runs of so many rows are looked at all over the table: near rows are those that repeat most often, and the last."""


class Glance:
    """What is known of columns without reading them whole, on both sides: `frames` under codes, `rows` their heights.

    A column is read when it is first asked for. What repeats at a glance does repeat; what does not may do so still.
    """

    def __init__(self, frames: Pair[pl.LazyFrame], rows: Pair[int]) -> None:
        self.frames, self.rows = frames, rows
        self.first: Pair[dict[str, pl.Series]] = Pair({}, {})
        self.spread: Pair[dict[str, pl.Series]] = Pair({}, {})
        self.nulls: set[str] = set()
        self.surveyed = False

    def read(self, codes: Sequence[str]) -> None:
        """Read the first rows of columns, all those together that were not read yet."""
        new = [code for code in codes if code not in self.first.base]
        if not new:
            return
        for side in SIDES:
            with reading(side):
                frame = self.frames.of(side).select(new).head(FIRST_ROWS).collect(engine="streaming")
            self.first.of(side).update(zip(new, frame.get_columns(), strict=True))
            self.nulls |= {code for code in new if frame.get_column(code).null_count()}

    def has_null(self, code: str) -> bool:
        """Tell whether a NULL was seen in a column."""
        self.read([code])
        return code in self.nulls

    def distinct(self, code: str) -> int:
        """Count the values of a column in the first rows, on both sides together."""
        self.read([code])
        return sum(first[code].n_unique() for first in self.first)

    def could_be_key(self, codes: Sequence[str]) -> bool:
        """Tell whether no NULL was seen in these columns, and no value of them twice on a side."""
        self.read(codes)
        if not self.nulls.isdisjoint(codes):
            return False
        return all(rows.n_unique() == rows.height for rows in (self.seen(side, codes) for side in SIDES))

    def seen(self, side: Side, codes: Sequence[str]) -> pl.DataFrame:
        """Return the rows of a side that were looked at."""
        self.read(codes)
        looks = [look for look in (self.first.of(side), self.spread.of(side)) if look.keys() >= set(codes)]
        return pl.concat(pl.DataFrame([look[code] for code in codes]) for look in looks)

    def survey(self, codes: Sequence[str]) -> None:
        """Read columns from end to end, keep rows from all over, and learn which columns have a NULL; only once."""
        if self.surveyed:
            return
        self.surveyed = True
        for side in SIDES:
            if codes and self.rows.of(side) > FIRST_ROWS:
                with reading(side):
                    frame = self.spread_rows(self.frames.of(side).select(codes), self.rows.of(side))
                self.spread.of(side).update(zip(codes, frame.get_columns(), strict=True))

    def spread_rows(self, frame: pl.LazyFrame, height: int) -> pl.DataFrame:
        """Pick rows beyond the first ones, the same in each run."""
        blocks = range(FIRST_ROWS, height, BLOCK)
        chosen = {*Random(height).sample(blocks, min(BLOCKS, len(blocks))), blocks[-1]}  # noqa: S311 -- no secret
        picked = []
        passed = 0
        for batch in batches(frame):
            self.nulls |= {code for code in batch.columns if batch.get_column(code).null_count()}
            within = [(max(start - passed, 0), min(start + BLOCK - passed, batch.height)) for start in sorted(chosen)]
            slices = [batch.slice(start, end - start) for start, end in within if start < end]
            picked += [detached(pl.concat(slices))] if slices else []
            passed += batch.height
        return pl.concat(picked)
