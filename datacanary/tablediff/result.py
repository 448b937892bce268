"""The result that Python users get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from datacanary.model.cause import Cause
from datacanary.model.tablediff import ColumnDiff, Comparison, Key, RowCounts, SampleRow, TableDiff
from datacanary.tablediff.compare import Difference


@dataclass(frozen=True, slots=True, repr=False)
class DiffResult:
    """How head differs from base.

    >>> from datacanary.model.basic import Pair
    >>> from datacanary.model.tablediff import DiffOptions
    >>> from datacanary.tablediff.compare import compare
    >>> from datacanary.tablediff.inputs import table_of
    >>> from datacanary.tablediff.scratch import Scratch
    >>> sides = Pair({"id": [1, 2], "amount": [5, 6]}, {"id": [2, 3], "amount": [7, 8]})
    >>> tables = sides.map(lambda side: table_of(pl.DataFrame(side), Scratch(), 1 << 30))
    >>> result = DiffResult(compare(tables, DiffOptions(tolerances={})))
    >>> result
    DiffResult: keyed by id (inferred)
      rows: base 2, head 2, added 1, removed 1, changed 1, unchanged 0
      amount: 1 changed
    >>> result.rows.changed, result.columns["amount"].changed, result.added().collect().rows()
    (1, 1, [(3, 8)])
    """

    difference: Difference

    @property
    def summary(self) -> TableDiff:
        """Everything that was counted, as one value."""
        return self.difference.summary

    @property
    def comparison(self) -> Comparison:
        """How the tables were compared: keyed, keyless or not_compared."""
        return self.summary.comparison

    @property
    def rows(self) -> RowCounts:
        """Rows per outcome."""
        return self.summary.rows

    @property
    def key(self) -> Key:
        """The key that paired the rows, and its health."""
        return self.summary.key

    @property
    def columns(self) -> Mapping[str, ColumnDiff]:
        """Every column of either side by name, those of base first."""
        return MappingProxyType({column.name: column for column in self.summary.columns})

    @property
    def causes(self) -> tuple[Cause, ...]:
        """What explains the difference, the best first; none unless statistics were asked for."""
        return self.summary.causes

    @property
    def samples(self) -> tuple[SampleRow, ...]:
        """Example rows: removed, added, changed."""
        return self.summary.samples

    def added(self) -> pl.LazyFrame:
        """Rows of head that base does not have, with all columns of head."""
        return self.difference.added()

    def removed(self) -> pl.LazyFrame:
        """Rows of base that head does not have, with all columns of base."""
        return self.difference.removed()

    def changed(self) -> pl.LazyFrame:
        """Rows on both sides that differ: the key, then `<column>_base` and `<column>_head`."""
        return self.difference.changed()

    def __repr__(self) -> str:
        key = f" by {', '.join(self.key.columns)} ({self.key.origin})" if self.key.columns else ""
        reason = f": {self.summary.reason}" if self.comparison == "not_compared" else ""
        counts = ("base", "head", "added", "removed", "changed", "unchanged")
        rows = ", ".join(
            f"{name} {getattr(self.rows, name):,}" for name in counts if getattr(self.rows, name) is not None
        )
        lines = [f"DiffResult: {self.comparison}{key}{reason}", f"  rows: {rows}"]
        lines += [f"  {column.name}: {told}" for column in self.summary.columns if (told := column_words(column))]
        lines += [f"  because {cause.message}" for cause in self.causes]
        return "\n".join(lines + [f"  {note}" for note in self.summary.notes])


def column_words(column: ColumnDiff) -> str:
    """Say what happened to a column; nothing if nothing did."""
    told = []
    if column.change == "type_changed":
        told.append(f"{column.type.base} became {column.type.head}")
    elif column.change != "none":
        told.append(column.change)
    if column.changed:
        told.append(f"{column.changed:,} changed")
    if column.forgiven:
        told.append(f"{column.forgiven:,} within tolerance")
    if column.incomparable:
        told.append("not comparable")
    return ", ".join(told)
