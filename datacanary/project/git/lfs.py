"""Git LFS: the repository holds a small pointer, the content lies elsewhere."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

POINTER_BYTES = 1024
"""No pointer is longer than this; so says the specification of Git LFS."""

_POINTER = re.compile(
    rb"version https://(?:git-lfs|hawser)\.github\.com/spec/v1\r?\n"
    rb"(?:ext-[^\n]*\n)*oid sha256:([0-9a-f]{64})\r?\nsize ([0-9]+)\s*"
)


@dataclass(frozen=True, slots=True)
class Pointer:
    """The content that a pointer stands for: its sha256 in hex and its size in bytes."""

    oid: str
    size: int

    def fits(self, file: Path) -> bool:
        """Whether `file` has exactly that content."""
        if not file.is_file() or file.stat().st_size != self.size:
            return False
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == self.oid

    def stored(self, store: Path) -> Path:
        """Where git-lfs keeps the content below its `store`, if it has fetched it."""
        return store / self.oid[:2] / self.oid[2:4] / self.oid


def pointer(content: bytes) -> Pointer | None:
    r"""Return what `content` points to, None if it is no pointer.

    >>> pointer(b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 12\n").size
    12
    >>> pointer(b"select 1")
    """
    found = _POINTER.fullmatch(content) if len(content) <= POINTER_BYTES else None
    return Pointer(found[1].decode(), int(found[2])) if found else None
