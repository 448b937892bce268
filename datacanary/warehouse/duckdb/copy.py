"""Copies of a DuckDB file: whole, of one moment, and without writing a byte to the file itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from datacanary.errors import WarehouseError, Where
from datacanary.warehouse.duckdb.open import LockedError, attach, beside

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Copied:
    """How large the copied file is, in bytes, and how long all copies took, in seconds; 0 bytes: there was no file."""

    size: int
    seconds: float
    cloned: bool


def copy_database(file: Path, places: Sequence[Path]) -> Copied:
    """Copy a database file, with what was written last beside it, to several places; nothing if there is no file.

    All copies are of one moment. Where the file system can, they share their blocks with the file (`cloned`) and cost
    nothing. Raises LockedError while another process writes the file, WarehouseError for one that is damaged or too
    large for the disk.
    """
    started = time.perf_counter()
    if not file.exists():
        return Copied(0, 0.0, cloned=False)
    for _ in range(_TRIES):
        before = _state(file)
        _refuse_unreadable(file)
        _refuse_no_room(_size(before) * len(places), places[0], file)
        for place in places:
            _log(place).unlink(missing_ok=True)
        cloned = [_copied(source, target) for place in places for source, target in _parts(file, place)]
        if _state(file) == before:
            return Copied(_size(before), time.perf_counter() - started, cloned=all(cloned))
    raise LockedError(
        "The DuckDB file is written again and again, so that it cannot be copied.",
        where=Where(str(file)),
        hint="Close what writes it and try again; DuckDB lets one process write, or many read.",
    )


def _parts(file: Path, place: Path) -> list[tuple[Path, Path]]:
    parts = [(file, place)]
    beside_it = _log(file)
    return [*parts, (beside_it, _log(place))] if beside_it.exists() else parts


def _log(file: Path) -> Path:
    return file.with_name(f"{file.name}.wal")


def _state(file: Path) -> tuple[tuple[int, int, int], ...]:
    found = (one.stat() for one in (file, _log(file)) if one.exists())
    return tuple((one.st_ino, one.st_size, one.st_mtime_ns) for one in found)


def _size(state: tuple[tuple[int, int, int], ...]) -> int:
    return sum(size for _, size, _ in state)


def _refuse_unreadable(file: Path) -> None:
    """Open the file for reading, which fails while somebody writes; a moment later the states tell."""
    with beside() as connection:
        attach(connection, file)


def _refuse_no_room(needed: int, place: Path, file: Path) -> None:
    free = shutil.disk_usage(place.parent).free
    if needed > free and not _can_clone(file, place):
        raise WarehouseError(
            f"Two copies of the DuckDB file need {needed / 1e9:,.1f} GB, and {free / 1e9:,.1f} GB are free.",
            where=Where(str(place.parent)),
            hint="Free some space, or set DATACANARY_HOME to a folder on a larger disk.",
        )


def _can_clone(file: Path, place: Path) -> bool:
    probe = place.with_name("probe")
    try:
        return _clone(file, probe)
    finally:
        probe.unlink(missing_ok=True)


def _copied(source: Path, target: Path) -> bool:
    target.unlink(missing_ok=True)
    cloned = _clone(source, target)
    if not cloned:
        shutil.copyfile(source, target)
    target.chmod(0o600)
    return cloned


def _clone(source: Path, target: Path) -> bool:
    """Let the copy share its blocks with the file, where the file system can; leaves nothing where it cannot."""
    if sys.platform == "darwin":
        cloned = subprocess.run(["/bin/cp", "-c", source, target], check=False, capture_output=True).returncode == 0  # noqa: S603 -- paths of ours
    elif sys.platform == "linux":
        cloned = _clone_on_linux(source, target)
    else:
        cloned = False
    if not cloned:
        target.unlink(missing_ok=True)
    return cloned


def _clone_on_linux(source: Path, target: Path) -> bool:
    import fcntl  # noqa: PLC0415 -- not on Windows

    ficlone = 0x40049409  # FICLONE of linux/fs.h
    with source.open("rb") as read, target.open("wb") as write:
        try:
            fcntl.ioctl(write.fileno(), ficlone, read.fileno())
        except OSError:
            return False
    return target.stat().st_size == source.stat().st_size
