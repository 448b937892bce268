"""What a difference is explained by: counts, statistics, and the rows that were kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from datacanary.model.basic import Pair, Side
from datacanary.model.cause import Differing
from datacanary.model.tablediff import ColumnDiff, TableDiff
from datacanary.tablediff.evidence import Kept
from datacanary.tablediff.means import Means
from datacanary.tablediff.samples import CHANGED, PLACES, ROW
from datacanary.tablediff.statistics.measure import Measured
from datacanary.tablediff.views import Terms, View, rows_at

MOST_COLUMNS = 40
"""So many columns are looked at, those with the most changed cells: a wide table must not take long."""


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known of a difference.

    `summary` has the counts and the columns with their statistics, but no causes. `sampled` are rows spread over each
    side, `gone` the rows that one side alone has, `changed` the pairs that differ, as `Evidence` keeps them.
    """

    views: Pair[View]
    terms: Terms
    summary: TableDiff
    measured: Measured
    sampled: Pair[pl.DataFrame]
    gone: Pair[Kept]
    changed: Kept
    means: Means

    @property
    def names(self) -> Mapping[str, str]:
        """What the columns are called, by code."""
        return {column.code: column.name for column in self.terms.columns}

    @property
    def by_name(self) -> Mapping[str, ColumnDiff]:
        """What was counted of each column."""
        return {column.name: column for column in self.summary.columns}

    @property
    def most_changed(self) -> tuple[str, ...]:
        """The codes of the columns with changed cells, most of them first; not more than are worth a look."""
        by_name = self.by_name
        counts = {column.code: by_name[column.name].changed or 0 for column in self.terms.beside_key}
        found = sorted((code for code in counts if counts[code]), key=lambda code: -counts[code])
        return tuple(found[:MOST_COLUMNS])

    def changes(self, code: str) -> int:
        """Count the changed cells of a column."""
        return self.by_name[self.names[code]].changed or 0

    def whole(self, side: Side) -> bool:
        """Tell whether the sampled rows of a side are all its rows."""
        return self.sampled.of(side).height == self.views.of(side).table.rows


@dataclass(frozen=True, slots=True)
class DifferingRows:
    """Rows that differ in one way, as one side has them, its columns by code.

    `total` is how many there are; `rows` may be a fair part of them. `columns` are the codes of those whose cells
    changed: none for whole rows.
    """

    about: Differing
    side: Side
    rows: pl.DataFrame
    total: int
    columns: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether all rows that differ in this way are there."""
        return self.rows.height == self.total


def in_order(kept: Kept) -> pl.DataFrame | None:
    """Give the kept rows in the order of their side, whatever found them first; None if there are none."""
    rows = kept.rows()
    return None if rows is None else rows_at(rows, rows[ROW].arg_sort())


def gone_rows(case: Case, side: Side) -> DifferingRows | None:
    """Give the rows that one side alone has; None if there are none."""
    rows = in_order(case.gone.of(side))
    if rows is None:
        return None
    return DifferingRows("removed" if side == "base" else "added", side, rows.drop(ROW), case.gone.of(side).total)


def changed_on(changed: pl.DataFrame, side: Side) -> pl.DataFrame:
    """Give the rows of kept pairs as one side has them."""
    prefix = PLACES[side]
    codes = [name.removeprefix(prefix) for name in changed.columns if name.startswith(prefix)]
    return pl.DataFrame([changed[prefix + code].alias(code) for code in codes])


def has_changed(changed: pl.DataFrame, code: str) -> pl.Series:
    """Tell in which of the kept pairs a column's cell changed."""
    return changed[CHANGED + code]
