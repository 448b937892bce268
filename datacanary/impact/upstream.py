"""Which models must be read to know what a change can do."""

from __future__ import annotations

from collections.abc import Iterable

from datacanary.impact.change import Changes
from datacanary.model.basic import Pair, Relation
from datacanary.model.project import Model, Project


def models_to_read(projects: Pair[Project], changes: Changes) -> Pair[tuple[Model, ...]]:
    """Return the models of each version that a change touches, with all that they read, directly or through others."""
    touched = changes.own.keys() | changes.inherited.keys()
    return projects.map(lambda project: tuple(project.models[one] for one in _with_upstream(touched, project)))


def _with_upstream(relations: Iterable[Relation], project: Project) -> list[Relation]:
    found: set[Relation] = set()
    pending = [one for one in relations if one in project.models]
    while pending:
        relation = pending.pop()
        if relation not in found:
            found.add(relation)
            pending += project.models[relation].reads("model")
    return sorted(found)
