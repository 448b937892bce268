"""How values of PostgreSQL's types travel: as they are where Arrow and Polars keep them, else as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from datacanary.model.basic import Column
from datacanary.warehouse.postgres import sql

_MOST_DIGITS = 38  # of decimal128
_AS_IT_IS = frozenset({"boolean", "smallint", "integer", "bigint", "real", "double precision", "text", "bytea"})
_VARYING = re.compile(r"character varying(?:\(\d+\))?")
_NUMERIC = re.compile(r"numeric(?:\((\d+),(-?\d+)\))?")
_DAY = re.compile(r"date|timestamp(?:\(\d\))? with(?:out)? time zone")
_TIME = re.compile(r"time(?:\(\d\))? without time zone")


@dataclass(frozen=True, slots=True)
class Spread:
    """What a column's values need: `odd` ones have no place in Arrow, numbers so many digits around the point."""

    odd: bool = False
    whole: int = 0
    scale: int = 0

    def joined(self, other: Spread) -> Spread:
        """Return what the values of both need."""
        return Spread(self.odd or other.odd, max(self.whole, other.whole), max(self.scale, other.scale))


def odd_query(rows: str, columns: Sequence[Column]) -> str:
    """Ask for the number of rows, and of odd ones; empty if no column can have an odd value, or more is to ask."""
    doubts = [doubt for column in columns if (doubt := _doubt(column))]
    if not doubts or any(_ends(column) for column in columns):
        return ""
    # To count none is quicker than to put together what each row says.
    return f"SELECT count(*), count(*) FILTER (WHERE {' OR '.join(doubts)}) FROM {rows}"  # noqa: S608 -- quoted


def spread_query(rows: str, columns: Sequence[Column]) -> str:
    """Ask for the number of rows; the least and the greatest value, the longest fraction of columns where that matters.

    Empty if it matters nowhere.
    """
    asked = [one for column in columns for one in _asked(column)]
    asked[:0] = ["count(*)"] if asked else []
    return f"SELECT {', '.join(asked)} FROM {rows}" if asked else ""  # noqa: S608 -- quoted


def spreads(columns: Sequence[Column], answer: Sequence[object]) -> dict[str, Spread]:
    """Read the one row that `spread_query` gave; of columns of which it says nothing no value is odd."""
    if len(answer) <= 1:
        return {}
    told, found = iter(answer[1:]), {}
    for column in columns:
        parts = [next(told) for _ in _asked(column)]
        if parts:
            found[column.name] = _spread(column, parts)
    return found


def _asked(column: Column) -> tuple[str, ...]:
    doubt = _doubt(column)
    return (f"bool_or({doubt})",) if doubt else _ends(column)


def _doubt(column: Column) -> str:
    """Ask whether a value is odd, of a column whose type says all else; empty for others."""
    name = sql.identifier(column.name)
    found = _NUMERIC.fullmatch(column.type)
    if found and found[1] and int(found[1]) <= _MOST_DIGITS:
        return f"{name} = 'NaN'"
    if _DAY.fullmatch(column.type):
        # Others are infinite, before Christ, or beyond what Arrow's microseconds and Python reach.
        return f"{name} NOT BETWEEN '0001-01-01' AND '9999-12-31 23:59:59.999999'"
    return f"{name} = '24:00'" if _TIME.fullmatch(column.type) else ""


def _ends(column: Column) -> tuple[str, ...]:
    """Ask for what the type of a number does not say."""
    if _doubt(column) or not _NUMERIC.fullmatch(column.type):
        return ()
    name = sql.identifier(column.name)
    return (f"min({name})::text", f"max({name})::text", f"max(scale(trim_scale({name})))")


def _spread(column: Column, parts: Sequence[object]) -> Spread:
    if not _NUMERIC.fullmatch(column.type) or len(parts) == 1:
        return Spread(odd=bool(parts[0]))
    ends = [str(one) for one in parts[:2] if one is not None]
    odd = any(not one.lstrip("-")[:1].isdigit() for one in ends)
    whole = max((len(one.lstrip("-").partition(".")[0]) for one in ends), default=1)
    return Spread(odd, whole, int(str(parts[2] or 0)))


def arrow_type(column: Column, spread: Spread) -> pa.DataType | None:
    """Return the type that a text becomes on its way, None where nothing is to be done."""
    found = _NUMERIC.fullmatch(column.type)
    if not found or spread.odd:
        return None
    if found[1]:
        precision, scale = int(found[1]), int(found[2])
        return pa.decimal128(precision, scale) if 0 <= scale <= precision <= _MOST_DIGITS else None
    fits = spread.whole + spread.scale <= _MOST_DIGITS
    return pa.decimal128(_MOST_DIGITS, spread.scale) if fits else None


def selected(column: Column, spread: Spread) -> str:
    """Write a column in a form that survives Arrow."""
    name, kind = sql.identifier(column.name), column.type
    if kind in _AS_IT_IS or _VARYING.fullmatch(kind):
        return name
    if _NUMERIC.fullmatch(kind):
        # 1.0 and 1.00 are the same number.
        return f"trim_scale({name})::text AS {name}"
    if (_DAY.fullmatch(kind) or _TIME.fullmatch(kind)) and not spread.odd:
        return name
    return f"{name}::text AS {name}"
