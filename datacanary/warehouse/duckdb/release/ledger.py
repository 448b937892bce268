"""The state of record in DuckDB: what was promoted, in the schema `datacanary` of the warehouse itself."""

from __future__ import annotations

import duckdb
from pydantic import TypeAdapter, ValidationError

from datacanary.errors import WarehouseError
from datacanary.model.release import LiveTable, PromotionRecord
from datacanary.warehouse.duckdb import sql
from datacanary.warehouse.duckdb.errors import statement

_TABLES = TypeAdapter(tuple[LiveTable, ...])
_FIRST_COLUMNS = "run_id, promoted_at, promoted_by, base_sha, head_sha, verdict, tables, rolled_back_at"
_LATER_COLUMNS = ("approval", "head_files", "production", "keep_replaced")
_COLUMNS = ", ".join((_FIRST_COLUMNS, *_LATER_COLUMNS))


def _ledger(catalog: str) -> str:
    return f"{sql.schema(catalog, 'datacanary')}.promotions"


def ensure_ledger(connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
    """Make the ledger if it is not there, and give one of an earlier version the columns that it lacks."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {sql.schema(catalog, 'datacanary')}")
    columns = ", ".join(f"{name} VARCHAR NOT NULL" for name in _FIRST_COLUMNS.split(", "))
    connection.execute(f"CREATE TABLE IF NOT EXISTS {_ledger(catalog)} ({columns})")
    for name in _LATER_COLUMNS:
        connection.execute(f"ALTER TABLE {_ledger(catalog)} ADD COLUMN IF NOT EXISTS {name} VARCHAR DEFAULT ''")


def read_promotions(connection: duckdb.DuckDBPyConnection, catalog: str) -> tuple[PromotionRecord, ...]:
    """Read all promotions, oldest first.

    Raises WarehouseError for a ledger that a newer version of the tool wrote.
    """
    with statement("reading the state of record"):
        found = connection.execute(
            "SELECT column_name FROM duckdb_columns() WHERE database_name = ? AND schema_name = 'datacanary' "
            "AND table_name = 'promotions'",
            [catalog],
        ).fetchall()
        if not found:
            return ()
        later = [name if (name,) in found else f"'' AS {name}" for name in _LATER_COLUMNS]
        columns = ", ".join((_FIRST_COLUMNS, *later))
        # Rows are never deleted, so that their order in the table is that of the promotions; clocks may say otherwise.
        rows = connection.execute(f"SELECT {columns} FROM {_ledger(catalog)} ORDER BY rowid").fetchall()  # noqa: S608 -- quoted
    try:
        return tuple(
            PromotionRecord(run, at, by, base, head, verdict, _TABLES.validate_json(tables), *rest)
            for run, at, by, base, head, verdict, tables, *rest in rows
        )
    except ValidationError as error:
        raise newer(f"ledger {_ledger(catalog)}") from error


def newer(what: str) -> WarehouseError:
    """Say that a newer version of the tool wrote something."""
    return WarehouseError(
        f"The {what} cannot be read by this version of datacanary.",
        hint="Upgrade it: pip install --upgrade datacanary.",
    )


def write_promotion(connection: duckdb.DuckDBPyConnection, catalog: str, record: PromotionRecord) -> None:
    """Add one promotion."""
    values = [record.run_id, record.promoted_at, record.promoted_by, record.base_sha, record.head_sha, record.verdict]
    values += [_TABLES.dump_json(record.tables).decode(), record.rolled_back_at, record.approval, record.head_files]
    values += [record.production, record.keep_replaced]
    marks = ", ".join("?" for _ in values)
    connection.execute(f"INSERT INTO {_ledger(catalog)} ({_COLUMNS}) VALUES ({marks})", values)  # noqa: S608 -- quoted


def mark_rolled_back(connection: duckdb.DuckDBPyConnection, catalog: str, record: PromotionRecord, at: str) -> None:
    """Write that a promotion was undone."""
    connection.execute(
        f"UPDATE {_ledger(catalog)} SET rolled_back_at = ? WHERE run_id = ? AND promoted_at = ?",  # noqa: S608 -- quoted
        [at, record.run_id, record.promoted_at],
    )
