"""PostgreSQL: one database is the warehouse, and each run has schemas of its own in it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from datacanary.errors import CanaryError, WarehouseError
from datacanary.model.basic import Column, Pair, Relation
from datacanary.model.location import Login
from datacanary.model.outline import Outline
from datacanary.model.project import SourceData
from datacanary.model.release import JournalEntry, Lease, PromotionRecord, Registered
from datacanary.model.symptom import Symptom
from datacanary.protocols.releases import Releases
from datacanary.protocols.warehouse import Capabilities
from datacanary.protocols.workspace import Workspace
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.catalog import Catalog
from datacanary.warehouse.postgres.contained import PostgresContained
from datacanary.warehouse.postgres.errors import in_short, statement
from datacanary.warehouse.postgres.names import connection_name, is_own
from datacanary.warehouse.postgres.privileges.roles import owns_nothing, symptoms
from datacanary.warehouse.postgres.release.lease import read_lease, unlock
from datacanary.warehouse.postgres.release.ledger import read_journal, read_promotions
from datacanary.warehouse.postgres.release.releases import open_releases
from datacanary.warehouse.postgres.session import connected
from datacanary.warehouse.postgres.state.registry import drop_registered, end_others, registered
from datacanary.warehouse.postgres.workspace.files import incoming, not_seen
from datacanary.warehouse.postgres.workspace.workspace import open_workspace

_NAMED = connection_name("")
# Whoever writes gets a transaction number: the next one, and those that are at work, tell of everybody who did.
_STATE = "SELECT pg_catalog.pg_current_snapshot()::text"


def connect(url: str, folder: Path) -> PostgresWarehouse:
    """Return the database of a `postgresql://` URL; nothing is opened yet, and no file of `folder` is read.

    What it does not say, libpq takes from the environment: PGHOST, PGPASSWORD, a password file.
    """
    del folder
    try:
        found = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # Its message quotes the URL.
        raise WarehouseError(
            "The URL of the warehouse cannot be read.",
            hint="Write postgresql://user:${PGPASSWORD}@host:5432/database?sslmode=require.",
        ) from None
    parameters = {name: str(value) for name, value in found.items() if value is not None}
    database = parameters.get("dbname") or os.environ.get("PGDATABASE") or parameters.get("user", "")
    return connect_by(Login({**parameters, **({"dbname": database} if database else {})}, ""))


def connect_by(login: Login) -> PostgresWarehouse:
    """Return the database of a login; nothing is opened yet."""
    return PostgresWarehouse(login)


class PostgresWarehouse:
    """A PostgreSQL database."""

    dialect = sql.DIALECT
    engine = "postgresql"
    capabilities = Capabilities(
        atomic_promotion="all tables in one transaction",
        pinned_input="one REPEATABLE READ transaction",
        parallel_builds=False,
        reads_files=False,
        builds_in_folder=False,
    )

    def __init__(self, login: Login) -> None:
        self._login = login
        self.shown = login.shown
        self.catalog = login.database

    def workspace(self, folder: Path, run_id: str, production: str) -> AbstractContextManager[Workspace]:
        """Open the run's own schemas, which are made when something is built; `folder` stays empty."""
        del folder
        return open_workspace(self._login, run_id, production)

    def releases(self, folder: Path | None, run_id: str, holder: str = "") -> AbstractContextManager[Releases]:
        """Open production for writing; `folder` holds nothing that it needs."""
        del folder
        return open_releases(self._login, run_id, holder)

    def promotions(self) -> tuple[PromotionRecord, ...]:
        """Read the state of record, oldest first."""
        with connected(self._login, _NAMED) as connection:
            return read_promotions(connection)

    def journal(self) -> tuple[JournalEntry, ...]:
        """Read the journal, oldest first."""
        with connected(self._login, _NAMED) as connection:
            return read_journal(connection)

    def lease(self) -> Lease | None:
        """Return who has the lease now."""
        with connected(self._login, _NAMED) as connection:
            return read_lease(connection)

    def unlock(self, lease_id: str) -> None:
        """Take the lease from a holder who is dead."""
        with connected(self._login, _NAMED, writable=True) as connection:
            unlock(connection, lease_id)

    def relations(self) -> tuple[Relation, ...]:
        """List tables and views, without datacanary's own."""
        with self._catalog() as catalog:
            return tuple(Relation(one.schema, one.name) for one in catalog.all() if not is_own(one.schema))

    def state(self) -> str:
        """Return which transactions that write there have been, in any database of the server."""
        with connected(self._login, _NAMED) as connection, statement("asking for the database's state"):
            row = connection.execute(_STATE.encode()).fetchone()
        return str(row[0]) if row else ""

    def columns_of_tables(self, names: Collection[Relation], production: str) -> Mapping[Relation, tuple[Column, ...]]:
        """Return the columns of those tables and views that are there, with collations that call texts equal."""
        with self._catalog() as catalog:
            return catalog.columns_by_name(names, production)

    def columns_of_source(self, source: SourceData, files: Sequence[Path]) -> tuple[Column, ...]:
        """Look at files as loading them does; nothing is connected."""
        return tuple(one.column for one in incoming(source, files))

    def columns_of_call(self, call: str) -> tuple[Column, ...]:
        """Raise StatementError: PostgreSQL's server does not see this machine's files."""
        del call
        raise not_seen()

    def registered(self) -> tuple[Registered, ...]:
        """List the schemas that runs have, oldest first."""
        with connected(self._login, _NAMED) as connection:
            return registered(connection)

    def drop(self, registered: Sequence[Registered]) -> None:
        """Drop schemas that are registered and have our mark; what still works for a run there is ended."""
        builds = [one for one in registered if one.kind == "build"]
        replaced = [one for one in registered if one.kind == "replaced"]
        if builds:
            with connected(self._login, _NAMED, writable=True) as connection:
                for run_id in {one.run_id for one in builds}:
                    end_others(connection, run_id)
                drop_registered(connection, builds)
        if replaced:
            # Who looks whether somebody has the lease, and does not take it, is overtaken by a promotion.
            with self.releases(None, "") as releases, releases.transaction():
                releases.drop(replaced)

    def contain(self, folders: Pair[Path]) -> PostgresContained:
        """Return schemas for both versions, named for the run whose folder these lie in; nothing is made yet."""
        return PostgresContained(self._login, folders)

    def in_short(self, message: str) -> str:
        """Keep PostgreSQL's sentence without cells."""
        return in_short(message)

    def outline(self, query: str) -> Outline | None:
        """Return nothing: PostgreSQL's own parser is not asked."""
        del query
        return None

    def symptoms(self, production: str) -> tuple[Symptom, ...]:
        """Look at the server, at the connection's protection, and at what the role may do."""
        with connected(self._login, _NAMED) as connection:
            return symptoms(connection, production)

    def write_obstacle(self) -> CanaryError | None:
        """Say whether the role owns nothing that a promotion could swap."""
        with connected(self._login, _NAMED) as connection:
            return owns_nothing(connection)

    @contextmanager
    def _catalog(self) -> Iterator[Catalog]:
        with connected(self._login, _NAMED) as connection:
            yield Catalog(connection)
