"""Data files that models read and git does not have: a private folder gets them where they are said to be."""

from __future__ import annotations

import posixpath
import shutil
from collections.abc import Callable
from pathlib import Path

from datacanary.model.dbt import DbtManifest
from datacanary.model.project import Project
from datacanary.project.git import Snapshot

Put = Callable[[Path, Path], object]
"""Makes the first file appear under the second name."""


def way_of(manifest: DbtManifest) -> Put:
    """Return how a version gets its data: by links, or as copies where its models write files, too.

    What is written to a link would be written to the user's own file.
    """
    writes = any(node.materialized == "external" or "location" in node.config for node in manifest.nodes.values())
    return shutil.copyfile if writes else _link


def put_data(project: Project, own: Snapshot, folder: Path, put: Put) -> None:
    """Put what queries read by a relative path, and no version has, where it would lie; nothing there is touched."""
    for source in project.files.values():
        for file in source.files:
            path = posixpath.normpath(file.path)
            place = folder / path
            if file.tracked or path.startswith(("/", "..")) or place.exists():
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            put((own.disk / file.path).resolve(), place)


def _link(file: Path, name: Path) -> None:
    name.symlink_to(file)
