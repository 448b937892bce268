"""One repository: its versions and their files."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from datacanary.errors import GitError
from datacanary.model.basic import Version
from datacanary.project.git import ancestry
from datacanary.project.git import ref as refs
from datacanary.project.git.blobs import Blobs
from datacanary.project.git.command import ReadOnlyGit, failure
from datacanary.project.git.dirty import differs
from datacanary.project.git.listing import commit_tree, folder_of, worktree_tree
from datacanary.project.git.pull_request import pull_request_head
from datacanary.project.git.snapshot import Snapshot, WorktreeSnapshot

_OWNED_BY_ANOTHER = re.compile(r"(?:dubious ownership in repository at|unsafe repository \()\s*'([^']*)'")


@dataclass(frozen=True, slots=True)
class Repository:
    """A user's repository, only ever read; `root` is the top of its working tree. Threads may share it."""

    root: Path
    _git: ReadOnlyGit
    _lfs_store: Path

    def head(self, ref: str | None, environ: Mapping[str, str]) -> Version:
        """Return the version to judge: `ref`, else in CI the pull request's head commit, else the working tree.

        `environ` is the process's environment. Raises GitError if there is no such commit in this clone.
        """
        if ref is not None:
            return Version(ref, refs.commit_of(self._git, ref, environ))
        pull_request = pull_request_head(environ)
        if pull_request:
            name, sha = pull_request
            return Version(name, refs.present_commit(self._git, sha, environ, "The pull request's head"))
        branch = self._git.ask("symbolic-ref", "--short", "-q", "HEAD")
        sha = refs.commit_of(self._git, "HEAD", environ)
        return Version("HEAD" if branch.status else branch.line, sha, dirty=differs(self._git, self.root))

    def base(self, ref: str, head: Version, environ: Mapping[str, str]) -> Version:
        """Return the version where `head` left `ref` (a branch that is only at `origin` will do): their merge base.

        Raises GitError if `ref` is no commit, or has no commit in common with `head`.
        """
        sha = refs.base_commit_of(self._git, ref, environ)
        return Version(ref, refs.merge_base(self._git, ref, (sha, head.sha), environ))

    def tip(self, ref: str) -> str | None:
        """Return the commit that a ref, or the branch of that name at `origin`, names now; None if it is gone."""
        try:
            return refs.base_commit_of(self._git, ref, {})
        except GitError:
            return None

    def has_commit(self, sha: str) -> bool:
        """Tell whether this clone has a commit."""
        return ancestry.is_there(self._git, sha)

    def contains(self, later: str, sha: str) -> bool:
        """Tell whether the commit `sha`, or one with the same files, is in the history of the commit `later`."""
        return ancestry.contains(self._git, later, sha)

    def latest_commits(self, sha: str, folder: str, most: int) -> tuple[str, ...]:
        """Return `sha` and the newest commits before it that changed something in `folder`, at most so many."""
        return ancestry.latest(self._git, sha, folder, most)

    def is_shallow(self) -> bool:
        """Tell whether this clone lacks a part of the history."""
        return refs.is_shallow(self._git)

    def commit_snapshot(self, sha: str, folder: str) -> Snapshot:
        """Return the files of a commit (its full id) below `folder`, posix and relative to `root`, "" for all.

        A folder that the commit does not have holds no files. Raises GitError if it is a file, link or submodule.
        """
        below, blobs = folder_of(folder), Blobs(self._git)
        refs.present_commit(self._git, sha, {}, "This version")
        return Snapshot(commit_tree(self._git, blobs, sha, below), blobs, self.root / below, self._lfs_store)

    def worktree_snapshot(self, folder: str) -> WorktreeSnapshot:
        """Return the files of the working tree below `folder`, as `commit_snapshot` does for a commit.

        Raises GitError for a file with an unfinished merge, too.
        """
        below, blobs = folder_of(folder), Blobs(self._git)
        tree = worktree_tree(self._git, blobs, self.root, below)
        return WorktreeSnapshot(tree, blobs, self.root / below, self._lfs_store)

    def relative(self, path: Path) -> str:
        """Return a path on the disk as posix path relative to `root`, "" for `root`; GitError if it is outside."""
        absolute = Path(os.path.abspath(path))  # noqa: PTH100 -- a link in the repository keeps its own name
        for candidate in (absolute, absolute.parent.resolve() / absolute.name, absolute.resolve()):
            if candidate.is_relative_to(self.root):
                inside = candidate.relative_to(self.root).as_posix()
                return "" if inside == "." else inside
        raise GitError(
            f"{path} is outside of the repository {self.root}.", hint="Keep the project inside of the repository."
        )


def open_repository(start: Path) -> Repository:
    """Find the repository that `start` lies in: the repository's top, any folder in it, a worktree, a submodule.

    Raises GitError if there is none, it is bare or another user's, has no commit yet, or git is not installed.
    """
    folder = Path(os.path.abspath(start))  # noqa: PTH100 -- git tells the real path
    if not folder.is_dir():
        raise GitError(f"{start} is not a folder.", hint="Name the folder of the project.")
    git = ReadOnlyGit(folder)
    kind = git.ask("rev-parse", "--is-bare-repository", "--is-inside-work-tree")
    if kind.status:
        raise _not_opened(start, kind.err)
    if kind.line.split("\n") != ["false", "true"]:
        bare = kind.line.startswith("true")
        raise GitError(
            f"{start} is {'a bare repository' if bare else 'inside of .git'}: there are no files to check.",
            hint="Clone it, and start datacanary in the clone." if bare else "Change to the project's folder.",
        )
    root = Path(git.ask("rev-parse", "--show-toplevel").line)
    common = folder / git.ask("rev-parse", "--git-common-dir").line
    opened = ReadOnlyGit(root)
    if opened.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}").status:
        raise GitError(f"The current branch of {root} has no commit yet.", hint="Commit first: git add . && git commit")
    return Repository(root, opened, common / "lfs" / "objects")


def _not_opened(start: Path, err: str) -> GitError:
    owned = _OWNED_BY_ANOTHER.search(err)
    if owned:
        command = f"git config --global --add safe.directory {shlex.quote(owned[1])}"
        return GitError(
            f"The repository {owned[1]} belongs to another user, so git does not open it.",
            hint=f"If you trust it, run: {command}",
        )
    if "not a git repository" in err:
        return GitError(
            f"{start} is not in a git repository.", hint="Change to your project's folder (cd), or run: git init"
        )
    return failure("rev-parse", err)
