"""The lease of a PostgreSQL database: one holder at a time may change production, by the server's clock.

The holder and its fence are checked in every transaction that changes something, which then holds on to the row:
whoever was taken for dead and lives on changes nothing. The row is held by its key only, which the heartbeat does not
touch and a new holder replaces: the heart beats on during a long transaction, and nobody takes the lease from under it.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass

import psycopg

from datacanary.errors import Refused, WarehouseError
from datacanary.model.release import Lease
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.session import Connection
from datacanary.warehouse.postgres.state.tables import ensure_table, is_there, of_state
from datacanary.warehouse.postgres.state.trust import refuse_foreign_state

SECONDS_TO_LIVE = 30.0
"""How long a lease is good for after the last sign of life."""

_MADE = """
CREATE TABLE datacanary.lease (
  one boolean PRIMARY KEY DEFAULT true CHECK (one), id text NOT NULL UNIQUE, holder text NOT NULL, run_id text NOT NULL,
  since timestamptz NOT NULL, heartbeat_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, fence bigint NOT NULL
);
INSERT INTO datacanary.lease VALUES (true, '', '', '', now(), now(), now(), 0)
"""
_TAKE = """
UPDATE datacanary.lease SET id = %s, holder = %s, run_id = %s, since = pg_catalog.clock_timestamp(),
  heartbeat_at = pg_catalog.clock_timestamp(), fence = fence + 1,
  expires_at = pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => %s)
WHERE id = '' OR expires_at <= pg_catalog.clock_timestamp() RETURNING fence
"""
_BEAT = """
UPDATE datacanary.lease SET heartbeat_at = pg_catalog.clock_timestamp(),
  expires_at = pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => %s) WHERE id = %s AND fence = %s
"""
_GIVE_BACK = "UPDATE datacanary.lease SET id = '', holder = '', run_id = '' WHERE id = %s"
_HELD = """
SELECT id, holder, run_id, to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), fence
FROM datacanary.lease WHERE id <> ''
"""
_LIVING = " AND expires_at > pg_catalog.clock_timestamp()"
_WAIT_FOR_ROW = "SET lock_timeout = '2s'"

Connect = Callable[[], AbstractContextManager[Connection]]


def ensure_lease(connection: Connection) -> None:
    """Make the table of the lease unless it is there; raises WarehouseError if the role may not."""
    ensure_table(connection, "lease", _MADE)


def read_lease(connection: Connection) -> Lease | None:
    """Return who has the lease; None if nobody has, or if its holder gave no sign of life in time."""
    return _read(connection, _HELD + _LIVING)


def _read(connection: Connection, query: str) -> Lease | None:
    with of_state("lease"):
        if not is_there(connection, "lease"):
            return None
        row = connection.execute(query.encode()).fetchone()
    return Lease(*row) if row is not None else None


def unlock(connection: Connection, lease_id: str) -> None:
    """Take the lease from its holder; raises Refused if that is not the one who has it, or who works at this moment."""
    refuse_foreign_state(connection)
    held = _read(connection, _HELD)
    if held is None or held.id != lease_id:
        problem = f"{held.holder} has the lease {held.id}" if held else "Nobody has the lease"
        raise Refused(f"{problem}, not {lease_id}.", hint="`datacanary status` tells who has it.")
    with statement("giving the lease back"):
        connection.execute(_WAIT_FOR_ROW)
        try:
            connection.execute(_GIVE_BACK, [lease_id])
        except psycopg.errors.LockNotAvailable:
            raise Refused(
                f"{held.holder} works in production at this moment.",
                hint="It ends wholly or not at all; try again then, or end its process first.",
            ) from None


@dataclass(frozen=True, slots=True)
class HeldLease:
    """What proves who may change production."""

    id: str
    fence: int

    def check(self, connection: Connection) -> None:
        """Keep the lease as it is until the transaction ends; raises Refused if somebody else has it."""
        with statement("checking the lease"):
            row = connection.execute(
                "SELECT 1 FROM datacanary.lease WHERE id = %s AND fence = %s FOR KEY SHARE", [self.id, self.fence]
            ).fetchone()
        if row is None:
            other = read_lease(connection)
            raise Refused(
                f"The lease was lost meanwhile{f' to {other.holder}' if other else ''}.",
                hint="Nothing was changed. Try again once nobody else works in production.",
            )


@contextmanager
def leased(connect: Connect, holder: str, run_id: str, seconds_to_live: float = SECONDS_TO_LIVE) -> Iterator[HeldLease]:
    """Have the lease while the block runs; raises Refused, with the holder, if somebody else has it.

    `connect` lends connections: one to take it, then one that beats the heart every third of `seconds_to_live`.
    """
    with connect() as connection:
        held = _take(connection, holder, run_id, seconds_to_live)
    over = threading.Event()
    heart = threading.Thread(target=_beat, args=(connect, held, seconds_to_live, over), daemon=True)
    heart.start()
    try:
        yield held
    finally:
        over.set()
        heart.join()
        # Where nobody answers any more, the lease expires by itself.
        with suppress(psycopg.Error, WarehouseError), connect() as connection:
            connection.execute(_WAIT_FOR_ROW)
            connection.execute(_GIVE_BACK, [held.id])


def _take(connection: Connection, holder: str, run_id: str, seconds_to_live: float) -> HeldLease:
    ensure_lease(connection)
    mine = uuid.uuid4().hex[:12]
    with statement("taking the lease"):
        connection.execute(_WAIT_FOR_ROW)
        try:
            row = connection.execute(_TAKE, [mine, holder, run_id, seconds_to_live]).fetchone()
        except psycopg.errors.LockNotAvailable:
            row = None
    if row is not None:
        return HeldLease(mine, int(row[0]))
    other = _read(connection, _HELD)
    if other is None:
        raise Refused("Somebody else had the lease of production until now.", hint="Try again.")
    raise Refused(
        f"{other.holder or 'Somebody else'} changes production{f' for {other.run_id}' if other.run_id else ''}: "
        f"the lease {other.id} is theirs since {other.since}, and until {other.expires_at} unless they give a sign "
        "of life.",
        hint=f"Try again later. If that process is dead and you cannot wait: datacanary unlock {other.id}",
    )


def _beat(connect: Connect, held: HeldLease, seconds_to_live: float, over: threading.Event) -> None:
    while not over.is_set():
        # A beat that fails is tried again; a lease that is lost is found by the next transaction.
        with suppress(psycopg.Error, WarehouseError), connect() as connection:
            while not over.wait(seconds_to_live / 3):
                connection.execute(_BEAT, [seconds_to_live, held.id, held.fence])
        over.wait(seconds_to_live / 10)
