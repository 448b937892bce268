"""Both versions in private folders, compiled by the user's own dbt; nothing is built yet."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from datacanary.cache import Cache
from datacanary.dbt.artifacts import problem_of
from datacanary.dbt.clock import pin_snapshot_time
from datacanary.dbt.declared_packages import declared
from datacanary.dbt.events import Invocation
from datacanary.dbt.export import export
from datacanary.dbt.messages import Message
from datacanary.dbt.packages import Sources, provide_packages
from datacanary.dbt.private_profile import write_profile
from datacanary.errors import ConfigError, ProjectError, Where
from datacanary.model.basic import Pair, Relation, Side
from datacanary.model.dbt import DbtManifest, DbtNode
from datacanary.model.project import Project, SourceData
from datacanary.pipeline.dbt.work import Work
from datacanary.pipeline.versions import Chosen, Engine
from datacanary.project.data_files import data_files
from datacanary.project.facts import TextReader
from datacanary.project.git import Snapshot, WorktreeSnapshot
from datacanary.project.manifest.alike import told_alike
from datacanary.project.manifest.compiling import Compiling
from datacanary.project.manifest.isolation import refuse_escapes
from datacanary.project.manifest.leaks import names_outside, refuse_leaks
from datacanary.project.manifest.models import Reading, ReadProject, read_project
from datacanary.project.manifest.read import read_manifest
from datacanary.project.naming import fold
from datacanary.protocols import Contained, Warehouse

Command = Literal["compile", "parse"]

_TRIED_TO_WRITE = "read-only transaction"
# There are many more tests than models, and nobody needs their SQL.
_WHAT_IS_BUILT = ("--select", "resource_type:model", "resource_type:snapshot")


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


@dataclass(frozen=True, slots=True)
class Kit:
    """Everything that preparing needs besides the versions; `database` is the file name of a copy, if there is one."""

    work: Work
    warehouse: Warehouse
    contained: Contained
    memory: Cache
    engine: Engine
    production: str

    def run(self, side: Side, command: str, *more: str) -> Invocation:
        """Run a command of dbt for one version, in its own place; raises what `Work.run` does."""
        return self.work.run(side, command, more, self.contained.environment(command, self.work.environ))


def prepare(chosen: Chosen, kit: Kit, command: Command = "compile") -> Prepared:
    """Write both versions into their folders and compile them, or only parse them, side by side.

    Raises ProjectError for what dbt cannot
    compile, naming the version, the node and the file, and for what would be written outside the copies.
    """
    work = kit.work
    _refuse_copies(chosen, kit)
    snapshots = Pair(_snapshot(chosen, "base"), _snapshot(chosen, "head"))
    compiler = _Compiler(chosen, kit, snapshots)
    manifests = work.both(compiler.compiled if command == "compile" else compiler.parsed)
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
    outside = (one for found in compiler.outside.values() for one in found)
    return Prepared(
        work=work,
        manifests=manifests,
        snapshots=snapshots,
        projects=Pair(_with_files(projects, snapshots, "base"), _with_files(projects, snapshots, "head")),
        nodes=read.map(_nodes),
        by_name=tuple(dict.fromkeys(map(str, by_name))),
        outside=tuple(dict.fromkeys((*outside, *((one.path, one.relation) for one in by_name)))),
    )


def _refuse_copies(chosen: Chosen, kit: Kit) -> None:
    if kit.work.entry.incremental == "copy" and kit.contained.fence("head").is_shared:
        raise ConfigError(
            "`incremental: copy` is there only where each version has a copy of the whole database, as on DuckDB.",
            where=Where(chosen.configs.head.file),
            hint="Leave it out: incremental models are built anew then.",
        )


def _nodes(read: ReadProject) -> Mapping[Relation, str]:
    return read.nodes


def _snapshot(chosen: Chosen, side: Side) -> Snapshot:
    """Return a version's files below the folder of its dbt project."""
    path = chosen.configs.of(side).project.path.strip("/")
    if path in {"", "."}:
        return chosen.snapshots.of(side)
    return _below(chosen, side, chosen.home.repository.relative((chosen.home.folder / path).resolve()))


def _below(chosen: Chosen, side: Side, folder: str) -> Snapshot:
    """Return a version's files below a folder of the repository."""
    repository = chosen.home.repository
    if isinstance(chosen.snapshots.of(side), WorktreeSnapshot):
        return repository.worktree_snapshot(folder)
    return repository.commit_snapshot(chosen.versions.of(side).sha, folder)


@dataclass(frozen=True, slots=True)
class _Compiler:
    chosen: Chosen
    kit: Kit
    snapshots: Pair[Snapshot]
    outside: dict[Side, tuple[tuple[str, Relation], ...]] = field(default_factory=dict)

    def compiled(self, side: Side) -> DbtManifest:
        """Export a version and compile it."""
        work = self.kit.work
        self._lay_out(side)
        fresh = () if work.entry.incremental == "copy" else ("--full-refresh",)
        invocation = self.kit.run(side, "compile", *fresh, *_WHAT_IS_BUILT, *work.parsed_before(side))
        if invocation.code == 0:
            work.keep_parsed(side)
            return self._manifest(side)
        return self._without_introspection(side, invocation, fresh)

    def parsed(self, side: Side) -> DbtManifest:
        """Export a version and parse it, which no database is needed for."""
        work = self.kit.work
        self._lay_out(side)
        work.rooms.of(side).database.mkdir(parents=True, exist_ok=True, mode=0o700)
        invocation = self.kit.run(side, "parse", *work.parsed_before(side))
        if invocation.code != 0:
            raise self._problem(side, invocation)
        work.keep_parsed(side)
        return self._manifest(side)

    def _without_introspection(self, side: Side, failed: Invocation, options: tuple[str, ...]) -> DbtManifest:
        """Compile all but what asks the warehouse for tables that are not there before they are built."""
        file, problem = self._manifest_file(side), self._problem(side, failed)
        if not file.exists() or _TRIED_TO_WRITE in problem.problem:
            raise problem
        parsed = self._manifest(side)
        compiling = Compiling(parsed)
        asking = [one for one in parsed.nodes.values() if one.raw and compiling.looks(one)]
        if not asking:
            raise problem
        without = ("--exclude", *sorted({node.selector for node in asking}))
        invocation = self.kit.run(side, "compile", *options, *_WHAT_IS_BUILT, *without)
        if invocation.code != 0:
            raise problem
        return self._manifest(side)

    def _lay_out(self, side: Side) -> None:
        work, room = self.kit.work, self.kit.work.rooms.of(side)
        export(self.snapshots.of(side), room.project)
        self._lay_out_beside(side)
        if not (room.project / "dbt_project.yml").is_file():
            raise ProjectError(
                f"{side.capitalize()}, {self.chosen.versions.of(side)}, has no dbt_project.yml in this folder.",
                hint="Compare versions that both have the dbt project here; --base names another base.",
            )
        pin_snapshot_time(room.project, work.profile.target.adapter)
        write_profile(work.profile, room.profiles, self.kit.contained.connection(side, room.project))
        worktree = isinstance(self.snapshots.of(side), WorktreeSnapshot)
        sources = Sources(
            project=work.user,
            deps=lambda: work.deps(side),
            cache=(work.kept or room.folder) / "packages",
            within=room.files,
            beside=work.user if worktree else None,
        )
        provide_packages(room.project, sources)

    def _lay_out_beside(self, side: Side) -> None:
        """Write out the packages that lie beside the project in the same repository, as they are in this version."""
        room = self.kit.work.rooms.of(side)
        for path in declared(room.project).local:
            place = posixpath.normpath(posixpath.join(room.below, path))
            if not place.startswith(("..", "/")) and not f"{place}/".startswith(f"{room.below or '.'}/"):
                found = _below(self.chosen, side, "" if place == "." else place)
                export(found, room.files / place)

    def _manifest_file(self, side: Side) -> Path:
        return self.kit.work.rooms.of(side).target / "manifest.json"

    def _manifest(self, side: Side) -> DbtManifest:
        file = self._manifest_file(side)
        try:
            text = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ProjectError(f"dbt wrote no manifest.json for {side}.", hint="Try it: dbt compile.") from error
        written, fence = read_manifest(text, "manifest.json"), self.kit.contained.fence(side)
        if not fence.is_shared:
            return written
        refuse_leaks(written, fence, self.kit.warehouse.catalog)
        self.outside[side] = tuple(names_outside(written, fence))
        return read_manifest(fence.logical(text), "manifest.json")

    def _problem(self, side: Side, invocation: Invocation) -> ProjectError:
        found = problem_of(invocation, self.kit.warehouse.in_short)
        return failure(found, f"{side}, {self.chosen.versions.of(side)}, cannot be compiled by dbt")


def failure(found: Message, what: str) -> ProjectError:
    """Return dbt's own words as an error of ours."""
    where = Where(found.path) if found.path else None
    hint = "" if found.node or found.path else "The same as in the project's folder: dbt compile."
    named = f"{what}: {found.text}"
    return ProjectError(f"{named[:1].upper()}{named[1:]}", where=where, hint=hint)


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
