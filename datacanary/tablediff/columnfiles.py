"""Parquet and Arrow IPC files: scanned as often as needed, and watched meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from datacanary.errors import DataError, Where
from datacanary.tablediff.arrowdata import empty, polars_of
from datacanary.tablediff.scratch import Scratch
from datacanary.tablediff.spooled import spooled
from datacanary.tablediff.table import Table, type_words
from datacanary.tablediff.watch import watch

IPC_STREAM_START = b"\xff\xff\xff\xff"
DAMAGE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, pa.ArrowException, OSError)
"""What Polars and Arrow raise for a file that is not what it should be."""


def read_parquet(files: Sequence[Path], scratch: Scratch, memory: int) -> Table:
    """Scan Parquet files; folders named `key=value` add no columns."""
    del scratch, memory
    return scanned(files, partial(pl.scan_parquet, hive_partitioning=False, glob=False), row_groups(files))


def row_groups(files: Sequence[Path]) -> tuple[int, ...]:
    """List the row numbers where row groups begin, over all files; none where PyArrow cannot tell."""
    try:
        groups = [
            metadata.row_group(number).num_rows
            for metadata in map(pq.read_metadata, files)
            for number in range(metadata.num_row_groups)
        ]
    except (pa.ArrowException, OSError):
        return ()
    return tuple(accumulate(groups[:-1], initial=0))


def read_ipc(files: Sequence[Path], scratch: Scratch, memory: int) -> Table:
    """Scan Arrow IPC files; where streams are among them, all are read once."""
    if not any(map(is_stream, files)):
        return scanned(files, partial(pl.scan_ipc, hive_partitioning=False, glob=False), ())
    unchanged = watch(files)
    schemas = schemas_of(files, stored_schema)
    schema = schemas[files[0]]
    rows = (pl.DataFrame({name: batch[name] for name in schema}) for file in files for batch in batches_of(file))
    table = spooled(rows, schema, scratch, memory)
    unchanged()
    return table


def is_stream(file: Path) -> bool:
    """Tell an Arrow IPC stream from an Arrow IPC file."""
    with file.open("rb") as content:
        return content.read(len(IPC_STREAM_START)) == IPC_STREAM_START


def stored_schema(file: Path) -> pl.Schema:
    """Return the columns of an IPC file or stream in the types of Polars."""
    if not is_stream(file):
        return pl.scan_ipc(file, glob=False).collect_schema()
    with pa.OSFile(str(file)) as content, pa.ipc.open_stream(content) as reader:
        return polars_of(empty(reader.schema)).schema


def batches_of(file: Path) -> Iterator[pl.DataFrame]:
    """Read an IPC file or stream once, batch by batch."""
    try:
        if not is_stream(file):
            yield from pl.scan_ipc(file, glob=False).collect_batches()
            return
        with pa.OSFile(str(file)) as content, pa.ipc.open_stream(content) as reader:
            yield from map(polars_of, reader)
    except DAMAGE as problem:
        raise damaged(file, problem) from problem


def scanned(files: Sequence[Path], scan: Callable[[Sequence[Path]], pl.LazyFrame], stops: Sequence[int]) -> Table:
    """Scan files of one schema as one table; the order of their columns may differ."""
    unchanged = watch(files)
    schema = schemas_of(files, lambda file: scan([file]).collect_schema())[files[0]]
    frame = scan(files)
    try:
        rows = int(frame.select(pl.len()).collect().item())
    except DAMAGE as problem:
        raise damaged(files[0], problem) from problem
    return Table(frame, {name: type_words(dtype) for name, dtype in schema.items()}, rows, unchanged, stops=stops)


def schemas_of(files: Sequence[Path], schema_of: Callable[[Path], pl.Schema]) -> dict[Path, pl.Schema]:
    """Look up the columns of every file; DataError for files that are not parts of one table."""
    schemas: dict[Path, pl.Schema] = {}
    for file in files:
        try:
            schemas[file] = schema_of(file)
        except DAMAGE as problem:
            raise damaged(file, problem) from problem
    check_same(schemas)
    return schemas


def damaged(file: Path, problem: BaseException) -> DataError:
    """Say that a file is not whole."""
    return DataError(
        f"The file is damaged: its columns cannot be read ({type(problem).__name__}).", where=Where(str(file))
    )


def check_same(schemas: Mapping[Path, pl.Schema]) -> None:
    """Refuse files that are not parts of one table."""
    (first, expected), *others = schemas.items()
    for file, schema in others:
        for name in [*expected, *schema]:
            here, there = (words(columns, name) for columns in (schema, expected))
            if here != there:
                raise DataError(
                    f"The files are not one table: the column {name!r} is {here} here and {there} in {str(first)!r}.",
                    where=Where(str(file)),
                    hint="Use a glob for files of the same columns and types.",
                )


def words(schema: pl.Schema, name: str) -> str:
    """Say a column's type, or that it is missing."""
    return type_words(schema[name]) if name in schema else "missing"
