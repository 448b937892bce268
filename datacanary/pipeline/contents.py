"""What the tables of a plan will hold, as far as that is known before anything is built."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from datacanary.build.places import node_of, upstream
from datacanary.model.basic import Relation
from datacanary.model.plan import Build, Node, Place, Plan
from datacanary.model.project import Reference, SourceData
from datacanary.model.release import Observed
from datacanary.model.reuse import Content
from datacanary.protocols.warehouse import Warehouse
from datacanary.protocols.workspace import Workspace
from datacanary.version import __version__

# These tell where or in which order rows lie, or which texts are equal: no digest of the rows has that.
_BEYOND_THE_ROWS = re.compile(r"\b(rowid|filename|collate|read_text|read_blob)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outside:
    """All that builds read from outside, in words that are equal only where the rows are.

    `relations` are those of the warehouse by the name that queries have for them; `files` the digests of files on the
    disk by their path. What is not there cannot be told. `conditions` are all else that results depend on.
    """

    conditions: tuple[str, ...]
    relations: Mapping[Relation, str]
    files: Mapping[Path, str]
    disk: Path


def outside(
    observed: Mapping[Relation, Observed],
    digests: Iterable[tuple[str, str]],
    disk: Path,
    warehouse: Warehouse,
    workspace: Workspace,
) -> Outside:
    """Describe what a run reads from outside, before anything is built.

    `observed` are the warehouse's relations by the name that queries have for them, `digests` those of data files.
    """
    conditions = (__version__, warehouse.engine, warehouse.dialect, workspace.conditions())
    plain = {
        name: repr(one)
        for name, one in observed.items()
        if workspace.told_by_fingerprint(workspace.production(one.relation))
    }
    return Outside(conditions, plain, {Path(name): digest for name, digest in digests if digest}, disk)


def contents(plan: Plan, found: Outside) -> dict[Node, Content]:
    """Say of each table of the plan what it will hold; those of which that is not known for sure are left out.

    Views are, too: who reads one makes its rows anew.
    """
    inputs = _Inputs(plan, found)
    known: dict[Node, Content] = {}
    for build in plan.builds:
        if build.identity and not build.broken and build.model.materialized == "table":
            lines = inputs.of(node_of(build))
            if lines is not None:
                known[node_of(build)] = Content(build.identity, _digest((*found.conditions, *sorted(lines))))
    return known


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256(json.dumps(list(lines)).encode()).hexdigest()


class _Inputs:
    """Collects what builds read, directly or through others, a line for each; None if anything cannot be told."""

    def __init__(self, plan: Plan, found: Outside) -> None:
        self._plan, self._found = plan, found
        self._builds = {node_of(build): build for build in plan.builds}
        self._data: dict[tuple[Place, Relation | str], SourceData] = {}
        for placed in (*plan.sources, *plan.files):
            self._data[placed.place, placed.source.relation or placed.source.pattern] = placed.source
        self._known: dict[Node, frozenset[str] | None] = {}

    def of(self, wanted: Node) -> frozenset[str] | None:
        pending = [wanted]
        while pending:
            node = pending[-1]
            above = upstream(self._plan, self._builds[node])
            unknown = [one for one in above if one not in self._known]
            if unknown:
                pending += unknown
                continue
            pending.pop()
            if node not in self._known:
                self._known[node] = _together([self._own(self._builds[node]), *(self._known[one] for one in above)])
        return self._known[wanted]

    def _own(self, build: Build) -> frozenset[str] | None:
        if build.model.unpinned or _BEYOND_THE_ROWS.search(build.model.text):
            return None
        lines = [self._line(one, build) for one in build.model.references if one.kind != "model"]
        return None if None in lines else frozenset(line for line in lines if line is not None)

    def _line(self, reference: Reference, build: Build) -> str | None:
        target = reference.target
        if target is None:
            shared = reference.path in self._plan.shared_files
            return self._files("shared" if shared else build.data_place, reference.path)
        if reference.kind == "source":
            return self._files(self._plan.place_of(target, build.data_place), target)
        found = self._found.relations.get(target)
        return None if found is None else f"{reference.kind} {target} {found}"

    def _files(self, place: Place, name: Relation | str) -> str | None:
        source = self._data.get((place, name))
        digests = dict(self._digests(source)) if source is not None else {}
        return f"data {name} {json.dumps(digests, sort_keys=True)}" if digests and all(digests.values()) else None

    def _digests(self, source: SourceData) -> Iterator[tuple[str, str]]:
        for file in source.files:
            on_disk = self._found.files.get(self._found.disk / file.path, "")
            yield file.path, file.identity.removeprefix("sha256:") if file.tracked else on_disk


def _together(parts: list[frozenset[str] | None]) -> frozenset[str] | None:
    lines: set[str] = set()
    for part in parts:
        if part is None:
            return None
        lines |= part
    return frozenset(lines)
