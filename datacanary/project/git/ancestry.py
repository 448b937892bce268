"""Whether one commit's content is in another's history, also by way of a squash or a rebase."""

from __future__ import annotations

from datacanary.project.git.command import ReadOnlyGit

_MOST_COMMITS = 2_000


def is_there(git: ReadOnlyGit, sha: str) -> bool:
    """Tell whether this clone has a commit."""
    return git.ask("cat-file", "-e", f"{sha}^{{commit}}").status == 0


def contains(git: ReadOnlyGit, later: str, sha: str) -> bool:
    """Tell whether `sha` is `later` or before it, or a commit before it has the same files; both are in this clone."""
    if git.ask("merge-base", "--is-ancestor", sha, later).status == 0:
        return True
    tree = git.read("rev-parse", "--verify", f"{sha}^{{tree}}").decode().strip()
    log = git.read("log", f"--max-count={_MOST_COMMITS}", "--format=%T", later, "--")
    return tree in log.decode().split()


def latest(git: ReadOnlyGit, sha: str, folder: str, most: int) -> tuple[str, ...]:
    """Return the newest commits up to `sha` that changed something in `folder`, at most so many, and `sha` itself."""
    log = git.read("log", f"--max-count={most}", "--format=%H", sha, "--", folder or ".")
    return tuple(dict.fromkeys((sha, *log.decode().split())))
