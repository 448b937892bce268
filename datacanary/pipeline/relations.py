"""Relations of a warehouse as tables to compare."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace

import polars as pl
import pyarrow as pa
from polars.io.plugins import register_io_source

from datacanary.errors import StatementError
from datacanary.model.basic import Column, Physical
from datacanary.protocols.tables import Query, Tables
from datacanary.tablediff.arrowdata import empty, polars_of
from datacanary.tablediff.scratch import Scratch
from datacanary.tablediff.spooled import spooled
from datacanary.tablediff.table import Table, never_changes

Lend = Callable[[], AbstractContextManager[Tables]]
"""Opens a workspace for as long as something is read from it."""
Reading = Callable[[Sequence[Column]], AbstractContextManager[pa.RecordBatchReader]]
"""Streams these columns of some rows."""


def table_of_relation(workspace: Tables, physical: Physical, scratch: Scratch, memory: int) -> Table:
    """Take a relation of a workspace, which must stay open as long as the table is read."""
    return table_of_lent(lambda: nullcontext(workspace), physical, scratch, memory)


def table_of_lent(
    lend: Lend,
    relation: Physical | Query,
    scratch: Scratch,
    memory: int,
    unchanged: Callable[[], None] = never_changes,
) -> Table:
    """Take a relation of a workspace that is borrowed for each reading; the types are those of the warehouse.

    A table is streamed from there each time, only the columns that are asked for. What need not come in the same
    order again, a view or a query, is read once: within a share of `memory` bytes, or beyond it into `scratch`.
    Raises StatementError for a relation that is not there or cannot be read.
    """

    @contextmanager
    def reading(columns: Sequence[Column]) -> Iterator[pa.RecordBatchReader]:
        with lend() as workspace, workspace.reading(relation, columns) as reader:
            yield reader

    with lend() as workspace:
        columns = relation.columns if isinstance(relation, Query) else workspace.columns(relation)
        if columns is None:
            raise StatementError(f"{relation} does not exist.")
        source = _Source.of(reading, columns)
        if isinstance(relation, Physical) and workspace.in_order(relation):
            scan = register_io_source(source.scan, schema=source.schema)
            return Table(source.named(scan), source.types, workspace.rows(relation), unchanged)
        return _kept(source, scratch, memory)


def table_of_rows(
    reading: Reading, columns: Sequence[Column], schema: pl.Schema, scratch: Scratch, memory: int
) -> Table:
    """Read rows of a relation once, whose columns come in these types of Polars.

    They are kept within a share of `memory` bytes, else on disk. Raises StatementError for what cannot be read.
    """
    return _kept(_Source(reading, columns, schema.dtypes()), scratch, memory)


def _kept(source: _Source, scratch: Scratch, memory: int) -> Table:
    table = spooled(source.read(source.schema), source.schema, scratch, memory)
    return replace(table, frame=source.named(table.frame), types=source.types)


class _Source:
    """What is asked for the rows of a relation. Columns have codes: Polars would take some names for patterns."""

    def __init__(self, reading: Reading, columns: Sequence[Column], dtypes: Sequence[pl.DataType]) -> None:
        self.types = {column.name: column.type for column in columns}
        self._columns = {f"c{place}": column for place, column in enumerate(columns)}
        self._reading = reading
        self.schema = pl.Schema(zip(self._columns, dtypes, strict=True))

    @classmethod
    def of(cls, reading: Reading, columns: Sequence[Column]) -> _Source:
        """Ask how the columns come."""
        with reading(columns) as reader:
            nothing = empty(reader.schema)
        coded = polars_of(nothing.rename_columns([f"c{place}" for place, _ in enumerate(columns)]))
        return cls(reading, columns, _converted(coded, columns).dtypes)

    def named(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Give the columns their own names."""
        return frame.select(pl.col(code).alias(column.name) for code, column in self._columns.items())

    def scan(
        self, codes: list[str] | None, predicate: pl.Expr | None, most: int | None, batch_rows: int | None
    ) -> Iterator[pl.DataFrame]:
        """Give what Polars asks for, on a thread of its choice: the first `most` rows, and of these some."""
        del batch_rows
        for batch in self.read(self.schema if codes is None else codes):
            frame = batch if most is None else batch.head(most)
            yield frame if predicate is None else frame.filter(predicate)
            if most is not None:
                most -= frame.height
                if most <= 0:
                    return

    def read(self, codes: Collection[str]) -> Iterator[pl.DataFrame]:
        """Stream some columns of all rows."""
        columns = [self._columns[code] for code in codes]
        with self._reading(columns) as reader:
            for batch in reader:
                yield _converted(pl.DataFrame(batch.rename_columns(list(codes))), columns)


def _converted(frame: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    # DuckDB sends HUGEINT as decimal(38,0), which its largest values overflow; the bits are right.
    wide = [code for code, column in zip(frame.columns, columns, strict=True) if column.type == "hugeint"]
    return frame.with_columns(pl.col(wide).cast(pl.Int128)) if wide else frame
