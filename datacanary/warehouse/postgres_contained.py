"""Schemas of its own for each version, beside production's: dbt is made to write there and nowhere else."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from datacanary.errors import WarehouseError
from datacanary.model.basic import Fingerprint, Pair, Physical, Relation, Side
from datacanary.model.dbt import Json
from datacanary.model.fence import Fence
from datacanary.model.location import Login
from datacanary.model.release import Observed
from datacanary.warehouse import postgres_sql as sql
from datacanary.warehouse.postgres_built import BothPlaces
from datacanary.warehouse.postgres_catalog import Catalog
from datacanary.warehouse.postgres_errors import statement
from datacanary.warehouse.postgres_session import Connection, connected, conninfo

REGISTER = "schemas.json"
"""The file in a run's folder that says which schemas it makes, in which database."""

_RUN = re.compile(r"\W+")
_LONGEST = 40  # of the 63 bytes that a name may have: custom schemas add to it
_WRITABLE = """
SELECT 1 FROM pg_catalog.pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
AND pg_catalog.has_schema_privilege(n.oid, 'CREATE')
UNION ALL
SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
AND pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') LIMIT 1
"""


class PostgresContained:
    """Both versions' schemas; every name begins with `dc_`, the run and the side.

    `folders` are those of both versions in the run's folder, whose name is the run's.
    """

    def __init__(self, login: Login, folders: Pair[Path]) -> None:
        self._login = login
        self._folder = folders.base.parent.parent
        run = _RUN.sub("_", self._folder.name).lower()
        self._prefix = f"dc_{run[-(_LONGEST - len('dc__base')) :]}_"
        self._named = f"datacanary {self._folder.name}"
        self._role = ""

    def prepare(self) -> None:
        """Write down which schemas will be made; WarehouseError where none may be, or nobody answers."""
        with self._connected() as connection, statement("looking at the database"):
            row = connection.execute(
                "SELECT pg_catalog.has_database_privilege(current_database(), 'CREATE'), "
                "current_setting('server_version_num')::int"
            ).fetchone()
            version = int(row[1]) if row else 0
            if version < _OLDEST:
                raise WarehouseError("PostgreSQL 13 or newer is needed.", hint="Upgrade the server.")
            if row and not row[0]:
                raise WarehouseError(
                    f"No schema may be made in {self._login.shown}, and each version needs its own.",
                    hint=f"GRANT CREATE ON DATABASE {sql.identifier(self._login.database)} TO the profile's user.",
                )
            writable = connection.execute(_WRITABLE.encode()).fetchone() is not None
            self._role = "" if writable else self._login.role
        self._register()

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
        options = [environ.get("PGOPTIONS", "")]
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
        """Keep nothing: promotion is not there yet."""
        del relations, run_id, folder
        return {}

    def drop(self) -> None:
        """Drop the schemas with all that is in them, and end what still works there."""
        with self._connected(writable=True) as connection, statement("dropping the run's schemas"):
            connection.execute(
                "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity "
                "WHERE application_name = %s AND pid <> pg_catalog.pg_backend_pid() AND usename = session_user",
                [self._named[:_LONGEST_NAME]],
            )
            # Somebody else may look at them; whoever cleans up later finds them in the register.
            connection.execute(f"SET lock_timeout = '{_SECONDS_FOR_LOCKS} s'".encode())
            drop_schemas(connection, self._prefix)
        (self._folder / REGISTER).unlink(missing_ok=True)

    def _register(self) -> None:
        text = json.dumps({"database": self._login.shown, "prefix": self._prefix})
        place = self._folder / REGISTER
        place.unlink(missing_ok=True)
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
            stream.write(text)

    @contextmanager
    def _connected(self, *, writable: bool = False) -> Iterator[Connection]:
        with connected(self._login, self._named, writable=writable) as connection:
            yield connection


_OLDEST = 130_000
_SECONDS_FOR_LOCKS = 60
_LONGEST_NAME = 63
_OWN = re.compile(r"dc_\w+_(?:base|head)(?:_|$)")


def is_own(schema: str) -> bool:
    """Tell whether a schema is one of a run's.

    >>> is_own("dc_20261120_101500_4f1c9e2_head_staging"), is_own("dc_comics")
    (True, False)
    """
    return _OWN.match(schema) is not None


def drop_schemas(connection: Connection, prefix: str) -> None:
    """Drop all schemas whose names begin so."""
    found = connection.execute(
        "SELECT nspname FROM pg_catalog.pg_namespace WHERE starts_with(nspname, %s) ORDER BY nspname", [prefix]
    ).fetchall()
    for (name,) in found:
        connection.execute(f"DROP SCHEMA IF EXISTS {sql.identifier(str(name))} CASCADE".encode())


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
