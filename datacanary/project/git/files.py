"""One digest for many files of a version, the same whether they are committed or not yet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from datacanary.project.git.snapshot import Snapshot
from datacanary.project.git.tree import File, Link

_SHA1_LETTERS = 40


def digest_of(snapshot: Snapshot, wanted: Callable[[str], bool]) -> str:
    """Return the sha256 in hex over the paths and contents of those files of a version that are `wanted`.

    A file that is not committed counts as what git will call it. Links count by where they lead.
    """
    found = hashlib.sha256()
    known = (entry.oid for entry in snapshot.tree.entries.values() if isinstance(entry, File) and entry.oid)
    letters = len(next(known, "0" * _SHA1_LETTERS))
    for path, entry in sorted(snapshot.tree.entries.items()):
        if not wanted(path):
            continue
        if isinstance(entry, File):
            found.update(f"{path}\0{entry.oid or _blob_id(snapshot.disk / path, letters)}\0".encode())
        elif isinstance(entry, Link):
            found.update(f"{path}\0-> {entry.target}\0".encode())
    return found.hexdigest()


def _blob_id(file: Path, letters: int) -> str:
    """Return git's id of a file's content; of one that vanished meanwhile a word that no file has."""
    try:
        content = file.read_bytes()
    except OSError:
        return "gone"
    hasher = hashlib.sha1(usedforsecurity=False) if letters == _SHA1_LETTERS else hashlib.sha256()
    hasher.update(b"blob %d\0" % len(content))
    hasher.update(content)
    return hasher.hexdigest()
