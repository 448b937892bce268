"""A planted mistake: what was done to a table, and what should be said first about it."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from datacanary.model.basic import Pair
from datacanary.model.cause import CauseKind
from planted.strays import differing, with_stray_cells, with_stray_rows
from planted.tables import TABLES, table

Change = Callable[[pl.DataFrame], pl.DataFrame]


def as_it_is(rows: pl.DataFrame) -> pl.DataFrame:
    """Change nothing."""
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """One mistake.

    `about` sorts it, `done` says in a sentence what was done. `base` and `head` make the two sides out of the
    table's rows. `strays` is how many unrelated differences are mixed in, as a fraction of the planted ones.
    `kind` and `columns` are what the first explanation should be: None if nothing should be claimed;
    no columns: any. `keyed` compares by the table's own key, else whole rows.
    """

    about: str
    table: str
    done: str
    kind: CauseKind | None = None
    columns: tuple[str, ...] = ()
    base: Change = as_it_is
    head: Change = as_it_is
    strays: float = 0.0
    keyed: bool = True

    @property
    def key(self) -> tuple[str, ...]:
        """What pairs the rows."""
        return TABLES[self.table].key if self.keyed else ()

    def sides(self) -> Pair[pl.DataFrame]:
        """Make both sides; the same every time."""
        rows = table(self.table)
        base, head = self.base(rows.present), self.head(rows.present)
        cells, alone = differing(base, head, self.key)
        random = np.random.default_rng(zlib.crc32(self.done.encode()))
        others = [name for name in head.columns if name not in self.key]
        if stray_cells := round(cells * self.strays):
            head = with_stray_cells(head, stray_cells, others, random)
        if stray_rows := round(alone * self.strays):
            spare = self.head(rows.spare)
            head = with_stray_rows(head, spare, stray_rows, random)
            # Who reloads a table also gets corrections.
            head = with_stray_cells(head, stray_rows, others, random) if self.keyed else head
        return Pair(base, head)


def rewritten(*cells: pl.Expr) -> Change:
    """Compute columns anew; they keep their types, as a table's do whose schema is fixed."""

    def change(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(cells).cast({name: rows.schema[name] for name in rows.columns})

    return change


def only(condition: pl.Expr) -> Change:
    """Keep the rows for which it is true."""
    return lambda rows: rows.filter(condition)


def seeded(change: Callable[[pl.DataFrame, np.random.Generator], pl.DataFrame], seed: int) -> Change:
    """Let chance have a part in a change."""
    return lambda rows: change(rows, np.random.default_rng(seed))
