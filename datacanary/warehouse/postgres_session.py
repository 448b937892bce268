"""Connections to PostgreSQL with the settings that every statement of ours relies on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import psycopg
from psycopg.conninfo import make_conninfo

from datacanary.model.location import Login
from datacanary.warehouse.postgres_errors import statement
from datacanary.warehouse.postgres_sql import setting

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

# How values look as text, and that a table's rows come in the same order each time.
_SETTINGS = {
    "timezone": "UTC",
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "extra_float_digits": "3",
    "bytea_output": "hex",
    "lc_monetary": "C",
    "search_path": "",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "synchronize_seqscans": "off",
}
_READ_ONLY = {"default_transaction_read_only": "on", "default_transaction_isolation": "repeatable read"}


def conninfo(login: Login, named: str, *, writable: bool = False) -> str:
    """Return what libpq connects by; it holds the password, so it is shown to nobody.

    `named` is what the server lists the connection as.
    """
    settings = _SETTINGS | ({} if writable else _READ_ONLY) | ({"role": login.role} if login.role else {})
    options = " ".join(setting(name, value) for name, value in settings.items())
    return make_conninfo("", **login.parameters, application_name=named, options=options)


@contextmanager
def connected(login: Login, named: str, *, writable: bool = False) -> Iterator[Connection]:
    """Lend a connection: one that only reads sees one moment of the database, one that writes commits each statement.

    Raises WarehouseError if there is none to be had.
    """
    with statement("connecting to PostgreSQL"):
        connection = psycopg.connect(conninfo(login, named, writable=writable), autocommit=writable)
    try:
        yield connection
    finally:
        connection.close()
