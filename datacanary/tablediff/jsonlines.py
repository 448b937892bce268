"""NDJSON files: one JSON object per line."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from datacanary.errors import DataError, Where
from datacanary.tablediff.scratch import Scratch
from datacanary.tablediff.table import Table
from datacanary.tablediff.texttables import typed_table
from datacanary.tablediff.watch import watch


def read_json_lines(files: Sequence[Path], scratch: Scratch, memory: int) -> Table:
    """Read files of JSON objects as one table; types are inferred from every line, a missing field is NULL.

    Where whole numbers and fractions mix in a column, both are kept: as floats if these are exact, else as decimals.
    """
    unchanged = watch(files)
    inferred = {file: fields_of(file) for file in files}
    mixed = {name for schema in inferred.values() for name, dtype in schema.items() if dtype.is_float()}
    schemas = {
        file: pl.Schema({name: pl.String() if name in mixed else dtype for name, dtype in schema.items()})
        for file, schema in inferred.items()
    }
    try:
        nothing = pl.concat([schema.to_frame(eager=True) for schema in schemas.values()], how="diagonal_relaxed")
    except pl.exceptions.PolarsError as problem:
        raise DataError(
            "The files are not one table: a field has types that do not go together.", where=Where(str(files[0].parent))
        ) from problem
    rows = (conformed(frame, nothing) for file, schema in schemas.items() for frame in lines_of(file, schema))
    table = typed_table(rows, nothing.schema, mixed, scratch, memory)
    unchanged()
    return table


def fields_of(file: Path) -> pl.Schema:
    """Infer the types of all fields from every line."""
    try:
        return pl.scan_ndjson(exactly(file), infer_schema_length=None).collect_schema()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as problem:
        raise not_alike(file) from problem


def exactly(file: Path) -> str:
    """Write a path so that Polars takes it for no pattern.

    >>> exactly(Path("a[1].jsonl"))
    'a[[]1].jsonl'
    """
    return glob.escape(str(file))


def lines_of(file: Path, schema: pl.Schema) -> Iterator[pl.DataFrame]:
    """Read a file with these types, numbers as text where the type is text."""
    try:
        yield from pl.scan_ndjson(exactly(file), schema=schema).collect_batches(lazy=True)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as problem:
        raise not_alike(file) from problem


def conformed(frame: pl.DataFrame, nothing: pl.DataFrame) -> pl.DataFrame:
    """Give rows the columns and types of all files together, which an empty frame has."""
    return frame if frame.schema == nothing.schema else pl.concat([nothing, frame], how="diagonal_relaxed")


def not_alike(file: Path) -> DataError:
    """Say that a file is not what NDJSON should be."""
    return DataError(
        "The lines are not all JSON objects of the same shape.",
        where=Where(str(file)),
        hint="Every line must be one object, and a field must have the same type in all of them.",
    )
