"""A comparison of the rows that may differ becomes one of the whole tables: the others are known to be the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import polars as pl

from datacanary.model.basic import Pair, Side
from datacanary.model.prints import FoundPrints, PrintRequest
from datacanary.model.statistics import AtMost
from datacanary.model.tablediff import ColumnDiff, DiffOptions, TableDiff
from datacanary.model.words import count
from datacanary.tablediff.columns import ColumnPair, pair_columns
from datacanary.tablediff.compare import compare, total_up
from datacanary.tablediff.means import Means
from datacanary.tablediff.table import Table
from datacanary.tablediff.views import SIDES, View


def request_of(tables: Pair[Table], options: DiffOptions, buckets: int) -> PrintRequest | None:
    """Say what the checksums must tell apart; None where `compare` has something to refuse, or nothing to compare.

    No row is drawn. The key of the options is chosen: `()` for whole rows. Raises DataError for other options that do
    not fit.
    """
    columns = _columns(tables, options)
    key = options.key or ()
    compared = tuple(column.name for column in columns if column.writers is not None)
    if not compared or not set(key) <= set(compared) or len(set(key)) < len(key):
        return None
    return PrintRequest(key, compared, Pair(_others(columns, "base"), _others(columns, "head")), buckets)


def none_of(table: Table) -> Table:
    """Return a table without its rows."""
    return Table(pl.DataFrame(schema=table.frame.collect_schema()).lazy(), table.types, 0)


def put_together(
    part: TableDiff, found: FoundPrints, tables: Pair[Table], options: DiffOptions, means: Means
) -> TableDiff:
    """Add to what was found in the rows that may differ what is known of all the others.

    Totals are added up over the whole tables, as far as they are asked for. Raises DataError if a side cannot be read.
    """
    columns = _columns(tables, options)
    views = Pair(*(View.of(side, tables.of(side), columns, means.portion) for side in SIDES))
    totals = views.map(lambda view: total_up(view, columns, options))
    rows, key, null_keys = part.rows, part.key, found.nulls.base.in_key
    travelled = (rows.base or 0) + (rows.head or 0)
    return replace(
        part,
        rows=replace(rows, base=found.rows.base, head=found.rows.head, unchanged=(rows.unchanged or 0) + found.alike),
        key=replace(
            key,
            duplicates=key.duplicates.map(lambda side: side + found.repeated),
            nulls=Pair(null_keys, null_keys - key.nulls.base + key.nulls.head),
        ),
        columns=tuple(
            replace(_with_nulls(one, found), totals=totals.map(lambda side: side.get(column.code)))  # noqa: B023 -- called at once
            for one, column in zip(part.columns, columns, strict=True)
        ),
        notes=(*part.notes, *_notes(travelled, sum(found.rows), options)),
    )


def bounded(found: TableDiff, bounds: Mapping[str, AtMost | None]) -> TableDiff:
    """Say of columns how far they can have moved at most."""
    return replace(found, columns=tuple(replace(one, at_most=bounds.get(one.name)) for one in found.columns))


def measured(
    found: TableDiff, tables: Pair[Table], options: DiffOptions, names: Collection[str], means: Means
) -> TableDiff:
    """Add the statistics of these columns: all their cells are read, and the key's. Raises what `compare` raises."""
    key = options.key or ()
    plainly = replace(
        options,
        ignore=tuple(one.name for one in found.columns if one.name not in {*key, *names}),
        tolerances={name: one for name, one in options.tolerances.items() if name in names},
        totals=(),
        samples=0,
    )
    whole = compare(tables, plainly, means).summary
    known = {one.name: one for one in whole.columns if one.name in names}
    columns = tuple(
        replace(one, statistics=known[one.name].statistics, distances=known[one.name].distances)
        if one.name in known
        else one
        for one in found.columns
    )
    told = f"All rows of {', '.join(names)} were read, to measure how far the values moved."
    return replace(found, columns=columns, fault=whole.fault, notes=(*found.notes, told))


def _columns(tables: Pair[Table], options: DiffOptions) -> tuple[ColumnPair, ...]:
    schemas = tables.map(lambda table: table.frame.collect_schema())
    return pair_columns(schemas, tables.map(lambda table: table.types), options)


def _others(columns: Sequence[ColumnPair], side: Side) -> tuple[str, ...]:
    """Name the columns of a side that are neither compared nor ignored."""
    shown = [one for one in columns if one.change != "ignored" and one.type.of(side) is not None]
    return tuple(one.name for one in shown if one.writers is None)


def _with_nulls(column: ColumnDiff, found: FoundPrints) -> ColumnDiff:
    base, head = found.nulls.map(lambda side: side.columns.get(column.name))
    if base is not None and head is None and None not in column.nulls:
        # Of a column that was compared, rows that are alike have as many on either side.
        head = base - (column.nulls.base or 0) + (column.nulls.head or 0)
    return replace(column, nulls=Pair(base, head))


def _notes(travelled: int, rows: int, options: DiffOptions) -> tuple[str, ...]:
    if not options.statistics:
        return ()
    told = f"{travelled:,} of {count(rows, 'row')} travelled, the others have equal checksums"
    return (f"Distributions and causes were not looked for: {told}.",)
