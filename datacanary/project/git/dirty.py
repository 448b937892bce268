"""Whether the working tree differs from its commit."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from datacanary.project.git import lfs
from datacanary.project.git.command import ReadOnlyGit

_CHANGED = 9
"""Fields of a line `1 XY sub mH mI mW hH hI path` of `git status --porcelain=v2`."""


def differs(git: ReadOnlyGit, root: Path) -> bool:
    """Whether any tracked file differs from HEAD, or any untracked one is there that git does not ignore."""
    status = _without_filters(git).read(
        *("status", "--porcelain=v2", "-z", "--untracked-files=normal", "--no-renames", "--ignore-submodules=dirty")
    )
    return any(not _is_fetched_lfs(git, root, line) for line in status.split(b"\0") if line)


def _without_filters(git: ReadOnlyGit) -> ReadOnlyGit:
    """Switch off what the user's config runs to compare contents: git-lfs writes into `.git` when it is asked."""
    answer = git.ask("config", "-z", "--name-only", "--get-regexp", r"^filter\..*\.(clean|process|required)$")
    names = {os.fsdecode(key).rsplit(".", 1)[0] for key in answer.out.split(b"\0") if key}
    settings = [f"{name}.{off}" for name in sorted(names) for off in ("clean=", "process=", "required=false")]
    return replace(git, config=tuple(settings))


def _is_fetched_lfs(git: ReadOnlyGit, root: Path, line: bytes) -> bool:
    """Whether a changed file is but the content that its Git LFS pointer stands for."""
    fields = line.split(b" ", _CHANGED - 1)
    if len(fields) != _CHANGED or fields[:2] != [b"1", b".M"] or fields[4] != fields[5]:
        return False
    content = git.ask("cat-file", "blob", fields[7].decode())
    pointer = lfs.pointer(content.out) if content.status == 0 else None
    return pointer is not None and pointer.fits(root / os.fsdecode(fields[8]))
