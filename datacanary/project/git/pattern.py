"""Glob patterns: `*`, `?`, `[a-z]` within a name, `**` over folders; hidden names only if the pattern says so."""

from __future__ import annotations

import functools
import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from datacanary.errors import GitError

_MAGIC = re.compile(r"[*?\[]")
_PIECE = re.compile(r"\*+|\?|\[!?+(?:\][^\]]*|[^\]]+)\]|.", re.DOTALL)
_FOLDERS = r"(?:(?!\.)[^/]+/)*"


def leaves(pattern: str) -> bool:
    """Whether a pattern is absolute or climbs out of its folder.

    >>> [leaves(each) for each in ("data/*.csv", "a/../b", "../b", "/tmp/*.csv")]
    [False, False, True, True]
    """
    return posixpath.normpath(pattern).split("/")[0] in {"", ".."}


@functools.cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return the expression that whole paths have to match; GitError for a range like `[z-a]`.

    >>> bool(compiled("models/**/*.sql").fullmatch("models/a.sql"))
    True
    """
    *folders, last = posixpath.normpath(pattern).split("/")
    expression = "".join(_FOLDERS if name == "**" else f"{_name(name)}/" for name in folders)
    return re.compile(expression + (rf"{_FOLDERS}(?!\.)[^/]+" if last == "**" else _name(last)))


def _name(name: str) -> str:
    hidden = "" if name.startswith(".") or not _MAGIC.match(name) else r"(?!\.)"
    return hidden + "".join(_piece(piece) for piece in _PIECE.findall(name))


def _piece(piece: str) -> str:
    if piece.startswith("*"):
        return "[^/]*"
    if piece == "?":
        return "[^/]"
    if len(piece) > 1:
        negated = piece.startswith("[!")
        members = re.sub(r"([\\\[\]^&~|])", r"\\\1", piece[2 if negated else 1 : -1])
        return _checked(f"(?!/)[{'^' if negated else ''}{members}]", piece)
    return re.escape(piece)


def _checked(expression: str, piece: str) -> str:
    try:
        re.compile(expression)
    except re.error as error:
        raise GitError(f"The pattern has a range that ends before it begins: {piece!r}.") from error
    return expression


def on_disk(folder: Path, pattern: str) -> tuple[str, ...]:
    """Return the files below `folder` that match, sorted, relative to it; absolute where the pattern leaves it.

    Links to folders are followed. Raises GitError if a folder cannot be listed.
    """
    if leaves(pattern):
        whole = os.path.normpath(folder / pattern)
        return tuple(sorted(set(_walk("/", _parts(whole.lstrip("/")), ()))))
    found = set(_walk(str(folder), _parts(posixpath.normpath(pattern)), ()))
    return tuple(sorted(posixpath.relpath(path, folder) for path in found))


def _parts(pattern: str) -> tuple[str, ...]:
    """Split into names; `**/**` is `**`."""
    names = pattern.split("/")
    return tuple(name for name, before in zip(names, ["", *names], strict=False) if (name, before) != ("**", "**"))


def _walk(folder: str, parts: tuple[str, ...], above: tuple[tuple[int, int], ...]) -> Iterator[str]:
    first, rest = parts[0], parts[1:]
    if not _MAGIC.search(first):
        yield from _step(os.path.join(folder, first), rest, above)  # noqa: PTH118 -- a Path per file is slow
        return
    anywhere = first == "**"
    if anywhere:
        stat = os.stat(folder)  # noqa: PTH116 -- see above
        if (stat.st_dev, stat.st_ino) in above:
            return  # a link led back to a folder that we are in
        above = (*above, (stat.st_dev, stat.st_ino))
        if rest:
            yield from _walk(folder, rest, above)
    expression = compiled("*" if anywhere else first)
    for entry in _listed(folder):
        if expression.fullmatch(entry.name):
            yield from _step(entry.path, parts if anywhere and entry.is_dir() else rest, above)


def _step(path: str, rest: tuple[str, ...], above: tuple[tuple[int, int], ...]) -> Iterator[str]:
    if not rest and os.path.isfile(path):  # noqa: PTH113 -- a Path per file is slow
        yield path
    elif rest and os.path.isdir(path):  # noqa: PTH112 -- see above
        yield from _walk(path, rest, above)


def _listed(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        raise GitError(f"The folder {folder} cannot be listed: {error.strerror}.") from error
