"""A table to compare: its rows as a lazy frame and its types in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from polars.datatypes import DataTypeClass


@dataclass(frozen=True, slots=True)
class Table:
    """One side of a comparison.

    `types` gives every column's type in words: those of the warehouse, or those of Polars in lower case.
    Whether a type changed is judged on these words.
    """

    frame: pl.LazyFrame
    types: Mapping[str, str]

    @classmethod
    def of(cls, frame: pl.DataFrame | pl.LazyFrame) -> Table:
        """Take a frame and describe its types in the words of Polars.

        >>> Table.of(pl.DataFrame({"id": [1], "at": [None]})).types
        {'id': 'int64', 'at': 'null'}
        """
        lazy = frame.lazy()
        return cls(lazy, {name: type_words(dtype) for name, dtype in lazy.collect_schema().items()})


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
