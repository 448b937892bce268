"""Comparing two tables: the one entrance, and what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from datacanary.model.basic import Pair, Side
from datacanary.model.tablediff import ColumnDiff, DiffOptions, Key, KeyOrigin, RowCounts, SampleRow, TableDiff
from datacanary.tablediff.cells import has_direction
from datacanary.tablediff.columns import ColumnPair, check_key, pair_columns
from datacanary.tablediff.explained import explained
from datacanary.tablediff.keys import infer_key
from datacanary.tablediff.means import Means, Progress
from datacanary.tablediff.rows import FoundRows
from datacanary.tablediff.settle import PROOF, settle
from datacanary.tablediff.table import Table
from datacanary.tablediff.tally import Tally
from datacanary.tablediff.totals import Total
from datacanary.tablediff.views import SIDES, Terms, View, written


@dataclass(frozen=True, slots=True)
class Difference:
    """How head differs from base: `summary` in counts, and the rows themselves, read again when asked for.

    All three frames are empty if nothing was compared.
    """

    summary: TableDiff
    rows: FoundRows

    def added(self) -> pl.LazyFrame:
        """Rows of head that base does not have, with all columns of head, in its order; DataError if it changed."""
        return self.rows.alone("head")

    def removed(self) -> pl.LazyFrame:
        """Rows of base that head does not have, with all columns of base, in its order; DataError if it changed."""
        return self.rows.alone("base")

    def changed(self) -> pl.LazyFrame:
        """Rows that are on both sides and differ: the key, then `<column>_base` and `<column>_head` of each column.

        In the order of base. A name that another column has already gets underscores behind it. Empty without a key.
        Raises DataError if a side is no longer what was compared.
        """
        return self.rows.both()


def compare(tables: Pair[Table], options: DiffOptions, means: Means | None = None) -> Difference:
    """Compare two tables exactly, row by row and column by column, within the memory that `means` allows.

    Without means it takes half of the memory that is free.

    Tolerances hold for the cells of rows that pair. Whole rows, and rows of a key value that repeats, cancel only if
    they are exactly equal.

    Raises DataError for options that do not fit the tables: a key column that a side lacks, an unknown column, a
    tolerance for what is no number; for a side that cannot be read or changes meanwhile; for too little memory.

    >>> base, head = pl.DataFrame({"id": [1, 2], "n": [5, 6]}), pl.DataFrame({"id": [2, 3], "n": [7, 8]})
    >>> tables = Pair(Table.of(base), Table.of(head))
    >>> found = compare(tables, DiffOptions(key=("id",), tolerances={}))
    >>> found.summary.rows
    RowCounts(base=2, head=2, added=1, removed=1, changed=1, unchanged=0)
    >>> found.changed().collect().rows()
    [(2, 6, 7)]
    """
    means = means or Means()
    schemas = tables.map(lambda table: table.frame.collect_schema())
    columns = pair_columns(schemas, tables.map(lambda table: table.types), options)
    key, origin = choose_key(tables, schemas, columns, options, means)
    in_key = tuple(column for name in key for column in columns if column.name == name)
    terms = Terms(columns, in_key, options.samples, options.statistics)
    views = Pair(*(View.of(side, tables.of(side), columns, means.portion) for side in SIDES))
    if not terms.compared:
        tally = Tally(terms, means.scratch, means.memory)
        return Difference(not_compared(tables, terms, order_changed(schemas)), FoundRows.of(tables, views, tally))
    tally = settle(views, terms, means)
    totals = views.map(lambda view: total_up(view, columns, options))
    summary = TableDiff(
        comparison="keyed" if key else "keyless",
        reason="",
        key=Key(key, origin, sides_of(tally.duplicates), sides_of(tally.null_keys)),
        rows=count_rows(tables, tally),
        columns=tuple(describe(column, views, tally, totals) for column in columns),
        samples=samples(tally),
        column_order_changed=order_changed(schemas),
        notes=notes(columns, key, origin, options),
    )
    if tally.evidence is not None:
        summary = explained(summary, views, tally, tally.evidence, means)
    for table in tables:
        table.unchanged()
    return Difference(summary, FoundRows.of(tables, views, tally))


def choose_key(
    tables: Pair[Table], schemas: Pair[pl.Schema], columns: Sequence[ColumnPair], options: DiffOptions, means: Means
) -> tuple[tuple[str, ...], KeyOrigin]:
    """Take the key that was asked for, or infer one."""
    if options.key is None:
        means.tell(Progress("looking for a key", 0, tables.base.rows + tables.head.rows))
        key = infer_key(tables, options.name, ignore=options.ignore, memory=means.memory // PROOF)
        return key, "inferred" if key else "none"
    check_key(options.key, columns, schemas)
    return options.key, options.key_origin if options.key else "none"


def sides_of(counts: dict[Side, int]) -> Pair[int]:
    """Put the counts of both sides together."""
    return Pair(counts["base"], counts["head"])


def count_rows(tables: Pair[Table], tally: Tally) -> RowCounts:
    """Count the rows by outcome."""
    return RowCounts(
        base=tables.base.rows,
        head=tables.head.rows,
        added=tally.added.rows,
        removed=tally.removed.rows,
        changed=tally.changed.rows if tally.terms.key else None,
        unchanged=tally.unchanged,
    )


def total_up(view: View, columns: Sequence[ColumnPair], options: DiffOptions) -> dict[str, int | float | str]:
    """Sum up the numeric columns whose totals are asked for, by code."""
    schema = view.frame.collect_schema()
    asked = [
        column.code
        for column in columns
        if column.name in options.totals and column.code in view.codes and schema[column.code].is_numeric()
    ]
    if not asked:
        return {}
    found = {code: Total(schema[code]) for code in asked}
    for batch in view.batches(view.frame.select(asked)):
        for code in asked:
            found[code].add(batch[code])
    return {code: one.value() for code, one in found.items()}


def describe(
    column: ColumnPair, views: Pair[View], tally: Tally, totals: Pair[dict[str, int | float | str]]
) -> ColumnDiff:
    """Sum up one column."""
    shown = views.map(lambda view: column.code in view.codes)
    # The key's own columns have no cells: paired rows have them equal.
    changed = tally.cells[column.code] if tally.terms.key and column.writers else None
    directed = has_order(column, views)
    return ColumnDiff(
        name=column.name,
        change=column.change,
        type=column.type,
        changed=changed,
        forgiven=tally.forgiven[column.code],
        nulls=Pair(*(tally.nulls[side][column.code] if shown.of(side) else None for side in SIDES)),
        totals=totals.map(lambda side: side.get(column.code)),
        incomparable=column.incomparable,
        increased=tally.increased[column.code] if changed is not None and directed else None,
        decreased=tally.decreased[column.code] if changed is not None and directed else None,
    )


def has_order(column: ColumnPair, views: Pair[View]) -> bool:
    """Tell whether the cells of a column rise and fall."""
    if column.writers is None:
        return False
    forms = (views.of(side).frame.select(written([column], side)).collect_schema().dtypes()[0] for side in SIDES)
    return all(has_direction(form) for form in forms)


def samples(tally: Tally) -> tuple[SampleRow, ...]:
    """Write the first rows of each kind."""
    return (*tally.alone.base.rows(), *tally.alone.head.rows(), *tally.both.rows())


def order_changed(schemas: Pair[pl.Schema]) -> bool:
    """Tell whether the columns that both sides have stand in another order."""
    base, head = schemas
    return [name for name in base if name in head] != [name for name in head if name in base]


def notes(
    columns: Sequence[ColumnPair], key: Sequence[str], origin: KeyOrigin, options: DiffOptions
) -> tuple[str, ...]:
    """Say what a reader could miss."""
    told = []
    if origin == "none" and (options.key is None or options.key_origin == "inferred"):
        told.append("No key was found: whole rows are compared, so a changed row counts as one removed and one added.")
    told += [
        f"The column {column.name!r} is not compared: {column.incomparable}."
        for column in columns
        if column.incomparable
    ]
    idle = [name for name in options.tolerances if name in key or not key]
    if idle:
        why = "keys pair rows exactly" if key else "whole rows are compared exactly"
        told.append(f"The tolerance of {', '.join(map(repr, idle))} has no effect: {why}.")
    return tuple(told)


def not_compared(tables: Pair[Table], terms: Terms, order_differs: bool) -> TableDiff:  # noqa: FBT001 -- a fact, not an option
    """Say why there was nothing to compare."""
    common = [column for column in terms.columns if column.type.base is not None and column.type.head is not None]
    if not common:
        reason = "the two sides have no column in common"
    elif all(column.change == "ignored" for column in common):
        reason = "all common columns are ignored"
    else:
        reason = "no common column has types that can be compared"
    return TableDiff(
        comparison="not_compared",
        reason=reason,
        key=Key((), "none", Pair(0, 0), Pair(0, 0)),
        rows=RowCounts(tables.base.rows, tables.head.rows),
        columns=tuple(
            ColumnDiff(column.name, column.change, column.type, incomparable=column.incomparable)
            for column in terms.columns
        ),
        column_order_changed=order_differs,
    )
