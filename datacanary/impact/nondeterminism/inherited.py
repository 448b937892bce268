"""The unstable places of a project's models, with those that they inherit from the models that they read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from datacanary.impact.nondeterminism.flow import Flow, Places
from datacanary.impact.nondeterminism.marks import Unique, flow_of, marks_in
from datacanary.model.basic import Relation
from datacanary.model.noise import NoiseMark
from datacanary.model.project import Model


class ProjectMarks:
    """Works out the marks of one version's models, each when it is asked for, and those that it reads before."""

    def __init__(
        self, models: Mapping[Relation, Model], names: Mapping[Relation, str], dialect: str, unique: Unique
    ) -> None:
        """Take the models, and how people call them; `unique` are the keys that someone vouches for."""
        self._models = models
        self._names = names
        self._dialect = dialect
        self._unique = unique
        self._flows: dict[Relation, Flow] = {}

    def of(self, relation: Relation) -> tuple[NoiseMark, ...]:
        """Return the marks of a model: of each place in its own text, and one per kind of each model upstream."""
        marks = marks_in(self._flow(relation))
        own = [mark for mark in marks if not mark.inherited_from]
        return (*own, *_merged(mark for mark in marks if mark.inherited_from))

    def _flow(self, relation: Relation) -> Flow:
        # One after the other, not by recursion: projects can be deeper than Python's stack.
        pending = [relation]
        while pending:
            model = self._models[pending[-1]]
            missing = [read for read in model.reads("model") if read not in self._flows and read in self._models]
            if missing:
                pending += missing
                continue
            known = {read: self._handed_on(read) for read in model.reads("model") if read in self._models}
            self._flows[pending.pop()] = flow_of(model, self._dialect, known, self._unique)
        return self._flows[relation]

    def _handed_on(self, relation: Relation) -> Flow:
        """Return what a reader sees of a model: its own places bear its name from there on."""
        flow, name = self._flows[relation], self._names[relation]
        fields = tuple(replace(field, places=_from(field.places, name)) for field in flow.fields)
        return replace(flow, fields=fields, rest=_from(flow.rest, name), rows=_from(flow.rows, name))


def _from(places: Places, name: str) -> Places:
    return frozenset(replace(place, inherited_from=place.inherited_from or name) for place in places)


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
