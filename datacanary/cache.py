"""A memory on the disk: one SQLite file per project, which anybody may delete at any time."""

from __future__ import annotations

import hashlib
import itertools
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

MOST_BYTES = 64 << 20
"""How large the file may become; then the texts that nobody has asked for longest go."""

_FILE = "remembered.sqlite"
_LAYOUT = 1
_WAIT_SECONDS = 1.0
_AT_ONCE = 900
_DAY = 24 * 60 * 60
# Held by another for too long, no permission, a full or failing disk: the file itself may be whole.
_PASSING = frozenset(
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
    | {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOMEM}
)
# An ordinary table: without row ids, SQLite would put each of the texts on pages of its own.
_TABLE = "CREATE TABLE texts (kind TEXT, key TEXT, used INTEGER, mark BLOB, text TEXT, PRIMARY KEY (kind, key))"


class Cache:
    """A `Memory` in a folder of this user's alone; several processes and threads may use it at once.

    It never fails: what cannot be read is as if nobody had stored it, and `trouble` says why, for --verbose. Each text
    has a mark of its own, so that one that a broken disk or a hand has changed is none. A day is the finest that it
    knows of when a text was used: so most readings write nothing.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self.trouble = ""

    @property
    def file(self) -> Path:
        """Where the texts lie."""
        return self._folder / _FILE

    def get_many(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """Return those of the texts that are known."""
        found: dict[str, str] = {}
        wanted = list(keys)
        if not wanted or not self.file.exists():
            return found
        with self._guarded(), self._open() as connection:
            stale: list[str] = []
            today = _today()
            for some in _batches(wanted):
                for key, used, mark, text in connection.execute(_reading(len(some)), (kind, *some)):
                    if mark == _mark(kind, key, text):
                        found[key] = text
                        stale += [key] if used != today else []
            for some in _batches(stale):
                connection.execute(_touching(len(some)), (today, kind, *some))
            connection.commit()
        return found

    def put_many(self, kind: str, texts: Mapping[str, str]) -> None:
        """Keep texts, all of them or none."""
        if not texts:
            return
        with self._guarded():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.file.touch(mode=0o600)
            with self._open() as connection:
                today = _today()
                rows = ((kind, key, today, _mark(kind, key, text), text) for key, text in texts.items())
                connection.executemany("INSERT OR REPLACE INTO texts VALUES (?, ?, ?, ?, ?)", rows)
                connection.commit()
                self._shrink(connection)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if error.sqlite_errorcode & 0xFF in _PASSING:
                self.trouble = f"what earlier runs worked out cannot be used: {error} ({self.file})"
                return
            self.trouble = f"what earlier runs worked out was damaged and is dropped: {error} ({self.file})"
            with suppress(OSError):
                self.file.unlink(missing_ok=True)
        except OSError as error:
            self.trouble = f"what earlier runs worked out cannot be used: {error.strerror} ({self.file})"

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        uri = f"{self.file.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(uri, uri=True, timeout=_WAIT_SECONDS)) as connection:
            # What a power failure tears apart is found by the marks, so nothing needs to wait for the disk.
            connection.execute("PRAGMA synchronous = OFF")
            if connection.execute("PRAGMA user_version").fetchone() != (_LAYOUT,):
                _lay_out(connection)
            yield connection

    def _shrink(self, connection: sqlite3.Connection) -> None:
        """Forget the oldest until a quarter is free again."""
        if self.file.stat().st_size <= self._most_bytes:
            return
        left = self._most_bytes * 3 // 4
        sizes = connection.execute("SELECT kind, key, length(text) FROM texts ORDER BY used DESC, kind, key").fetchall()
        sums = itertools.accumulate(size + 200 for _, _, size in sizes)
        gone = [(kind, key) for (kind, key, _), total in zip(sizes, sums, strict=True) if total > left]
        connection.executemany("DELETE FROM texts WHERE kind = ? AND key = ?", gone)
        connection.commit()
        connection.execute("VACUUM")


def _lay_out(connection: sqlite3.Connection) -> None:
    # Another process may do the same: whoever comes second finds it done.
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("PRAGMA user_version").fetchone() != (_LAYOUT,):
        connection.execute("DROP TABLE IF EXISTS texts")
        connection.execute(_TABLE)
        connection.execute(f"PRAGMA user_version = {_LAYOUT}")
    connection.commit()


def _reading(count: int) -> str:
    return f"SELECT key, used, mark, text FROM texts WHERE kind = ? AND key IN ({_marks(count)})"  # noqa: S608


def _touching(count: int) -> str:
    return f"UPDATE texts SET used = ? WHERE kind = ? AND key IN ({_marks(count)})"  # noqa: S608


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _mark(kind: str, key: str, text: str) -> bytes:
    return hashlib.blake2b(f"{kind}\x1f{key}\x1f{text}".encode(), digest_size=16).digest()


def _today() -> int:
    return int(time.time() // _DAY)


def _batches(keys: list[str]) -> Iterator[list[str]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
