"""A PostgreSQL database of a test's own."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from datacanary.model.location import Login


@dataclass(frozen=True)
class Database:
    """A database that is one test's own."""

    parameters: dict[str, str]

    def execute(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements as the owner, each by itself, and return what the last one gives."""
        with psycopg.connect(make_conninfo("", **self.parameters), autocommit=True) as connection:
            for one in statements:
                cursor = connection.execute(one.encode())
            return cursor.fetchall() if cursor.description else []

    def login(self, schema: str = "analytics") -> Login:
        """Return what datacanary connects by."""
        return Login(self.parameters, schema)

    def profile(self, schema: str = "analytics") -> dict[str, object]:
        """Return the output of a dbt profile; dbt asks for a password."""
        named = {key: self.parameters[key] for key in ("host", "user", "dbname") if key in self.parameters}
        password, port = self.parameters.get("password", "none"), int(self.parameters.get("port", "5432"))
        return {"type": "postgres", "password": password, "schema": schema, "threads": 2, "port": port} | named

    def schemas(self) -> list[str]:
        """List the schemas that are not the system's."""
        found = self.execute("select nspname from pg_namespace where nspname !~ '^pg_' order by 1")
        return [str(name) for (name,) in found]

    def contents(self) -> dict[str, tuple[int, str]]:
        """Return of each table and view how many rows it has, and a digest of them in any order."""
        names: Sequence[tuple[str, str]] = self.execute(
            "select quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relkind::text from pg_class c "
            "join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'v', 'm') "
            "and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
        )
        digest = "coalesce(md5(string_agg(t::text, ',' order by t::text collate \"C\")), '')"
        return {name: self.execute(f"select count(*), {digest} from {name} t")[0] for name, _ in names}


@contextmanager
def new_database(server: Mapping[str, str]) -> Iterator[Database]:
    """Lend an empty database of a server."""
    name, owner = f"test_{uuid.uuid4().hex[:12]}", Database(dict(server))
    owner.execute(f"create database {name} template template0 encoding 'UTF8'")
    try:
        yield Database({**server, "dbname": name})
    finally:
        owner.execute(f"drop database {name} with (force)")
