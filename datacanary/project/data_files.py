"""The data files that a version names: from git where it has them, else from the disk, the same for both versions."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from pathlib import Path

from datacanary.model.basic import Pair, Relation
from datacanary.model.config import Config
from datacanary.model.project import DataFile, SourceData
from datacanary.project.git import Snapshot, WorktreeSnapshot
from datacanary.project.git.pattern import leaves, on_disk
from datacanary.project.naming import fold


def named_sources(config: Config, own: Snapshot, versions: Pair[Snapshot]) -> tuple[SourceData, ...]:
    """Return the entries of `sources:` with the files that they have in one version.

    `own` is that version's snapshot, `versions` both. A name without a schema is as it is written in the queries.
    """
    return tuple(
        SourceData(
            _source_name(entry.name, config), entry.pattern, data_files(entry.pattern, own, versions), entry.line
        )
        for entry in config.sources
    )


def _source_name(name: str, config: Config) -> Relation:
    schema, _, table = name.rpartition(".")
    return Relation(fold(schema or config.production), fold(table))


def data_files(pattern: str, own: Snapshot, versions: Pair[Snapshot]) -> tuple[DataFile, ...]:
    """Return the files that a pattern means in one version.

    A version has the files that its commit has, and those on the disk that no version has: git ignores them, and they
    are the same for both. Where base has none and head none of its own, the data is not versioned: then both
    versions read what is on the disk.
    """
    disk = versions.head.disk
    there = set(on_disk(disk, pattern))
    if isinstance(own, WorktreeSnapshot):
        files = there
    elif own.glob(pattern) or versions.base.glob(pattern):
        # What base has and head deleted may still lie on the disk, if neither is checked out.
        files = set(own.glob(pattern)) | there.difference(versions.head.paths(), versions.base.paths())
    else:
        files = there
    return tuple(_data_file(path, own, versions, disk) for path in sorted(files))


def _data_file(path: str, own: Snapshot, versions: Pair[Snapshot], disk: Path) -> DataFile:
    versioned = own.tracks(path) and (versions.base.tracks(path) or not isinstance(own, WorktreeSnapshot))
    if versioned and not leaves(path):
        return DataFile(path, tracked=True, identity=f"sha256:{own.digest(path)}")
    return DataFile(path, tracked=False, identity=f"disk:{disk / path}")


def on_the_disk(source: SourceData, own: Snapshot, into: Path) -> tuple[Path, ...]:
    """Return where a source's files can be read; those of a commit are written below `into`."""
    return tuple(_place(file, own, into) for file in source.files)


def one_path(source: SourceData, own: Snapshot, into: Path) -> Path:
    """Return one path, or one glob, that reads a source's files; for those that a query names itself.

    Raises nothing where no file matches: the query then fails with the database's own words.
    """
    places = dict(zip((file.path for file in source.files), on_the_disk(source, own, into), strict=True))
    # As the files are called: relative to the config, or absolute where the pattern leaves its folder.
    pattern = source.pattern
    wanted = os.path.normpath(own.disk / pattern) if leaves(pattern) else posixpath.normpath(pattern)
    if wanted in places:
        return places[wanted]
    folder = into / "linked"
    for path, place in places.items():
        link = folder / path.lstrip("/")
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(place.resolve())
    return folder / wanted.lstrip("/")


def _place(file: DataFile, own: Snapshot, into: Path) -> Path:
    return own.file(file.path, into) if file.tracked else own.disk / file.path


def untracked(sources: Iterator[SourceData] | tuple[SourceData, ...], disk: Path) -> tuple[Path, ...]:
    """Return the files on the disk that could change while a run reads them."""
    return tuple(sorted({disk / file.path for source in sources for file in source.files if not file.tracked}))
