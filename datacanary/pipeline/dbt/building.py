"""Both versions built by the user's own dbt, side by side, each in its own place."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from datacanary.build.places import node_of
from datacanary.dbt.artifacts import problem_of, read_results
from datacanary.dbt.events import Invocation
from datacanary.errors import ProjectError
from datacanary.model.basic import Pair, Relation, Side
from datacanary.model.built import Built, Outcome
from datacanary.model.dbt import DbtManifest, DbtResult
from datacanary.model.plan import Build, Node
from datacanary.pipeline.dbt.compiling import failure
from datacanary.pipeline.dbt.kit import Kit
from datacanary.pipeline.dbt.prepare import Prepared
from datacanary.pipeline.dbt.state import deferring
from datacanary.pipeline.dbt.work import idle
from datacanary.project.manifest.selection import Selection, blocked_by_tests, new_tests, tests_of

Results = Mapping[str, DbtResult]
_MOST_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class BuiltByDbt:
    """What became of the builds, and per version of every node that dbt ran, tests among them."""

    built: Built
    selections: Pair[Selection]
    results: Pair[Results]


@dataclass(frozen=True, slots=True)
class Building:
    """The builds that are needed, and the relations that are there before."""

    kit: Kit
    prepared: Prepared
    builds: tuple[Build, ...]
    present: frozenset[Relation]

    def selection(self, side: Side, *, shared_too: bool) -> Selection:
        """Return what one version's dbt is to do: what both have in common only where it is not there already.

        Tests run on what the change can reach.
        """
        manifest, nodes = self.prepared.manifests.of(side), self.prepared.nodes.of(side)
        places = {side, "shared"} if shared_too else {side}
        chosen = [nodes[build.model.relation] for build in self.builds if build.place in places]
        tested = [nodes[build.model.relation] for build in self.builds if build.place == side]
        present = self.present | frozenset(build.model.relation for build in self.builds if build.place == "shared")
        tests = tests_of(manifest, chosen, tested, present)
        new = self.new_tests(present) if side == "head" else ()
        return Selection(tuple(sorted(chosen)), tuple(sorted({*tests, *new})))

    def new_tests(self, present: frozenset[Relation]) -> tuple[str, ...]:
        """Return the tests that head brings, also those of tables that no change reaches."""
        built = frozenset(build.model.relation for build in self.builds if build.place != "base")
        return new_tests(self.prepared.manifests.base, self.prepared.manifests.head, present | built)

    def run(self, meanwhile: Callable[[], object] = idle) -> BuiltByDbt:
        """Build both versions, and do something else meanwhile. Raises ProjectError if dbt gives up or takes too long.

        What both versions read, and nobody can be sure to be the same each time that it is built, is built once.
        """
        started = time.perf_counter()
        self.kit.contained.begin()
        shared = [build for build in self.builds if build.place == "shared"]
        once = any(not build.identity for build in shared)
        before: Results = {}
        if once:
            ids = tuple(sorted(self.prepared.nodes.base[build.model.relation] for build in shared))
            before = self._built("base", Selection(ids, ()))
            self.kit.contained.begin_alike()
        selections = Pair(self.selection("base", shared_too=not once), self.selection("head", shared_too=not once))
        results: Pair[Results] = self.kit.work.both(
            lambda side: {**before, **self._built(side, selections.of(side))}, meanwhile
        )
        outcomes = dict(self._outcomes(results))
        return BuiltByDbt(Built(outcomes, time.perf_counter() - started), selections, results)

    def _built(self, side: Side, selection: Selection) -> Results:
        """Build a selection; what a failing test keeps dbt from building is built all the same."""
        manifest = self.prepared.manifests.of(side)
        results: dict[str, DbtResult] = {}
        pending = selection
        for _ in range(_MOST_ROUNDS):
            if not pending.nodes and not pending.tests:
                break
            results |= self._run(side, pending)
            pending = blocked_by_tests(manifest, pending, results)
        return results

    def _run(self, side: Side, selection: Selection) -> Results:
        work, manifest = self.kit.work, self.prepared.manifests.of(side)
        file = work.rooms.of(side).target / "run_results.json"
        file.unlink(missing_ok=True)
        fresh = () if work.entry.incremental == "copy" else ("--full-refresh",)
        chosen = ("--indirect-selection", "empty", "--select", *selection.selectors(manifest))
        elsewhere = self.present - {build.model.relation for build in self.builds}
        state = deferring(self.kit, self.prepared, side, elsewhere)
        invocation = self.kit.run(side, "build", *fresh, *state, *chosen)
        if not file.exists():
            raise self._problem(side, invocation)
        found = read_results(file.read_text("utf-8"), self.kit.warehouse.in_short)
        return {one.unique_id: one for one in found}

    def _problem(self, side: Side, invocation: Invocation) -> ProjectError:
        return failure(problem_of(invocation, self.kit.warehouse.in_short), f"{side} could not be built: dbt says")

    def _outcomes(self, results: Pair[Results]) -> Iterator[tuple[Node, Outcome]]:
        for build in self.builds:
            side: Side = "head" if build.place == "head" else "base"
            yield node_of(build), self._outcome(build, side, results.of(side))

    def _outcome(self, build: Build, side: Side, results: Results) -> Outcome:
        relation = build.model.relation
        physical = self.kit.contained.physical(side, relation)
        unique_id = self.prepared.nodes.of(side)[relation]
        found = results.get(unique_id)
        if found is not None and found.status == "success":
            return Outcome(physical, build.model.path, found.seconds)
        if found is not None and found.status not in {"skipped", "unfinished"}:
            problem = found.message or f"dbt says: {found.status}"
            return Outcome(physical, build.model.path, found.seconds, problem)
        first = _first_failure(unique_id, self.prepared.manifests.of(side), results)
        if first:
            return Outcome(physical, build.model.path, problem=f"{first} could not be built", because_of=first)
        return Outcome(physical, build.model.path, problem="dbt did not come to it")


def _first_failure(unique_id: str, manifest: DbtManifest, results: Results) -> str:
    """Name the node upstream, with its file, whose failure had this one skipped; empty if there is none."""
    pending, seen = [unique_id], {unique_id}
    while pending:
        for read in manifest.nodes[pending.pop()].reads:
            node, found = manifest.nodes.get(read), results.get(read)
            if node is None or read in seen:
                continue
            if found is not None and found.status == "error":
                return f"{node.identifier.lower()} ({node.path})"
            seen.add(read)
            pending.append(read)
    return ""
