"""Which tables can differ and which cannot, by what their queries mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from datacanary.impact.change import Changes
from datacanary.impact.impacts import impacts_of
from datacanary.impact.meanings import Meanings
from datacanary.impact.reasons import inherited_reason, own_reason, spared_reason
from datacanary.impact.upstream import models_to_read
from datacanary.model.basic import Relation
from datacanary.model.impact import Impact

NameOf = Callable[[Relation], str]


@dataclass(frozen=True, slots=True)
class Affected:
    """Per relation, why it can differ: `own` for its text, kind or data, `inherited` for what it reads.

    `spared` says of the others that changed, or read what changed, why they cannot; `sorted` are those of them whose
    rows come in another order. `sources` and `files` are the names and paths whose rows differ between the versions.
    """

    own: Mapping[Relation, str]
    inherited: Mapping[Relation, str]
    spared: Mapping[Relation, str]
    impacts: Mapping[Relation, Impact]
    sorted: frozenset[Relation]
    sources: frozenset[Relation]
    files: frozenset[str]

    def touches(self, relation: Relation) -> bool:
        """Tell whether the relation's rows can differ."""
        return relation in self.own or relation in self.inherited or relation in self.sources


def affected_by(changes: Changes, meanings: Meanings, name_of: NameOf) -> Affected:
    """Prove which of the tables that a change of the text touches cannot differ."""
    needed = models_to_read(meanings.projects, changes)
    meanings.recall("base", needed.base)
    meanings.recall("head", needed.head)
    impacts = impacts_of(changes, meanings, name_of)
    own: dict[Relation, str] = {}
    inherited: dict[Relation, str] = {}
    spared: dict[Relation, str] = {}
    for relation in sorted(changes.own.keys() | changes.inherited.keys()):
        impact = impacts.get(relation)
        reads = tuple(map(name_of, changes.inherited.get(relation, ())))
        if impact is None:
            own[relation] = changes.own.get(relation, "")
        elif _made_otherwise(relation, meanings):
            own[relation] = changes.own[relation]
        elif impact.nothing:
            touched = tuple(name_of(read) for read in _touched_reads(relation, changes, meanings))
            spared[relation] = spared_reason(relation in changes.own, reads or touched)
        elif relation in changes.own and impact.own != ("none",):
            own[relation] = own_reason(impact) if _rewritten(relation, meanings) else changes.own[relation]
        else:
            inherited[relation] = inherited_reason(impact, reads)
    reordered = frozenset(one for one in spared if _comes_otherwise(one, meanings))
    spared.update({one: f"{spared[one]}; its rows can come in another order" for one in reordered})
    return Affected(own, inherited, spared, impacts, reordered, changes.sources, changes.files)


def _comes_otherwise(relation: Relation, meanings: Meanings) -> bool:
    base, head = (meanings.of(side, relation).table for side in ("base", "head"))
    return base.order != head.order


def _made_otherwise(relation: Relation, meanings: Meanings) -> bool:
    base, head = (project.models[relation] for project in meanings.projects)
    made_of = base.fingerprint != head.fingerprint and bool(base.opaque or head.opaque)
    return base.materialized != head.materialized or base.settings != head.settings or made_of


def _rewritten(relation: Relation, meanings: Meanings) -> bool:
    base, head = (project.models[relation] for project in meanings.projects)
    return base.fingerprint != head.fingerprint


def _touched_reads(relation: Relation, changes: Changes, meanings: Meanings) -> tuple[Relation, ...]:
    head = meanings.projects.head.models[relation]
    return tuple(read for read in head.reads("model") if changes.touches(read))
