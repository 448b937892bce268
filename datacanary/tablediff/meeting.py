"""In which form values of two types are compared: lossless, so that equal values and only those are equal."""

from __future__ import annotations

import polars as pl

from datacanary.model.basic import Pair
from datacanary.tablediff.numeric import Writer, cast_to, meet_numbers
from datacanary.tablediff.table import fields_of, inner, instance, type_words

NANOSECONDS = {"ns": 1, "us": 1_000, "ms": 1_000_000, "day": 86_400_000_000_000}


class IncomparableError(Exception):
    """Two types have no common form; the message says why."""


def as_is(values: pl.Expr) -> pl.Expr:
    """Compare values in the form they have."""
    return values


def meet(base: pl.DataType, head: pl.DataType) -> Pair[Writer]:  # noqa: C901, PLR0911 -- one line per pair of types
    """Find how to write the values of each side so that they can be compared; raise IncomparableError if they cannot.

    Polars itself holds NaN equal to NaN and -0.0 to 0.0, in nested values, joins and groups too.

    >>> meet(pl.Int32(), pl.String())
    Traceback (most recent call last):
    ...
    datacanary.tablediff.meeting.IncomparableError: int32 and string have no common values
    """
    if base == head and is_plain(base):
        return Pair(as_is, as_is)
    match base, head:
        case (pl.BaseExtension(), _) | (_, pl.BaseExtension()):
            return meet_extensions(base, head)
        case (pl.Object() | pl.Unknown(), _) | (_, pl.Object() | pl.Unknown()):
            raise IncomparableError("Python objects cannot be compared")
        case pl.Null(), _:
            write = meet(head, head).head
            return Pair(lambda values: write(values.cast(head)), write)
        case _, pl.Null():
            return swapped(meet(head, base))
        case pl.String() | pl.Categorical() | pl.Enum(), pl.String() | pl.Categorical() | pl.Enum():
            return Pair(cast_to(pl.String()), cast_to(pl.String()))
        case pl.Date() | pl.Datetime(), pl.Date() | pl.Datetime():
            return meet_times(base, head)
        case pl.Duration(), pl.Duration():
            return Pair(ticks(base.time_unit), ticks(head.time_unit))
        case pl.List() | pl.Array() | pl.Map(), pl.List() | pl.Array() | pl.Map():
            return meet_lists(base, head)
        case pl.Struct(), pl.Struct():
            return meet_structs(base, head)
    if base.is_numeric() and head.is_numeric():
        return meet_numbers(base, head)
    raise IncomparableError(f"{type_words(base)} and {type_words(head)} have no common values")


def is_plain(dtype: pl.DataType) -> bool:
    """Tell whether Polars compares, joins and groups values of this type rightly as they are."""
    match dtype:
        case pl.Object() | pl.Unknown() | pl.BaseExtension() | pl.Map():
            return False
        case pl.List() | pl.Array():
            return is_plain(inner(dtype))
        case pl.Struct():
            return all(is_plain(field) for field in fields_of(dtype).values())
        case _:
            return True


def swapped(pair: Pair[Writer]) -> Pair[Writer]:
    """Exchange the sides."""
    return Pair(pair.head, pair.base)


def meet_extensions(base: pl.DataType, head: pl.DataType) -> Pair[Writer]:
    """Compare extension types (JSON text, UUIDs) by what they store, but not one kind with another kind."""
    if isinstance(base, pl.BaseExtension) and isinstance(head, pl.BaseExtension) and base.ext_name() != head.ext_name():
        raise IncomparableError(f"{type_words(base)} and {type_words(head)} have no common values")
    writers = meet(storage(base), storage(head))
    return Pair(after_storage(base, writers.base), after_storage(head, writers.head))


def storage(dtype: pl.DataType) -> pl.DataType:
    """Return what an extension type stores, any other type as it is."""
    return instance(dtype.ext_storage()) if isinstance(dtype, pl.BaseExtension) else dtype


def after_storage(dtype: pl.DataType, write: Writer) -> Writer:
    """Take the stored values out of an extension before writing them."""
    return (lambda values: write(values.ext.storage())) if isinstance(dtype, pl.BaseExtension) else write


def meet_times(base: pl.DataType, head: pl.DataType) -> Pair[Writer]:
    """Compare times as instants: by ticks, wide enough for the years that a finer unit cannot hold."""
    zones = {bool(isinstance(dtype, pl.Datetime) and dtype.time_zone) for dtype in (base, head)}
    if len(zones) > 1:
        raise IncomparableError("only one side has a time zone")
    if isinstance(base, pl.Datetime) and isinstance(head, pl.Datetime) and base.time_unit == head.time_unit:
        return Pair(pl.Expr.to_physical, pl.Expr.to_physical)
    return Pair(instants(base), instants(head))


def instants(dtype: pl.DataType) -> Writer:
    """Write dates and timestamps as nanoseconds since 1970."""
    return ticks(dtype.time_unit if isinstance(dtype, pl.Datetime) else "day")


def ticks(unit: str) -> Writer:
    """Write dates, timestamps and durations as nanoseconds: 128 bits hold them all."""
    size = pl.lit(NANOSECONDS[unit], dtype=pl.Int128)
    return lambda values: values.to_physical().cast(pl.Int128) * size


def meet_lists(base: pl.DataType, head: pl.DataType) -> Pair[Writer]:
    """Compare lists, arrays and maps element by element."""
    if isinstance(base, pl.Map) != isinstance(head, pl.Map):
        raise IncomparableError(f"{type_words(base)} and {type_words(head)} have no common values")
    writers = meet(element_type(base), element_type(head))
    return Pair(write_list(base, writers.base), write_list(head, writers.head))


def element_type(dtype: pl.DataType) -> pl.DataType:
    """Return the type of the elements; those of a map are its entries."""
    if isinstance(dtype, pl.Map):
        return pl.Struct({"key": dtype.key, "value": dtype.value})
    return inner(dtype) if isinstance(dtype, pl.List | pl.Array) else dtype


def write_list(dtype: pl.DataType, write: Writer) -> Writer:
    """Write any list-like value as a list of written elements."""

    def written(values: pl.Expr) -> pl.Expr:
        if isinstance(dtype, pl.Array):
            values = values.arr.to_list()
        if isinstance(dtype, pl.Map):
            values = values.to_physical()
        return values if write is as_is else values.list.eval(write(pl.element()))

    return written


def meet_structs(base: pl.Struct, head: pl.Struct) -> Pair[Writer]:
    """Compare structs field by field, by name; the order of the fields does not matter."""
    fields = Pair(fields_of(base), fields_of(head))
    if set(fields.base) != set(fields.head):
        odd = sorted(set(fields.base) ^ set(fields.head))
        raise IncomparableError(f"the struct's field {odd[0]!r} is only on one side")
    writers = {name: meet(fields.base[name], fields.head[name]) for name in fields.base}
    return Pair(
        write_struct(list(fields.base), {name: pair.base for name, pair in writers.items()}),
        write_struct(list(fields.head), {name: pair.head for name, pair in writers.items()}),
    )


def write_struct(fields: list[str], writers: dict[str, Writer]) -> Writer:
    """Write a struct with its fields in one order and under plain names (Polars reads `^...$` as a pattern)."""
    plain = {name: f"f{number}" for number, name in enumerate(writers)}

    def written(values: pl.Expr) -> pl.Expr:
        renamed = values.struct.rename_fields([plain[name] for name in fields])
        parts = [write(renamed.struct.field(plain[name])).alias(plain[name]) for name, write in writers.items()]
        return pl.when(values.is_not_null()).then(pl.struct(parts))

    return written
