"""What files a version has: from a commit, or from the working tree as it is."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Iterator
from pathlib import Path

from datacanary.errors import GitError, Where
from datacanary.project.git.blobs import Blobs
from datacanary.project.git.command import ReadOnlyGit
from datacanary.project.git.tree import Entry, File, Link, Nested, Tree

_LINK, _SUBMODULE = "120000", "160000"


def folder_of(folder: str) -> str:
    """Return a folder inside the repository as git names it, "" for its root; GitError if it leaves.

    >>> folder_of("./models/"), folder_of(".")
    ('models', '')
    """
    normal = posixpath.normpath(folder or ".")
    if normal.split("/")[0] in {"", ".."}:
        raise GitError(f"The folder {folder!r} is outside of the repository.", hint="Keep the project inside of it.")
    return "" if normal == "." else normal


def commit_tree(git: ReadOnlyGit, blobs: Blobs, sha: str, folder: str) -> Tree:
    """Return the files of a commit below `folder`; none if the commit has no such folder."""
    below = [folder] if folder else []
    entries: dict[str, Entry] = {}
    links: dict[str, str] = {}
    for about, path in _records(git.read("ls-tree", "-r", "-z", "--full-tree", "--", sha, *below)):
        mode, _, oid = about.split(" ")
        name = _inside(folder, path, mode)
        entries[name] = Nested() if mode == _SUBMODULE else File(oid)
        if mode == _LINK:
            links[name] = oid
    if folder and not entries:
        _refuse_detour(git, sha, folder)
    for name, oid in links.items():
        entries[name] = Link(os.fsdecode(blobs.read(oid, links.values())))
    return Tree(folder, entries)


def worktree_tree(git: ReadOnlyGit, blobs: Blobs, root: Path, folder: str) -> Tree:
    """Return the files of the working tree below `folder`: tracked ones and those that git does not ignore.

    Raises GitError for a file with an unfinished merge.
    """
    _refuse_detour_on_disk(root, folder)
    below = ["--", folder] if folder else []
    entries: dict[str, Entry] = {}
    disk = _Disk(root)
    for about, path in _records(git.read("ls-files", "-z", "-t", "--stage", *below)):
        tag, mode, oid, stage = about.split(" ")
        if stage != "0":
            raise GitError(
                "The file has an unfinished merge.", where=Where(path), hint="Finish the merge, or name a ref as head."
            )
        name = _inside(folder, path, mode)
        entry = Nested() if mode == _SUBMODULE else disk.entry(path)
        if entry is None and tag == "S":  # a sparse checkout leaves it out: it is not deleted
            entry = Link(os.fsdecode(blobs.read(oid))) if mode == _LINK else File(oid)
        if entry is not None:
            entries[name] = entry
    for path in _split(git.read("ls-files", "-z", "--others", "--exclude-standard", *below)):
        # Git lists a repository inside this one as a folder and looks no further.
        entry = Nested() if path.endswith("/") else disk.entry(path)
        if entry is not None:
            entries[_inside(folder, path.rstrip("/"), "")] = entry
    if folder and not entries:
        _refuse_submodule(git, folder)
    return Tree(folder, entries)


class _Disk:
    """What lies at a path on the disk; a path through a linked folder is not the repository's."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._plain: dict[str, bool] = {"": True}

    def entry(self, path: str) -> File | Link | None:
        if not self._is_plain(posixpath.dirname(path)):
            return None
        place = posixpath.join(self._root, path)
        mode = _mode(place)
        if stat.S_ISLNK(mode):
            return Link(os.readlink(place))  # noqa: PTH115 -- a Path per file is slow
        return File(None) if stat.S_ISREG(mode) else None

    def _is_plain(self, folder: str) -> bool:
        if folder not in self._plain:
            real = stat.S_ISDIR(_mode(posixpath.join(self._root, folder)))
            self._plain[folder] = real and self._is_plain(posixpath.dirname(folder))
        return self._plain[folder]


def _mode(place: str) -> int:
    try:
        return os.lstat(place).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0
    except OSError as error:
        raise GitError(f"The file cannot be looked at: {error.strerror}.", where=Where(place)) from error


def _split(listed: bytes) -> list[str]:
    return os.fsdecode(listed).split("\0")[:-1]


def _records(listed: bytes) -> Iterator[tuple[str, str]]:
    for record in _split(listed):
        about, _, path = record.partition("\t")
        yield about, path


def _inside(folder: str, path: str, mode: str) -> str:
    """Return `path` relative to `folder`; what git lists instead of the folder itself is no folder."""
    if not folder:
        return path
    if not path.startswith(f"{folder}/"):
        raise _no_folder(path, mode)
    return path[len(folder) + 1 :]


def _refuse_detour(git: ReadOnlyGit, sha: str, folder: str) -> None:
    for about, path in _records(git.read("ls-tree", "-z", "--full-tree", "--", sha, *_above(folder))):
        mode, kind, _ = about.split(" ")
        if kind != "tree":
            raise _no_folder(path, mode)


def _refuse_submodule(git: ReadOnlyGit, folder: str) -> None:
    """Ask the index: a submodule that is not checked out is but an empty folder on the disk."""
    above = _above(folder)
    for about, path in _records(git.read("ls-files", "-z", "--stage", "--", *above)):
        if about.startswith(_SUBMODULE) and path in above:
            raise _no_folder(path, _SUBMODULE)


def _above(folder: str) -> list[str]:
    names = folder.split("/")
    return ["/".join(names[:count]) for count in range(1, len(names) + 1)]


def _refuse_detour_on_disk(root: Path, folder: str) -> None:
    place = root
    for name in folder.split("/") if folder else ():
        place /= name
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            raise _no_folder(place.relative_to(root).as_posix(), _LINK if place.is_symlink() else "")
        if (place / ".git").exists():
            raise _no_folder(place.relative_to(root).as_posix(), _SUBMODULE)


def _no_folder(path: str, mode: str) -> GitError:
    if mode == _SUBMODULE:
        hint = "Start datacanary inside the git submodule, or keep the project in this repository."
        return GitError("The project's folder is a submodule.", where=Where(path), hint=hint)
    if mode == _LINK:
        hint = "Name the folder that the link points to."
        return GitError("The project's folder is a symbolic link.", where=Where(path), hint=hint)
    return GitError("The project's folder is a file.", where=Where(path), hint="Name the folder that it lies in.")
