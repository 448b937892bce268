"""Data files that models read and git does not have: a private folder gets links to them."""

from __future__ import annotations

import posixpath
from pathlib import Path

from datacanary.model.project import Project
from datacanary.project.git import Snapshot


def link_data(project: Project, own: Snapshot, folder: Path) -> None:
    """Link what queries read by a relative path, and no version has, to where it lies in the user's folder.

    Nothing that is there already is touched.
    """
    for source in project.files.values():
        for file in source.files:
            place = folder / posixpath.normpath(file.path)
            if file.tracked or Path(file.path).is_absolute() or place.exists() or not place.is_relative_to(folder):
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to((own.disk / file.path).resolve())
