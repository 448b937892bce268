"""Runs the program so that it dies, or its warehouse fails, just before the Nth statement it sends.

    python crashing.py --at 7 --how kill -- promote last
    python crashing.py --log statements.txt -- promote last

`--log` writes one line for each statement, so that its lines are the moments to die at. Statements are counted over all
connections of the process, in DuckDB and through psycopg, from 1.
"""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, cast

import duckdb
import psycopg

from datacanary.__main__ import main as program

HOWS = ("kill", "exception", "full")
SCRIPT = Path(__file__)


class Failpoint:
    """Counts statements, and does what was asked for before the Nth."""

    def __init__(self, at: int | None, how: str, log: Path | None) -> None:
        self._at = at
        self._how = how
        self._log = log
        self._count = 0
        self._lock = threading.Lock()

    def pass_by(self, statement: str, failing: Callable[[str], Exception]) -> None:
        """Note a statement; `failing` makes the error of its driver."""
        with self._lock:
            self._count += 1
            if self._log is not None:
                with self._log.open("a", encoding="utf-8") as stream:
                    stream.write(f"{' '.join(statement.split())[:150]}\n")
            if self._count != self._at:
                return
        if self._how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self._how == "full":
            raise OSError(errno.ENOSPC, "No space left on device")
        raise failing("IO Error: the failpoint")


class Watched:
    """A connection of DuckDB whose statements pass by the failpoint."""

    def __init__(self, connection: Any, failpoint: Failpoint) -> None:
        self.plain = connection
        self._failpoint = failpoint

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)

    def execute(self, query: str, *arguments: Any) -> Any:
        """Run a statement, if the process lives to do so."""
        self._failpoint.pass_by(query, duckdb.IOException)
        return self.plain.execute(query, *arguments)

    def cursor(self) -> Watched:
        """Return another connection that is watched, too."""
        return Watched(self.plain.cursor(), self._failpoint)


def watch_duckdb(failpoint: Failpoint) -> None:
    """Have every connection of DuckDB watched."""
    connect, sqltype = duckdb.connect, duckdb.sqltype

    def plain(connection: Any) -> Any:
        return connection.plain if isinstance(connection, Watched) else connection

    duckdb.connect = cast(Any, lambda *arguments, **named: Watched(connect(*arguments, **named), failpoint))
    duckdb.sqltype = cast(Any, lambda text, connection=None: sqltype(text, connection=plain(connection)))


def watch_psycopg(failpoint: Failpoint) -> None:
    """Have every statement and commit of psycopg watched."""
    execute, commit = psycopg.Cursor.execute, psycopg.Connection.commit

    def watched_execute(cursor: Any, query: Any, *arguments: Any, **named: Any) -> Any:
        text = query.decode() if isinstance(query, bytes) else str(query)
        failpoint.pass_by(text, psycopg.OperationalError)
        return execute(cursor, query, *arguments, **named)

    def watched_commit(connection: Any) -> None:
        failpoint.pass_by("COMMIT", psycopg.OperationalError)
        commit(connection)

    psycopg.Cursor.execute = cast(Any, watched_execute)  # type: ignore[method-assign]
    psycopg.Connection.commit = cast(Any, watched_commit)  # type: ignore[method-assign]


def main() -> NoReturn:
    """Run `datacanary` with what stands behind `--`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--at", type=int)
    parser.add_argument("--how", choices=HOWS, default="kill")
    parser.add_argument("--log", type=Path)
    split = sys.argv.index("--")
    asked = parser.parse_args(sys.argv[1:split])
    failpoint = Failpoint(asked.at, asked.how, asked.log)
    watch_duckdb(failpoint)
    watch_psycopg(failpoint)
    sys.argv = ["datacanary", *sys.argv[split + 1 :]]
    program()
    sys.exit(0)


if __name__ == "__main__":
    main()
