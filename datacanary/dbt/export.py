"""A version's files, written out for dbt."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from datacanary.errors import GitError

_FOLDERS = frozenset({".git", "target", "logs"})
_LARGE_BYTES = 100 << 20
_SEED = ".csv"
# Without any of these a project would be another one.
_READ_BY_DBT = frozenset({".sql", ".yml", ".yaml", ".csv", ".py", ".md"})


class Version(Protocol):
    """The files of one version below the project's folder."""

    def paths(self) -> tuple[str, ...]:
        """Return all files, as posix paths."""

    def file(self, path: str, into: Path) -> Path:
        """Return a file on the disk with the content: anywhere, or at `into / path`."""


@dataclass(frozen=True, slots=True)
class Exported:
    """How many files there are now, and which ones are not because they are too large or cannot be read."""

    files: int
    left_out: tuple[str, ...] = ()


def export(version: Version, into: Path, warehouse: str = "") -> Exported:
    """Write the files of a version below `into`, byte by byte; links become what they lead to.

    What dbt itself writes and database files (`warehouse` is the path of one) stay out, and so does what is larger than
    100 MB and no seed. Every file is as new as its writing: dbt takes a file of the same time for the same file.
    GitError if a file that dbt reads is missing.
    """
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    wanted = [path for path in version.paths() if _belongs(path, warehouse)]
    left_out = tuple(path for path in wanted if not _written(version, path, into))
    return Exported(len(wanted) - len(left_out), left_out)


def _belongs(path: str, warehouse: str) -> bool:
    pure = PurePosixPath(path)
    named_so = ".duckdb" in pure.suffixes[-2:] and pure.suffix in {".duckdb", ".wal"}
    return pure.parts[0] not in _FOLDERS and not named_so and path not in {warehouse, f"{warehouse}.wal"}


def _written(version: Version, path: str, into: Path) -> bool:
    target = into / path
    suffix = target.suffix.lower()
    try:
        source = version.file(path, into)
        too_large = suffix != _SEED and source.stat().st_size > _LARGE_BYTES
    except GitError:
        if suffix in _READ_BY_DBT:
            raise
        return False
    if source == target:
        if too_large:
            target.unlink()
        return not too_large
    if not too_large:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return not too_large
