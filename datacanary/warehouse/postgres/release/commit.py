"""A transaction that ends in one of three ways: done, nothing changed, or nobody can tell."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psycopg

from datacanary.errors import UnknownOutcome, WarehouseError
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.session import Connection

_BEGUN = """
SELECT pg_catalog.pg_current_xact_id()::text, pg_catalog.pg_backend_pid(),
  (SELECT backend_start::text FROM pg_catalog.pg_stat_activity WHERE pid = pg_catalog.pg_backend_pid()),
  CASE WHEN pg_catalog.current_setting('synchronous_commit') = 'off'
    THEN pg_catalog.set_config('synchronous_commit', 'on', true) END
"""
# A server that did not notice that we are gone would keep the transaction, and its locks, for hours.
_END_IT = """
SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = %s AND backend_start::text = %s
"""
_PAUSES = (0.0, 0.2, 0.5, 1.0, 2.0, 3.0)


@dataclass(frozen=True, slots=True)
class Begun:
    """A transaction by what the server remembers of it after its connection is gone."""

    id: str
    process: int
    started: str


def begin(connection: Connection) -> Begun:
    """Begin a transaction whose commit is on the disk when the server says so.

    Each of its statements sees what was committed before it. Under REPEATABLE READ all would see the moment of the
    first one, which is before a lock was waited for: what the lock's former owner wrote would not be seen.
    """
    with statement("beginning the transaction"):
        connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        row = connection.execute(_BEGUN).fetchone()
    return Begun(*row[:3]) if row is not None else Begun("", 0, "")


def commit(connection: Connection, begun: Begun, again: Callable[[], Connection], run_id: str) -> Connection:
    """Commit, and return the connection to go on with: a new one, of `again`, if this one was lost meanwhile.

    Raises WarehouseError if nothing was changed, and UnknownOutcome if the server cannot be asked.
    """
    try:
        connection.execute("COMMIT")
    except psycopg.Error:
        if not connection.closed:
            with statement("committing"):
                raise
        return _ask(begun, again, run_id)
    return connection


def lost(run_id: str) -> WarehouseError:
    """Say that the connection was lost before the commit."""
    return WarehouseError(
        "The connection to PostgreSQL was lost before the commit: nothing was changed.", hint=_resume(run_id)
    )


def _ask(begun: Begun, again: Callable[[], Connection], run_id: str) -> Connection:
    for pause in _PAUSES:
        time.sleep(pause)
        try:
            connection = again()
        except WarehouseError:
            continue
        told = _status(connection, begun)
        if told == "committed":
            return connection
        connection.close()
        if told == "aborted":
            raise lost(run_id)
    raise UnknownOutcome(
        "The connection to PostgreSQL was lost during the commit, and it cannot be asked what became of it: "
        "production is wholly as it was, or the step is wholly done.",
        hint=_resume(run_id),
    )


def _status(connection: Connection, begun: Begun) -> str:
    """Return what became of the transaction, nothing if that is not known yet; then it is ended."""
    # A connection that is lost again tells nothing, and is followed by another one.
    with suppress(psycopg.Error):
        row = connection.execute("SELECT pg_catalog.pg_xact_status(%s::xid8)", [begun.id]).fetchone()
        if row is not None and row[0] in {"committed", "aborted"}:
            return str(row[0])
        connection.execute(_END_IT, [begun.process, begun.started])
    return ""


def _resume(run_id: str) -> str:
    return f"Once it can be reached: datacanary resume {run_id}".rstrip()
