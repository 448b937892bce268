"""The state of record in PostgreSQL: what was promoted, and the journal, in the schema `datacanary`."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from datacanary.errors import WarehouseError
from datacanary.model.release import JournalEntry, LiveTable, PromotionRecord
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.session import Connection
from datacanary.warehouse.postgres.state import ensure_table, is_there

_TABLES = TypeAdapter(tuple[LiveTable, ...])
_ENTRY = TypeAdapter(JournalEntry)
_PROMOTION = (
    "run_id, promoted_at, promoted_by, base_sha, head_sha, verdict, tables, rolled_back_at, approval, head_files"
)
_LINE = "run_id, action, state, noted_at, noted_by, detail"
_KEYS = ("run_id", "action", "state", "at", "by", "detail")


def ensure_ledger(connection: Connection) -> None:
    """Make the ledger and the journal unless they are there; raises WarehouseError if the role may not."""
    columns = ", ".join(f"{name} text NOT NULL" for name in _PROMOTION.split(", "))
    key = "PRIMARY KEY (run_id, promoted_at)"
    ensure_table(connection, "promotions", f"CREATE TABLE datacanary.promotions ({columns}, {key})")
    lines = ", ".join(f"{name} text NOT NULL" for name in _LINE.split(", "))
    number = "number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
    ensure_table(connection, "journal", f"CREATE TABLE datacanary.journal ({number}, {lines})")


def read_promotions(connection: Connection) -> tuple[PromotionRecord, ...]:
    """Read all promotions, oldest first; nothing where none was ever made.

    Raises WarehouseError for a ledger that a newer version of the tool wrote.
    """
    with statement("reading datacanary.promotions"):
        if not is_there(connection, "promotions"):
            return ()
        query = f'SELECT {_PROMOTION} FROM datacanary.promotions ORDER BY promoted_at COLLATE "C", run_id COLLATE "C"'  # noqa: S608 -- our own words
        rows = connection.execute(query.encode()).fetchall()
    try:
        return tuple(
            PromotionRecord(
                run, at, by, base, head, verdict, _TABLES.validate_json(tables), rolled_back, approval, files
            )
            for run, at, by, base, head, verdict, tables, rolled_back, approval, files in rows
        )
    except ValidationError as error:
        raise _newer("ledger datacanary.promotions") from error


def write_promotion(connection: Connection, record: PromotionRecord) -> None:
    """Add one promotion."""
    values = [record.run_id, record.promoted_at, record.promoted_by, record.base_sha, record.head_sha, record.verdict]
    values += [_TABLES.dump_json(record.tables).decode(), record.rolled_back_at, record.approval]
    values += [record.head_files]
    with statement("writing datacanary.promotions"):
        connection.execute(
            f"INSERT INTO datacanary.promotions ({_PROMOTION}) "  # noqa: S608 -- our own words
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)".encode(),
            values,
        )


def mark_rolled_back(connection: Connection, record: PromotionRecord, at: str) -> None:
    """Write that a promotion was undone."""
    with statement("writing datacanary.promotions"):
        connection.execute(
            "UPDATE datacanary.promotions SET rolled_back_at = %s WHERE run_id = %s AND promoted_at = %s",
            [at, record.run_id, record.promoted_at],
        )


def read_journal(connection: Connection) -> tuple[JournalEntry, ...]:
    """Read all lines, oldest first; nothing where none was ever written.

    Raises WarehouseError for what only a newer version of the tool understands.
    """
    with statement("reading datacanary.journal"):
        if not is_there(connection, "journal"):
            return ()
        rows = connection.execute(f"SELECT {_LINE} FROM datacanary.journal ORDER BY number".encode()).fetchall()  # noqa: S608 -- our own words
    try:
        return tuple(_ENTRY.validate_python(dict(zip(_KEYS, row, strict=True))) for row in rows)
    except ValidationError as error:
        raise _newer("journal datacanary.journal") from error


def write_entry(connection: Connection, entry: JournalEntry) -> None:
    """Add one line to the journal."""
    values = [entry.run_id, entry.action, entry.state, entry.at, entry.by, entry.detail]
    with statement("writing datacanary.journal"):
        connection.execute(
            f"INSERT INTO datacanary.journal ({_LINE}) VALUES (%s, %s, %s, %s, %s, %s)".encode(),  # noqa: S608 -- our own words
            values,
        )


def _newer(what: str) -> WarehouseError:
    return WarehouseError(
        f"The {what} cannot be read by this version of datacanary.",
        hint="Upgrade it: pip install --upgrade datacanary.",
    )
