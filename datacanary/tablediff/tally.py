"""What a comparison has found so far: counts, where the rows are, and examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import polars as pl

from datacanary.model.basic import Pair, Side
from datacanary.tablediff.cells import CellDiff, any_changed
from datacanary.tablediff.evidence import Evidence
from datacanary.tablediff.samples import Changed, OneSide, Take
from datacanary.tablediff.scratch import Scratch, Spool
from datacanary.tablediff.views import Terms, nulls_in

INDEX = pl.get_index_type()
GONE = pl.Schema({"row": INDEX})
CHANGED = pl.Schema({"base": INDEX, "head": INDEX})


class Tally:
    """Counts rows and cells while they pass by, in any order and any portions.

    `removed`, `added` and `changed` hold row numbers. `duplicates` counts key values that occur more than once on a
    side, `null_keys` rows with a NULL in the key, `nulls` NULL cells by column. `evidence` sees rows too, if there is
    one.
    """

    def __init__(self, terms: Terms, scratch: Scratch, memory: int, evidence: Evidence | None = None) -> None:
        self.terms = terms
        self.evidence = evidence
        self.removed: Spool = scratch.spool(memory)
        self.added: Spool = scratch.spool(memory)
        self.changed: Spool = scratch.spool(memory)
        self.unchanged = 0
        self.duplicates: dict[Side, int] = {"base": 0, "head": 0}
        self.null_keys: dict[Side, int] = {"base": 0, "head": 0}
        self.nulls: Mapping[Side, Counter[str]] = {"base": Counter(), "head": Counter()}
        self.cells: Counter[str] = Counter()
        self.forgiven: Counter[str] = Counter()
        self.increased: Counter[str] = Counter()
        self.decreased: Counter[str] = Counter()
        self.alone = Pair(OneSide(terms, "base"), OneSide(terms, "head"))
        self.both = Changed(terms)

    def pass_by(self, side: Side, rows: pl.DataFrame) -> None:
        """Count NULLs in rows of a side as they came; every row must pass by once."""
        self.null_keys[side] += nulls_in(rows, self.terms.key)
        self.count_nulls(side, {code: rows[code].null_count() for code in rows.columns})
        if self.evidence is not None:
            self.evidence.pass_by(side, rows)

    def count_nulls(self, side: Side, nulls: Mapping[str, int]) -> None:
        """Add NULL cells by column."""
        self.nulls[side].update(nulls)

    def same(self, rows: int) -> None:
        """Count rows that both sides have."""
        self.unchanged += rows

    def gone(self, side: Side, numbers: pl.Series, rows: pl.DataFrame) -> None:
        """Note rows that one side alone has: their numbers, and as they came."""
        if numbers.len() == 0:
            return
        self.gone_rows(side).append(numbers.alias("row").to_frame())
        self.alone.of(side).see(rows)
        if self.evidence is not None:
            self.evidence.see_gone(side, numbers, rows)

    def gone_rows(self, side: Side) -> Spool:
        """Where the numbers of rows are kept that one side alone has."""
        return self.removed if side == "base" else self.added

    def paired(self, numbers: Pair[pl.Series], cells: Mapping[str, CellDiff], take: Take) -> None:
        """Note rows that pair by key, position by position: their numbers and which cells differ."""
        for code, cell in cells.items():
            self.cells[code] += cell.count
            self.forgiven[code] += cell.forgiven
            self.increased[code] += cell.increased
            self.decreased[code] += cell.decreased
        differs = any_changed(cells)
        if differs is None:
            self.unchanged += numbers.base.len()
            return
        places = differs.arg_true()
        self.unchanged += numbers.base.len() - places.len()
        changed = numbers.map(lambda side: side.gather(places))
        self.changed.append(pl.DataFrame([changed.base.alias("base"), changed.head.alias("head")]))
        self.both.see(take, places, cells)
        if self.evidence is not None:
            self.evidence.see_changed(changed.base, take, places, cells)
