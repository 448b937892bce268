"""Schemas of its own for each version, beside production's: dbt is made to write there and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from datacanary.model.basic import Fingerprint, Pair, Physical, Relation, Side
from datacanary.model.dbt import Json
from datacanary.model.fence import Fence
from datacanary.model.location import Login
from datacanary.model.release import Observed
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.built import BothPlaces
from datacanary.warehouse.postgres.catalog import Catalog, Found
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.names import connection_name, is_own, run_prefix
from datacanary.warehouse.postgres.privileges.writing import writes_outside
from datacanary.warehouse.postgres.session import ALL_ROWS, Connection, connected, conninfo
from datacanary.warehouse.postgres.state.registry import (
    BUILDS_ARE_KEPT,
    drop_registered,
    end_others,
    make_schema,
    may_not_create,
    register,
    registered,
)
from datacanary.warehouse.postgres.workspace.rooms import drop_others

_SIDES: tuple[Side, ...] = ("base", "head")
_TABLES = frozenset({"r", "p", "f", "m"})


class PostgresContained:
    """Both versions' schemas; every name begins with `dc_`, the run and the side.

    `folders` are those of both versions in the run's folder, whose name is the run's.
    """

    def __init__(self, login: Login, folders: Pair[Path]) -> None:
        self._login = login
        self._run = folders.base.parent.parent.name
        self._prefix = run_prefix(self._run)
        self._named = connection_name(self._run)
        self._role = ""
        self._kept: frozenset[Physical] = frozenset()

    def prepare(self) -> None:
        """Look whether schemas may be made; WarehouseError where they may not, or nobody answers."""
        with self._connected() as connection, statement("looking at the database"):
            row = connection.execute(
                "SELECT pg_catalog.has_database_privilege(current_database(), 'CREATE')"
            ).fetchone()
            if row and not row[0]:
                raise may_not_create(connection)
            self._role = "" if writes_outside(connection) else self._login.role

    @property
    def how(self) -> str:
        """Say how both versions come to the same input."""
        return (
            f"both versions in schemas of their own in {self._login.shown}; what they read is fingerprinted before "
            "and after"
        )

    def fence(self, side: Side) -> Fence:
        """Return which schemas are a version's own."""
        return Fence(f"{self._prefix}{side}", self._login.schema, self._role)

    def connection(self, side: Side, folder: Path) -> Mapping[str, Json]:
        """Return what a version's profile says otherwise.

        dbt would put a search path where `environment` has its settings.
        """
        del folder
        path: Mapping[str, Json] = {"search_path": ""} if self._login.search_path else {}
        return {"schema": self.fence(side).schema, "application_name": self._named, **path}

    def environment(self, command: str, environ: Mapping[str, str]) -> Mapping[str, str]:
        """Return what libpq is told by the environment: whatever does not build only reads."""
        options = [environ.get("PGOPTIONS", ""), *(sql.setting(*one) for one in ALL_ROWS.items())]
        if self._login.search_path:
            options.append(sql.setting("search_path", self._login.search_path))
        if command != "build":
            options.append(sql.setting("default_transaction_read_only", "on"))
        return {"PGOPTIONS": " ".join(one for one in options if one)}

    def physical(self, side: Side, relation: Relation) -> Physical:
        """Return where a version's dbt makes a relation: the first part is the side."""
        production, own = self._login.schema, self.fence(side).schema
        schema = relation.schema
        if schema.lower().startswith(production.lower()):
            schema = f"{own}{schema[len(production) :]}"
        return Physical(side, schema, relation.name)

    @contextmanager
    def there(self, production: str) -> Iterator[Production]:
        """Open production at one moment, for reading."""
        with self._connected() as connection:
            yield Production(Catalog(connection), production)

    def relations(self) -> frozenset[Relation]:
        """List the tables and views that are there, without those of runs."""
        with self._connected() as connection:
            found = Catalog(connection).all()
        return frozenset(Relation(one.schema.lower(), one.name.lower()) for one in found if not is_own(one.schema))

    def moved(self, observed: Sequence[Observed]) -> tuple[Relation, ...]:
        """Return what is no longer as it was observed."""
        with self.there(self._login.schema) as there:
            return tuple(
                one.relation for one in observed if there.fingerprint(there.production(one.relation)) != one.fingerprint
            )

    def begin(self) -> None:
        """Make both versions' schemas, which are registered and marked; dbt makes others whose names begin so."""
        names = [self.fence(side).schema for side in _SIDES]
        with self._connected(writable=True) as connection, statement("registering the run's schemas"):
            register(connection, names, self._run, "build", BUILDS_ARE_KEPT)
            for name in names:
                make_schema(connection, name, self._run)

    def bring(self, wanted: Pair[Sequence[Relation]]) -> None:
        """Copy production's tables into both versions' schemas."""
        what = "copying production's tables for both versions"
        with self._connected(writable=True) as connection, statement(what), connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            there = {(one.schema, one.name): one for one in Catalog(connection).all() if one.kind in _TABLES}
            for side in _SIDES:
                for relation in wanted.of(side):
                    found = there.get((relation.schema, relation.name))
                    if found is not None:
                        _copy(connection, found, self.physical(side, relation))

    def begin_alike(self) -> None:
        """Give head copies of all that base has by now."""
        base, head = self.fence("base").schema, self.fence("head").schema
        with self._connected(writable=True) as connection, statement("copying what both versions have in common"):
            catalog = Catalog(connection)
            there = [one for one in catalog.all() if one.schema.startswith(base)]
            # A view is younger than what it reads.
            for one in sorted(there, key=lambda one: (one.kind == "v", one.oid)):
                target = Physical("", one.schema.replace(base, head, 1), one.name)
                view = catalog.view(one).replace(base, head)
                query = view or f"SELECT * FROM {sql.table(one.physical)}"  # noqa: S608 -- quoted
                kind = "VIEW" if view else "TABLE"
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {sql.identifier(target.schema)}".encode())
                connection.execute(f"CREATE {kind} {sql.table(target)} AS {query}".encode())

    @contextmanager
    def built(self, production: str) -> Iterator[BothPlaces]:
        """Open what was built, for reading."""
        del production
        fences = Pair(self.fence("base"), self.fence("head"))
        with self._connected() as connection:
            # Nobody but us writes there any more, and the moment must not be that before the last build.
            places = BothPlaces(Catalog(connection), fences, conninfo(self._login, self._named))
            try:
                yield places
            finally:
                places.readings.stop()

    def keep(self, relations: Sequence[Relation], run_id: str, folder: Path) -> Mapping[Relation, Physical]:
        """Leave head's tables where they are when the rest is dropped."""
        del run_id, folder
        with self._connected() as connection:
            catalog = Catalog(connection)
            places = {relation: self.physical("head", relation) for relation in relations}
            found = {relation: catalog.find(one.schema, one.name) for relation, one in places.items()}
        kept = {relation: one.physical for relation, one in found.items() if one is not None}
        self._kept = frozenset(kept.values())
        return kept

    def drop(self) -> None:
        """Drop the schemas with all that is in them, but for what is kept, and end what still works there."""
        with self._connected(writable=True) as connection:
            entries = [one for one in registered(connection) if one.run_id == self._run and one.kind == "build"]
            end_others(connection, self._run)
            if self._kept:
                self._drop_beside_kept(connection)
            head = self.fence("head").schema
            drop_registered(connection, [one for one in entries if not self._kept or one.name != head])

    def _drop_beside_kept(self, connection: Connection) -> None:
        """Drop what else is in head's schemas, and those that are empty then; the first one stays: it is the marked."""
        head = self.fence("head").schema
        schemas = {one.schema for one in Catalog(connection).all() if one.schema.startswith(head)}
        drop_others(connection, schemas, self._kept)
        for schema in schemas - {one.schema for one in self._kept} - {head}:
            with statement(f"dropping {schema}"):
                connection.execute(f"DROP SCHEMA {sql.identifier(schema)} CASCADE".encode())

    def _connected(self, *, writable: bool = False) -> AbstractContextManager[Connection]:
        return connected(self._login, self._named, writable=writable)


def _copy(connection: Connection, found: Found, target: Physical) -> None:
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {sql.identifier(target.schema)}".encode())
    query = f"SELECT * FROM {sql.table(found.physical)}"  # noqa: S608 -- quoted
    connection.execute(f"CREATE TABLE {sql.table(target)} AS {query}".encode())


class Production:
    """Production's tables at one moment."""

    def __init__(self, catalog: Catalog, production: str) -> None:
        self._catalog, self._production = catalog, production

    def production(self, relation: Relation) -> Physical:
        """Return where a relation lies in production."""
        return Physical("", relation.schema, relation.name)

    def locate(self, relation: Relation) -> Relation | None:
        """Find a relation; without a schema: in production's, then in `public`."""
        found = self._catalog.locate(relation, self._production)
        return Relation(found.schema, found.name) if found is not None else None

    def fingerprint(self, relation: Physical) -> Fingerprint | None:
        """Return the identity of a relation's rows, None if it does not exist."""
        found = self._catalog.find(relation.schema, relation.name)
        return self._catalog.fingerprint(found) if found is not None else None

    def identity(self, relation: Physical) -> Fingerprint | None:
        """Return the identity of a table's rows or a view's query, None if it does not exist."""
        found = self._catalog.find(relation.schema, relation.name)
        return self._catalog.identity(found) if found is not None else None
