"""The stall with a PostgreSQL database."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psycopg
from postgres_database import Database
from postgres_production import definitions
from program import Place
from psycopg.conninfo import make_conninfo
from stall import AGED, PRODUCTION, Marks, copy_home, make_place, put_home_back

from datacanary.release.journal import unfinished
from datacanary.warehouse.postgres.release.lease import read_lease
from datacanary.warehouse.postgres.release.ledger import read_journal, read_promotions
from datacanary.warehouse.postgres.state.registry import registered

GRANTED = (
    "grant select on analytics.orders to public",
    "grant select (status) on analytics.totals to public",
    "grant select on analytics.watch to public",
    "alter table analytics.orders add constraint positive check (amount >= 0)",
)
_LISTED = """
select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'v') and n.nspname in ('analytics', 'raw') order by 1
"""


@dataclass
class PostgresStall:
    """Where the server is, runs take from the environment: a proxy may stand before it."""

    place: Place
    server: Mapping[str, str]
    name: str
    copies: Path
    kept: set[str] = field(default_factory=set)

    @property
    def database(self) -> Database:
        """The database, reached directly."""
        return Database({**self.server, "dbname": self.name})

    def production(self) -> object:
        """Describe all of production."""
        with psycopg.connect(make_conninfo("", **self.database.parameters), autocommit=True) as connection:
            names = [name for (name,) in connection.execute(_LISTED).fetchall()]
            rows = {name: sorted(connection.execute(f"select t::text from {name} t".encode())) for name in names}
        return definitions(self.database), rows

    def marks(self) -> Marks:
        """Look for what is ours."""
        with psycopg.connect(make_conninfo("", **self.database.parameters), autocommit=True) as connection:
            schemas = connection.execute("select nspname from pg_namespace where nspname like 'dc\\_%'").fetchall()
            lease = read_lease(connection)
            return Marks(
                kept=tuple(sorted("_".join(name.split("_")[4:]) for (name,) in schemas)),
                registered=tuple(sorted(f"{one.kind} {one.name[25:]}" for one in registered(connection))),
                promotions=tuple(
                    "rolled back" if one.rolled_back_at else "live" for one in read_promotions(connection)
                ),
                unfinished=tuple((one.action, one.run_id) for one in unfinished(read_journal(connection))),
                lease=lease.id if lease is not None else "",
            )

    def age(self) -> None:
        """Let promotions be old."""
        self.database.execute(AGED)

    def runs(self) -> set[str]:
        """List the runs that have schemas."""
        with psycopg.connect(make_conninfo("", **self.database.parameters), autocommit=True) as connection:
            return {one.run_id for one in registered(connection)}

    def end_lease(self) -> None:
        """Let the lease run out, as it does half a minute after the last sign of life."""
        self.database.execute("update datacanary.lease set expires_at = now()")

    def keep(self, name: str) -> None:
        """Copy the database and the runs' folders."""
        self._server().execute(f"create database {self.name}_{name} template {self.name} strategy file_copy")
        copy_home(self.place, self.copies / name)
        self.kept.add(name)

    def put_back(self, name: str) -> None:
        """Copy them back."""
        self._server().execute(
            f"drop database if exists {self.name} with (force)",
            f"create database {self.name} template {self.name}_{name}",
        )
        put_home_back(self.place, self.copies / name)

    def drop(self) -> None:
        """Leave nothing on the server."""
        names = [self.name, *(f"{self.name}_{one}" for one in sorted(self.kept))]
        self._server().execute(*(f"drop database if exists {name} with (force)" for name in names))

    def _server(self) -> Database:
        return Database(dict(self.server))


def reached_by(server: Mapping[str, str]) -> dict[str, str]:
    """Return the environment that leads libpq to a server."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    return {names[key]: value for key, value in server.items() if key in names} | {
        "PGSSLMODE": server.get("sslmode", "prefer"),
        "PGGSSENCMODE": "disable",
    }


def make_postgres_stall(folder: Path, server: Mapping[str, str]) -> PostgresStall:
    """Make the stall below a folder, in a database of its own."""
    os.environ.update(reached_by(server))
    name = f"stall_{uuid4().hex[:12]}"
    Database(dict(server)).execute(f"create database {name} template template0 encoding 'UTF8'")
    stall = PostgresStall(make_place(folder, f"postgresql:///{name}"), server, name, folder / "copies")
    stall.database.execute(*PRODUCTION, *GRANTED)
    return stall
