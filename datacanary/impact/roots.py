"""Which changes an affected model inherits: those of the models that it reads, directly or through others."""

from __future__ import annotations

from collections.abc import Mapping

from datacanary.impact.affected import Affected
from datacanary.model.basic import Pair, Relation
from datacanary.model.project import Project


def roots_of(projects: Pair[Project], affected: Affected) -> Mapping[Relation, tuple[Relation, ...]]:
    """Return, per affected model, the models of both versions upstream of it that changed themselves, sorted.

    Changes come only by way of models that can differ. Who reads a model that only one version has says so in its
    own text, so that one is no root.
    """
    touched = affected.own.keys() | affected.inherited.keys()
    reads: dict[Relation, set[Relation]] = {}
    for project in projects:
        for relation in touched & project.models.keys():
            found = touched.intersection(project.models[relation].reads("model"))
            reads.setdefault(relation, set()).update(found)
    roots = affected.own.keys() & projects.base.models.keys() & projects.head.models.keys()
    return {relation: tuple(sorted(_upstream(relation, reads) & roots - {relation})) for relation in touched}


def _upstream(relation: Relation, reads: Mapping[Relation, set[Relation]]) -> set[Relation]:
    # The reads of both versions together may go round in a circle.
    found: set[Relation] = set()
    pending = [relation]
    while pending:
        new = reads.get(pending.pop(), set()) - found
        found |= new
        pending.extend(new)
    return found
