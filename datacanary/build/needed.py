"""Which of a plan's builds are needed, when some tables are there already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from datacanary.build.places import node_of, upstream
from datacanary.model.plan import Build, Node, Plan
from datacanary.model.reuse import Found

Find = Callable[[Build], Found | None]
"""Says where a build's table is already, if it is."""


@dataclass(frozen=True, slots=True)
class Needed:
    """What is to be built, in the plan's order, and what is read where it is already."""

    builds: tuple[Build, ...]
    found: Mapping[Node, Found]


def needed(plan: Plan, find: Find) -> Needed:
    """Leave out what `find` finds, and what only such builds would have read.

    Asked are only builds of base and of both versions, readers before what they read, each once: what is to be
    judged is always built.
    """
    builds = {node_of(build): build for build in plan.builds}
    found: dict[Node, Found] = {}
    wanted: set[Node] = set()
    pending = _wanted_for_themselves(plan)
    while pending:
        node = pending.pop()
        if node in wanted or node in found:
            continue
        there = find(builds[node]) if node[0] in {"base", "shared"} and not builds[node].broken else None
        if there is not None:
            found[node] = there
            continue
        wanted.add(node)
        pending.extend(upstream(plan, builds[node]))
    return Needed(tuple(build for build in plan.builds if node_of(build) in wanted), found)


def _wanted_for_themselves(plan: Plan) -> list[Node]:
    """Return what is compared or promoted, and what is planned although no other build reads it."""
    read = {node for build in plan.builds for node in upstream(plan, build)}
    compared = {
        (plan.place_of(table.relations.base, "base"), table.relations.base)
        for table in plan.tables
        if table.compared and table.relations.base is not None
    }
    nodes = [node_of(build) for build in plan.builds]
    return [node for node in nodes if node[0] in {"head", "own"} or node not in read or node in compared]
