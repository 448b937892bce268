"""Files that are read more than once must stay what they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from datacanary.errors import DataError, Where


def watch(files: Sequence[Path]) -> Callable[[], None]:
    """Remember files by their size and time of change; what comes back raises DataError if one is another one now.

    >>> watch([])()
    """
    remembered = {file: stamp(file) for file in files}

    def unchanged() -> None:
        for file, before in remembered.items():
            if stamp(file) != before:
                raise DataError(
                    "The file changed while it was read.",
                    where=Where(str(file)),
                    hint="Compare a copy that nobody writes to.",
                )

    return unchanged


def stamp(file: Path) -> tuple[int, int]:
    """Return a file's size in bytes and its time of change in nanoseconds; a file that is gone has none."""
    try:
        found = file.stat()
    except OSError:
        return (-1, -1)
    return (found.st_size, found.st_mtime_ns)
