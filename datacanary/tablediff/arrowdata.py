"""Arrow data under its own names in Polars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, cast, runtime_checkable

import polars as pl
import pyarrow as pa

from datacanary.errors import DataError
from datacanary.tablediff.scratch import Scratch
from datacanary.tablediff.spooled import spooled
from datacanary.tablediff.table import Table


@runtime_checkable
class ArrowStream(Protocol):
    """Anything that can be read as a stream of Arrow batches."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Export the stream."""


def table_of_arrow(value: ArrowStream, scratch: Scratch, memory: int) -> Table:
    """Share an Arrow table; read any other Arrow data once, batch by batch. DataError for what Polars cannot hold."""
    try:
        if isinstance(value, pa.Table):
            check_types(value.schema)
            return Table.of(polars_of(value))
        reader = pa.RecordBatchReader.from_stream(value)
        check_types(reader.schema)
        schema = polars_of(empty(reader.schema)).schema
        return spooled(batches_of(reader), schema, scratch, memory)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, pa.ArrowException, TypeError) as problem:
        raise DataError(
            "The Arrow data cannot be read: two columns have one name, or a type has no counterpart in Polars.",
            hint="Rename or cast such columns first; intervals and decimals of more than 38 digits go as text.",
        ) from problem


def check_types(schema: pa.Schema) -> None:
    """Raise TypeError for types that Polars would panic at, which it does not do quietly."""
    for field in schema:
        if not all(map(has_counterpart, parts_of(field.type))):
            message = f"{field.type} has no counterpart"
            raise TypeError(message)


def has_counterpart(dtype: pa.DataType) -> bool:
    """Tell whether Polars has a type for this one, but for its parts."""
    return not (pa.types.is_interval(dtype) or pa.types.is_decimal256(dtype) or pa.types.is_union(dtype))


def parts_of(dtype: pa.DataType) -> Iterator[pa.DataType]:
    """List a type and the types within it.

    >>> [str(part) for part in parts_of(pa.list_(pa.struct({"a": pa.int8()})))]
    ['list<item: struct<a: int8>>', 'struct<a: int8>', 'int8']
    """
    yield dtype
    if isinstance(dtype, pa.BaseExtensionType):
        yield from parts_of(dtype.storage_type)
    elif pa.types.is_dictionary(dtype):
        yield from parts_of(dtype.value_type)
    else:
        for place in range(dtype.num_fields):
            yield from parts_of(dtype.field(place).type)


def batches_of(reader: pa.RecordBatchReader) -> Iterator[pl.DataFrame]:
    """Read a stream batch by batch."""
    try:
        yield from map(polars_of, reader)
    except (pa.ArrowException, OSError) as problem:
        raise DataError(f"The stream of Arrow data broke off ({type(problem).__name__}).") from problem


def empty(schema: pa.Schema) -> pa.Table:
    """Return a table without rows; Arrow's own way makes arrays of lists, which imports pandas where it is there.

    >>> empty(pa.schema({"id": pa.int64()})).num_rows
    0
    """
    return pa.Table.from_batches([], schema)


def polars_of(data: pa.Table | pa.RecordBatch) -> pl.DataFrame:
    """Share Arrow data with Polars under its own names: Polars would call a column without a name otherwise.

    >>> polars_of(pa.table({"": [1], "^a$": [2]})).columns
    ['', '^a$']
    """
    coded = data.rename_columns([f"c{place}" for place in range(data.num_columns)])
    frame = cast(pl.DataFrame, pl.from_arrow(coded, rechunk=False))
    frame.columns = data.schema.names
    return frame
