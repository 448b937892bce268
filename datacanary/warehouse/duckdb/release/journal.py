"""The journal in DuckDB: what was begun, done and undone, in the schema `datacanary` of the warehouse itself."""

from __future__ import annotations

import duckdb
from pydantic import TypeAdapter, ValidationError

from datacanary.model.release import JournalEntry
from datacanary.warehouse.duckdb import sql
from datacanary.warehouse.duckdb.errors import statement
from datacanary.warehouse.duckdb.release.ledger import newer

_ENTRY = TypeAdapter(JournalEntry)
_COLUMNS = "run_id, action, state, noted_at, noted_by, detail"


def _journal(catalog: str) -> str:
    return f"{sql.schema(catalog, 'datacanary')}.journal"


def read_journal(connection: duckdb.DuckDBPyConnection, catalog: str) -> tuple[JournalEntry, ...]:
    """Read all lines, oldest first; raises WarehouseError for what only a newer version of the tool understands."""
    with statement("reading the journal"):
        found = connection.execute(
            "SELECT 1 FROM duckdb_tables() WHERE database_name = ? AND schema_name = 'datacanary' "
            "AND table_name = 'journal'",
            [catalog],
        ).fetchone()
        if not found:
            return ()
        # Lines are never deleted, so that their order in the table is that in which they were written.
        rows = connection.execute(f"SELECT {_COLUMNS} FROM {_journal(catalog)} ORDER BY rowid").fetchall()  # noqa: S608 -- quoted
    names = ("run_id", "action", "state", "at", "by", "detail")
    try:
        return tuple(_ENTRY.validate_python(dict(zip(names, row, strict=True))) for row in rows)
    except ValidationError as error:
        raise newer(f"journal {_journal(catalog)}") from error


def write_entry(connection: duckdb.DuckDBPyConnection, catalog: str, entry: JournalEntry) -> None:
    """Add one line, and the journal if there is none."""
    columns = ", ".join(f"{name} VARCHAR NOT NULL" for name in _COLUMNS.split(", "))
    values = [entry.run_id, entry.action, entry.state, entry.at, entry.by, entry.detail]
    with statement("the journal"):
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {sql.schema(catalog, 'datacanary')}")
        connection.execute(f"CREATE TABLE IF NOT EXISTS {_journal(catalog)} ({columns})")
        connection.execute(f"INSERT INTO {_journal(catalog)} ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", values)  # noqa: S608 -- quoted
