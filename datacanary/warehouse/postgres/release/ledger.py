"""The state of record in PostgreSQL: what was promoted, and the journal, in the schema `datacanary`."""

from __future__ import annotations

from contextlib import suppress

import psycopg
from pydantic import TypeAdapter, ValidationError

from datacanary.errors import WarehouseError
from datacanary.model.release import JournalEntry, LiveTable, PromotionRecord
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.session import Connection
from datacanary.warehouse.postgres.state.tables import ensure_table, is_there, of_state
from datacanary.warehouse.postgres.state.trust import refuse_foreign_state

_TABLES = TypeAdapter(tuple[LiveTable, ...])
_ENTRY = TypeAdapter(JournalEntry)
_FIRST = "run_id, promoted_at, promoted_by, base_sha, head_sha, verdict, tables, rolled_back_at, approval, head_files"
_LATER = ("production", "keep_replaced")
# What one transaction does to a ledger of an earlier version. Its promotions keep the order that their clocks gave
# them, with numbers up to 0; an earlier version that still writes there gets the next number, too.
_EXTEND = (
    "SET LOCAL lock_timeout = '2s'",
    """
    ALTER TABLE datacanary.promotions ADD COLUMN production text NOT NULL DEFAULT '',
      ADD COLUMN keep_replaced text NOT NULL DEFAULT '', ADD COLUMN number bigint
    """,
    """
    UPDATE datacanary.promotions p SET number = o.place - o.every FROM (
      SELECT run_id, promoted_at, count(*) OVER () AS every,
        row_number() OVER (ORDER BY promoted_at COLLATE "C", run_id COLLATE "C") AS place FROM datacanary.promotions
    ) o WHERE (o.run_id, o.promoted_at) = (p.run_id, p.promoted_at)
    """,
    """
    ALTER TABLE datacanary.promotions ALTER COLUMN number SET NOT NULL,
      ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY
    """,
)
_LINE = "run_id, action, state, noted_at, noted_by, detail"
_KEYS = ("run_id", "action", "state", "at", "by", "detail")


def ensure_ledger(connection: Connection) -> None:
    """Make the ledger and the journal unless they are there; raises WarehouseError if the role may not.

    A ledger of an earlier version gets the columns that it lacks, if the role may and nobody reads it for long.
    """
    columns = ", ".join(f"{name} text NOT NULL" for name in _FIRST.split(", "))
    # An earlier version that writes there, too, does not know the later ones.
    later = ", ".join(f"{name} text NOT NULL DEFAULT ''" for name in _LATER)
    key = "number bigint NOT NULL GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (run_id, promoted_at)"
    ensure_table(connection, "promotions", f"CREATE TABLE datacanary.promotions ({columns}, {later}, {key})")
    _extend(connection)
    lines = ", ".join(f"{name} text NOT NULL" for name in _LINE.split(", "))
    number = "number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
    ensure_table(connection, "journal", f"CREATE TABLE datacanary.journal ({number}, {lines})")


def _extend(connection: Connection) -> None:
    with statement("changing datacanary.promotions"):
        if "number" in _columns(connection):
            return
        refuse_foreign_state(connection)
        # Where it cannot be changed now, it is used as it is.
        with (
            suppress(psycopg.errors.InsufficientPrivilege, psycopg.errors.LockNotAvailable),
            connection.transaction(),
        ):
            for one in _EXTEND:
                connection.execute(one.encode())


def _columns(connection: Connection) -> frozenset[str]:
    rows = connection.execute(
        "SELECT attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'datacanary' "
        "AND c.relname = 'promotions' AND a.attnum > 0 AND NOT a.attisdropped"
    ).fetchall()
    return frozenset(str(name) for (name,) in rows)


def read_promotions(connection: Connection) -> tuple[PromotionRecord, ...]:
    """Read all promotions, oldest first; nothing where none was ever made.

    Raises WarehouseError for a ledger that a newer version of the tool wrote.
    """
    with of_state("promotions"):
        there = _columns(connection) if is_there(connection, "promotions") else frozenset()
        if not there:
            return ()
        columns = ", ".join((_FIRST, *(name if name in there else f"'' AS {name}" for name in _LATER)))
        # Clocks of two machines may differ; numbers are given by the database.
        order = "number" if "number" in there else 'promoted_at COLLATE "C", run_id COLLATE "C"'
        query = f"SELECT {columns} FROM datacanary.promotions ORDER BY {order}"  # noqa: S608 -- our own words
        rows = connection.execute(query.encode()).fetchall()
    try:
        return tuple(
            PromotionRecord(run, at, by, base, head, verdict, _TABLES.validate_json(tables), *rest)
            for run, at, by, base, head, verdict, tables, *rest in rows
        )
    except ValidationError as error:
        raise _newer("ledger datacanary.promotions") from error


def write_promotion(connection: Connection, record: PromotionRecord) -> None:
    """Add one promotion."""
    values = [record.run_id, record.promoted_at, record.promoted_by, record.base_sha, record.head_sha, record.verdict]
    values += [_TABLES.dump_json(record.tables).decode(), record.rolled_back_at, record.approval]
    values += [record.head_files]
    with of_state("promotions"):
        there = _columns(connection)
        later = {"production": record.production, "keep_replaced": record.keep_replaced}
        columns = [*_FIRST.split(", "), *(name for name in _LATER if name in there)]
        values += [later[name] for name in _LATER if name in there]
        marks = ", ".join("%s" for _ in columns)
        connection.execute(
            f"INSERT INTO datacanary.promotions ({', '.join(columns)}) VALUES ({marks})".encode(),  # noqa: S608 -- our own words
            values,
        )


def mark_rolled_back(connection: Connection, record: PromotionRecord, at: str) -> None:
    """Write that a promotion was undone."""
    with of_state("promotions"):
        connection.execute(
            "UPDATE datacanary.promotions SET rolled_back_at = %s WHERE run_id = %s AND promoted_at = %s",
            [at, record.run_id, record.promoted_at],
        )


def read_journal(connection: Connection) -> tuple[JournalEntry, ...]:
    """Read all lines, oldest first; nothing where none was ever written.

    Raises WarehouseError for what only a newer version of the tool understands.
    """
    with of_state("journal"):
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
    with of_state("journal"):
        connection.execute(
            f"INSERT INTO datacanary.journal ({_LINE}) VALUES (%s, %s, %s, %s, %s, %s)".encode(),  # noqa: S608 -- our own words
            values,
        )


def _newer(what: str) -> WarehouseError:
    return WarehouseError(
        f"The {what} cannot be read by this version of datacanary.",
        hint="Upgrade it: pip install --upgrade datacanary.",
    )
