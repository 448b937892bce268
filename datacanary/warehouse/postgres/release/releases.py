"""Production in a PostgreSQL database, open for writing: swaps and restores inside one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial

import psycopg

from datacanary.errors import CanaryError, WarehouseError
from datacanary.model.basic import Fingerprint, Relation
from datacanary.model.location import Login
from datacanary.model.release import JournalEntry, LiveTable, PromotionRecord, Registered, Swap
from datacanary.warehouse.postgres.catalog import Catalog, Found
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.names import connection_name
from datacanary.warehouse.postgres.release.commit import begin, commit, lost
from datacanary.warehouse.postgres.release.dependents import readers, signature
from datacanary.warehouse.postgres.release.lease import SECONDS_TO_LIVE, HeldLease, ensure_lease, leased
from datacanary.warehouse.postgres.release.ledger import (
    ensure_ledger,
    mark_rolled_back,
    read_journal,
    read_promotions,
    write_entry,
    write_promotion,
)
from datacanary.warehouse.postgres.release.locks import hold
from datacanary.warehouse.postgres.release.obstacles import refuse_unowned
from datacanary.warehouse.postgres.release.restore import restore
from datacanary.warehouse.postgres.release.swap import swap
from datacanary.warehouse.postgres.release.vetoes import veto
from datacanary.warehouse.postgres.session import Connection, connect_to, connected, conninfo
from datacanary.warehouse.postgres.state.registry import drop_registered, ensure_registry, register, registered
from datacanary.warehouse.postgres.state.trust import refuse_foreign_state

_KEPT_AT_LEAST = "7 days"
_NOW = """
SELECT pg_catalog.to_char(pg_catalog.clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
"""


class PostgresReleases:
    """One connection that alone changes production while it has the lease."""

    def __init__(self, connection: Connection, login: Login, run_id: str, lease: HeldLease) -> None:
        self._connection = connection
        self._login, self._run_id, self._lease = login, run_id, lease
        self._catalog: Catalog | None = None
        self._seen: tuple[frozenset[int], str] = (frozenset(), "")
        self._registered: tuple[str, ...] = ()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit at the end of the block, or undo all of it on an error."""
        begun = begin(self._connection)
        self._forget()
        try:
            self._lease.check(self._connection)
            with statement("changing production"):
                yield
        except BaseException as error:
            # Where the connection is lost, the server undoes it by itself.
            with suppress(psycopg.Error):
                self._connection.execute("ROLLBACK")
            self._unregister()
            if self._connection.closed and isinstance(error, CanaryError):
                raise lost(self._run_id) from None
            refused = veto(self._connection, error)
            if refused is not None:
                raise refused from None
            raise
        finally:
            self._forget()
        self._connection = commit(self._connection, begun, self._again, self._run_id)
        self._registered = ()

    def close(self) -> None:
        """End the connection, and with it what was not committed."""
        self._connection.close()

    def now(self) -> str:
        """Return the server's time: those of the machines that promote may differ."""
        with statement("asking for the time"):
            ((at,),) = self._connection.execute(_NOW).fetchall()
        return str(at)

    def promotions(self) -> tuple[PromotionRecord, ...]:
        """Read the state of record, oldest first."""
        return read_promotions(self._connection)

    def journal(self) -> tuple[JournalEntry, ...]:
        """Read the journal, oldest first."""
        return read_journal(self._connection)

    def note(self, entry: JournalEntry) -> None:
        """Add a line to the journal: at once, or with the transaction that it is in."""
        write_entry(self._connection, entry)

    def hold(self, relations: Sequence[Relation]) -> None:
        """Keep others from writing these until the transaction ends, while they may read on.

        Views cannot be held: a swap looks whether somebody changed them since. Raises Refused.
        """
        found = self._found(relations)
        refuse_unowned(self._connection, [one.oid for one in found])
        hold(self._connection, [one for one in found if one.kind in {"r", "p"}])
        # Whoever had a lock on them may have put others into their places.
        self._forget()
        oids = frozenset(one.oid for one in self._found(relations))
        self._seen = (oids, signature(self._connection, oids))

    def fingerprint(self, relation: Relation) -> Fingerprint | None:
        """Return the identity of a production relation's rows, None if it does not exist."""
        found = self._look().find(relation.schema, relation.name)
        return self._look().fingerprint(found) if found is not None else None

    def identity(self, relation: Relation) -> Fingerprint | None:
        """Return the identity of a relation that is to be swapped: a table's rows, a view's query."""
        found = self._look().find(relation.schema, relation.name)
        return self._look().identity(found) if found is not None else None

    def swap(self, swaps: Sequence[Swap]) -> tuple[LiveTable, ...]:
        """Put judged tables into production, in this order, and keep what they replace in schemas of the run.

        They get what belongs to the tables in production before anybody has to wait. Raises Refused.
        """
        seen = self._signature([one.target for one in swaps])
        self._forget()
        return swap(self._connection, self._run_id, swaps, self._register, seen)

    def restore(self, tables: Sequence[LiveTable]) -> None:
        """Put back what a swap replaced; what it put in goes back to its run, or where that is gone, nowhere.

        Raises Refused.
        """
        seen = self._signature([one.relation for one in tables if one.action != "removed"])
        self._forget()
        restore(self._connection, tables, seen)

    def readers(self, tables: Sequence[LiveTable]) -> tuple[Relation, ...]:
        """Return the views that read the promoted tables now and did not when they were put in."""
        found = {one.relation: self._look().find(one.relation.schema, one.relation.name) for one in tables}
        now = readers(self._connection, [one.oid for one in found.values() if one is not None])
        then = {(table.relation, view) for table in tables for view in table.readers}
        new = {
            view
            for relation, there in found.items()
            for view in (now[there.oid] if there is not None else ())
            if (relation, view) not in then
        }
        return tuple(sorted(new))

    def record(self, promotion: PromotionRecord) -> None:
        """Write a promotion into the state of record."""
        write_promotion(self._connection, promotion)

    def mark_rolled_back(self, promotion: PromotionRecord, at: str) -> None:
        """Write that a promotion was undone."""
        mark_rolled_back(self._connection, promotion, at)

    def registered(self) -> tuple[Registered, ...]:
        """List the schemas that runs have, oldest first."""
        return registered(self._connection)

    def drop(self, registered: Sequence[Registered]) -> None:
        """Drop the schemas of what was replaced, with the transaction that it is in."""
        drop_registered(self._connection, registered)

    def _look(self) -> Catalog:
        if self._catalog is None:
            self._catalog = Catalog(self._connection)
        return self._catalog

    def _forget(self) -> None:
        """Look anew: what is called what has changed."""
        self._catalog = None

    def _found(self, relations: Sequence[Relation]) -> list[Found]:
        found = (self._look().find(one.schema, one.name) for one in relations)
        return [one for one in found if one is not None]

    def _signature(self, relations: Sequence[Relation]) -> str:
        """Return what was seen when these were held, if it was of just these; else what there is now."""
        oids = frozenset(one.oid for one in self._found(relations))
        return self._seen[1] if self._seen[0] == oids else signature(self._connection, oids)

    def _register(self, schemas: Sequence[str], run_id: str) -> None:
        with connected(self._login, connection_name(run_id), writable=True) as connection:
            register(connection, schemas, run_id, "replaced", _KEPT_AT_LEAST)
        self._registered = tuple(schemas)

    def _unregister(self) -> None:
        """Take from the register what was not made after all; where that cannot be, `clean` does it."""
        if not self._registered:
            return
        with (
            suppress(psycopg.Error, WarehouseError),
            connected(self._login, connection_name(self._run_id), writable=True) as one,
        ):
            one.execute(
                "DELETE FROM datacanary.registry r WHERE name = ANY(%s) AND kind = 'replaced' AND NOT EXISTS "
                "(SELECT 1 FROM pg_catalog.pg_namespace n WHERE n.nspname = r.name)",
                [list(self._registered)],
            )
        self._registered = ()

    def _again(self) -> Connection:
        return connect_to(conninfo(self._login, connection_name(self._run_id), writable=True), autocommit=True)


@contextmanager
def open_releases(
    login: Login, run_id: str, holder: str, *, seconds_to_live: float = SECONDS_TO_LIVE
) -> Iterator[PostgresReleases]:
    """Open production for writing, and have the lease while it is open.

    Raises Refused if somebody else has it, or what is written down could run others' code.
    """
    connect = partial(connected, login, connection_name(run_id), writable=True)
    with connect() as connection:
        refuse_foreign_state(connection)
        ensure_lease(connection)
        # What is there now nobody else can make any more, only what was theirs meanwhile.
        refuse_foreign_state(connection)
    with leased(connect, holder, run_id, seconds_to_live) as lease:
        with connect() as connection:
            ensure_ledger(connection)
            ensure_registry(connection)
            refuse_foreign_state(connection)
        connection = connect_to(conninfo(login, connection_name(run_id), writable=True), autocommit=True)
        releases = PostgresReleases(connection, login, run_id, lease)
        try:
            yield releases
        finally:
            releases.close()
