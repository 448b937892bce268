"""How far two builds of base differ, the second under other conditions: what comes by chance is no change."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from datacanary.build.places import Places
from datacanary.build.run import BuildOptions, run_builds
from datacanary.errors import DataError, StatementError
from datacanary.model.basic import Pair, Relation
from datacanary.model.built import Built, Outcome
from datacanary.model.noise import NoiseFloor
from datacanary.model.plan import Build, Plan
from datacanary.model.tablediff import TableDiff
from datacanary.model.verdict import Subject
from datacanary.model.words import count
from datacanary.pipeline.compare import Comparing, compare_again, noted
from datacanary.pipeline.shuffled import Base, ShuffledPlaces, copy_all, shuffling
from datacanary.protocols.workspace import Workspace
from datacanary.verdict.measure import measures, totals


@dataclass(frozen=True, slots=True)
class FirstBuilds:
    """What was planned and what became of it, from where it read, how and where it was built."""

    plan: Plan
    places: Places
    options: BuildOptions
    built: Built
    workspace: Workspace


def measure_noise(
    subjects: Sequence[Subject], first: FirstBuilds, comparing: Comparing
) -> tuple[tuple[Subject, ...], float]:
    """Build base again for all tables that were compared, and say of each how far its two builds differ.

    The rows of all that is read from outside come in another order then, and so do those of each table that others
    read; another number of threads works on them. A table that cannot be built again gets a note and no floor.
    The second value is how long the warehouse was busy, in seconds.
    """
    wanted = [one for one in subjects if one.diff.comparison in {"keyed", "keyless"} and one.planned.compared]
    base = Base(_needed(wanted, first.plan), first.places, first.options.dialect)
    if not wanted:
        return tuple(subjects), 0.0
    workspace = first.workspace
    comparing.tell(f"noise check: {count(len(base.builds), 'model')} of base will be built again")
    with workspace.perturbed():
        started = time.perf_counter()
        copies = copy_all(base, workspace, comparing.tell)
        seconds = time.perf_counter() - started
        builds = [replace(build, place="noise") for build in base.builds.values()]
        places = ShuffledPlaces(base, workspace, copies)
        built = run_builds(builds, places, workspace, shuffling(base, workspace, first.options))
        twice = Pair(first.built, built)
        measured = {one.planned.name: _measured(one, twice, base, comparing) for one in wanted}
    return tuple(measured.get(one.planned.name, one) for one in subjects), seconds + built.busy_seconds


def floor_of(found: TableDiff) -> NoiseFloor:
    """Measure the noise in a comparison of two builds of one version, as the checks measure a change."""
    every = [*measures(found), *totals(found)]

    def shares(check: str) -> dict[str, float]:
        return {one.column: one.share for one in every if one.check == check and one.column and one.share}

    def share(check: str) -> float:
        return next((one.share for one in every if one.check == check), 0.0)

    apart = {column.name: column.distances for column in found.columns if column.distances is not None}
    return NoiseFloor(
        rows_added=share("rows_added"),
        rows_removed=share("rows_removed"),
        cells=shares("values_changed"),
        nulls=shares("null_rate"),
        totals=shares("total"),
        shapes={name: one.shape for name, one in apart.items() if one.shape},
        distances={name: one.earth_mover_in_spreads for name, one in apart.items() if one.earth_mover_in_spreads},
    )


def _needed(subjects: Sequence[Subject], plan: Plan) -> dict[Relation, Build]:
    """Return the builds of base, and of both versions, that these tables are made of."""
    there = {(build.place, build.model.relation): build for build in plan.builds}
    needed: dict[Relation, Build] = {}
    pending = [one.planned.relations.base for one in subjects]
    while pending:
        relation = pending.pop()
        if relation is not None and relation not in needed:
            needed[relation] = there[plan.place_of(relation, "base"), relation]
            pending.extend(needed[relation].model.reads("model"))
    return needed


def _measured(subject: Subject, twice: Pair[Built], base: Base, comparing: Comparing) -> Subject:
    """Compare both builds of base; the second one's trouble is told and stays without consequence."""
    relation = subject.planned.relations.base
    if relation is None:
        return subject
    again = twice.head.outcomes["noise", relation]
    if not again.succeeded:
        return noted(subject, f"noise not measured: base could not be built again: {_told(again)}")
    sides = Pair(twice.base.outcomes[base.builds[relation].place, relation].physical, again.physical)
    try:
        floor = floor_of(compare_again(subject, sides, comparing))
    except (DataError, StatementError) as error:
        return noted(subject, f"noise not measured: {error}")
    comparing.tell(f"noise check: {subject.planned.name} is {'unstable' if floor.unstable else 'stable'}")
    told = noted(subject, *_in_own_order(relation, base))
    return replace(told, diff=replace(told.diff, noise=floor))


def _told(outcome: Outcome) -> str:
    return f"it reads {outcome.because_of}, which could not be" if outcome.because_of else outcome.problem


def _in_own_order(relation: Relation, base: Base) -> Iterator[str]:
    """Say which files that a table is made of came in the same order both times."""
    pending, seen = [relation], {relation}
    files: set[str] = set()
    while pending:
        build = base.builds[pending.pop()]
        files |= {one.path for one in build.model.references if base.keeps_order(one, build)}
        new = set(build.model.reads("model")) - seen
        seen |= new
        pending.extend(new)
    for path in sorted(files):
        yield f"noise check: a function reads {path}, so its rows came in the same order both times"
