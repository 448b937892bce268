"""Whatever holds a table becomes a Table: frames, Arrow data, files, folders and globs."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from datacanary.errors import DataError
from datacanary.tablediff.arrowdata import ArrowStream, table_of_arrow
from datacanary.tablediff.files import table_of_files
from datacanary.tablediff.scratch import Scratch
from datacanary.tablediff.spooled import spooled
from datacanary.tablediff.table import Table

TableLike = pl.DataFrame | pl.LazyFrame | ArrowStream | str | Path

COLUMN = r'col\("[^"\n]*"\)(\.alias\("[^"\n]*"\))?'
PLAIN_STEP = re.compile(
    rf"""\s*(
        SELECT\ \[({COLUMN}(,\ {COLUMN})*)?\]
        | (Parquet|Ipc)\ SCAN\ \[.*\]
        | PROJECT\ (\*|\d+)/\d+\ COLUMNS
        | ESTIMATED\ ROWS:\ \d+
        | DF\ \[.*\];\ PROJECT\ (\*|\d+)/\d+\ COLUMNS
    )""",
    re.VERBOSE,
)
"""A line of the plan of a frame that can be scanned again and again, and gives the same rows at no more cost."""


def table_of(value: TableLike, scratch: Scratch, memory: int) -> Table:
    """Take a table from a Polars frame, Arrow data or a path.

    A path is a Parquet (`.parquet`), CSV (`.csv`, `.tsv`), Arrow IPC (`.arrow`, `.ipc`, `.feather`) or NDJSON
    (`.ndjson`, `.jsonl`) file, a folder of files of one such kind, or a glob of them. What can be read only once, or
    would have to be computed again, is kept in `scratch`: within a share of `memory` bytes, or beyond it on disk.
    Raises DataError where it is missing, of another kind than its name says, incomplete, or not one table.

    >>> table_of(pl.DataFrame({"id": [1]}), Scratch(), 1 << 30).types
    {'id': 'int64'}
    """
    if isinstance(value, pl.DataFrame):
        return Table.of(value)
    if isinstance(value, pl.LazyFrame):
        return table_of_lazy(value, scratch, memory)
    if isinstance(value, str | Path):
        return table_of_files(value, scratch, memory)
    if isinstance(value, ArrowStream):
        return table_of_arrow(value, scratch, memory)
    raise DataError(
        f"A {type(value).__name__} is not a table.", hint="Give a Polars frame, Arrow data, or a path of files."
    )


def table_of_lazy(frame: pl.LazyFrame, scratch: Scratch, memory: int) -> Table:
    """Keep a lazy frame that only picks columns of files or of rows in memory; run any other plan once."""
    try:
        schema = frame.collect_schema()
        if only_reads(frame):
            return Table.of(frame)
    except (pl.exceptions.PolarsError, OSError) as problem:
        raise DataError(f"The lazy frame has no schema: {type(problem).__name__}.") from problem
    try:
        return spooled(frame.collect_batches(lazy=True), schema, scratch, memory)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as problem:
        raise DataError(f"The lazy frame cannot be read: {type(problem).__name__}.") from problem


def only_reads(frame: pl.LazyFrame) -> bool:
    """Tell whether a plan does nothing but pick and rename columns; what is not known for sure does more.

    >>> only_reads(pl.LazyFrame({"a": [1]}).select(pl.col("a").alias("b")))
    True
    >>> only_reads(pl.LazyFrame({"a": [1]}).select(pl.col("a").shuffle()))
    False
    """
    return all(PLAIN_STEP.fullmatch(line) for line in frame.explain(optimized=False).splitlines())
