"""Runs git so that it only reads: no locks, no hooks, no prompts, no network."""

from __future__ import annotations

import functools
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from datacanary.errors import GitError

if TYPE_CHECKING:
    from git.cmd import Git

_NO_GIT = 127
_READ_ONLY = {
    "GIT_OPTIONAL_LOCKS": "0",  # else `git status` writes the index that it refreshed
    "GIT_NO_LAZY_FETCH": "1",  # a partial clone fetches missing objects by itself,
    "GIT_ALLOW_PROTOCOL": "",  # and versions of git that do not know the former have no transport left
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_OPTIONS = (
    "--no-pager",
    "--literal-pathspecs",
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.warnAmbiguousRefs=true"),
)
# Git sets these for its hooks (we may be one): the folder that we are asked about decides, not they.
_INHERITED = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"),
    *("GIT_NAMESPACE", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"),
)


class Sink(Protocol):
    """Takes bytes: an open file, a hasher."""

    def write(self, piece: bytes, /) -> object:
        """Take some more."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What git said: its exit status, its output as bytes, its complaints as text."""

    status: int
    out: bytes
    err: str

    @property
    def line(self) -> str:
        """The output as one path or word, without the newline at its end."""
        return os.fsdecode(self.out).removesuffix("\n")


@dataclass(frozen=True, slots=True)
class ReadOnlyGit:
    """Git in one folder; safe to use from several threads at once."""

    folder: Path
    config: tuple[str, ...] = ()

    def ask(self, *arguments: str, lines: Sequence[str] = ()) -> Answer:
        """Run git with `lines` as its input and return whatever it answers; GitError only if git cannot be run."""
        client = _client()
        from git.exc import GitCommandNotFound  # noqa: PLC0415 -- see _client

        with tempfile.TemporaryFile() as stdin:
            stdin.write("".join(f"{line}\n" for line in lines).encode())
            stdin.seek(0)
            try:
                status, out, err = client.execute(
                    self._command(arguments),
                    istream=stdin,
                    env=_READ_ONLY,
                    with_extended_output=True,
                    with_exceptions=False,
                    stdout_as_string=False,
                    strip_newline_in_stdout=False,
                )
            except (GitCommandNotFound, PermissionError) as error:
                raise _no_git() from error
        if status == _NO_GIT:
            raise _no_git()
        return Answer(status, out, err)

    def read(self, *arguments: str, lines: Sequence[str] = ()) -> bytes:
        """Run git and return its output; GitError if it fails."""
        answer = self.ask(*arguments, lines=lines)
        if answer.status:
            raise failure(arguments[0], answer.err)
        return answer.out

    def copy(self, sink: Sink, *arguments: str) -> None:
        """Run git and write its output to `sink` piece by piece; GitError if it fails."""
        status, _, err = _client().execute(
            self._command(arguments),
            env=_READ_ONLY,
            output_stream=sink,
            with_extended_output=True,
            with_exceptions=False,
            max_chunk_size=1 << 20,
        )
        if status:
            raise failure(arguments[0], err)

    def _command(self, arguments: Sequence[str]) -> list[str]:
        inherited = [f"-u{name}" for name in _INHERITED if name in os.environ]
        unset = ["env", *inherited] if inherited else []
        settings = [part for setting in self.config for part in ("-c", setting)]
        # GitPython expands `$NAME` in a working folder: git's own -C takes it as it is.
        return [*unset, _executable(), "-C", str(self.folder), *_OPTIONS, *settings, *arguments]


def failure(command: str, err: str) -> GitError:
    r"""Return the error for a git command that failed in a way nobody asked about.

    >>> print(failure("ls-tree", "warning: x\nfatal: not a tree object"))
    git ls-tree failed: not a tree object. Run `git fsck` to see whether the repository is whole.
    """
    if "promisor remote" in err or "lazy fetching disabled" in err:
        return GitError(
            "This partial clone lacks files of that version, and datacanary fetches nothing by itself.",
            hint="Run: git fetch --refetch --no-filter origin",
        )
    told = [line.split(":", 1)[1].strip() for line in err.splitlines() if line.startswith(("fatal:", "error:"))]
    reason = told[-1] if told else "it gave no reason"
    return GitError(
        f"git {command} failed: {reason.rstrip('.')}.", hint="Run `git fsck` to see whether the repository is whole."
    )


def _executable() -> str:
    return _client().GIT_PYTHON_GIT_EXECUTABLE or "git"


@functools.cache
def _client() -> Git:
    try:
        from git.cmd import Git  # noqa: PLC0415 -- GitPython cannot be imported where there is no git
    except ImportError as error:
        raise _no_git() from error
    return Git()


def _no_git() -> GitError:
    return GitError(
        "The program git was not found.", hint="Install git (https://git-scm.com/downloads) or put it on the PATH."
    )
