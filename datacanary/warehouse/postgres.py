"""PostgreSQL: one database is the warehouse, and each run has schemas of its own in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from datacanary.errors import CanaryError, WarehouseError
from datacanary.model.basic import Column, Pair, Relation
from datacanary.model.location import Login
from datacanary.model.outline import Outline
from datacanary.model.project import SourceData
from datacanary.model.release import PromotionRecord
from datacanary.protocols import Capabilities, Releases, Workspace
from datacanary.warehouse import postgres_sql as sql
from datacanary.warehouse.postgres_catalog import Catalog
from datacanary.warehouse.postgres_contained import PostgresContained, is_own
from datacanary.warehouse.postgres_errors import in_short, statement
from datacanary.warehouse.postgres_session import connected

_NAMED = "datacanary"
# What changes whenever anybody wrote: all there is in the log, and where that may not be read, what was counted.
_STATE = """
SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()::text
  ELSE pg_catalog.pg_current_wal_insert_lsn()::text END
"""


def connect(login: Login) -> PostgresWarehouse:
    """Return the database of a login; nothing is opened yet."""
    return PostgresWarehouse(login)


class PostgresWarehouse:
    """A PostgreSQL database that dbt projects live in."""

    dialect = sql.DIALECT
    engine = "postgresql"
    capabilities = Capabilities(
        atomic_promotion="not there yet",
        pinned_input="what the builds read is fingerprinted before and after",
        parallel_builds=True,
        promotion_obstacle="promotion on PostgreSQL is not there yet",
    )

    def __init__(self, login: Login) -> None:
        self._login = login
        self.shown = login.shown
        self.catalog = login.database

    def workspace(self, folder: Path, run_id: str, production: str) -> AbstractContextManager[Workspace]:
        """Raise WarehouseError: only dbt projects are built here."""
        del folder, run_id, production
        raise WarehouseError(
            "Projects of plain SQL on PostgreSQL are not there yet.", hint="dbt projects on PostgreSQL are."
        )

    def releases(self, folder: Path | None, run_id: str) -> AbstractContextManager[Releases]:
        """Raise WarehouseError: nothing is promoted here yet."""
        del folder, run_id
        raise WarehouseError(
            "Promotion on PostgreSQL is not there yet.", hint="Merge the branch and let dbt build production."
        )

    def promotions(self) -> tuple[PromotionRecord, ...]:
        """Return nothing: nothing was promoted yet."""
        return ()

    def relations(self) -> tuple[Relation, ...]:
        """List tables and views, without datacanary's own."""
        with self._catalog() as catalog:
            return tuple(Relation(one.schema, one.name) for one in catalog.all() if not is_own(one.schema))

    def state(self) -> str:
        """Return where the log of all that is written ends."""
        with connected(self._login, _NAMED) as connection, statement("asking for the database's state"):
            row = connection.execute(_STATE.encode()).fetchone()
        return str(row[0]) if row else ""

    def columns_of_tables(self, names: Collection[Relation], production: str) -> Mapping[Relation, tuple[Column, ...]]:
        """Return the columns of those tables and views that are there, with collations that call texts equal."""
        with self._catalog() as catalog:
            return catalog.columns_by_name(names, production)

    def columns_of_source(self, source: SourceData, files: Sequence[Path]) -> tuple[Column, ...]:
        """Raise WarehouseError: PostgreSQL reads no files of this machine."""
        del source, files
        raise WarehouseError("PostgreSQL reads no files of this machine.")

    def columns_of_call(self, call: str) -> tuple[Column, ...]:
        """Raise WarehouseError: PostgreSQL reads no files of this machine."""
        del call
        raise WarehouseError("PostgreSQL reads no files of this machine.")

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

    def write_obstacle(self) -> CanaryError | None:
        """Say that nothing is promoted here yet."""
        return WarehouseError("Promotion on PostgreSQL is not there yet.", hint="`check` and `plan` are.")

    @contextmanager
    def _catalog(self) -> Iterator[Catalog]:
        with connected(self._login, _NAMED) as connection:
            yield Catalog(connection)
