"""Real repositories for the tests of the git room."""

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from datacanary.errors import GitError
from datacanary.project.git import Snapshot, WorktreeSnapshot, open_repository

_AUTHOR = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Test"), ("EMAIL", "test@example.com"), ("DATE", "2026-01-01T00:00:00Z"))
}


class Work:
    """A working tree and the git command line in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        """Run git with a fixed author; return its output without white space around."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, input=stdin, capture_output=True, check=True, env=os.environ | _AUTHOR
        )
        return os.fsdecode(done.stdout).strip()

    def put(self, path: str, content: str | bytes = "select 1\n") -> Path:
        """Write a file."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def link(self, path: str, target: str) -> None:
        """Make a symbolic link."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.symlink_to(target)

    def commit(self, message: str = "work") -> str:
        """Commit all that is there; return the commit's id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def state(self) -> dict[str, tuple[str, int]]:
        """Every file and folder, those of `.git` too: its content's hash and when it was written."""
        found = {}
        for place in sorted(self.root.rglob("*")):
            content = place.read_bytes() if place.is_file() and not place.is_symlink() else b""
            found[str(place)] = (hashlib.sha256(content).hexdigest(), place.lstat().st_mtime_ns)
        return found


def started(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """Make a repository without a commit; nothing of the user's own git config counts."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder.mkdir()
    work = Work(folder)
    work.git("init", "--quiet", "--initial-branch=main")
    return work


def branched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """Make a repository with two models, a commit of its own on main and one on feature (checked out)."""
    work = started(folder, monkeypatch)
    work.put("models/a.sql", "select 1 as a\n")
    work.put("models/deep/b.sql", "select 2 as b\n")
    work.commit("both start here")
    work.git("branch", "feature")
    work.put("models/a.sql", "select 10 as a\n")
    work.commit("main goes on")
    work.git("checkout", "--quiet", "feature")
    work.put("models/a.sql", "select 11 as a\n")
    work.commit("feature")
    return work


def cloned(work: Work, folder: Path, *options: str) -> Work:
    """Clone as over a network."""
    work.git("config", "uploadpack.allowFilter", "true")
    work.git("clone", "--quiet", *options, f"file://{work.root}", str(folder))
    return Work(folder)


def at(work: Work, ref: str = "HEAD", folder: str = "") -> Snapshot:
    """Read a commit."""
    return open_repository(work.root).commit_snapshot(work.git("rev-parse", ref), folder)


def now(work: Work, folder: str = "") -> WorktreeSnapshot:
    """Read the working tree."""
    return open_repository(work.root).worktree_snapshot(folder)


def committed(work: Work, folder: str = "") -> Snapshot:
    """Commit all that is there and read that commit."""
    work.commit()
    return at(work, "HEAD", folder)


def told(call: Callable[[], object]) -> str:
    """Return the error that the user sees."""
    with pytest.raises(GitError) as caught:
        call()
    return str(caught.value)


Reader = Callable[..., Snapshot]
both = pytest.mark.parametrize("read", [committed, now])
"""For what is the same in a commit and in the working tree."""
