"""Comparing two tables: the one entrance, and what comes out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import polars as pl

from datacanary.errors import DataError
from datacanary.model.basic import Pair, Side
from datacanary.model.tablediff import ColumnDiff, DiffOptions, Key, KeyOrigin, RowCounts, SampleRow, TableDiff
from datacanary.tablediff.cells import Frames
from datacanary.tablediff.columns import ColumnPair, check_key, pair_columns
from datacanary.tablediff.keys import infer_key
from datacanary.tablediff.outcome import NOTHING, Outcome, by_key, by_whole_row
from datacanary.tablediff.samples import sample_changed, sample_one_side
from datacanary.tablediff.table import Table
from datacanary.tablediff.totals import total

SIDES: tuple[Side, ...] = ("base", "head")


@dataclass(frozen=True, slots=True)
class Difference:
    """How head differs from base: `summary` in counts, and the rows themselves as lazy frames.

    The rows are in the order of their side. All three are empty if nothing was compared.
    """

    summary: TableDiff
    given: Pair[pl.DataFrame]
    columns: tuple[ColumnPair, ...]
    gone: Pair[pl.Series]
    pairs: pl.DataFrame

    def added(self) -> pl.LazyFrame:
        """Rows of head that base does not have, with all columns of head."""
        return self.rows_of("head")

    def removed(self) -> pl.LazyFrame:
        """Rows of base that head does not have, with all columns of base."""
        return self.rows_of("base")

    def rows_of(self, side: Side) -> pl.LazyFrame:
        """Rows that one side alone has."""
        # Gathered here and not by the lazy frame: Polars 2.1 panics there on lists of JSON.
        rows = self.given.of(side)[self.gone.of(side)]
        return rows.rename({column.code: column.name for column in self.columns}, strict=False).lazy()

    def changed(self) -> pl.LazyFrame:
        """Rows that are on both sides and differ: the key, then `<column>_base` and `<column>_head` of each column.

        A name that another column has already gets underscores behind it. Empty without a key.
        """
        key = self.summary.key.columns
        in_key = [column for name in key for column in self.columns if column.name == name]
        gathered = {column.name: self.given.base[column.code].gather(self.pairs["base"]) for column in in_key}
        for column in self.columns:
            if column.writers is None or column.name in key:
                continue
            for side in SIDES:
                label = free_name(f"{column.name}_{side}", gathered)
                gathered[label] = self.given.of(side)[column.code].gather(self.pairs[side])
        return pl.DataFrame(gathered).lazy()


def free_name(name: str, taken: Collection[str]) -> str:
    """Add underscores until nothing else is called so."""
    return free_name(f"{name}_", taken) if name in taken else name


def compare(tables: Pair[Table], options: DiffOptions) -> Difference:
    """Compare two tables exactly, row by row and column by column.

    Tolerances hold for the cells of rows that pair. Whole rows, and rows of a key value that repeats, cancel only if
    they are exactly equal.

    Raises DataError for options that do not fit the tables: a key column that a side lacks, an unknown column, a
    tolerance for what is no number.

    >>> base, head = pl.DataFrame({"id": [1, 2], "n": [5, 6]}), pl.DataFrame({"id": [2, 3], "n": [7, 8]})
    >>> found = compare(Pair(Table.of(base), Table.of(head)), DiffOptions(key=("id",), tolerances={}))
    >>> found.summary.rows
    RowCounts(base=2, head=2, added=1, removed=1, changed=1, unchanged=0)
    >>> found.changed().collect().rows()
    [(2, 6, 7)]
    """
    given = Pair(read(tables.base.frame, "base"), read(tables.head.frame, "head"))
    columns = pair_columns(given.map(lambda side: side.schema), tables.map(lambda side: side.types), options)
    key, origin = choose_key(given, tables, columns, options)
    frames = Frames(written(given, columns), given.map(lambda side: coded(side, columns)))
    in_key = [column for name in key for column in columns if column.name == name]
    if not any(column.writers for column in columns):
        return not_compared(given, frames, columns)
    outcome = by_key(frames, columns, in_key) if key else by_whole_row(frames, columns)
    summary = TableDiff(
        comparison="keyed" if key else "keyless",
        reason="",
        key=Key(key, origin, outcome.duplicates, frames.given.map(lambda side: rows_with_null(side, in_key))),
        rows=count_rows(given, outcome, keyed=bool(key)),
        columns=tuple(describe(column, frames, outcome, keyed=bool(key)) for column in columns),
        samples=samples(frames, outcome, columns, in_key, options.samples),
        column_order_changed=order_changed(given),
        notes=notes(columns, key, origin, options),
    )
    return Difference(summary, frames.given, columns, outcome.gone, outcome.changed)


def read(frame: pl.LazyFrame, side: Side) -> pl.DataFrame:
    """Read a side into memory."""
    try:
        return frame.collect(engine="streaming").rechunk()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as problem:
        # What Polars says can hold values of cells: it stays in the chain of causes, out of the message.
        raise DataError(
            f"The rows of {side} cannot be read ({type(problem).__name__}).",
            hint="Look whether the file is complete, and whether every value has its column's type.",
        ) from problem


def choose_key(
    given: Pair[pl.DataFrame], tables: Pair[Table], columns: Sequence[ColumnPair], options: DiffOptions
) -> tuple[tuple[str, ...], KeyOrigin]:
    """Take the key that was asked for, or infer one."""
    if options.key is None:
        read_tables = Pair(replace(tables.base, frame=given.base.lazy()), replace(tables.head, frame=given.head.lazy()))
        key = infer_key(read_tables, options.name, ignore=options.ignore)
        return key, "inferred" if key else "none"
    check_key(options.key, columns, given.map(lambda side: side.schema))
    return options.key, options.key_origin if options.key else "none"


def coded(frame: pl.DataFrame, columns: Sequence[ColumnPair]) -> pl.DataFrame:
    """Call the columns by their codes."""
    return frame.rename({column.name: column.code for column in columns if column.name in frame.columns})


def written(given: Pair[pl.DataFrame], columns: Sequence[ColumnPair]) -> Pair[pl.DataFrame]:
    """Write the comparable columns of both sides in their common forms."""

    def side_of(side: Side) -> pl.DataFrame:
        return coded(given.of(side), columns).select(
            column.writers.of(side)(pl.col(column.code)).alias(column.code) for column in columns if column.writers
        )

    return Pair(side_of("base"), side_of("head"))


def rows_with_null(given: pl.DataFrame, key: Sequence[ColumnPair]) -> int:
    """Count the rows with a NULL in the key."""
    if not key:
        return 0
    return int(given.select(pl.any_horizontal(pl.col(column.code).is_null() for column in key).sum()).item())


def count_rows(given: Pair[pl.DataFrame], outcome: Outcome, *, keyed: bool) -> RowCounts:
    """Count the rows by outcome."""
    return RowCounts(
        base=given.base.height,
        head=given.head.height,
        added=outcome.gone.head.len(),
        removed=outcome.gone.base.len(),
        changed=outcome.changed.height if keyed else None,
        unchanged=outcome.unchanged,
    )


def describe(column: ColumnPair, frames: Frames, outcome: Outcome | None, *, keyed: bool) -> ColumnDiff:
    """Sum up one column."""
    cells = outcome.cells.get(column.code) if outcome else None
    sides = frames.given.map(lambda side: side.get_column(column.code, default=None))
    if column.change == "ignored":
        sides = Pair(None, None)
    # The key's own columns have no cells: paired rows have them equal.
    changed = (cells.count if cells else 0) if keyed and column.writers else None
    return ColumnDiff(
        name=column.name,
        change=column.change,
        type=column.type,
        changed=changed,
        forgiven=cells.forgiven if cells else 0,
        nulls=sides.map(lambda side: None if side is None else side.null_count()),
        totals=sides.map(lambda side: None if side is None else total(side)),
        incomparable=column.incomparable,
    )


def samples(
    frames: Frames, outcome: Outcome, columns: Sequence[ColumnPair], key: Sequence[ColumnPair], count: int
) -> tuple[SampleRow, ...]:
    """Take the first rows of each kind."""
    if count <= 0:
        return ()
    removed = sample_one_side(frames, "base", outcome.gone.base, columns, key, count)
    added = sample_one_side(frames, "head", outcome.gone.head, columns, key, count)
    by_code = {column.code: column for column in columns}
    changed = sample_changed(frames, outcome.changed, outcome.cells, by_code, key, count) if key else ()
    return (*removed, *added, *changed)


def order_changed(given: Pair[pl.DataFrame]) -> bool:
    """Tell whether the columns that both sides have stand in another order."""
    base, head = given
    return [name for name in base.columns if name in head.columns] != [
        name for name in head.columns if name in base.columns
    ]


def notes(
    columns: Sequence[ColumnPair], key: Sequence[str], origin: KeyOrigin, options: DiffOptions
) -> tuple[str, ...]:
    """Say what a reader could miss."""
    told = []
    if options.key is None and origin == "none":
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


def not_compared(given: Pair[pl.DataFrame], frames: Frames, columns: tuple[ColumnPair, ...]) -> Difference:
    """Say why there was nothing to compare."""
    common = [column for column in columns if column.type.base is not None and column.type.head is not None]
    if not common:
        reason = "the two sides have no column in common"
    elif all(column.change == "ignored" for column in common):
        reason = "all common columns are ignored"
    else:
        reason = "no common column has types that can be compared"
    summary = TableDiff(
        comparison="not_compared",
        reason=reason,
        key=Key((), "none", Pair(0, 0), Pair(0, 0)),
        rows=RowCounts(given.base.height, given.head.height),
        columns=tuple(describe(column, frames, None, keyed=False) for column in columns),
        column_order_changed=order_changed(given),
    )
    nothing = pl.Series(dtype=pl.get_index_type())
    return Difference(summary, frames.given, columns, Pair(nothing, nothing), pl.DataFrame(schema=NOTHING))
