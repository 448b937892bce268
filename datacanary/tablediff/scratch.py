"""Temporary files: a private folder, and rows that wait in memory or on disk."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from itertools import accumulate, count
from pathlib import Path

import polars as pl

from datacanary.errors import DataError

PREFIX = "datacanary-"
LOCK = "lock"
PIECE_BYTES = 8 << 20
"""Rows are written in files of at least so many bytes: few files, and little that waits."""


class Scratch:
    """A private folder, made when first needed, and removed with this object or at exit.

    Its name tells the process, which also locks a file in it: the next process removes what a killed one has left.
    """

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._numbers = count()

    @property
    def folder(self) -> Path:
        """The folder; only this user may look into it. Raises DataError if none can be made."""
        if self._folder is None:
            place = Path(tempfile.gettempdir())
            sweep(place)
            try:
                self._folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=place))
                lock = os.open(self._folder / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as problem:
                raise no_room(problem) from problem
            weakref.finalize(self, remove, self._folder, lock, os.getpid())
        return self._folder

    def spool(self, memory: int) -> Spool:
        """Begin to collect rows, of which so many bytes may wait in memory."""
        return Spool(self, memory)

    def new_file(self) -> Path:
        """Name a file that is not there yet."""
        return self.folder / f"{next(self._numbers)}.arrow"


class Spool:
    """Rows in the order in which they were appended: in memory, or beyond `memory` bytes in files."""

    def __init__(self, scratch: Scratch, memory: int) -> None:
        self.rows = 0
        self.bytes = 0
        self._scratch, self._memory = scratch, memory
        self._waiting: list[pl.DataFrame] = []
        self._waiting_bytes = 0
        self._files: list[Path] = []
        self._heights: list[int] = []

    def append(self, frame: pl.DataFrame) -> None:
        """Take rows; all frames have the same columns. Raises DataError if they cannot be written."""
        if frame.height == 0:
            return
        size = int(frame.estimated_size())
        self.rows += frame.height
        self.bytes += size
        self._waiting.append(frame)
        self._waiting_bytes += size
        if self.bytes > self._memory and self._waiting_bytes > min(PIECE_BYTES, self._memory):
            self._write()

    def _write(self) -> None:
        """Write what waits, a piece at a time: the first time that may be all that fits into memory."""
        piece: list[pl.DataFrame] = []
        size = 0
        for place, frame in enumerate(self._waiting, 1):
            piece.append(frame)
            size += int(frame.estimated_size())
            if size > PIECE_BYTES or place == len(self._waiting):
                self._write_piece(piece)
                piece, size = [], 0
        self._waiting, self._waiting_bytes = [], 0

    def _write_piece(self, frames: list[pl.DataFrame]) -> None:
        file = self._scratch.new_file()
        rows = pl.concat(frames, rechunk=True)
        try:
            # Whole cells of text are written, so that nothing of what was filtered out comes along.
            rows.write_ipc(file, compression="uncompressed", compat_level=pl.CompatLevel.oldest())
            file.chmod(0o600)
        except (pl.exceptions.PolarsError, OSError) as problem:
            raise no_room(problem) from problem
        self._files.append(file)
        self._heights.append(rows.height)

    @property
    def stops(self) -> tuple[int, ...]:
        """The row numbers where reading what is finished may begin: those of the files."""
        return tuple(accumulate(self._heights[:-1], initial=0))

    def frames(self) -> Iterator[pl.DataFrame]:
        """Give the rows for the last time, in order; each file is removed when its rows have been taken."""
        files, waiting = self._files, self._waiting
        self._files, self._heights, self._waiting = [], [], []
        for file in files:
            yield pl.read_ipc(file)
            file.unlink(missing_ok=True)
        waiting.reverse()
        while waiting:
            yield waiting.pop()

    def drop(self) -> None:
        """Forget the rows and remove their files."""
        for file in self._files:
            file.unlink(missing_ok=True)
        self._waiting, self._files, self._heights = [], [], []

    def finish(self, schema: pl.Schema) -> pl.LazyFrame:
        """Give the rows, as often as they are asked for; whoever reads them keeps the scratch folder."""
        if self._files:
            # One scan can begin in its middle; a scan with other rows behind it would be read from the start.
            self._write()
            return pl.scan_ipc(self._files, glob=False)
        return (pl.concat(self._waiting, rechunk=False) if self._waiting else schema.to_frame(eager=True)).lazy()


def remove(folder: Path, lock: int, owner: int) -> None:
    """Remove a folder of this process; a fork of it leaves the folder alone."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)


def no_room(problem: Exception) -> DataError:
    """Say that temporary rows cannot be written."""
    full = isinstance(problem, OSError) and problem.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    return DataError(
        f"Temporary rows cannot be written: {'the disk is full' if full else type(problem).__name__}.",
        hint="Let TMPDIR name a folder that has room, or allow more memory.",
    )


def sweep(place: Path) -> None:
    """Remove the folders of processes of this user that are gone."""
    for folder in place.glob(f"{PREFIX}[0-9]*-*"):
        number = folder.name.removeprefix(PREFIX).partition("-")[0]
        if number.isdigit() and is_mine(folder) and not is_alive(int(number)) and not is_locked(folder):
            shutil.rmtree(folder, ignore_errors=True)


def is_mine(folder: Path) -> bool:
    """Tell whether a folder belongs to this user."""
    try:
        return folder.lstat().st_uid == os.getuid()
    except OSError:
        return False


def is_alive(process: int) -> bool:
    """Tell whether a process runs."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def is_locked(folder: Path) -> bool:
    """Tell whether a process that cannot be seen from here works in a folder: one of another container."""
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(lock)
    return False
