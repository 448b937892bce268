"""Whatever holds a table becomes a Table: frames, Arrow data, files, folders and globs."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, runtime_checkable

import polars as pl
import pyarrow as pa

from datacanary.errors import DataError
from datacanary.tablediff.delimited import polars_of
from datacanary.tablediff.files import table_of_files
from datacanary.tablediff.table import Table


@runtime_checkable
class ArrowStream(Protocol):
    """Anything that can be read as a stream of Arrow batches."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Export the stream."""


TableLike = pl.DataFrame | pl.LazyFrame | ArrowStream | str | Path


def table_of(value: TableLike) -> Table:
    """Take a table from a Polars frame, Arrow data or a path.

    A path is a Parquet (`.parquet`), CSV (`.csv`, `.tsv`), Arrow IPC (`.arrow`, `.ipc`, `.feather`) or NDJSON
    (`.ndjson`, `.jsonl`) file, a folder of files of one such kind, or a glob of them. Raises DataError where it is
    missing, of another kind than its name says, incomplete, or not one table.

    >>> table_of(pl.DataFrame({"id": [1]})).types
    {'id': 'int64'}
    """
    if isinstance(value, pl.DataFrame | pl.LazyFrame):
        return described(value)
    if isinstance(value, str | Path):
        return Table.of(table_of_files(value))
    if isinstance(value, ArrowStream):
        return Table.of(from_arrow(value))
    raise DataError(
        f"A {type(value).__name__} is not a table.", hint="Give a Polars frame, Arrow data, or a path of files."
    )


def described(frame: pl.DataFrame | pl.LazyFrame) -> Table:
    """Take a Polars frame; a lazy one must at least have a schema."""
    try:
        return Table.of(frame)
    except (pl.exceptions.PolarsError, OSError) as problem:
        raise DataError(f"The lazy frame has no schema: {type(problem).__name__}.") from problem


def from_arrow(value: ArrowStream) -> pl.DataFrame:
    """Read Arrow data that Polars can hold."""
    try:
        return polars_of(value if isinstance(value, pa.Table) else pa.table(value))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, pa.ArrowException, TypeError) as problem:
        raise DataError(
            "The Arrow data cannot be read: two columns have one name, or a type has no counterpart in Polars.",
            hint="Rename or cast such columns first; intervals and decimals of more than 38 digits go as text.",
        ) from problem
