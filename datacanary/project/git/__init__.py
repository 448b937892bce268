"""Reads two versions of a project from a git repository and changes nothing in it, not even `.git`."""

from datacanary.project.git.repository import Repository, open_repository
from datacanary.project.git.snapshot import Snapshot, WorktreeSnapshot

__all__ = ["Repository", "Snapshot", "WorktreeSnapshot", "open_repository"]
