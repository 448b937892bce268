"""The files below one folder in one version."""

from __future__ import annotations

import codecs
import hashlib
import os
import posixpath
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from datacanary.errors import GitError
from datacanary.project.git import lfs, pattern
from datacanary.project.git.blobs import SMALL_BYTES, Blobs
from datacanary.project.git.command import Sink
from datacanary.project.git.tree import File, Tree


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The files of one version below a folder; paths are posix and relative to that folder.

    `disk` is that folder in the working tree, `lfs_store` where git-lfs keeps what it fetched. Threads may share it.
    """

    tree: Tree
    blobs: Blobs
    disk: Path
    lfs_store: Path
    _paths: tuple[str, ...] = field(init=False, repr=False)
    _tracked: frozenset[str] = field(init=False, repr=False)
    _alike: dict[str, list[str]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = frozenset(self.tree.names())
        object.__setattr__(self, "_tracked", names)
        object.__setattr__(self, "_paths", tuple(sorted(names)))
        alike = defaultdict[str, list[str]](list)
        for path, entry in self.tree.entries.items():
            if isinstance(entry, File) and entry.oid:
                alike[posixpath.splitext(path)[1]].append(entry.oid)
        object.__setattr__(self, "_alike", alike)

    def paths(self) -> tuple[str, ...]:
        """Return all files, sorted; links count as the files that they lead to."""
        return self._paths

    def tracks(self, path: str) -> bool:
        """Whether `paths` has this one."""
        return path in self._tracked

    def glob(self, wanted: str) -> tuple[str, ...]:
        """Return the paths that match a pattern (`*`, `?`, `[a-z]`, `**`), sorted.

        None match a pattern that is absolute or climbs out of the folder.
        """
        expression = pattern.compiled(wanted)
        return () if pattern.leaves(wanted) else tuple(path for path in self._paths if expression.fullmatch(path))

    def text(self, path: str) -> str:
        """Return a file as text: UTF-8 without its byte order mark, line ends as they are.

        Raises GitError for a file that is missing, not UTF-8, a Git LFS pointer, in a submodule, or behind a bad link.
        """
        content = self._content(path)
        if lfs.pointer(content):
            raise GitError(
                "The file is a Git LFS pointer, not its content.",
                where=self.tree.where(path),
                hint="Run: git lfs pull. Better, keep SQL and other text out of Git LFS.",
            )
        try:
            return content.removeprefix(codecs.BOM_UTF8).decode()
        except UnicodeDecodeError as error:
            raise self._not_utf8(path, content, error) from error

    def digest(self, path: str) -> str:
        """Return the sha256 of a file's content in hex; that of the content a Git LFS pointer stands for."""
        pointer = self._pointer(path)
        if pointer:
            return pointer.oid
        hasher = _Hasher()
        self._copy(path, hasher)
        return hasher.sha256.hexdigest()

    def file(self, path: str, into: Path) -> Path:
        """Return a file on the disk with the content: the working tree's own, else one at `into / path` (mode 0600).

        Raises GitError as `text` does, and for a Git LFS pointer whose content is not on this machine.
        """
        pointer = self._pointer(path)
        if pointer:
            return self._fetched(path, pointer, into)
        if self._entry(path).oid is None:
            return self.disk / path
        with _placed(into, path) as stream:
            self._copy(path, stream)
        return into / path

    def _entry(self, path: str) -> File:
        entry = self.tree.entries[self.tree.locate(path)]
        assert isinstance(entry, File)  # noqa: S101 -- locate returns nothing else
        return entry

    def _likely(self, path: str) -> list[str]:
        """Return what will be asked for next: who reads one .sql file reads them all."""
        return self._alike.get(posixpath.splitext(self.tree.locate(path))[1], [])

    def _content(self, path: str) -> bytes:
        entry = self._entry(path)
        if entry.oid is not None:
            return self.blobs.read(entry.oid, self._likely(path))
        with self._opened(path) as stream:
            return stream.read()

    def _copy(self, path: str, sink: Sink) -> None:
        entry = self._entry(path)
        if entry.oid is None:
            with self._opened(path) as stream:
                shutil.copyfileobj(stream, sink, 1 << 20)
        elif self.blobs.size(entry.oid, self._likely(path)) <= SMALL_BYTES:
            sink.write(self.blobs.read(entry.oid, self._likely(path)))
        else:
            self.blobs.copy(entry.oid, sink)

    def _pointer(self, path: str) -> lfs.Pointer | None:
        entry = self._entry(path)
        if entry.oid is None:
            with self._opened(path) as stream:
                return lfs.pointer(stream.read(lfs.POINTER_BYTES + 1))
        if self.blobs.size(entry.oid, self._likely(path)) > lfs.POINTER_BYTES:
            return None
        return lfs.pointer(self.blobs.read(entry.oid, self._likely(path)))

    @contextmanager
    def _opened(self, path: str) -> Iterator[BinaryIO]:
        try:
            with (self.disk / self.tree.locate(path)).open("rb") as stream:
                yield stream
        except OSError as error:
            raise GitError(f"The file cannot be read: {error.strerror}.", where=self.tree.where(path)) from error

    def _fetched(self, path: str, pointer: lfs.Pointer, into: Path) -> Path:
        if pointer.fits(self.disk / path):
            return self.disk / path
        stored = pointer.stored(self.lfs_store)
        if not pointer.fits(stored):
            raise GitError(
                "The content of this Git LFS file is not on this machine.",
                where=self.tree.where(path),
                hint="Fetch it: git lfs fetch origin REF (the version's branch or commit); for head: git lfs pull.",
            )
        with _placed(into, path) as stream, stored.open("rb") as source:
            shutil.copyfileobj(source, stream, 1 << 20)
        return into / path

    def _not_utf8(self, path: str, content: bytes, error: UnicodeDecodeError) -> GitError:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return GitError("The file is UTF-16, not UTF-8.", where=self.tree.where(path), hint="Save it as UTF-8.")
        before = error.object[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode()) + 1
        offset = len(content) - len(error.object) + error.start
        return GitError(
            f"The file is not UTF-8: byte {offset + 1:,} of {len(content):,} cannot be read.",
            where=self.tree.where(path, line, column),
            hint="Save it as UTF-8.",
        )


@dataclass(frozen=True, slots=True, eq=False)
class WorktreeSnapshot(Snapshot):
    """The files of the working tree as it is: tracked ones and those that git does not ignore."""

    def disk_glob(self, wanted: str) -> tuple[str, ...]:
        """Return the files on the disk that match, ignored ones too, sorted.

        They are relative to the folder; absolute where the pattern is absolute or climbs out of the folder.
        """
        return pattern.on_disk(self.disk, wanted)


class _Hasher:
    def __init__(self) -> None:
        self.sha256 = hashlib.sha256()

    def write(self, piece: bytes, /) -> None:
        self.sha256.update(piece)


@contextmanager
def _placed(into: Path, path: str) -> Iterator[BinaryIO]:
    """Open `into / path` for writing; it appears when it is complete, and others on this machine cannot read it."""
    target = into / path
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
