"""Both versions as their dbt compiled them, read as projects; nothing is built yet."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from datacanary.dbt.declared_packages import declared
from datacanary.model.basic import Pair, Relation, Side
from datacanary.model.dbt import DbtManifest, DbtNode
from datacanary.model.project import Project, SourceData
from datacanary.pipeline.dbt.compiling import Compiled
from datacanary.pipeline.dbt.kit import Kit
from datacanary.pipeline.dbt.work import Work
from datacanary.project.data_files import data_files
from datacanary.project.facts import TextReader
from datacanary.project.git import Snapshot
from datacanary.project.manifest.alike import told_alike
from datacanary.project.manifest.isolation import refuse_escapes
from datacanary.project.manifest.models import Reading, ReadProject, read_project
from datacanary.project.naming import fold


@dataclass(frozen=True, slots=True)
class Prepared:
    """Both versions as their dbt compiled them.

    `snapshots` are those of the dbt project's folder. `nodes` says which node makes a relation. `by_name` are the
    places of both versions where a model reads another one without ref(); `outside` are files whose SQL may read what
    the project makes as it is in production, whatever is built, each with the relation.
    """

    work: Work
    manifests: Pair[DbtManifest]
    snapshots: Pair[Snapshot]
    projects: Pair[Project]
    nodes: Pair[Mapping[Relation, str]]
    by_name: tuple[str, ...]
    outside: tuple[tuple[str, Relation], ...] = ()


def prepare(compiled: Compiled) -> Prepared:
    """Read what dbt compiled; raises ProjectError for what would be written outside the copies."""
    chosen, kit, manifests, snapshots = compiled.chosen, compiled.kit, compiled.manifests, compiled.snapshots
    for manifest in manifests:
        refuse_escapes(manifest, kit.engine.catalog)
    texts = TextReader(kit.engine.dialect, kit.memory, kit.engine.outline)
    texts.recall(dict.fromkeys(node.compiled or "" for one in manifests for node in one.nodes.values()))
    read = Pair(
        read_project(manifests.base, chosen.versions.base, _reading("base", kit, texts, manifests.base.project)),
        read_project(manifests.head, chosen.versions.head, _reading("head", kit, texts, manifests.head.project)),
    )
    texts.keep()
    projects = told_alike(read)
    by_name = (*read.head.by_name, *read.base.by_name)
    return Prepared(
        work=kit.work,
        manifests=manifests,
        snapshots=snapshots,
        projects=Pair(_with_files(projects, snapshots, "base"), _with_files(projects, snapshots, "head")),
        nodes=read.map(_nodes),
        by_name=tuple(dict.fromkeys(map(str, by_name))),
        outside=tuple(dict.fromkeys((*compiled.outside, *((one.path, one.relation) for one in by_name)))),
    )


def _nodes(read: ReadProject) -> Mapping[Relation, str]:
    return read.nodes


def _reading(side: Side, kit: Kit, texts: TextReader, project: str) -> Reading:
    room = kit.work.rooms.of(side)
    return Reading(
        texts=texts,
        dialect=kit.engine.dialect,
        catalog=fold(kit.engine.catalog),
        production=fold(kit.production),
        content=lambda node: _content(node, room.project, project),
        variables=_variables(room.project),
        copies=kit.work.entry.incremental == "copy",
    )


def _content(node: DbtNode, folder: Path, project: str) -> str:
    """Return the digest of a seed's file: dbt makes none of a large one."""
    home = folder if node.package == project else folder / declared(folder).folder / node.package
    place = home / node.path
    if not place.is_file():
        return node.checksum
    with place.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _variables(folder: Path) -> str:
    """Return a digest of the project files that set variables, the packages' too."""
    packages = folder / declared(folder).folder
    files = (folder / "dbt_project.yml", *sorted(packages.glob("*/dbt_project.yml")))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _with_files(projects: Pair[Project], snapshots: Pair[Snapshot], side: Side) -> Project:
    project = projects.of(side)
    paths = sorted({path for model in project.models.values() for path in model.files()})
    own = snapshots.of(side)
    return replace(project, files={path: SourceData(None, path, data_files(path, own, snapshots)) for path in paths})
