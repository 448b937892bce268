"""Both tables under plain names of columns, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl

from datacanary.errors import DataError
from datacanary.model.basic import Pair, Side
from datacanary.tablediff.batches import batches
from datacanary.tablediff.columns import ColumnPair
from datacanary.tablediff.portions import portions
from datacanary.tablediff.table import Table

SIDES: tuple[Side, ...] = ("base", "head")


@dataclass(frozen=True, slots=True)
class Terms:
    """What is compared: the columns, and those of them that are the key (none: whole rows).

    `samples` is how many example rows of each kind to keep, `statistics` whether to keep what explains the difference.
    """

    columns: tuple[ColumnPair, ...]
    key: tuple[ColumnPair, ...]
    samples: int
    statistics: bool = False

    @property
    def compared(self) -> tuple[ColumnPair, ...]:
        """The columns that have a common form."""
        return tuple(column for column in self.columns if column.writers is not None)

    @property
    def beside_key(self) -> tuple[ColumnPair, ...]:
        """The compared columns that are not in the key."""
        return tuple(column for column in self.compared if column not in self.key)

    @property
    def pairing(self) -> tuple[ColumnPair, ...]:
        """The columns by which rows find each other: the key, or without one all that are compared."""
        return self.key or self.compared


@dataclass(frozen=True, slots=True)
class View:
    """One side with its columns called by their codes; ignored columns are not in it."""

    side: Side
    table: Table
    codes: tuple[str, ...]
    frame: pl.LazyFrame
    portion: int

    @classmethod
    def of(cls, side: Side, table: Table, columns: Sequence[ColumnPair], portion: int) -> View:
        """Call the columns of a table by their codes; it is read in portions of about so many bytes if it can be."""
        schema = table.frame.collect_schema()
        codes = {column.name: column.code for column in columns if column.name in schema}
        shown = [column.code for column in columns if column.name in schema and column.change != "ignored"]
        return cls(side, table, tuple(shown), table.frame.rename(codes).select(shown), portion)

    def batches(self, frame: pl.LazyFrame | None = None) -> Iterator[pl.DataFrame]:
        """Stream the view, or what was made of it row by row, in order; DataError if it cannot be read."""
        if frame is None and self.table.stops:
            return readable(portions(self.frame, self.table.rows, self.table.stops, self.portion), self.side)
        return readable(batches(self.frame if frame is None else frame, None), self.side)


def readable(rows: Iterator[pl.DataFrame], side: Side) -> Iterator[pl.DataFrame]:
    """Pass on what is read; DataError names the side if it cannot be."""
    with reading(side):
        yield from rows


@contextmanager
def reading(side: Side) -> Iterator[None]:
    """Raise DataError, naming the side, for what goes wrong while its rows are read."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as problem:
        raise unreadable(side, problem) from problem


def unreadable(side: Side, problem: BaseException) -> DataError:
    """Say that a side cannot be read: what Polars says can hold values of cells, and stays in the chain of causes."""
    return DataError(
        f"The rows of {side} cannot be read ({type(problem).__name__}).",
        hint="Look whether the file is complete, and whether every value has its column's type.",
    )


def written(columns: Sequence[ColumnPair], side: Side) -> list[pl.Expr]:
    """Write these columns of a side in their common forms."""
    return [
        column.writers.of(side)(pl.col(column.code)).alias(column.code)
        for column in columns
        if column.writers is not None
    ]


def joined(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Put rows below each other, copied only if nested: Polars 2.1 panics on those in chunks."""
    nested = any(dtype.is_nested() or isinstance(dtype, pl.BaseExtension) for dtype in frames[0].dtypes)
    return pl.concat(frames, rechunk=nested)


def rows_at(rows: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
    """Take the rows at these places, column by column: Polars 2.1 panics on whole frames with lists of JSON."""
    return pl.DataFrame([column[places] for column in rows.get_columns()])


def nulls_in(frame: pl.DataFrame, columns: Sequence[ColumnPair]) -> int:
    """Count the rows with a NULL in any of these columns."""
    codes = [column.code for column in columns if frame[column.code].null_count()]
    if not codes:
        return 0
    return int(frame.select(pl.any_horizontal(pl.col(code).is_null() for code in codes).sum()).item())


def both(views: Pair[View]) -> int:
    """Count the rows of both sides together."""
    return views.base.table.rows + views.head.table.rows
