"""Contents from the object store, many at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from datacanary.errors import GitError
from datacanary.project.git.command import ReadOnlyGit, Sink

SMALL_BYTES = 1 << 20
"""What is larger is never held in memory on the chance that it may be asked for."""

_BATCH_BYTES = 64 << 20


class Blobs:
    """Reads blobs by their object id; safe to use from several threads at once."""

    def __init__(self, git: ReadOnlyGit) -> None:
        self._git = git
        self._lock = threading.Lock()
        self._sizes: dict[str, int] = {}
        self._held: dict[str, bytes] = {}

    def size(self, oid: str, likely: Iterable[str] = ()) -> int:
        """Return the bytes of a blob; learn those of `likely` ones in the same go."""
        with self._lock:
            if oid not in self._sizes:
                self._measure(dict.fromkeys([oid, *likely]))
            return self._sizes[oid]

    def read(self, oid: str, likely: Iterable[str] = ()) -> bytes:
        """Return the content of a blob; read small `likely` ones in the same go.

        Raises GitError if the object is not in the repository.
        """
        with self._lock:
            if oid not in self._held:
                wanted = list(dict.fromkeys([oid, *likely]))
                self._measure(wanted)
                if self._sizes[oid] <= SMALL_BYTES:
                    self._held.update(self._batch(self._affordable(wanted)))
            if oid in self._held:
                return self._held[oid]
        return self._git.read("cat-file", "blob", oid)

    def copy(self, oid: str, sink: Sink) -> None:
        """Write the content of a blob to `sink`, piece by piece."""
        self._git.copy(sink, "cat-file", "blob", oid)

    def _measure(self, oids: Iterable[str]) -> None:
        unknown = [oid for oid in oids if oid not in self._sizes]
        if not unknown:
            return
        answer = self._git.read("cat-file", "--batch-check=%(objectsize)", "--buffer", lines=unknown)
        for oid, size in zip(unknown, answer.splitlines(), strict=True):
            if not size.isdigit():
                raise _missing(oid)
            self._sizes[oid] = int(size)

    def _affordable(self, oids: Iterable[str]) -> list[str]:
        chosen, total = [], 0
        for oid in oids:
            size = self._sizes[oid]
            if oid not in self._held and size <= SMALL_BYTES and total + size <= _BATCH_BYTES:
                chosen.append(oid)
                total += size
        return chosen

    def _batch(self, oids: list[str]) -> dict[str, bytes]:
        answer = self._git.read("cat-file", "--batch=%(objectsize)", "--buffer", lines=oids)
        contents, at = {}, 0
        for oid in oids:
            end = answer.index(b"\n", at)
            if not answer[at:end].isdigit():
                raise _missing(oid)
            start, at = end + 1, end + 1 + int(answer[at:end])
            contents[oid] = answer[start:at]
            at += 1  # the newline that closes every object
        return contents


def _missing(oid: str) -> GitError:
    return GitError(
        f"The object {oid[:12]} is missing from the repository.",
        hint="Run `git fsck`, then fetch again: git fetch --refetch origin",
    )
