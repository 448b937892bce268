"""Where datacanary remembers things in a PostgreSQL database: tables of its own in the schema `datacanary`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from datacanary.errors import WarehouseError
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.session import Connection

# Whoever makes them at the same time as somebody else waits here, since IF NOT EXISTS fails in a race.
_ONE_AT_A_TIME = "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('datacanary', 0))"


def is_there(connection: Connection, table: str) -> bool:
    """Tell whether a table of the schema `datacanary` was made; needs no privileges.

    Raises WarehouseError for what is not a plain table: to read a view, or what policies hide, runs others' code.
    """
    found = connection.execute(
        "SELECT c.relkind = 'r' AND NOT c.relrowsecurity FROM pg_catalog.pg_class c "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'datacanary' AND c.relname = %s",
        [table],
    ).fetchone()
    if found is not None and not found[0]:
        raise WarehouseError(
            f"datacanary.{table} is not the plain table that datacanary makes, and is not read.",
            hint="Find out who put it there, then drop it, or its row-level security.",
        )
    return found is not None


@contextmanager
def of_state(table: str) -> Iterator[None]:
    """Translate the failures of what reads or writes a table of the schema `datacanary`.

    WarehouseError for a table that another version made otherwise; else as `statement` has it.
    """
    with statement(f"using datacanary.{table}"):
        try:
            yield
        except (psycopg.errors.UndefinedColumn, psycopg.errors.NotNullViolation, psycopg.errors.DatatypeMismatch):
            raise WarehouseError(
                f"datacanary.{table} was made by another version of datacanary: its columns are others.",
                hint="Use the version that made it, or upgrade: pip install --upgrade datacanary.",
            ) from None


def ensure_table(connection: Connection, table: str, made: str) -> None:
    """Make a table of the schema `datacanary`, and the schema, unless they are there.

    `made` are the statements that make it. Raises WarehouseError, with what an administrator must run, if the role
    may not.
    """
    with statement(f"looking for datacanary.{table}"):
        if is_there(connection, table):
            return
        try:
            with connection.transaction():
                connection.execute(_ONE_AT_A_TIME)
                if not is_there(connection, table):
                    if not _has_schema(connection):
                        connection.execute("CREATE SCHEMA datacanary")
                    connection.execute(made.encode())
        except psycopg.errors.InsufficientPrivilege:
            raise _not_allowed(connection, table) from None


def quoted_names(connection: Connection) -> tuple[str, str]:
    """Return the role and the database as SQL writes them."""
    row = connection.execute(
        "SELECT pg_catalog.quote_ident(current_user), pg_catalog.quote_ident(pg_catalog.current_database())"
    ).fetchone()
    return row or ("the role", "the database")


def _has_schema(connection: Connection) -> bool:
    found = connection.execute("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'datacanary'").fetchone()
    return found is not None


def _not_allowed(connection: Connection, table: str) -> WarehouseError:
    role, database = quoted_names(connection)
    needed = "ALL ON SCHEMA datacanary" if _has_schema(connection) else f"CREATE ON DATABASE {database}"
    return WarehouseError(
        f"datacanary.{table}, where datacanary remembers what it did, may not be made by this role.",
        hint=f"An administrator may allow it: GRANT {needed} TO {role};",
    )
