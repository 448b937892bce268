"""The unstable places of a project's models, with those that they inherit from the models that they read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from datacanary.impact.nondeterminism.flow import NOWHERE, Field, Flow, Places
from datacanary.impact.nondeterminism.known import KnownFlows, key_of
from datacanary.impact.nondeterminism.marks import Unique, flow_of, marks_in
from datacanary.model.basic import Relation
from datacanary.model.noise import NoiseMark
from datacanary.model.project import Model, Reference


class ProjectMarks:
    """Works out the marks of one version's models, each when it is asked for, and those that it reads before."""

    def __init__(
        self,
        models: Mapping[Relation, Model],
        names: Mapping[Relation, str],
        dialect: str,
        unique: Unique,
        known: KnownFlows | None = None,
    ) -> None:
        """Take the models, and how people call them; `unique` are the keys that someone vouches for."""
        self._models = models
        self._names = names
        self._dialect = dialect
        self._unique = unique
        self._known = known or KnownFlows()
        self._reads: dict[Relation, tuple[Relation, ...]] = {}
        self._keys: dict[Relation, str] = {}
        self._flows: dict[Relation, Flow] = {}
        self._asked: set[Relation] = set()

    def recall(self, relations: Iterable[Relation]) -> None:
        """Look up what is known of some models at once, and of what they read where something is not known."""
        found = self._recalled(relations)
        while found:
            found = self._recalled(read for one in found for read in self._read_by(one))

    def of(self, relation: Relation) -> tuple[NoiseMark, ...]:
        """Return the marks of a model: of each place in its own text, and one per kind of each model upstream."""
        marks = marks_in(self._flow(relation))
        own = [mark for mark in marks if not mark.inherited_from]
        return (*own, *_merged(mark for mark in marks if mark.inherited_from))

    def _recalled(self, relations: Iterable[Relation]) -> list[Relation]:
        """Look up some models; return those of which nothing is known."""
        new = [one for one in dict.fromkeys(relations) if one not in self._asked]
        self._asked.update(new)
        keys = {one: self._key(one) for one in new}
        self._known.recall(keys.values())
        return [one for one, key in keys.items() if self._known.find(key) is None]

    def _flow(self, relation: Relation) -> Flow:
        # One after the other, not by recursion: projects can be deeper than Python's stack.
        pending = [relation]
        while pending:
            one = pending[-1]
            if one not in self._flows:
                key = self._key(one)
                flow = self._known.find(key)
                if flow is None:
                    missing = [read for read in self._read_by(one) if read not in self._flows]
                    if missing:
                        pending += missing
                        continue
                    flow = self._worked_out(one)
                    self._known.add(key, flow)
                self._flows[one] = flow
            pending.pop()
        return self._flows[relation]

    def _worked_out(self, relation: Relation) -> Flow:
        known = {read: self._handed_on(read) for read in self._read_by(relation)}
        return flow_of(self._models[relation], self._dialect, known, self._unique)

    def _read_by(self, relation: Relation) -> tuple[Relation, ...]:
        if relation not in self._reads:
            self._reads[relation] = tuple(one for one in self._models[relation].reads("model") if one in self._models)
        return self._reads[relation]

    def _key(self, relation: Relation) -> str:
        """Return the digest of all that a model's flow follows from."""
        pending = [relation]
        while pending:
            missing = [read for read in self._read_by(pending[-1]) if read not in self._keys]
            if missing:
                pending += missing
                continue
            one = pending.pop()
            model = self._models[one]
            read = [
                (reference.span.start, reference.kind, self._unique.get(reference.target), *self._origin(reference))
                for reference in model.references
                if reference.target is not None
            ]
            self._keys[one] = key_of(self._dialect, model.path, model.text, model.preamble, model.query, read)
        return self._keys[relation]

    def _origin(self, reference: Reference) -> tuple[str, ...]:
        if reference.kind != "model" or reference.target not in self._keys:
            return ()
        return self._names[reference.target], self._keys[reference.target]

    def _handed_on(self, relation: Relation) -> Flow:
        """Return what a reader sees of a model: its own places bear its name from there on."""
        flow, name = self._flows[relation], self._names[relation]
        # The same places reach many columns.
        known: dict[Places, Places] = {NOWHERE: NOWHERE}
        for places in (flow.rest, flow.rows, *(field.places for field in flow.fields)):
            if places not in known:
                known[places] = _from(places, name)
        fields = tuple(
            Field(field.name, known[field.places], field.is_float) if field.places else field for field in flow.fields
        )
        return replace(flow, fields=fields, rest=known[flow.rest], rows=known[flow.rows])


def _from(places: Places, name: str) -> Places:
    return frozenset(place if place.inherited_from else replace(place, inherited_from=name) for place in places)


def _merged(marks: Iterable[NoiseMark]) -> list[NoiseMark]:
    """Keep the first place of each kind and origin, with all columns that any of them reaches."""
    found: dict[tuple[str, str], NoiseMark] = {}
    for mark in marks:
        first = found.setdefault((mark.inherited_from, mark.kind), mark)
        if first.columns is None or mark.columns is None:
            found[mark.inherited_from, mark.kind] = replace(first, columns=None)
        else:
            columns = tuple(dict.fromkeys((*first.columns, *mark.columns)))
            found[mark.inherited_from, mark.kind] = replace(first, columns=columns)
    return list(found.values())
