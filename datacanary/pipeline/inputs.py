"""What a run reads from outside: held still where that can be, and watched where it cannot."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from glob import has_magic
from pathlib import Path

from datacanary.errors import GitError
from datacanary.model.basic import Pair, Relation
from datacanary.model.plan import Build, Place, Plan
from datacanary.model.release import Observed
from datacanary.model.run import Inputs
from datacanary.project.data_files import on_the_disk, one_path, untracked
from datacanary.project.git import Snapshot, WorktreeSnapshot
from datacanary.project.git.pattern import on_disk
from datacanary.protocols.workspace import Workspace

State = Mapping[Path, tuple[int, int, int] | tuple[str, ...]]
"""Per file: size in bytes, time of the last change in nanoseconds, and the file's number on its disk; per glob: the
files that it matches."""


def load_sources(
    plan: Plan, builds: Sequence[Build], snapshots: Pair[Snapshot], workspace: Workspace, folder: Path
) -> None:
    """Make the data files under `sources:` readable for these builds, each where the plan has it read."""
    read = {(plan.place_of(name, build.data_place), name) for build in builds for name in build.model.reads("source")}
    for placed in plan.sources:
        if (placed.place, placed.source.relation) not in read:
            continue
        own = snapshots.base if placed.place == "base" else snapshots.head
        workspace.load(placed.place, placed.source, on_the_disk(placed.source, own, folder / placed.place))


def file_places(plan: Plan, snapshots: Pair[Snapshot], folder: Path) -> dict[tuple[Place, str], str]:
    """Return where each place finds the files that queries name themselves."""
    return {
        (placed.place, placed.source.pattern): str(
            one_path(placed.source, snapshots.base if placed.place == "base" else snapshots.head, folder / placed.place)
        )
        for placed in plan.files
    }


def watched_files(plan: Plan, snapshots: Pair[Snapshot]) -> tuple[Path, ...]:
    """Return the files on the disk that somebody could change while the run reads them, and the globs that find them.

    A file that appears later is noticed by its glob.
    """
    disk = snapshots.head.disk
    sources = tuple(placed.source for placed in (*plan.sources, *plan.files))
    open_ended = {
        disk / one.pattern for one in sources if has_magic(one.pattern) and not all(file.tracked for file in one.files)
    }
    return (*untracked(sources, disk), *sorted(open_ended))


def state_of(files: tuple[Path, ...]) -> State:
    """Look at files without reading them."""
    states: dict[Path, tuple[int, int, int] | tuple[str, ...]] = {}
    for file in files:
        try:
            found = file.stat()
        except FileNotFoundError:
            if has_magic(str(file)):
                states[file] = on_disk(Path("/"), str(file))
        else:
            states[file] = (found.st_size, found.st_mtime_ns, found.st_ino)
    return states


def judge_inputs(plan: Plan, how: str, before: State, after: State) -> Inputs:
    """Say whether both sides read the same rows."""
    moved = sorted(str(file.name) for file in before.keys() | after.keys() if before.get(file) != after.get(file))
    if moved:
        return Inputs(pinned=False, how=f"{', '.join(moved)} changed while the run read it")
    if plan.unpinned:
        return Inputs(pinned=False, how="; ".join(plan.unpinned))
    return Inputs(pinned=True, how=f"{how}; data files unchanged during the run" if before else how)


def judge_reads(inputs: Inputs, unpinned: Sequence[str]) -> Inputs:
    """Say why what was read from the warehouse was perhaps not the same for both sides, if that is so."""
    return Inputs(pinned=False, how="; ".join(unpinned)) if inputs.pinned and unpinned else inputs


def observed_inputs(plan: Plan, workspace: Workspace) -> dict[Relation, Observed]:
    """Fingerprint the relations that are read from the warehouse as they are, by the names that queries have."""
    located = ((name, workspace.locate(name)) for name in plan.externals)
    return {
        name: Observed(found, workspace.fingerprint(workspace.production(found)))
        for name, found in located
        if found is not None
    }


def tracked_moved(plan: Plan, snapshots: Pair[Snapshot]) -> bool:
    """Tell whether a file of the working tree that git has is no longer what it was when the project was read."""
    if not isinstance(snapshots.head, WorktreeSnapshot):
        return False
    placed = (one for one in (*plan.sources, *plan.files) if one.place != "base")
    files = {file for one in placed for file in one.source.files if file.tracked}
    try:
        return any(file.identity != f"sha256:{snapshots.head.digest(file.path)}" for file in files)
    except GitError:
        return True


def digests(files: tuple[Path, ...]) -> tuple[tuple[str, str], ...]:
    """Hash the content of files, or the names that a glob matches, with sha256; what is gone has an empty digest."""
    return tuple((str(file), _digest(file)) for file in files)


def _digest(file: Path) -> str:
    if file.is_file():
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    names = on_disk(Path("/"), str(file)) if has_magic(str(file)) else ()
    return hashlib.sha256("\0".join(names).encode(errors="surrogateescape")).hexdigest() if names else ""
