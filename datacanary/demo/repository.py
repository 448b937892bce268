"""The demo's git repository: `main`, a branch with a bug, and one without."""

from __future__ import annotations

import importlib.resources
import os
import shutil
import subprocess
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

from datacanary.errors import CanaryError, GitError


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of one commit; its files lie in the package, in the folder of its name."""

    name: str
    message: str
    date: str


MAIN = Branch("main", "Models of the shop", "2026-11-02T09:00:00+00:00")
BUG = Branch("faster-orders", "Build fct_orders in one pass, without the staging step", "2026-11-03T16:45:00+00:00")
GOOD = Branch("add-refunds", "Say in fct_orders what was paid back", "2026-11-04T10:20:00+00:00")

IGNORED = "/warehouse.duckdb\n/warehouse.duckdb.wal\n/report.*\n"
"""The rows stay out of git, and so do reports."""

_AUTHOR = ("Demo", "demo@datacanary.example")
# Nothing of the user's own settings: no hooks, no signatures, no other line ends, no other first branch.
_SETTINGS = ("core.hooksPath=/dev/null", "commit.gpgSign=false", "core.autocrlf=false", "core.fsmonitor=false")


def refuse_without_git() -> None:
    """Raise GitError if there is no git."""
    _executable()


def write_files(branch: Branch, folder: Path) -> None:
    """Write the files of a branch over those that are there."""
    _copy(importlib.resources.files("datacanary.demo").joinpath("branches", branch.name), folder)


def _copy(source: Traversable, target: Path) -> None:
    if source.is_file():
        target.write_bytes(source.read_bytes())
        return
    target.mkdir(exist_ok=True)
    for entry in source.iterdir():
        _copy(entry, target / entry.name)


def make_repository(folder: Path) -> None:
    """Commit what is in the folder to `main`, then the branches; the work tree is left on the one with the bug.

    The commits have the same ids every time. Raises CanaryError if git refuses.
    """
    (folder / ".gitignore").write_text(IGNORED, "utf-8")
    _git(folder, MAIN, "init", "--quiet", "--template=", f"--initial-branch={MAIN.name}")
    _commit(folder, MAIN)
    for branch in (GOOD, BUG):
        _git(folder, branch, "checkout", "--quiet", "-b", branch.name, MAIN.name)
        write_files(branch, folder)
        _commit(folder, branch)


def _commit(folder: Path, branch: Branch) -> None:
    _git(folder, branch, "add", "--all")
    _git(folder, branch, "commit", "--quiet", "--message", branch.message)


def _git(folder: Path, branch: Branch, *arguments: str) -> None:
    name, email = _AUTHOR
    # Variables that a hook or a script around us has set would lead git to another repository.
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
    for role in ("AUTHOR", "COMMITTER"):
        own |= {f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": email, f"GIT_{role}_DATE": branch.date}
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    command = [_executable(), "-C", str(folder), *settings, *arguments]
    done = subprocess.run(command, env=inherited | own, capture_output=True, text=True, check=False)  # noqa: S603 -- fixed words
    if done.returncode:
        raise CanaryError(f"git {arguments[0]} failed in the demo's folder: {done.stderr.strip()}")


def _executable() -> str:
    found = shutil.which("git")
    if found is None:
        raise GitError(
            "The program git was not found.", hint="Install git (https://git-scm.com/downloads) or put it on the PATH."
        )
    return found
