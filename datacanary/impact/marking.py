"""Which planned tables can differ between two builds of base, and which changes make head's query unstable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from datacanary.impact.nondeterminism.inherited import ProjectMarks
from datacanary.impact.nondeterminism.known import KnownFlows
from datacanary.impact.nondeterminism.marks import Unique
from datacanary.impact.nondeterminism.news import news
from datacanary.memory import FORGETFUL, Memory
from datacanary.model.basic import Pair, Relation
from datacanary.model.config import Policy
from datacanary.model.patterns import tables_like
from datacanary.model.plan import PlannedTable
from datacanary.model.project import Project


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read the models' queries: the warehouse's dialect, and each version's keys, which its config names.

    `memory` is what earlier runs know.
    """

    dialect: str = "duckdb"
    policies: Pair[Policy] | None = None
    memory: Memory = FORGETFUL


def marked(
    tables: Iterable[PlannedTable], projects: Pair[Project], name_of: Callable[[Relation], str], reading: Reading
) -> Iterator[PlannedTable]:
    """Add base's marks to the tables that are compared, and a note where head's own query brings a new place."""
    policies = reading.policies or Pair(Policy(), Policy())
    known = KnownFlows(reading.memory)
    base = _marks(projects.base, policies.base, name_of, reading.dialect, known)
    head = _marks(projects.head, policies.head, name_of, reading.dialect, known)
    tables = tuple(tables)
    wanted = [table for table in tables if _has_marks(table)]
    base.recall(table.relations.base for table in wanted if table.relations.base)
    head.recall(table.relations.head for table in wanted if table.relations.head and table.effect == "changed")
    for table in tables:
        old, new = table.relations
        if not _has_marks(table) or old is None or new is None:
            yield table
            continue
        marks = base.of(old)
        notes = news(marks, head.of(new)) if table.effect == "changed" else ()
        yield replace(table, marks=marks, notes=(*table.notes, *notes))
    known.keep()


def _has_marks(table: PlannedTable) -> bool:
    return table.compared and None not in tuple(table.relations)


def _marks(
    project: Project, policy: Policy, name_of: Callable[[Relation], str], dialect: str, known: KnownFlows
) -> ProjectMarks:
    names = {relation: name_of(relation) for relation in project.models}
    return ProjectMarks(project.models, names, dialect, declared_keys(project, policy, name_of), known)


def declared_keys(project: Project, policy: Policy, name_of: Callable[[Relation], str]) -> Unique:
    """Return the keys that a config names, of the models and sources of one version."""
    found: dict[Relation, tuple[tuple[str, ...], ...]] = {}
    for relation in (*project.models, *project.sources):
        entries = tables_like(policy.tables, (name_of(relation), str(relation), relation.name))
        key = next((entry.key for entry in entries if entry.key is not None), None)
        if key:
            found[relation] = (key,)
    return found
