"""What a run may promote: the swaps of its judged tables, and what must still be true then."""

from __future__ import annotations

import graphlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from datacanary.build.splice import splice
from datacanary.model.basic import Physical, Relation
from datacanary.model.plan import Build, Node, Plan, PlannedTable
from datacanary.model.project import Reference
from datacanary.model.release import Observed, ReleasePlan, Swap
from datacanary.model.reuse import Content
from datacanary.model.verdict import Subject
from datacanary.protocols.workspace import Standing, Workspace


def swaps(
    plan: Plan, workspace: Workspace, run_id: str, dialect: str, contents: Mapping[Node, Content]
) -> tuple[Swap, ...]:
    """Plan one swap for each table that head changes, adds, removes or renames; readers after what they read."""
    heads = {build.model.relation: build for build in plan.builds if build.place == "head"}
    plain = (_swap(heads[relation], workspace, run_id, dialect) for relation in new_upstream_first(plan))
    made = tuple(replace(one, content=contents.get(("head", one.target))) for one in plain)
    return made + gone(plan, run_id)


def new_upstream_first(plan: Plan) -> tuple[Relation, ...]:
    """Return what head makes anew, readers after what they read."""
    targets = set(_targets(plan, "head"))
    return tuple(relation for relation in _upstream_first(plan) if relation in targets)


def gone(plan: Plan, run_id: str) -> tuple[Swap, ...]:
    """Plan to take out of production what head no longer makes."""
    left = set(_targets(plan, "head"))
    relations = (relation for relation in _targets(plan, "base") if relation not in left)
    return tuple(Swap(relation, None, "table", "", kept_as(run_id, relation)) for relation in relations)


def observed_production(plan: Plan, standing: Standing) -> tuple[Observed, ...]:
    """Identify what is in production now under the names that a promotion would touch."""
    targets = sorted(set(_targets(plan, "base")) | set(_targets(plan, "head")))
    return tuple(Observed(target, standing.identity(standing.production(target))) for target in targets)


def obstacles(plan: Plan, subjects: Sequence[Subject]) -> tuple[str, ...]:
    """Say why the run cannot be promoted as a whole, verdict aside."""
    return tuple(_obstacles(plan, subjects))


def judged_tables(release: ReleasePlan) -> tuple[Physical, ...]:
    """Return the tables that a promotion puts into production; none where nothing may be promoted."""
    tables = (swap.built for swap in release.swaps if swap.built is not None and swap.materialized == "table")
    return () if release.obstacles else tuple(tables)


def not_compared(subjects: Sequence[Subject]) -> Iterator[str]:
    """Say which tables nobody could compare."""
    return (f"{subject.planned.name} was not compared" for subject in subjects if subject.diff.failed)


def _obstacles(plan: Plan, subjects: Sequence[Subject]) -> Iterator[str]:
    yield from not_compared(subjects)
    for build in plan.builds:
        if build.place == "head" and build.model.materialized == "view":
            for reference in build.model.references:
                if reference.kind in {"source", "file"}:
                    read = reference.target or reference.path
                    yield f"the view {build.model.relation} reads the data files of {read}, which are not in production"


def _targets(plan: Plan, side: str) -> tuple[Relation, ...]:
    relations = (_relation(table, side) for table in plan.tables if table.effect != "unaffected")
    return tuple(relation for relation in relations if relation is not None)


def _relation(table: PlannedTable, side: str) -> Relation | None:
    return table.relations.base if side == "base" else table.relations.head


def _upstream_first(plan: Plan) -> tuple[Relation, ...]:
    reads = {build.model.relation: build.model.reads("model") for build in plan.builds if build.place == "head"}
    return tuple(relation for relation in graphlib.TopologicalSorter(reads).static_order() if relation in reads)


def _swap(build: Build, workspace: Workspace, run_id: str, dialect: str) -> Swap:
    model = build.model
    view = ""
    if model.materialized == "view":
        view = splice(model, lambda reference: _in_production(reference, workspace), dialect).query
    built = workspace.physical("head", model.relation)
    judged = workspace.fingerprint(built) if model.materialized == "table" else None
    return Swap(model.relation, built, model.materialized, view, kept_as(run_id, model.relation), judged=judged)


def _in_production(reference: Reference, workspace: Workspace) -> Physical | str:
    """Name a relation without its database: the warehouse's file may be called otherwise tomorrow."""
    if reference.target is None:
        return reference.path
    target = reference.target
    if reference.kind in {"external", "previous"}:
        target = workspace.locate(target) or target
    return Physical("", target.schema, target.name)


def kept_as(run_id: str, relation: Relation) -> str:
    """Return the name that a replaced table is kept under."""
    return f"__dc_prev_{run_id.replace('-', '_')}__{relation.name}"
