"""Connections to PostgreSQL with the settings that every statement of ours relies on."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias

import psycopg
from psycopg.conninfo import make_conninfo

from datacanary.errors import WarehouseError
from datacanary.model.location import Login
from datacanary.warehouse.postgres.sql import setting
from datacanary.warehouse.postgres.unreachable import unreachable

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

_OLDEST = 130_000  # that tells what became of a transaction, and which ones write

# What the user may set otherwise: by `options` of the URL or profile, or by PGOPTIONS.
_USUAL = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"}
# A table of which the role sees a part only is an error, not a smaller table.
ALL_ROWS = {"row_security": "off"}
# How values look as text, and that a table's rows come in the same order each time.
_READING = {
    "timezone": "UTC",
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "extra_float_digits": "3",
    "bytea_output": "hex",
    "lc_monetary": "C",
    "search_path": "",
    "synchronize_seqscans": "off",
    **ALL_ROWS,
}
_READ_ONLY = {"default_transaction_read_only": "on", "default_transaction_isolation": "repeatable read"}
_WRITING = {"default_transaction_read_only": "off", "default_transaction_isolation": "read committed"}
_SECONDS_TO_CONNECT = "15"
# A dead network says nothing: with the system's own settings a wait for the server would last for hours.
_PROBED = {"keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}
# So is what we sent given up, also a cancellation. Not where rows are sent: a server that waits for a lock takes none
# for a while, and would pass for dead.
_ANSWERED = {**_PROBED, "tcp_user_timeout": "60000"}
_SECONDS_TO_CANCEL = 1.0


def conninfo(login: Login, named: str, *, writable: bool = False, more: Mapping[str, str] | None = None) -> str:
    """Return what libpq connects by; it holds the password, so it is shown to nobody.

    `named` is what the server lists the connection as; `more` are settings besides ours.
    """
    access = _WRITING if writable else _READ_ONLY
    return _conninfo(login, named, {**_READING, **access, **(more or {})}, _ANSWERED)


def conninfo_to_build(login: Login, named: str, more: Mapping[str, str]) -> str:
    """Return what libpq connects by to run the user's own queries: with the server's settings, and these."""
    return _conninfo(login, named, {**_WRITING, "synchronize_seqscans": "off", **ALL_ROWS, **more}, _PROBED)


def _conninfo(login: Login, named: str, settings: Mapping[str, str], network: Mapping[str, str]) -> str:
    ours = {**settings, **({"role": login.role} if login.role else {})}
    connecting = {"connect_timeout": os.environ.get("PGCONNECT_TIMEOUT", _SECONDS_TO_CONNECT)}
    parameters = {**connecting, **network, **login.parameters}
    theirs = parameters.pop("options", os.environ.get("PGOPTIONS", ""))
    # Of two that say the same, the server takes the last.
    options = " ".join(one for one in (_written(_USUAL), theirs, _written(ours)) if one)
    return make_conninfo("", **{**parameters, "application_name": named, "options": options})


def _written(settings: Mapping[str, str]) -> str:
    return " ".join(setting(name, value) for name, value in settings.items())


@contextmanager
def connected(
    login: Login, named: str, *, writable: bool = False, more: Mapping[str, str] | None = None
) -> Iterator[Connection]:
    """Lend a connection: one that only reads sees one moment of the database, one that writes commits each statement.

    Raises WarehouseError if there is none to be had.
    """
    connection = connect_to(conninfo(login, named, writable=writable, more=more), autocommit=writable)
    try:
        yield connection
    finally:
        connection.close()


def interrupt(connection: Connection | None) -> None:
    """Have the server stop what a connection runs; may be called from another thread."""
    if connection is not None:
        # A server that cannot be reached for this is lost to the statement as well, which says so.
        with suppress(psycopg.Error):
            connection.cancel_safe(timeout=_SECONDS_TO_CANCEL)


def connect_to(conninfo: str, *, autocommit: bool) -> Connection:
    """Connect; raises WarehouseError, without who logs in, where that cannot be, and for a server that is too old."""
    try:
        connection = psycopg.connect(conninfo, autocommit=autocommit)
    except psycopg.Error as error:
        raise unreachable(str(error)) from None
    if connection.info.server_version < _OLDEST:
        found = connection.info.parameter_status("server_version")
        connection.close()
        raise WarehouseError(f"PostgreSQL 13 or newer is needed; the server has {found}.", hint="Upgrade the server.")
    return connection
