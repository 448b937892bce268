"""The files of one version as git names them, and where its symbolic links lead."""

from __future__ import annotations

import bisect
import difflib
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from datacanary.errors import GitError, Where

_MAX_LINKS = 40  # as many as Linux follows


@dataclass(frozen=True, slots=True)
class File:
    """A file: `oid` names its content in the object store, None means that it is read from the disk."""

    oid: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link and the path that it holds."""

    target: str


@dataclass(frozen=True, slots=True)
class Nested:
    """A submodule, or another repository inside this one: its files belong to it."""


Entry = File | Link | Nested


@dataclass(frozen=True, slots=True)
class Tree:
    """Everything below `folder` (from the repository's root) in one version, by its path relative to `folder`."""

    folder: str
    entries: Mapping[str, Entry]
    _sorted: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_sorted", tuple(sorted(self.entries)))

    def where(self, path: str, line: int | None = None, column: int | None = None) -> Where:
        """Return a place in a file, named from the repository's root."""
        return Where(posixpath.join(self.folder, path), line, column)

    def names(self) -> Iterator[str]:
        """Yield the files, those behind links too; a link that leads nowhere counts as a file that cannot be read."""
        yield from self._below("", "", ())

    def locate(self, path: str) -> str:
        """Follow the links of `path` to a file of this version; GitError says why there is none."""
        # A path that git lists leads through no link.
        real = path if isinstance(self.entries.get(path), File) else self._follow(path)
        entry = self.entries.get(real)
        if isinstance(entry, File):
            return real
        above = real.split("/")
        if any(isinstance(self.entries.get("/".join(above[:count])), Nested) for count in range(1, len(above) + 1)):
            raise GitError(
                "The file lies in a submodule or another repository, which datacanary does not look into.",
                where=self.where(path),
                hint="Keep the project's files in one repository, or start datacanary inside the git submodule.",
            )
        if self._is_folder(real):
            raise GitError("This is a folder, not a file.", where=self.where(path))
        if real != path:
            raise GitError(
                f"The symbolic link leads to {real!r}, which this version does not have.",
                where=self.where(path),
                hint="Commit the file that it points to, or remove the link.",
            )
        raise GitError("This version has no such file.", where=self.where(path), hint=self._nearest(path))

    def _below(self, real: str, shown: str, through: tuple[str, ...]) -> Iterator[str]:
        for name in self._children(real):
            entry = self.entries[name]
            alias = posixpath.join(shown, posixpath.relpath(name, real or ".")) if real or shown else name
            if isinstance(entry, File):
                yield alias
            elif isinstance(entry, Link) and name not in through:
                target = self._folder_behind(name)
                if target is None:
                    yield alias
                else:
                    yield from self._below(target, alias, (*through, name))

    def _folder_behind(self, link: str) -> str | None:
        try:
            target = self._follow(link)
        except GitError:
            return None  # whoever reads the link is told why
        around = f"{link}/".startswith(f"{target}/") or not target
        return target if self._is_folder(target) and not around else None

    def _follow(self, path: str) -> str:
        ahead, done, links = path.split("/")[::-1], list[str](), 0
        while ahead:
            name = ahead.pop()
            if name in {"", "."}:
                continue
            if name == "..":
                if not done:
                    raise self._left(path)
                done.pop()
                continue
            done.append(name)
            entry = self.entries.get("/".join(done))
            if isinstance(entry, Link):
                links += 1
                if links > _MAX_LINKS:
                    raise GitError("The symbolic link leads in a circle.", where=self.where(path))
                if entry.target.startswith("/"):
                    raise self._left(path)
                done.pop()
                ahead.extend(entry.target.split("/")[::-1])
        return "/".join(done)

    def _left(self, path: str) -> GitError:
        project = f"the project's folder {self.folder!r}" if self.folder else "the repository"
        return GitError(
            f"The path or symbolic link leaves {project}.",
            where=self.where(path),
            hint="Both versions can only be read from inside it: put the file there, or link to it relatively.",
        )

    def _children(self, folder: str) -> tuple[str, ...]:
        if not folder:
            return self._sorted
        first = bisect.bisect_left(self._sorted, f"{folder}/")
        return self._sorted[first : bisect.bisect_left(self._sorted, f"{folder}0")]  # "0" is what follows "/"

    def _is_folder(self, path: str) -> bool:
        return not path or bool(self._children(path))

    def _nearest(self, path: str) -> str:
        folder, name = posixpath.split(path)
        moved = [each for each in self._sorted if posixpath.basename(each) == name]
        beside = [each for each in self._children(folder) if posixpath.dirname(each) == folder]
        close = difflib.get_close_matches(path, (moved or beside)[:2000], n=1, cutoff=0 if moved else 0.6)
        return f"Did you mean {close[0]!r}?" if close else ""
