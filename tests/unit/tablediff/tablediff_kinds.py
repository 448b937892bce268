"""Kinds of columns to draw tables from: how values of a kind are built, and which number or text a value stands for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import polars as pl

NAN = float("nan")
INFINITY = float("inf")

Meaning = object
"""What a value stands for: equal meanings are equal values, whatever the types. Hashable."""


@dataclass(frozen=True)
class Kind:
    """One type with some of its values, as Python has them; NULL is always one more."""

    label: str
    values: tuple[object, ...]
    build: Callable[[Sequence[object]], pl.Series]
    meaning: Callable[[object], Meaning]

    def __repr__(self) -> str:
        return self.label


def number(value: object) -> Meaning:
    """Numbers mean their exact value."""
    if isinstance(value, float) and value != value:  # noqa: PLR0124 -- only NaN differs from itself
        return "NaN"
    if isinstance(value, float) and value in {INFINITY, -INFINITY}:
        return f"{value}"
    assert isinstance(value, int | float | Decimal)
    return Fraction(value)


def plain(value: object) -> Meaning:
    return (type(value).__name__, value)


def of_type(dtype: pl.DataType) -> Callable[[Sequence[object]], pl.Series]:
    return lambda values: pl.Series("", list(values), dtype=dtype)


def stored_as(dtype: pl.DataType, stored: pl.DataType) -> Callable[[Sequence[object]], pl.Series]:
    """Build times from their ticks, so that those far beyond Python's calendar can be had."""
    return lambda values: pl.Series("", list(values), dtype=stored).cast(dtype)


def integers(dtype: pl.DataType, *more: int) -> Kind:
    return Kind(str(dtype), (0, 1, 2, *more), of_type(dtype), number)


def decimals(precision: int, scale: int, *more: str) -> Kind:
    values = tuple(Decimal(text) for text in ("0", "1", "2", *more))
    return Kind(f"Decimal({precision},{scale})", values, of_type(pl.Decimal(precision, scale)), number)


def times(dtype: pl.DataType, stored: pl.DataType, nanoseconds: int, *ticks: int) -> Kind:
    def meaning(value: object) -> Meaning:
        assert isinstance(value, int)
        return value * nanoseconds

    return Kind(str(dtype), ticks, stored_as(dtype, stored), meaning)


def stamps(unit: str, zone: str | None = None) -> Kind:
    size = {"ns": 1, "us": 1_000, "ms": 1_000_000}[unit]
    day = 86_400_000_000_000 // size
    dtype = pl.Datetime(unit, zone)  # type: ignore[arg-type]
    return times(dtype, pl.Int64(), size, 0, day, 1_000_000 // size, 2**63 - 1, -(2**63) + 1)


def many(meaning: Callable[[object], Meaning]) -> Callable[[object], Meaning]:
    """Let lists mean the meanings of their elements."""

    def of_list(value: object) -> Meaning:
        assert isinstance(value, list)
        return ("list", *(None if part is None else meaning(part) for part in value))

    return of_list


def fields(**meanings: Callable[[object], Meaning]) -> Callable[[object], Meaning]:
    """Structs mean the meanings of their fields."""

    def of_struct(value: object) -> Meaning:
        assert isinstance(value, dict)
        parts = {name: None if value[name] is None else meaning(value[name]) for name, meaning in meanings.items()}
        return ("struct", *sorted(parts.items(), key=lambda item: item[0]))

    return of_struct


LISTS: tuple[list[int | None], ...] = ([], [None], [0, 1], [1, 0], [2, None])
FLOAT_LISTS: tuple[list[float | None], ...] = ([], [None], [0.0, 1.0], [-0.0, 1.0], [1.0, 0.0], [NAN, 2.0], [NAN, None])
FLOAT_PAIRS = ([0.0, 1.0], [-0.0, 1.0], [NAN, 2.0], [None, 1.0])
STRUCTS = tuple({"a": a, "b": b} for a in (0.0, -0.0, NAN, None) for b in ("x", None))
SWAPPED_STRUCTS = tuple({"b": value["b"], "a": value["a"]} for value in STRUCTS)
WIDE = 10**37

FLOATS = (0.0, -0.0, 1.0, 2.0, 0.5, 0.1, NAN, INFINITY, -INFINITY, 2.0**53, 2.0**63, -(2.0**63), 2.0**127, 1e300)
FAMILIES: dict[str, tuple[Kind, ...]] = {
    "numbers": (
        integers(pl.Int8(), -1, 127),
        integers(pl.Int16(), -1),
        integers(pl.Int64(), -1, 2**53, 2**53 + 1, 2**63 - 1, -(2**63)),
        integers(pl.Int128(), -1, 2**53 + 1, 2**63, 2**127 - 1, -(2**127)),
        integers(pl.UInt8(), 255),
        integers(pl.UInt32(), 2**32 - 1),
        integers(pl.UInt64(), 2**53 + 1, 2**63, 2**64 - 1),
        integers(pl.UInt128(), 2**127, 2**128 - 1),
        Kind("Float32", (0.0, -0.0, 1.0, 2.0, 0.5, NAN, INFINITY, 2.0**24), of_type(pl.Float32()), number),
        Kind("Float64", FLOATS, of_type(pl.Float64()), number),
        decimals(10, 2, "0.5", "-1", "0.10"),
        decimals(38, 0, str(2**53 + 1), str(2**63), str(WIDE)),
        decimals(38, 10, "0.5", "0.1", "0.0000000001"),
        decimals(38, 37, "0.5", "0.1", "9." + "9" * 37),
    ),
    "text": tuple(
        Kind(str(dtype.base_type()), ("", "a", "b", "A", "é"), of_type(dtype), plain)
        for dtype in (pl.String(), pl.Categorical(), pl.Enum(["b", "é", "A", "a", ""]))
    ),
    "bytes": (Kind("Binary", (b"", b"a", b"\x00"), of_type(pl.Binary()), plain),),
    "booleans": (Kind("Boolean", (True, False), of_type(pl.Boolean()), plain),),
    "days and times": (
        times(pl.Date(), pl.Int32(), 86_400_000_000_000, 0, 1, -1, 2**31 - 1, -(2**31) + 1),
        stamps("ms"),
        stamps("us"),
        stamps("ns"),
    ),
    "instants": (stamps("us", "UTC"), stamps("us", "Asia/Tokyo"), stamps("ns", "UTC"), stamps("ms", "Europe/Berlin")),
    "durations": tuple(
        times(pl.Duration(unit), pl.Int64(), size, 0, 1, 10**6, 2**63 - 1)  # type: ignore[arg-type]
        for unit, size in (("ns", 1), ("us", 1_000), ("ms", 1_000_000))
    ),
    "clock": (times(pl.Time(), pl.Int64(), 1, 0, 1, 86_399_999_999_999),),
    "lists": (
        Kind("List(Float64)", FLOAT_LISTS, of_type(pl.List(pl.Float64())), many(number)),
        Kind("List(Float32)", FLOAT_LISTS, of_type(pl.List(pl.Float32())), many(number)),
        Kind("List(Int64)", LISTS, of_type(pl.List(pl.Int64())), many(number)),
        Kind("List(UInt8)", LISTS, of_type(pl.List(pl.UInt8())), many(number)),
        Kind("Array(Float64)", FLOAT_PAIRS, of_type(pl.Array(pl.Float64(), 2)), many(number)),
    ),
    "lists of text": (
        Kind("List(String)", ([], ["a"], ["a", None]), of_type(pl.List(pl.String())), many(plain)),
        Kind("List(Categorical)", ([], ["a"], ["a", None]), of_type(pl.List(pl.Categorical())), many(plain)),
    ),
    "structs": (
        Kind("Struct", STRUCTS, of_type(pl.Struct({"a": pl.Float64, "b": pl.String})), fields(a=number, b=plain)),
        Kind(
            "swapped Struct",
            SWAPPED_STRUCTS,
            of_type(pl.Struct({"b": pl.Categorical, "a": pl.Float32})),
            fields(a=number, b=plain),
        ),
    ),
    "lists of structs": (
        Kind(
            "List(Struct)",
            ([], [None], [{"^x$": -0.0}], [{"^x$": 0.0}], [{"^x$": None}]),
            of_type(pl.List(pl.Struct({"^x$": pl.Float64}))),
            many(fields(**{"^x$": number})),
        ),
        Kind(
            "List(Struct of integer)",
            ([], [None], [{"^x$": 0}], [{"^x$": None}]),
            of_type(pl.List(pl.Struct({"^x$": pl.Int64}))),
            many(fields(**{"^x$": number})),
        ),
    ),
}
NOTHING = Kind("Null", (), of_type(pl.Null()), plain)
"""NULL only: it can be compared with every kind."""

NUMBERS = FAMILIES["numbers"]
