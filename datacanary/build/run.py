"""Run a plan's builds, in the order of what they read, side by side where the warehouse allows it."""

from __future__ import annotations

import concurrent.futures
import graphlib
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from datacanary.build.splice import splice
from datacanary.errors import CanaryError, ProjectError, StatementError
from datacanary.model.basic import Physical, Relation
from datacanary.model.built import Built, Outcome
from datacanary.model.plan import Build, Place, Plan
from datacanary.model.project import Reference
from datacanary.protocols import Workspace

Node = tuple[Place, Relation]

_SECONDS_BETWEEN_LOOKS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """How to build: `workers` at a time, `file_places` for data files that queries name, `on_done` after each."""

    dialect: str
    workers: int
    file_places: Mapping[tuple[Place, str], str]
    on_done: Callable[[Build, Outcome], None]


def run_builds(plan: Plan, workspace: Workspace, options: BuildOptions) -> Built:
    """Build everything that the plan names; a failure is an outcome, and so is what depends on it.

    An interrupt stops what runs before it goes on to the caller.
    """
    builds: dict[Node, Build] = {(build.place, build.model.relation): build for build in plan.builds}
    graph = graphlib.TopologicalSorter({node: _needs(build, plan) for node, build in builds.items()})
    graph.prepare()
    runner = _Runner(plan, workspace, options)
    running: dict[concurrent.futures.Future[Outcome], Node] = {}
    with concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
        try:
            while graph.is_active():
                for node in graph.get_ready():
                    running[pool.submit(runner.build, builds[node])] = node
                # Polars has waits go on after a Ctrl-C, so none may be long.
                done, _ = concurrent.futures.wait(running, _SECONDS_BETWEEN_LOOKS, concurrent.futures.FIRST_COMPLETED)
                for future in done:
                    node = running.pop(future)
                    runner.outcomes[node] = future.result()
                    options.on_done(builds[node], runner.outcomes[node])
                    graph.done(node)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            _stop(running, workspace)
            raise
    return Built(runner.outcomes, _covered(runner.intervals))


def _stop(running: Collection[concurrent.futures.Future[Outcome]], workspace: Workspace) -> None:
    """Interrupt until nothing runs: a worker between two statements does not hear it the first time."""
    unfinished = set(running)
    while unfinished:
        workspace.interrupt()
        _, unfinished = concurrent.futures.wait(unfinished, _SECONDS_BETWEEN_LOOKS)


def _needs(build: Build, plan: Plan) -> tuple[Node, ...]:
    return tuple((plan.place_of(read, build.place), read) for read in build.model.reads("model"))


class _Runner:
    """Builds one model at a time for each worker; what is written here is read after the worker is done."""

    def __init__(self, plan: Plan, workspace: Workspace, options: BuildOptions) -> None:
        self._plan = plan
        self._workspace = workspace
        self._options = options
        self.outcomes: dict[Node, Outcome] = {}
        self.intervals: list[tuple[float, float]] = []

    def build(self, build: Build) -> Outcome:
        model = build.model
        physical = self._workspace.physical(build.place, model.relation)
        if build.broken:
            return Outcome(physical, model.path, problem=build.broken)
        for node in _needs(build, self._plan):
            upstream = self.outcomes[node]
            if not upstream.succeeded:
                first = upstream.because_of or f"{node[1]} ({upstream.path})"
                return Outcome(physical, model.path, problem=f"{first} could not be built", because_of=first)
        started = time.perf_counter()
        try:
            spliced = splice(model, lambda reference: self._place(reference, build), self._options.dialect)
            began = time.perf_counter()
            self._workspace.create(physical, model.materialized, spliced.preamble, spliced.query)
            self.intervals.append((began, time.perf_counter()))
        except (StatementError, ProjectError, _MissingTableError) as error:
            return Outcome(physical, model.path, time.perf_counter() - started, problem=str(error))
        return Outcome(physical, model.path, time.perf_counter() - started)

    def _place(self, reference: Reference, build: Build) -> Physical | str:
        if reference.target is None:
            shared = reference.path in self._plan.shared_files
            return self._options.file_places["shared" if shared else build.place, reference.path]
        if reference.kind in {"model", "source"}:
            return self._workspace.physical(self._plan.place_of(reference.target, build.place), reference.target)
        found = self._workspace.locate(reference.target)
        if found is None:
            raise _MissingTableError(reference, build.model.path, self._workspace.nearest(reference.target))
        return self._workspace.production(found)


class _MissingTableError(CanaryError):
    """A query reads what nobody has."""

    def __init__(self, reference: Reference, path: str, nearest: str) -> None:
        hint = f"Did you mean {nearest}?" if nearest else ""
        problem = (
            f"{path}:{reference.line} reads {reference.target}, which is no model, no source and not in the warehouse."
        )
        super().__init__(problem, hint=hint)


def _covered(intervals: list[tuple[float, float]]) -> float:
    """Add up the time that at least one of the intervals covers, in seconds.

    >>> _covered([(0.0, 2.0), (1.0, 3.0), (5.0, 6.0)])
    4.0
    """
    total, reached = 0.0, 0.0
    for began, ended in sorted(intervals):
        total += max(0.0, ended - max(began, reached))
        reached = max(reached, ended)
    return total
