"""Questions to a PostgreSQL database, all asked at one moment, which can be lent to another connection."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import psycopg

from datacanary.model.location import Login
from datacanary.warehouse.postgres.catalog import Catalog
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.session import Connection, connect_to, conninfo, interrupt


class Moment:
    """A read-only transaction that begins with the first question, and anew after `forget`; threads take turns."""

    def __init__(self, login: Login, named: str, more: Mapping[str, str]) -> None:
        self._login, self._named = login, named
        self._more = dict(more)
        self._connection: Connection | None = None
        self._catalog: Catalog | None = None
        self._exported = ""
        self._turn = threading.RLock()

    def change(self, settings: Mapping[str, str]) -> None:
        """Have other settings from the next moment on."""
        with self._turn:
            self.close()
            self._more |= settings

    @contextmanager
    def asked(self) -> Iterator[Catalog]:
        """Lend the catalogue, and its connection, for questions; one that fails does not end the moment."""
        with self._turn:
            catalog = self._begun()
            with statement("asking PostgreSQL"):
                catalog.connection.execute("SAVEPOINT question")
            try:
                yield catalog
            finally:
                # Where the connection itself was lost, who asked has been told so.
                with suppress(psycopg.OperationalError):
                    catalog.connection.execute("ROLLBACK TO question; RELEASE question")

    def exported(self) -> str:
        """Return what another transaction takes to see the very same rows, as long as this moment is not forgotten."""
        with self._turn, statement("taking a snapshot"):
            connection = self._begun().connection
            if not self._exported:
                row = connection.execute("SELECT pg_catalog.pg_export_snapshot()").fetchone()
                self._exported = str(row[0]) if row else ""
            return self._exported

    def forget(self) -> None:
        """Let the next question be asked at another moment."""
        with self._turn:
            if self._connection is not None and self._catalog is not None:
                with statement("asking PostgreSQL"):
                    self._connection.rollback()
            self._catalog, self._exported = None, ""

    def interrupt(self) -> None:
        """Stop the question that is asked; may be called from another thread."""
        interrupt(self._connection)

    def close(self) -> None:
        """End the connection."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
            self._connection, self._catalog, self._exported = None, None, ""

    def _begun(self) -> Catalog:
        if self._connection is None:
            self._connection = connect_to(conninfo(self._login, self._named, more=self._more), autocommit=False)
        if self._catalog is None:
            self._catalog = Catalog(self._connection)
        return self._catalog
