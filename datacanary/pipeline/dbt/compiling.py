"""Both versions in private folders, compiled by the user's own dbt; nothing of it is read or built yet.

This is what a check of a dbt project begins with, so that nothing is imported here that can wait until dbt runs.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from datacanary.dbt.artifacts import problem_of
from datacanary.dbt.clock import pin_snapshot_time
from datacanary.dbt.declared_packages import declared
from datacanary.dbt.events import Invocation
from datacanary.dbt.export import export
from datacanary.dbt.messages import Message
from datacanary.dbt.packages import Sources, provide_packages
from datacanary.dbt.private_profile import write_profile
from datacanary.errors import ProjectError, Where
from datacanary.model.basic import Pair, Relation, Side
from datacanary.model.dbt import DbtManifest
from datacanary.pipeline.choosing import Chosen
from datacanary.pipeline.dbt.kit import Kit
from datacanary.pipeline.dbt.work import idle
from datacanary.project.git import Snapshot, WorktreeSnapshot
from datacanary.project.manifest.compiling import Compiling
from datacanary.project.manifest.leaks import names_outside, refuse_leaks
from datacanary.project.manifest.read import read_manifest

Command = Literal["compile", "parse"]

_TRIED_TO_WRITE = "read-only transaction"
_ADDED_TO = frozenset({"incremental", "snapshot"})
# There are many more tests than models, and nobody needs their SQL.
_WHAT_IS_BUILT = ("--select", "resource_type:model", "resource_type:snapshot")


@dataclass(frozen=True, slots=True)
class Compiled:
    """Both versions' manifests, and the files of the dbt project's folder.

    `outside` are files whose SQL may read what the project makes as it is in production, each with the relation.
    """

    chosen: Chosen
    kit: Kit
    manifests: Pair[DbtManifest]
    snapshots: Pair[Snapshot]
    outside: tuple[tuple[str, Relation], ...]


def compiled(chosen: Chosen, kit: Kit, command: Command = "compile", meanwhile: Callable[[], None] = idle) -> Compiled:
    """Write both versions into their folders and have dbt compile them, or only parse them, side by side.

    `meanwhile` is done while dbt works. Raises ProjectError for what dbt cannot compile, naming the version, the node
    and the file.
    """
    snapshots = Pair(_snapshot(chosen, "base"), _snapshot(chosen, "head"))
    compiler = _Compiler(chosen, kit, snapshots)
    manifests = kit.work.both(compiler.compiled if command == "compile" else compiler.parsed, meanwhile)
    if command == "compile" and _brought(kit, manifests):
        manifests = kit.work.both(compiler.compiled_here)
    outside = tuple(one for found in compiler.outside.values() for one in found)
    return Compiled(chosen, kit, manifests, snapshots, outside)


def _brought(kit: Kit, manifests: Pair[DbtManifest]) -> bool:
    """Copy the tables that later runs add to, where both versions are to add to production's and do not have it whole.

    With them, what dbt compiles is what adds to a table.
    """
    if kit.work.entry.incremental != "copy" or not kit.contained.fence("head").is_shared:
        return False
    wanted: Pair[Sequence[Relation]] = manifests.map(_added_to)
    if not any(wanted):
        return False
    kit.contained.begin()
    kit.contained.bring(wanted)
    return True


def _added_to(manifest: DbtManifest) -> Sequence[Relation]:
    added = (node for node in manifest.nodes.values() if node.materialized in _ADDED_TO)
    return [Relation(node.schema, node.identifier) for node in added]


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
        self._lay_out(side)
        return self.compiled_here(side)

    def compiled_here(self, side: Side) -> DbtManifest:
        """Compile a version that is written out."""
        work = self.kit.work
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
