"""How values of DuckDB's types travel: as they are where Arrow and Polars keep them, else as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import duckdb
from duckdb.sqltypes import DuckDBPyType

from datacanary.model.basic import Column
from datacanary.warehouse.duckdb import sql

# Arrow or Polars would lose or refuse these: INTERVAL and UNION fail, TIMETZ drops its offset, UHUGEINT wraps, ENUM
# compares by code. They travel as DuckDB writes them.
_AS_TEXT = frozenset({"interval", "time with time zone", "uhugeint", "enum", "bit", "bignum", "geometry"})
# Their text does not tell of which type a value is; JSON does.
_AS_JSON = frozenset({"union", "variant"})
# As a column of its own a HUGEINT is read by its bits; within another value Polars refuses 39 digits.
_AS_TEXT_WITHIN = _AS_TEXT | {"hugeint"}
_NESTED = frozenset({"list", "array", "struct", "tuple", "map", "union"})


def read_all(connection: duckdb.DuckDBPyConnection, rows: str, columns: Sequence[Column]) -> str:
    """Select these columns of a table or query, written in SQL, in a form that survives Arrow."""
    parts = [_readable(sql.identifier(column.name), _parsed(connection, column)) for column in columns]
    return f"SELECT {', '.join(parts)} FROM {rows}"  # noqa: S608 -- quoted


def row_hash(connection: duckdb.DuckDBPyConnection, columns: Sequence[Column]) -> str:
    """Write the hash of a row, which any change of a cell changes.

    Hashed twice, so that sums of hashes tell swapped cells apart, too.
    """
    parts = [_hashable(sql.identifier(column.name), _parsed(connection, column)) for column in columns]
    return f"hash(hash({', '.join(parts)}))"


def _hashable(name: str, kind: DuckDBPyType | None) -> str:
    # DuckDB gives NULL, [] and {'a': NULL} one hash, and 1 month that of 30 days.
    return f"{name}, CAST({name} AS VARCHAR)" if kind is None or kind.id in _NESTED | {"interval"} else name


def _readable(name: str, kind: DuckDBPyType | None) -> str:
    if kind is None or kind.id in _AS_TEXT:
        return f"CAST({name} AS VARCHAR) AS {name}"
    if kind.id == "variant":
        return f"CASE WHEN {name} IS NOT NULL THEN variant_typeof({name}) || ' ' || to_json({name}) END AS {name}"
    if _holds(kind, _AS_JSON):
        return f"CAST(to_json({name}) AS VARCHAR) AS {name}"
    value = f"CAST({name} AS {_plain(kind)})" if kind.id in _NESTED and _holds(kind, _AS_TEXT_WITHIN) else name
    # Polars' maps do not compare; a list of entries does.
    return f"map_entries({value}) AS {name}" if kind.id == "map" else f"{value} AS {name}"


def _parsed(connection: duckdb.DuckDBPyConnection, column: Column) -> DuckDBPyType | None:
    """Let DuckDB read its own words; None for words of a kind that it has but does not read."""
    try:
        return duckdb.sqltype(column.type, connection=connection)
    except duckdb.Error:
        return None


def _holds(kind: DuckDBPyType, wanted: frozenset[str]) -> bool:
    return kind.id in wanted or any(_holds(part, wanted) for _, part in _parts(kind))


def _parts(kind: DuckDBPyType) -> tuple[tuple[str, DuckDBPyType], ...]:
    if kind.id not in _NESTED:
        return ()
    return tuple((name, part) for name, part in kind.children if isinstance(part, DuckDBPyType))


def _plain(kind: DuckDBPyType) -> str:
    """Write a type with text in place of what would not survive."""
    if kind.id in _AS_TEXT_WITHIN:
        return "VARCHAR"
    parts = [(name, _plain(part)) for name, part in _parts(kind)]
    match kind.id:
        case "list":
            return f"{parts[0][1]}[]"
        case "array":
            return f"{parts[0][1]}[{cast(int, dict(kind.children)['size'])}]"
        case "struct":
            return (
                f"STRUCT({', '.join(f'{sql.identifier(name)} {part}' for name, part in parts)})" if parts else "STRUCT"
            )
        case "tuple" | "map":
            return f"{kind.id.upper()}({', '.join(part for _, part in parts)})"
    return str(kind)
