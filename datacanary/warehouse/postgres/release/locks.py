"""Locks of PostgreSQL, waited for in such a way that nobody waits long behind us."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

import psycopg

from datacanary.errors import InUse
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.catalog import Found
from datacanary.warehouse.postgres.session import Connection

T = TypeVar("T")

SECONDS_IN_ALL = 30.0
"""How long a lock is tried for before the step is refused."""

WAIT_AS_LONG_AS_USUAL = "SET LOCAL lock_timeout TO DEFAULT"
_WAIT_BEHIND_READERS = 200
_WAIT_BEHIND_WRITERS = 1000
# Whoever waits for us meanwhile looks only once whether we wait for him, too: then one of both would have to give up.
_WAIT_WHILE_HOLDING = 50
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
_UNABLE = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.QueryCanceled,
    psycopg.errors.DeadlockDetected,
)
_HOLDERS = """
SELECT l.pid, a.application_name, to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  min(n.nspname || '.' || c.relname)
FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_catalog.pg_backend_pid()
  AND l.relation = ANY(%s::bigint[]::oid[]) AND NOT l.mode = ANY(%s)
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
GROUP BY 1, 2, 3 ORDER BY 3, 1 LIMIT 3
"""
# What tables' foreign keys name: to make one takes the same lock there. What the role may not lock cannot be held.
_REFERRED = """
SELECT DISTINCT n.nspname, c.relname, c.oid::bigint, c.relkind::text FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.confrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND k.conrelid = ANY(%s::bigint[]::oid[]) AND k.confrelid <> ALL(%s::bigint[]::oid[])
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
  AND pg_catalog.has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE')
"""
# Locks of those who only read.
_LETS_OTHERS_WRITE = ("AccessShareLock", "RowShareLock")


def hold(connection: Connection, tables: Sequence[Found]) -> None:
    """Keep others from writing tables until the transaction ends, while they may read on; raises Refused.

    What their foreign keys name is held, too: later it would have to be waited for with production in hand. A view
    cannot be held: LOCK TABLE would take all that it reads along.
    """
    if not tables:
        return
    oids = [one.oid for one in tables]
    held = [*tables, *(Found(*row) for row in connection.execute(_REFERRED, [oids, oids]).fetchall())]
    # A foreign key to a partitioned table is one to all of its partitions.
    lock = ", ".join(
        f"{'ONLY ' if one in tables or one.kind != 'p' else ''}{sql.table(one.physical)}"
        for one in sorted(held, key=lambda one: (one.schema, one.name))
    )
    patiently(
        connection,
        lambda: connection.execute(
            f"SET LOCAL lock_timeout = '{_WAIT_BEHIND_WRITERS} ms'; "
            f"LOCK TABLE {lock} IN SHARE ROW EXCLUSIVE MODE; {WAIT_AS_LONG_AS_USUAL}".encode()
        ),
        [one.oid for one in held],
        _LETS_OTHERS_WRITE,
    )


def take(connection: Connection, tables: Sequence[Found]) -> None:
    """Keep everybody away from judged or kept tables until the transaction ends; raises Refused."""
    if tables:
        lock = ", ".join(f"ONLY {sql.table(one.physical)}" for one in tables)
        briefly(connection, f"LOCK TABLE {lock} IN ACCESS EXCLUSIVE MODE", [one.oid for one in tables], ())


def briefly(
    connection: Connection, made: str, oids: Collection[int], harmless: Sequence[str] = _LETS_OTHERS_WRITE
) -> None:
    """Run a statement that needs locks on these relations while production is held; raises Refused.

    `harmless` are the locks of others that it goes along with.
    """
    patiently(
        connection,
        lambda: connection.execute(
            f"SET LOCAL lock_timeout = '{_WAIT_WHILE_HOLDING} ms'; {made}; {WAIT_AS_LONG_AS_USUAL}".encode()
        ),
        oids,
        harmless,
    )


def exclusively(statements: Sequence[str]) -> str:
    """Write the statements that take locks which keep readers out, as one that gives up before readers wait for long.

    The time is that of all of them together, which only a block of its own has.
    """
    block = sql.text(f"BEGIN {' '.join(f'{one};' for one in statements)} END")
    return (
        f"SET LOCAL lock_timeout = '{_WAIT_BEHIND_READERS} ms'; "
        f"SET LOCAL statement_timeout = '{_WAIT_BEHIND_READERS} ms'; "
        f"DO {block}; SET LOCAL statement_timeout TO DEFAULT"
    )


def patiently(
    connection: Connection,
    attempt: Callable[[], T],
    oids: Collection[int],
    harmless: Sequence[str] = (),
) -> T:
    """Try what needs locks, again and again with growing pauses, and undo it whenever one cannot be had.

    Raises Refused after `SECONDS_IN_ALL`, with those who have locks on these relations, but for `harmless` ones.
    """
    until, pause = time.monotonic() + SECONDS_IN_ALL, _FIRST_PAUSE
    while True:
        connection.execute("SAVEPOINT datacanary_lock")
        try:
            done = attempt()
        except _UNABLE:
            connection.execute("ROLLBACK TO SAVEPOINT datacanary_lock")
            if time.monotonic() >= until:
                raise _in_the_way(connection, oids, harmless) from None
        else:
            connection.execute("RELEASE SAVEPOINT datacanary_lock")
            return done
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 -- so that two who wait do not meet again
        pause = min(2 * pause, _LONGEST_PAUSE)


def _in_the_way(connection: Connection, oids: Collection[int], harmless: Sequence[str]) -> InUse:
    rows = connection.execute(_HOLDERS, [list(oids), list(harmless)]).fetchall()
    who = "; ".join(
        f"process {pid}{f' ({application})' if application else ''} has {table}{f' since {since}' if since else ''}"
        for pid, application, since, table in rows
    )
    return InUse(
        f"Production's tables were in use for {SECONDS_IN_ALL:g} seconds: {who or 'somebody has a lock on them'}.",
        hint="Nothing was changed. Try again when that transaction has ended.",
    )
