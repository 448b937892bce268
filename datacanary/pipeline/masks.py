"""What must not be shown of the tables of a run, inherited through the queries that make them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from datacanary.impact.inherited_masks import InheritedMasks
from datacanary.impact.meanings import Meanings
from datacanary.impact.plan import NOTHING_KNOWN
from datacanary.model.basic import Side
from datacanary.model.config import SamplePolicy
from datacanary.model.plan import Plan
from datacanary.model.verdict import Subject
from datacanary.pipeline.versions import Versions
from datacanary.report.personal import is_personal
from datacanary.sql.collector import resting_collector
from datacanary.verdict.limits import names_of

_SIDES: tuple[Side, ...] = ("base", "head")


@resting_collector()
def with_inherited_masks(
    subjects: Sequence[Subject], versions: Versions, plan: Plan, policy: SamplePolicy
) -> tuple[Subject, ...]:
    """Add to what is declared of each table the columns that are made of what must not be shown.

    Only columns of which the policy would show something are looked at: keys in examples, and those that it lists.
    """
    wanted = {subject.planned.name: columns for subject in subjects if (columns := _wanted(subject, policy))}
    if not wanted:
        return tuple(subjects)
    declared = {
        relation: table.declared for table in plan.tables for relation in table.relations if relation is not None
    }
    meanings = Meanings(versions.projects, versions.engine.dialect, NOTHING_KNOWN, versions.memory)
    masks = InheritedMasks(meanings, declared, is_personal)
    found = tuple(
        _masked(subject, masks, wanted[subject.planned.name]) if subject.planned.name in wanted else subject
        for subject in subjects
    )
    meanings.keep()
    return found


def _wanted(subject: Subject, policy: SamplePolicy) -> frozenset[str]:
    """Return the columns of which values would be shown."""
    if policy.show == "none" or subject.planned.declared.all_masked:
        return frozenset()
    listed = {entry.lower() for entry in policy.allow} if policy.show == "allowed" else set()
    names = names_of(subject.planned)
    shown = {one.name for one in subject.diff.columns if any(f"{name}.{one.name}".lower() in listed for name in names)}
    return frozenset(shown.union(*(row.key for row in subject.diff.samples)))


def _masked(subject: Subject, masks: InheritedMasks, columns: frozenset[str]) -> Subject:
    planned = subject.planned
    found: frozenset[str] = frozenset()
    for side in _SIDES:
        relation = planned.relations.of(side)
        if relation is not None and relation in masks.meanings.projects.of(side).models:
            hidden = masks.of(side, relation)
            found |= {name.lower() for name in columns if hidden.has(name)}
    if not found:
        return subject
    declared = replace(planned.declared, masked=planned.declared.masked | found)
    return replace(subject, planned=replace(planned, declared=declared))
