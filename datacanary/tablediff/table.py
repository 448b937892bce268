"""A table to compare: its rows as a lazy frame and its types in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from polars.datatypes import DataTypeClass


def never_changes() -> None:
    """Say nothing: rows in memory stay what they are."""


@dataclass(frozen=True, slots=True)
class Table:
    """One side of a comparison.

    `frame` may be scanned several times, with any projection, and streams the same rows in the same order each time.
    `types` gives every column's type in words: those of the warehouse, or those of Polars in lower case.
    Whether a type changed is judged on these words. `rows` is the height. `unchanged` raises DataError if what the
    frame reads is no longer what it was when it was opened. `keep` holds what the frame reads for as long as the
    table lives: a folder of temporary files, a connection. `stops` are the row numbers, ascending from 0, where
    reading may begin as cheaply as at the start; empty if rows can only be read one after the other.
    """

    frame: pl.LazyFrame
    types: Mapping[str, str]
    rows: int
    unchanged: Callable[[], None] = never_changes
    keep: object = None
    stops: Sequence[int] = ()

    @classmethod
    def of(cls, frame: pl.DataFrame | pl.LazyFrame) -> Table:
        """Take a frame and describe its types in the words of Polars.

        >>> Table.of(pl.DataFrame({"id": [1], "at": [None]})).types
        {'id': 'int64', 'at': 'null'}
        """
        lazy = frame.lazy()
        types = {name: type_words(dtype) for name, dtype in lazy.collect_schema().items()}
        if isinstance(frame, pl.DataFrame):
            return cls(lazy, types, frame.height, stops=(0,))
        return cls(lazy, types, int(lazy.select(pl.len()).collect().item()))


def type_words(dtype: pl.DataType) -> str:  # noqa: PLR0911 -- one line per type
    """Say a type as users read it.

    >>> type_words(pl.Datetime("us", "UTC")), type_words(pl.List(pl.Decimal(12, 2)))
    ('timestamp[us, UTC]', 'list[decimal(12,2)]')
    """
    match dtype:
        case pl.Decimal():
            return f"decimal({dtype.precision},{dtype.scale})"
        case pl.Datetime():
            zone = f", {dtype.time_zone}" if dtype.time_zone else ""
            return f"timestamp[{dtype.time_unit}{zone}]"
        case pl.Duration():
            return f"duration[{dtype.time_unit}]"
        case pl.List():
            return f"list[{type_words(inner(dtype))}]"
        case pl.Array():
            return f"array[{type_words(inner(dtype))}, {dtype.size}]"
        case pl.Struct():
            fields = ", ".join(f"{name}: {type_words(field)}" for name, field in fields_of(dtype).items())
            return f"struct[{fields}]"
        case pl.Map():
            return f"map[{type_words(instance(dtype.key))}, {type_words(instance(dtype.value))}]"
        case pl.BaseExtension():
            return dtype.ext_name().removeprefix("arrow.")
        case _:
            return str(dtype.base_type()).lower()


def instance(dtype: DataTypeClass | pl.DataType) -> pl.DataType:
    """Turn a type that Polars may give as a class into an object.

    >>> instance(pl.Int8) == instance(pl.Int8())
    True
    """
    return dtype() if isinstance(dtype, DataTypeClass) else dtype


def inner(dtype: pl.List | pl.Array) -> pl.DataType:
    """Return the type of a list's or array's elements; a nested array loses one dimension at a time."""
    return instance(dtype.inner)


def fields_of(dtype: pl.Struct) -> dict[str, pl.DataType]:
    """Return the fields of a struct by name, in order."""
    return {field.name: instance(field.dtype) for field in dtype.fields}
