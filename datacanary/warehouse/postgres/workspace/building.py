"""The one transaction that the builds of a run share, so that all of them see the same rows and the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import psycopg

from datacanary.errors import StatementError
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.session import Connection, connect_to, interrupt

# Whoever writes to a relation, or changes it, keeps a lock that readers have not.
_WRITTEN = """
SELECT n.nspname, c.relname FROM pg_catalog.pg_locks l
JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND l.mode NOT IN ('AccessShareLock', 'RowShareLock') AND n.nspname !~ '^pg_' ORDER BY 1, 2
"""


class Building:
    """A writing connection with at most one transaction open; `begun` is how many there were. Threads take turns.

    `pin` gives the snapshot that a new transaction sees, `own` is what the names of the run's schemas begin with.
    """

    def __init__(self, conninfo: str, own: str, pin: Callable[[], str]) -> None:
        self._conninfo, self._own, self._pin = conninfo, own, pin
        self._connection: Connection | None = None
        self._settings: dict[str, str] = {}
        self._turn = threading.RLock()
        self.is_open = False
        self.begun = 0

    @contextmanager
    def step(self, what: str) -> Iterator[Connection]:
        """Lend the connection within the transaction; what the block does is undone if it fails.

        Raises StatementError, also for what writes outside of the run's schemas.
        """
        with self._turn, statement(what):
            connection = self._begin()
            connection.execute("SAVEPOINT build")
            try:
                yield connection
                self._refuse_written(connection, what)
                connection.execute("RELEASE build")
            except BaseException:
                # Where the connection was lost, the server undoes all by itself.
                with suppress(psycopg.OperationalError):
                    connection.execute("ROLLBACK TO build; RELEASE build")
                raise

    def run(self, what: str, preamble: Sequence[str], query: str) -> None:
        """Run one statement; what the preamble makes and sets for it is gone afterwards. Raises as `step` does."""
        with self.step(what) as connection:
            for one in (*preamble, query):
                # A binary answer has the server refuse a text that holds several statements.
                connection.execute(one.encode(), binary=True)
            if preamble:
                connection.execute("DISCARD TEMP")
                connection.execute("RESET ALL")
                self._set(connection)

    def commit(self) -> None:
        """Let others read what was built; the next build begins another transaction."""
        with self._turn:
            if self._connection is not None and self.is_open:
                with statement("keeping what was built"):
                    self._connection.execute("COMMIT")
            self.is_open = False

    def change(self, settings: Mapping[str, str]) -> None:
        """Have the transactions from now on work with these settings, and with no others of ours."""
        self.commit()
        self._settings = dict(settings)

    def interrupt(self) -> None:
        """Stop the statement that runs; may be called from another thread."""
        interrupt(self._connection)

    def close(self) -> None:
        """End the connection; what was not committed is gone."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self.is_open = None, False

    def _begin(self) -> Connection:
        if self._connection is None:
            self._connection = connect_to(self._conninfo, autocommit=True)
        if not self.is_open:
            snapshot = self._pin()
            with statement("beginning the builds"):
                self._connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ WRITE")
                self.is_open = True
                self.begun += 1
                self._connection.execute(f"SET TRANSACTION SNAPSHOT {sql.text(snapshot)}".encode())
                self._set(self._connection)
        return self._connection

    def _set(self, connection: Connection) -> None:
        for name, value in self._settings.items():
            connection.execute(f"SET LOCAL {name} = {sql.text(value)}".encode())

    def _refuse_written(self, connection: Connection, what: str) -> None:
        found = connection.execute(_WRITTEN).fetchall()
        written = [f"{schema}.{name}" for schema, name in found if not str(schema).startswith(self._own)]
        if written:
            raise StatementError(
                f"{what} was undone: it writes to {', '.join(written)}.",
                hint="A model may only read; nothing was changed.",
            )
