"""Runs the program so that it dies, or its warehouse or disk fails, just before the Nth thing it does to them.

    python crashing.py --at 7 --how kill -- promote last
    python crashing.py --log moments.txt -- promote last

`--log` writes one line for each moment to die at. Counted from 1, over all threads and connections of the process, are
the statements that go through DuckDB's and psycopg's Python drivers, and what is done to files below DATACANARY_HOME.
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
_NO_ROOM = "No space left on device"

Failing = Callable[[str], Exception]


class Failpoint:
    """Counts moments, and does what was asked for before the Nth."""

    def __init__(self, at: int | None, how: str, log: Path | None) -> None:
        self._at = at
        self._how = how
        self._log = log
        self._count = 0
        self._lock = threading.RLock()
        self._noting = False

    def pass_by(self, what: str, failing: Failing, full: Failing) -> None:
        """Note a moment; `failing` makes an error of the driver, `full` its error for a disk without room."""
        with self._lock:
            # The log is a file, too.
            if self._noting:
                return
            self._count += 1
            if self._log is not None:
                self._noting = True
                with self._log.open("a", encoding="utf-8") as stream:
                    stream.write(f"{' '.join(what.split())[:150]}\n")
                self._noting = False
            if self._count != self._at:
                return
        if self._how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise full(_NO_ROOM) if self._how == "full" else failing("the failpoint")


class Watched:
    """A connection of DuckDB whose statements pass by the failpoint."""

    def __init__(self, connection: Any, failpoint: Failpoint) -> None:
        self.plain = connection
        self._failpoint = failpoint

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)

    def execute(self, query: str, *arguments: Any) -> Any:
        """Run a statement, if the process lives to do so."""
        self._failpoint.pass_by(query, _failing_duckdb, _failing_duckdb)
        return self.plain.execute(query, *arguments)

    def sql(self, query: str, *arguments: Any, **named: Any) -> Any:
        """Begin to read, if the process lives to do so."""
        self._failpoint.pass_by(query, _failing_duckdb, _failing_duckdb)
        return self.plain.sql(query, *arguments, **named)

    def cursor(self) -> Watched:
        """Return another connection that is watched, too."""
        return Watched(self.plain.cursor(), self._failpoint)


def _failing_duckdb(message: str) -> Exception:
    return duckdb.IOException(f"IO Error: {message}")


def _failing_file(message: str) -> Exception:
    return OSError(errno.ENOSPC if message == _NO_ROOM else errno.EIO, message)


def watch_duckdb(failpoint: Failpoint) -> None:
    """Have every connection of DuckDB watched."""
    connect, sqltype = duckdb.connect, duckdb.sqltype

    def plain(connection: Any) -> Any:
        return connection.plain if isinstance(connection, Watched) else connection

    duckdb.connect = cast(Any, lambda *arguments, **named: Watched(connect(*arguments, **named), failpoint))
    duckdb.sqltype = cast(Any, lambda text, connection=None: sqltype(text, connection=plain(connection)))


def watch_psycopg(failpoint: Failpoint) -> None:
    """Have every statement, commit and rollback of psycopg watched, and each time it connects."""

    def watched(owner: Any, name: str, told: Callable[[tuple[Any, ...]], str]) -> None:
        plain = getattr(owner, name)

        def run(*arguments: Any, **named: Any) -> Any:
            failpoint.pass_by(told(arguments), psycopg.OperationalError, psycopg.errors.DiskFull)
            return plain(*arguments, **named)

        setattr(owner, name, run)

    watched(psycopg.Cursor, "execute", lambda given: _text(given[1]))
    watched(psycopg.Cursor, "copy", lambda given: _text(given[1]))
    watched(psycopg.Connection, "commit", lambda _: "COMMIT")
    watched(psycopg.Connection, "rollback", lambda _: "ROLLBACK")
    watched(psycopg.Transaction, "__enter__", lambda _: "BEGIN")
    watched(psycopg.Transaction, "__exit__", lambda given: "ROLLBACK" if given[1] else "COMMIT")
    watched(psycopg, "connect", lambda _: "(connect)")


def _text(query: Any) -> str:
    return query.decode() if isinstance(query, bytes) else str(query)


_MADE = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def watch_files(failpoint: Failpoint) -> None:
    """Have all that is made, renamed and removed where runs are kept watched; it lasts as long as the process."""
    home = os.environ.get("DATACANARY_HOME", "")

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in {"open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.chmod", "shutil.rmtree"}:
            return
        path = arguments[0]
        if not isinstance(path, str | os.PathLike) or (event == "open" and not (arguments[2] or 0) & _MADE):
            return
        if os.fspath(path).startswith(home):
            failpoint.pass_by(f"({event} {os.path.basename(path)})", _failing_file, _failing_file)  # noqa: PTH119 -- within a hook of these

    if home:
        sys.addaudithook(hook)


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
    watch_files(failpoint)
    sys.argv = ["datacanary", *sys.argv[split + 1 :]]
    program()
    sys.exit(0)


if __name__ == "__main__":
    main()
