"""From what a user calls a version to its commit."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from datacanary.errors import GitError
from datacanary.project.git.command import ReadOnlyGit, failure

_COMMIT_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def commit_of(git: ReadOnlyGit, ref: str, environ: Mapping[str, str]) -> str:
    """Return the full commit id of `ref`; GitError says what is wrong with it."""
    sha = _commit(git, ref)
    if sha is None:
        raise _unresolved(git, ref, environ)
    return sha


def base_commit_of(git: ReadOnlyGit, ref: str, environ: Mapping[str, str]) -> str:
    """Return the commit id of `ref`, or of the branch of that name at `origin` where there is none here."""
    sha = _commit(git, ref) or _commit(git, f"refs/remotes/origin/{ref}")
    if sha is None:
        raise _unresolved(git, ref, environ)
    return sha


def merge_base(git: ReadOnlyGit, ref: str, commits: tuple[str, str], environ: Mapping[str, str]) -> str:
    """Return the commit that both `commits` (of `ref`, of head) started from; GitError if they share none."""
    answer = git.ask("merge-base", *commits)
    if answer.status == 0:
        return answer.line
    if answer.status > 1:
        raise failure("merge-base", answer.err)
    if is_shallow(git):
        raise GitError(f"This clone is shallow: the commit where head left {ref!r} is not in it.", hint=deepen(environ))
    raise GitError(
        f"{ref!r} and head have no common history.", hint="Name a base that head was branched from: --base REF."
    )


def present_commit(git: ReadOnlyGit, sha: str, environ: Mapping[str, str], what: str) -> str:
    """Return `sha` if it is the full id of a commit in this clone; `what` names it in the error."""
    if not _COMMIT_ID.fullmatch(sha):
        raise GitError(f"{what} has no full commit id: {sha!r}.", hint="Name a version yourself: --head REF.")
    if git.ask("cat-file", "-e", f"{sha}^{{commit}}").status:
        raise _absent(git, f"{what}, commit {sha[:12]},", environ)
    return sha


def _commit(git: ReadOnlyGit, ref: str) -> str | None:
    if not ref.strip():
        raise GitError("The ref is empty.", hint="Name a branch, a tag or a commit.")
    if ref.startswith("-"):
        raise GitError(f"{ref!r} is an option, not a ref.", hint="Name a branch, a tag or a commit.")
    if "\0" in ref:
        return None
    answer = git.ask("rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}")
    if "is ambiguous" in answer.err:
        raise _ambiguous(git, ref)
    # `--verify` lets ^main through, as "^4f1c…".
    return answer.line if answer.status == 0 and _COMMIT_ID.fullmatch(answer.line) else None


def _ambiguous(git: ReadOnlyGit, ref: str) -> GitError:
    places = [f"refs/{kind}/{ref}" for kind in ("heads", "tags", "remotes")]
    names = git.read("for-each-ref", "--format=%(refname)", *places).decode(errors="replace").split()
    hint = f"Say which one: {' or '.join(names)}." if names else "Give more of its letters."
    return GitError(f"{ref!r} is ambiguous: it names more than one thing.", hint=hint)


def _unresolved(git: ReadOnlyGit, ref: str, environ: Mapping[str, str]) -> GitError:
    answer = git.ask("rev-parse", "--verify", "--end-of-options", ref) if "\0" not in ref else None
    if answer and answer.status == 0 and _COMMIT_ID.fullmatch(answer.line):
        kind = git.ask("cat-file", "-t", answer.line)
        if kind.status == 0:
            told = {"tree": "a folder", "blob": "a file"}.get(kind.line, f"a {kind.line}")
            return GitError(f"{ref!r} is {told}, not a commit.", hint="Name a branch, a tag or a commit.")
        return _absent(git, f"The commit {ref!r}", environ)
    shallow = f" This clone is shallow. {deepen(environ)}" if is_shallow(git) else ""
    return GitError(f"There is no branch, tag or commit {ref!r}.", hint=f"{_nearest(git, ref)}{shallow}".strip())


def _absent(git: ReadOnlyGit, what: str, environ: Mapping[str, str]) -> GitError:
    hint = deepen(environ) if is_shallow(git) else "Fetch it from where it is: git fetch origin"
    return GitError(f"{what} is not in this clone.", hint=hint)


def _nearest(git: ReadOnlyGit, ref: str) -> str:
    listed = git.read("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads", "refs/tags", "refs/remotes")
    names = listed.decode(errors="replace").split("\n")[:-1]
    elsewhere = [name for name in names if name.endswith(f"/{ref}")]
    close = elsewhere or difflib.get_close_matches(ref, names, n=1)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"There are: {', '.join(names[:5])}{', …' if len(names) > 5 else ''}." if names else ""  # noqa: PLR2004 -- a line's worth


def is_shallow(git: ReadOnlyGit) -> bool:
    """Tell whether a clone lacks a part of the history."""
    return git.read("rev-parse", "--is-shallow-repository") == b"true\n"


def deepen(environ: Mapping[str, str]) -> str:
    """Say how to get the whole history, here or in CI."""
    if environ.get("GITHUB_ACTIONS") == "true":
        return "Fetch the whole history: `with: {fetch-depth: 0}` for actions/checkout."
    if environ.get("GITLAB_CI") == "true":
        return "Fetch the whole history: set the job's variable GIT_DEPTH to 0."
    return "Fetch the whole history: git fetch --unshallow"
