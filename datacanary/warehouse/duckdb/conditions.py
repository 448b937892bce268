"""What the result of a query depends on besides its text and the rows that it reads."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import duckdb

_ASKS_FOR_ROWS = re.compile(r"\b(from|select|table|values)\b", re.IGNORECASE)


def conditions(connection: duckdb.DuckDBPyConnection, catalog: str) -> str:
    """Describe the settings, and the functions and types of production, on which results depend.

    All other settings are DuckDB's own defaults here. A function that reads tables makes every change of them count.
    """
    settings = connection.execute(
        "SELECT name, value FROM duckdb_settings() WHERE lower(name) IN ('timezone', 'calendar') ORDER BY ALL"
    ).fetchall()
    functions = connection.execute(
        "SELECT schema_name, function_name, CAST(parameters AS VARCHAR), macro_definition FROM duckdb_functions() "
        "WHERE database_name = ? ORDER BY ALL",
        [catalog],
    ).fetchall()
    types = connection.execute(
        "SELECT schema_name, type_name, logical_type, CAST(labels AS VARCHAR) FROM duckdb_types() "
        "WHERE database_name = ? AND NOT internal ORDER BY ALL",
        [catalog],
    ).fetchall()
    reading = any(_ASKS_FOR_ROWS.search(definition or "") for *_, definition in functions)
    found = (settings, functions, types, _state(connection, catalog) if reading else "")
    return hashlib.sha256(repr(found).encode(errors="surrogateescape")).hexdigest()


def _state(connection: duckdb.DuckDBPyConnection, catalog: str) -> list[tuple[int, int]]:
    """Look at a database's file and at what was written last, which lies beside it."""
    found = connection.execute("SELECT path FROM duckdb_databases() WHERE database_name = ?", [catalog]).fetchone()
    files = [Path(path) for path in (found or ())]
    files += [file.with_name(f"{file.name}.wal") for file in files]
    states = [file.stat() for file in files if file.exists()]
    return [(one.st_size, one.st_mtime_ns) for one in states]
