"""What to build so that a table's own doing can be told from what it inherits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from datacanary.impact.plan import placed_files, placed_sources
from datacanary.model.basic import Pair, Relation
from datacanary.model.plan import Build, Plan, PlannedTable, place_for
from datacanary.model.project import Project


def attributed(plan: Plan, projects: Pair[Project]) -> Plan:
    """Add head's query on base's inputs for each table that both changed itself and reads something that changed.

    Models that only head has are built on base's inputs, too. What these queries read of base, and base's own do not,
    is built as well. A promotion need not ask about any of it.
    """
    broken = {build.model.relation: build.broken for build in plan.builds if build.place == "head"}
    wanted = [table.relations.head for table in plan.tables if own_differs(table) and table.relations.head]
    reached = _reached(wanted, projects)
    new = frozenset(reached - projects.base.models.keys())
    own = [Build("own", projects.head.models[one], broken.get(one, "")) for one in sorted({*wanted, *new})]
    lent = {read for build in own for read in build.model.reads("model")} - new
    builds = (*plan.builds, *_missing(lent, plan, projects.base))
    return replace(
        plan,
        builds=(*builds, *own),
        sources=placed_sources(projects, builds, plan.shared),
        files=placed_files(projects, builds, plan.shared_files),
        new=new,
    )


def own_differs(table: PlannedTable) -> bool:
    """Tell whether a table can differ for two reasons: its own change, and that of what it reads."""
    return table.effect == "changed" and bool(table.roots)


def _reached(wanted: list[Relation], projects: Pair[Project]) -> set[Relation]:
    """Follow head's reads as far as base does not have what is read."""
    found: set[Relation] = set()
    pending = list(wanted)
    while pending:
        for read in projects.head.models[pending.pop()].reads("model"):
            if read not in found and read not in projects.base.models:
                found.add(read)
                pending.append(read)
    return found


def _missing(lent: set[Relation], plan: Plan, base: Project) -> Iterator[Build]:
    """Add base's builds that the plan lacks, and all that they read."""
    done = {(build.place, build.model.relation) for build in plan.builds}
    pending = sorted(lent)
    while pending:
        relation = pending.pop()
        place = place_for(relation, "base", plan.shared)
        if (place, relation) not in done:
            done.add((place, relation))
            yield Build(place, base.models[relation])
            pending.extend(base.models[relation].reads("model"))
