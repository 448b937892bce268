"""Run a plan's builds, in the order of what they read, side by side where the warehouse allows it."""

from __future__ import annotations

import concurrent.futures
import graphlib
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from datacanary.build.places import MissingTableError, Places, node_of
from datacanary.build.splice import splice
from datacanary.errors import ProjectError, StatementError
from datacanary.model.basic import Physical
from datacanary.model.built import Built, Outcome
from datacanary.model.plan import Build, Node
from datacanary.model.spans import covered
from datacanary.protocols.workspace import Workspace

_SECONDS_BETWEEN_LOOKS = 0.1


def as_made(build: Build, made: Physical) -> None:
    """Leave what was built as it is."""
    del build, made


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """How to build: `workers` at a time.

    `finish` is done to each table or view before others read it, and part of making it; `on_done` is told of each.
    """

    dialect: str
    workers: int
    on_done: Callable[[Build, Outcome], None]
    finish: Callable[[Build, Physical], None] = as_made


def run_builds(
    planned: Sequence[Build],
    places: Places,
    workspace: Workspace,
    options: BuildOptions,
    there: Mapping[Node, Outcome] | None = None,
) -> Built:
    """Build everything that is planned; a failure is an outcome, and so is what depends on it.

    What is `there` already is read, and an outcome, too. An interrupt stops what runs before it goes on to the caller.
    """
    builds: dict[Node, Build] = {node_of(build): build for build in planned}
    runner = _Runner(places, workspace, options, there or {})
    graph = graphlib.TopologicalSorter(
        {node: set(places.upstream(build)) - runner.outcomes.keys() for node, build in builds.items()}
    )
    graph.prepare()
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
    return Built(runner.outcomes, covered(runner.intervals))


def _stop(running: Collection[concurrent.futures.Future[Outcome]], workspace: Workspace) -> None:
    """Interrupt until nothing runs: a worker between two statements does not hear it the first time."""
    # What is cancelled before it began never ends for those who wait for it.
    unfinished = {future for future in running if not future.cancelled()}
    while unfinished:
        workspace.interrupt()
        _, unfinished = concurrent.futures.wait(unfinished, _SECONDS_BETWEEN_LOOKS)


class _Runner:
    """Builds one model at a time for each worker; what is written here is read after the worker is done."""

    def __init__(
        self, places: Places, workspace: Workspace, options: BuildOptions, there: Mapping[Node, Outcome]
    ) -> None:
        self._places = places
        self._workspace = workspace
        self._options = options
        self.outcomes: dict[Node, Outcome] = dict(there)
        self.intervals: list[tuple[float, float]] = []

    def build(self, build: Build) -> Outcome:
        model = build.model
        physical = self._workspace.physical(build.place, model.relation)
        if build.broken:
            return Outcome(physical, model.path, problem=build.broken)
        for node in self._places.upstream(build):
            upstream = self.outcomes[node]
            if not upstream.succeeded:
                first = upstream.because_of or f"{node[1]} ({upstream.path})"
                return Outcome(physical, model.path, problem=f"{first} could not be built", because_of=first)
        started = time.perf_counter()
        try:
            spliced = splice(model, lambda reference: self._places.of(reference, build), self._options.dialect)
            began = time.perf_counter()
            self._workspace.create(physical, model.materialized, spliced.preamble, spliced.query)
            self._options.finish(build, physical)
            self.intervals.append((began, time.perf_counter()))
        except (StatementError, ProjectError, MissingTableError) as error:
            return Outcome(physical, model.path, time.perf_counter() - started, problem=str(error))
        return Outcome(physical, model.path, time.perf_counter() - started)
