"""What a check of a dbt project does once its dbt has compiled both versions."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from datacanary.build.needed import Needed
from datacanary.impact.plan import names_in
from datacanary.model.basic import Side
from datacanary.model.plan import Plan
from datacanary.model.release import ReleasePlan
from datacanary.model.run import Inputs
from datacanary.model.verdict import Check, Status, Subject
from datacanary.model.words import count
from datacanary.pipeline.compare import Comparing, compare_all, unaffected
from datacanary.pipeline.dbt.beginning import Beginning
from datacanary.pipeline.dbt.building import Building, BuiltByDbt
from datacanary.pipeline.dbt.compiling import Compiled
from datacanary.pipeline.dbt.data_files import put_data, way_of
from datacanary.pipeline.dbt.deferral import to_build
from datacanary.pipeline.dbt.incremental import not_shown
from datacanary.pipeline.dbt.planning import Planned, plan_dbt_check
from datacanary.pipeline.dbt.reads import judge_reads, read_past
from datacanary.pipeline.dbt.release import Head, observed_reads, obstacles, swaps
from datacanary.pipeline.dbt.tests import tested_by
from datacanary.pipeline.home import Extent, Tell
from datacanary.pipeline.inputs import digests, judge_inputs, state_of, watched_files
from datacanary.pipeline.judged import judged_of
from datacanary.pipeline.options import Rules
from datacanary.pipeline.release_plan import observed_production
from datacanary.pipeline.reporting import Checked, Result, report_of
from datacanary.project.manifest.isolation import hooks_told
from datacanary.project.manifest.selection import new_tests
from datacanary.protocols.tables import Tables
from datacanary.runs import RunFolder, StoredRun, form_of_runs
from datacanary.tablediff.means import Means
from datacanary.verdict.dbt_tests import judge_tests
from datacanary.version import __version__

_MOST_NAMED = 5
_SIDES: tuple[Side, ...] = ("base", "head")


def checked(compiled: Compiled, beginning: Beginning) -> Checked:
    """Plan, build, compare, judge and store; who called drops what was made where this fails."""
    planned = plan_dbt_check(compiled, beginning.asked)
    chosen, kind, folder = compiled.chosen, beginning.kind, beginning.folder
    config = planned.versions.configs.head
    judged = judged_of(chosen.snapshots.head, config, chosen.home, planned.kit.warehouse)
    run = _Run(planned, folder, beginning.asked.extent, beginning.tell)
    result = run.with_work() if run.has_work else run.without_work()
    seconds = time.perf_counter() - beginning.started
    report = report_of(planned.versions, planned.plan, folder, kind, result, seconds)
    release = result.release
    # What a check does not let pass, somebody may approve.
    if release is not None and report.promotable and (kind == "check" or _passed(report.verdict.status)):
        release = run.kept(release)
    run.clear()
    beginning.runs.finish(folder, StoredRun(__version__, report, release, config.production, judged))
    trouble = planned.versions.memory.trouble
    return Checked(report, beginning.runs, folder, result.warehouse_seconds, trouble, result.tool)


def _passed(status: Status) -> bool:
    return status in {"pass", "warn"}


@dataclass(frozen=True, slots=True)
class _Run:
    planned: Planned
    folder: RunFolder
    extent: Extent
    tell: Tell

    @property
    def _plan(self) -> Plan:
        return self.planned.plan

    @property
    def _production(self) -> str:
        return self.planned.versions.configs.head.production

    @property
    def has_work(self) -> bool:
        """Whether a table can differ, or head brings a test."""
        base, head = self.planned.prepared.manifests
        made = frozenset(self.planned.prepared.nodes.head)
        return any(one.effect != "unaffected" for one in self._plan.tables) or bool(new_tests(base, head, made))

    def without_work(self) -> Result:
        """No table is affected: nothing is built."""
        subjects = tuple(Subject(table, unaffected(table)) for table in self._plan.tables)
        seconds, inputs = self.planned.kit.work.seconds, Inputs(pinned=True, how="nothing was read")
        return Result(seconds, subjects, inputs, None, notes=tuple(self._notes()), tool="dbt")

    def with_work(self) -> Result:
        """Build, compare, and look at what a promotion will ask about."""
        prepared, kit = self.planned.prepared, self.planned.kit
        files = watched_files(self._plan, prepared.snapshots)
        before, hashed = state_of(files), digests(files)
        for side in _SIDES:
            way = way_of(prepared.manifests.of(side))
            put_data(prepared.projects.of(side), prepared.snapshots.of(side), kit.work.rooms.of(side).project, way)
        with kit.contained.there(self._production) as there:
            present = kit.contained.relations()
            chosen = to_build(self._plan, kit, present)
            production = observed_production(self._plan, there)
            inputs = observed_reads(self._plan, chosen, there)
        self.tell(f"dbt builds {count(len(chosen.builds), 'model')} for both versions")
        done = Building(kit, prepared, chosen.builds, present).run(meanwhile=form_of_runs)
        with kit.contained.built(self._production) as tables:
            head = Head(prepared, done.built, tables, self.folder.run_id)
            made = swaps(self._plan, head)
            subjects = compare_all(self._plan, done.built, self._comparing(tables))
        hindered = obstacles(self._plan, subjects, head)
        release = ReleasePlan(made, production, inputs, hashed, kit.warehouse.engine, hindered)
        judged = judge_inputs(self._plan, kit.contained.how, before, state_of(files))
        return Result(
            warehouse_seconds=kit.work.seconds,
            subjects=subjects,
            inputs=judge_reads(judged, kit.contained, inputs, read_past(prepared, chosen.builds)),
            release=release,
            notes=tuple(self._notes(chosen, done)),
            tool="dbt",
            checks=(*not_shown(self._plan, prepared), *self._test_checks(done)),
        )

    def _comparing(self, tables: Tables) -> Comparing:
        configs = self.planned.versions.configs
        policies = configs.map(lambda config: config.policy)
        rules = Rules(policies, configs.head.expectations, self.extent.statistics)
        return Comparing(tables, rules, Means(), self.tell)

    def _test_checks(self, done: BuiltByDbt) -> tuple[Check, ...]:
        return judge_tests(done.results, tested_by(self._plan, self.planned.prepared, done.selections))

    def kept(self, release: ReleasePlan) -> ReleasePlan:
        """Put head's tables where a promotion finds them."""
        tables = [swap.target for swap in release.swaps if swap.built is not None and swap.materialized == "table"]
        places = self.planned.kit.contained.keep(tables, self.folder.run_id, self.folder.path)
        placed = tuple(replace(swap, built=places.get(swap.target, swap.built)) for swap in release.swaps)
        return replace(release, swaps=placed)

    def clear(self) -> None:
        """Leave only dbt's log of each version."""
        self.planned.kit.contained.drop()
        for room in self.planned.kit.work.rooms:
            for place in (room.files, room.profiles, room.target, room.logs):
                shutil.rmtree(place, ignore_errors=True)

    def _notes(self, chosen: Needed | None = None, done: BuiltByDbt | None = None) -> Iterator[str]:
        prepared = self.planned.prepared
        yield from (one for one in prepared.by_name if chosen is not None)
        if chosen is not None and chosen.found:
            name_of = names_in(prepared.projects, self._production)
            names = sorted(name_of(relation) for _, relation in chosen.found)
            yield f"read in production, where no change reaches: {_some(names)}"
        hooks = tuple(dict.fromkeys(hook for one in prepared.manifests for hook in hooks_told(one)))
        if hooks and done is not None:
            yield f"hooks ran on both versions, too: {'; '.join(hooks[:_MOST_NAMED])}"
        for side in _SIDES:
            if done is not None and any(
                one.status in {"error", "unfinished"} for one in done.results.of(side).values()
            ):
                yield f"dbt's log of {side}: {self.planned.kit.work.rooms.of(side).folder / 'dbt.log'}"


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMED])
    return shown if len(names) <= _MOST_NAMED else f"{shown} and {len(names) - _MOST_NAMED} more"
