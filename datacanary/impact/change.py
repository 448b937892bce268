"""What differs between two versions of a project, and everything that reads it."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from datacanary.model.basic import Pair, Relation
from datacanary.model.project import Model, Project


@dataclass(frozen=True, slots=True)
class Changes:
    """Per relation, why it can differ: `own` for its text, kind or data, `inherited` for what it reads.

    `sources` and `files` are the names and paths whose rows differ between the versions.
    """

    own: Mapping[Relation, str]
    inherited: Mapping[Relation, tuple[Relation, ...]]
    sources: frozenset[Relation]
    files: frozenset[str]

    def touches(self, relation: Relation) -> bool:
        """Tell whether the relation's rows can differ."""
        return relation in self.own or relation in self.inherited or relation in self.sources


def changes_between(projects: Pair[Project]) -> Changes:
    """Compare two versions by text without white space and comments, and follow the reads downstream."""
    base, head = projects
    sources = frozenset(
        name
        for name in base.sources.keys() | head.sources.keys()
        if name not in base.sources
        or name not in head.sources
        or base.sources[name].identity != head.sources[name].identity
    )
    files = frozenset(
        path for path in base.files.keys() & head.files.keys() if base.files[path].identity != head.files[path].identity
    )
    own: dict[Relation, str] = {}
    for relation in sorted(base.models.keys() | head.models.keys()):
        reason = _own_reason(base.models.get(relation), head.models.get(relation), sources, files)
        if reason:
            own[relation] = reason
    return Changes(own, _inherited(projects, frozenset(own)), sources, files)


def _own_reason(
    base: Model | None, head: Model | None, sources: frozenset[Relation], files: frozenset[str]
) -> str | None:
    if base is None:
        return "new model"
    if head is None:
        return "its file was deleted"
    made_otherwise = _made_reason(base, head)
    if made_otherwise:
        return made_otherwise
    if _meanings(base) != _meanings(head):
        return "a name in its query now means another table"
    moved = [str(name) for name in head.reads("source") if name in sources]
    moved += [path for path in head.files() if path in files]
    return f"its data changed: {', '.join(moved)}" if moved else None


def _made_reason(base: Model, head: Model) -> str:
    if base.materialized != head.materialized:
        return f"it is now a {head.materialized}, it was a {base.materialized}"
    settings = set(base.settings) ^ set(head.settings)
    if settings:
        return f"its config changed: {', '.join(sorted({name for name, _ in settings}))}"
    if base.fingerprint == head.fingerprint:
        return ""
    return f"{head.path} changed" if base.opaque or head.opaque else "its query changed"


def _meanings(model: Model) -> tuple[tuple[str, Relation | None, str], ...]:
    return tuple((reference.kind, reference.target, reference.path) for reference in model.references)


def _inherited(projects: Pair[Project], own: frozenset[Relation]) -> dict[Relation, tuple[Relation, ...]]:
    """Follow the reads of both versions from what changed; the value is what a model reads directly of that."""
    readers: dict[Relation, set[Relation]] = {}
    for project in projects:
        for relation, model in project.models.items():
            for read in model.reads("model"):
                readers.setdefault(read, set()).add(relation)
    affected, pending = set(own), list(own)
    while pending:
        new = readers.get(pending.pop(), set()) - affected
        affected |= new
        pending.extend(new)
    return {relation: _reads(projects, relation, affected) for relation in sorted(affected - own)}


def _reads(projects: Pair[Project], relation: Relation, affected: AbstractSet[Relation]) -> tuple[Relation, ...]:
    models = (project.models.get(relation) for project in projects)
    return tuple(sorted({read for model in models if model for read in model.reads("model") if read in affected}))
