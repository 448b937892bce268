"""NDJSON files: one JSON object per line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import polars as pl

from datacanary.errors import DataError, Where
from datacanary.tablediff.textvalues import typed_values


def read_json_lines(files: Sequence[Path]) -> pl.LazyFrame:
    """Read files of JSON objects as one table; types are inferred from every line, a missing field is NULL.

    Where whole numbers and fractions mix in a column, both are kept: as floats if these are exact, else as decimals.
    """
    frames = [read_file(file, ()) for file in files]
    mixed = {name for frame in frames for name, dtype in frame.schema.items() if dtype.is_float()}
    if mixed:
        frames = [read_file(file, mixed & set(frame.columns)) for file, frame in zip(files, frames, strict=True)]
    try:
        frame = pl.concat(frames, how="diagonal_relaxed")
    except pl.exceptions.PolarsError as problem:
        raise DataError(
            "The files are not one table: a field has types that do not go together.", where=Where(str(files[0].parent))
        ) from problem
    return pl.DataFrame(
        {
            name: typed_values(frame.get_column(name)) if name in mixed else frame.get_column(name)
            for name in frame.columns
        }
    ).lazy()


def read_file(file: Path, as_text: Collection[str]) -> pl.DataFrame:
    """Read one file, some columns as text."""
    try:
        return pl.read_ndjson(file, infer_schema_length=None, schema_overrides=dict.fromkeys(as_text, pl.String()))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as problem:
        raise DataError(
            "The lines are not all JSON objects of the same shape.",
            where=Where(str(file)),
            hint="Every line must be one object, and a field must have the same type in all of them.",
        ) from problem
