"""The main job for a project of plain SQL."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from datacanary.build.needed import Needed, needed
from datacanary.build.places import PlannedPlaces
from datacanary.build.run import BuildOptions, run_builds
from datacanary.impact.attribution import attributed
from datacanary.model.built import Built, Outcome
from datacanary.model.plan import Build, Plan
from datacanary.model.release import ReleasePlan
from datacanary.model.run import Inputs, RunKind
from datacanary.model.verdict import Subject
from datacanary.model.words import count
from datacanary.pipeline.attribution import attribute
from datacanary.pipeline.choosing import Chosen
from datacanary.pipeline.compare import Comparing, compare_all, unaffected
from datacanary.pipeline.contents import contents, outside
from datacanary.pipeline.home import Asked, Extent, Tell, open_warehouse
from datacanary.pipeline.inputs import (
    digests,
    file_places,
    judge_inputs,
    judge_reads,
    load_sources,
    observed_inputs,
    state_of,
    tracked_moved,
    watched_files,
)
from datacanary.pipeline.judged import judged_of
from datacanary.pipeline.leftovers import drop_unfinished
from datacanary.pipeline.noise import FirstBuilds, measure_noise
from datacanary.pipeline.options import Rules
from datacanary.pipeline.planning import plan_check
from datacanary.pipeline.release_plan import judged_tables, observed_production, obstacles, swaps
from datacanary.pipeline.reporting import Checked, Result, report_of
from datacanary.pipeline.reuse import Shelf, kept_by, notes_of, outcomes_of
from datacanary.pipeline.versions import Versions
from datacanary.protocols.warehouse import Warehouse
from datacanary.protocols.workspace import Workspace
from datacanary.runs import RunFolder, Runs, StoredRun, runs_of
from datacanary.tablediff.means import Means
from datacanary.version import __version__


def check_plain_sql(chosen: Chosen, asked: Asked, kind: RunKind, tell: Tell) -> Checked:
    """Check head against base and store the result; whatever stops it leaves nothing behind."""
    started = time.perf_counter()
    versions, plan = plan_check(chosen, asked)
    plan = attributed(plan, versions.projects) if asked.extent.attribute else plan
    warehouse = open_warehouse(versions.configs.head, versions.home, asked.environ)
    judged = judged_of(versions.snapshots.head, versions.configs.head, versions.home, warehouse)
    runs = runs_of(versions.home.folder, asked.environ)
    runs.expire()
    folder = runs.start()
    affected = sum(table.effect != "unaffected" for table in plan.tables)
    try:
        tell(f"planned {count(len(plan.builds), 'build')} for {count(affected, 'table')}")
        run = _Run(versions, plan, warehouse, runs, folder, asked.extent, tell)
        result = run.with_work() if affected else run.without_work()
        report = report_of(versions, plan, folder, kind, result, time.perf_counter() - started)
        runs.register(folder, result.kept)
        stored = StoredRun(__version__, report, result.release, versions.configs.head.production, judged)
        runs.finish(folder, stored)
    except BaseException:
        drop_unfinished(runs, folder, warehouse)
        raise
    return Checked(report, runs, folder, result.warehouse_seconds, versions.memory.trouble)


@dataclass(frozen=True, slots=True)
class _Run:
    """The stages that need a workspace."""

    versions: Versions
    plan: Plan
    warehouse: Warehouse
    runs: Runs
    folder: RunFolder
    extent: Extent
    tell: Tell

    @property
    def _rules(self) -> Rules:
        configs = self.versions.configs
        return Rules(configs.map(lambda config: config.policy), configs.head.expectations, self.extent.statistics)

    def without_work(self) -> Result:
        """No table is affected: nothing is built, and the warehouse is not even opened."""
        subjects = tuple(Subject(table, unaffected(table)) for table in self.plan.tables)
        return Result(0.0, subjects, Inputs(pinned=True, how="nothing was read"), None)

    def with_work(self) -> Result:
        """Build, compare, and look at what a promotion will ask about."""
        snapshots, run_id = self.versions.snapshots, self.folder.run_id
        production = self.versions.configs.head.production
        with self.warehouse.workspace(self.folder.path, run_id, production) as workspace:
            files = watched_files(self.plan, snapshots)
            before, hashed = state_of(files), digests(files)
            observed = observed_inputs(self.plan, workspace)
            # Before anything is built, so that a right that is missing is told at once.
            production_now = observed_production(self.plan, workspace)
            known = contents(self.plan, outside(observed, hashed, snapshots.head.disk, self.warehouse, workspace))
            chosen = needed(self.plan, Shelf(known, self.runs, workspace).find)
            load_sources(self.plan, self._reading(chosen), snapshots, workspace, self.folder.path)
            subjects, built, seconds = self._compared(workspace, chosen)
            after = state_of(files)
            if before != after or tracked_moved(self.plan, snapshots):
                known = {}
            release = ReleasePlan(
                swaps=swaps(self.plan, workspace, run_id, self.warehouse.dialect, known),
                production=production_now,
                inputs=tuple(observed.values()),
                files=hashed,
                engine=self.warehouse.engine,
                obstacles=obstacles(self.plan, subjects),
            )
            inputs = judge_inputs(self.plan, self.warehouse.capabilities.pinned_input, before, after)
            inputs = judge_reads(inputs, workspace.unpinned(release.inputs))
            workspace.keep(judged_tables(release))
        return Result(seconds, subjects, inputs, release, kept_by(built, known), tuple(notes_of(chosen)))

    def _reading(self, chosen: Needed) -> tuple[Build, ...]:
        """Return the builds that will read data files: the noise check builds all of base again."""
        return self.plan.builds if self.extent.noise_check else chosen.builds

    def _compared(self, workspace: Workspace, chosen: Needed) -> tuple[tuple[Subject, ...], Built, float]:
        """Build and compare, as far as was asked; the last value is how long the warehouse was busy, in seconds."""
        read = self.warehouse.capabilities.reads_files
        files = file_places(self.plan, self.versions.snapshots, self.folder.path) if read else {}
        places = PlannedPlaces(self.plan, workspace, files, chosen.found)
        options = BuildOptions(
            dialect=self.warehouse.dialect, workers=_workers(self.warehouse), on_done=self._built_one
        )
        there = outcomes_of(self.plan, chosen.found)
        for node, found in chosen.found.items():
            self.tell(f"{node[0]} {node[1]} taken from {found.origin}")
        built = run_builds(chosen.builds, places, workspace, options, there)
        comparing = Comparing(workspace, self._rules, Means(), self.tell)
        subjects = compare_all(self.plan, built, comparing)
        if self.extent.attribute:
            subjects = attribute(subjects, built, comparing)
        if not self.extent.noise_check:
            return subjects, built, built.busy_seconds
        subjects, seconds = measure_noise(
            subjects, FirstBuilds(self.plan, places, options, built, workspace), comparing
        )
        return subjects, built, built.busy_seconds + seconds

    def _built_one(self, build: Build, outcome: Outcome) -> None:
        state = f"built in {outcome.seconds:.1f} s" if outcome.succeeded else "NOT built"
        self.tell(f"{build.place} {build.model.relation} {state}")


def _workers(warehouse: Warehouse) -> int:
    return min(4, os.cpu_count() or 1) if warehouse.capabilities.parallel_builds else 1
