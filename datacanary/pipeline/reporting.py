"""What a finished check tells, whatever kind of project it was."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC

from datacanary.model.config import Policy
from datacanary.model.plan import Plan
from datacanary.model.release import ReleasePlan
from datacanary.model.reuse import Kept
from datacanary.model.run import Inputs, Report, RunKind, TableReport
from datacanary.model.verdict import Check, Subject, Verdict, worst
from datacanary.pipeline.masks import with_inherited_masks
from datacanary.pipeline.versions import Versions
from datacanary.report.masking import allowed_columns, mask
from datacanary.runs import RunFolder, Runs
from datacanary.verdict.fitting import check_fit
from datacanary.verdict.judge import judge
from datacanary.verdict.limits import names_of, unmatched
from datacanary.version import __version__


@dataclass(frozen=True, slots=True)
class Checked:
    """A finished check; `warehouse_seconds` is the time in which `tool` worked, out of the report's `seconds`.

    `trouble` says why nothing could be remembered, for --verbose.
    """

    report: Report
    runs: Runs
    folder: RunFolder
    warehouse_seconds: float
    trouble: str = ""
    tool: str = "the warehouse's builds"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the tables, and what a promotion needs; `checks` are those of the project's own tests."""

    warehouse_seconds: float
    subjects: tuple[Subject, ...]
    inputs: Inputs
    release: ReleasePlan | None
    kept: tuple[Kept, ...] = ()
    notes: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    tool: str = "the warehouse's builds"


def report_of(
    versions: Versions, plan: Plan, folder: RunFolder, kind: RunKind, result: Result, seconds: float
) -> Report:
    """Judge, mask, and put everything together that a report may tell; raises ConfigError as `check_fit` does."""
    policy = versions.configs.base.policy
    check_fit(policy, versions.configs.head.expectations, result.subjects)
    judged = judge(result.subjects, policy, versions.configs.head.expectations, result.checks)
    verdict = _with_inputs(judged, result.inputs)
    subjects = with_inherited_masks(result.subjects, versions, plan, policy.samples)
    return Report(
        run_id=folder.run_id,
        kind=kind,
        versions=plan.versions,
        started_at=folder.started_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        seconds=seconds,
        inputs=result.inputs,
        verdict=verdict,
        tables=tuple(_table(subject, verdict, policy) for subject in subjects),
        notes=(*versions.notes, *versions.unread, *result.notes, *_notes(versions, plan)),
        tool_version=__version__,
        promotable=result.release is None or not result.release.obstacles,
        secret=secrets.token_hex(16),
        folder=versions.snapshots.head.tree.folder,
    )


def _table(subject: Subject, verdict: Verdict, policy: Policy) -> TableReport:
    planned = subject.planned
    names = names_of(planned)
    masked = mask(subject.diff, names, policy.samples, planned.declared)
    # What a table that changed itself inherits, its attribution tells.
    roots = planned.roots if planned.effect == "inherited" else ()
    status = verdict.of_table(planned.name)
    return TableReport(
        name=planned.name,
        status=status,
        effect=planned.effect,
        paths=planned.paths,
        diff=masked,
        inherited_from=roots,
        impact=planned.impact,
        read_by=planned.readers,
        shown=allowed_columns(subject.diff, names, policy.samples, planned.declared),
    )


def _with_inputs(verdict: Verdict, inputs: Inputs) -> Verdict:
    """Make a verdict inconclusive if both sides may have read different rows."""
    if inputs.pinned:
        return verdict
    message = f"both versions may have read different input: {inputs.how}"
    check = Check("", None, "inputs", "inconclusive", None, None, "default", message)
    status = worst((verdict.status, "inconclusive"))
    summary = message if status != verdict.status else verdict.summary
    return Verdict(status, summary, (*verdict.checks, check))


def _notes(versions: Versions, plan: Plan) -> tuple[str, ...]:
    notes = []
    if plan.unselected:
        notes.append(f"not selected, so not compared: {', '.join(plan.unselected)}")
    names = {name for table in plan.tables for name in names_of(table)} | set(plan.unselected)
    config = versions.configs.base
    unknown = unmatched(config.policy, names)
    if unknown and not plan.unselected:
        notes.append(f"{config.file} speaks of tables that no model makes: {', '.join(unknown)}")
    return tuple(notes)
