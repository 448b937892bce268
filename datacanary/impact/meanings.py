"""What the models of both versions mean, each worked out when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from datacanary.impact.leaves import leaves_of
from datacanary.impact.meaning.model import Inputs, read_model
from datacanary.impact.meaning.query import Result
from datacanary.impact.meaning.table import Table, as_read, source_table
from datacanary.impact.meaning.value import Fingerprint, digest
from datacanary.impact.remembered import RememberedMeanings
from datacanary.memory import FORGETFUL, Memory
from datacanary.model.basic import Pair, Relation, Side
from datacanary.model.leaf import Leaf, LeafColumns
from datacanary.model.project import Model, Project, Reference

Columns = Mapping[Leaf, LeafColumns]
"""The columns of what is read from outside, as far as somebody looked."""


@dataclass
class Meanings:
    """Works out what models mean; the same query on the same input is worked out once for both versions."""

    projects: Pair[Project]
    dialect: str
    columns: Pair[Columns]
    memory: Memory = FORGETFUL
    _programs: dict[tuple[Side, Relation], Fingerprint] = field(default_factory=dict)
    _results: dict[Fingerprint, Result] = field(default_factory=dict)
    _sources: dict[tuple[Side, Leaf], Table] = field(default_factory=dict)
    _as_read: dict[tuple[Fingerprint, Relation], Table] = field(default_factory=dict)
    _leaves: dict[tuple[Side, Relation], Mapping[Reference, Leaf]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Have what earlier runs know at hand."""
        self._remembered = RememberedMeanings(self.memory, self.dialect)

    def recall(self, side: Side, models: Iterable[Model]) -> None:
        """Look up at once what earlier runs know of some models."""
        wanted = {self._program(side, model.relation): model for model in models}
        found = self._remembered.find({key: model for key, model in wanted.items() if key not in self._results})
        self._results.update(found)

    def keep(self) -> None:
        """Let later runs know what was worked out."""
        self._remembered.keep()

    def of(self, side: Side, relation: Relation) -> Result:
        """Return what a model of one version means."""
        # One after the other, not by recursion: projects can be deeper than Python's stack.
        pending = [relation]
        while pending:
            program = self._program(side, pending[-1])
            if program not in self._results:
                reads = self.projects.of(side).models[pending[-1]].reads("model")
                missing = [read for read in reads if self._program(side, read) not in self._results]
                if missing:
                    pending += missing
                    continue
                self._results[program] = self._work_out(side, pending[-1])
                self._remembered.add(program, self.projects.of(side).models[pending[-1]], self._results[program])
            pending.pop()
        return self._results[self._program(side, relation)]

    def with_clauses(self, side: Side, relation: Relation) -> Result:
        """Return the same with the clauses of the query, which nobody remembers."""
        found = self.of(side, relation)
        return found if found.pieces is not None else self._work_out(side, relation)

    def own(self, relation: Relation) -> Result:
        """Return what head's query and data files would mean if it read the same models as base's does."""
        model = self.projects.head.models[relation]
        base = self.projects.base.models
        tables = {
            reference: self._table("base" if reference.kind == "model" and reference.target in base else "head", one)
            for reference, one in self._inputs("head", model)
        }
        return read_model(model, self.dialect, Inputs(tables))

    def _work_out(self, side: Side, relation: Relation) -> Result:
        model = self.projects.of(side).models[relation]
        tables = {reference: self._table(side, one) for reference, one in self._inputs(side, model)}
        return read_model(model, self.dialect, Inputs(tables))

    def _inputs(self, side: Side, model: Model) -> Iterable[tuple[Reference, Relation | Leaf]]:
        """Yield each place where a model reads, with the model or the leaf that it reads there."""
        if (side, model.relation) not in self._leaves:
            self._leaves[side, model.relation] = leaves_of(model, self.dialect)
        leaves = self._leaves[side, model.relation]
        for reference in model.references:
            if reference.kind == "model" and reference.target is not None:
                yield reference, reference.target
            else:
                yield reference, leaves[reference]

    def _program(self, side: Side, relation: Relation) -> Fingerprint:
        """Return the digest of all that decides what a model means: its text, and the same of all that it reads."""
        pending = [relation]
        while pending:
            if (side, pending[-1]) in self._programs:
                pending.pop()
                continue
            model = self.projects.of(side).models[pending[-1]]
            missing = [read for read in model.reads("model") if (side, read) not in self._programs]
            if missing:
                pending += missing
                continue
            inputs = [
                (reference.kind, str(one), self._origin(side, one)) for reference, one in self._inputs(side, model)
            ]
            made = (str(model.relation), model.fingerprint, model.unpinned)
            self._programs[side, pending.pop()] = digest(made, inputs)
        return self._programs[side, relation]

    def _origin(self, side: Side, one: Relation | Leaf) -> Fingerprint:
        return self._programs[side, one] if isinstance(one, Relation) else self._source(side, one).identity

    def _table(self, side: Side, one: Relation | Leaf) -> Table:
        if isinstance(one, Leaf):
            return self._source(side, one)
        table = self.of(side, one).table
        key = self._program(side, one), one
        if key not in self._as_read:
            self._as_read[key] = as_read(table, str(one), self.dialect)
        return self._as_read[key]

    def _source(self, side: Side, leaf: Leaf) -> Table:
        if (side, leaf) not in self._sources:
            known = self.columns.of(side).get(leaf)
            columns = None
            if known is not None and known.columns is not None:
                columns = [(column.name, column.type) for column in known.columns]
            identity = digest(leaf.kind, self._content(side, leaf))
            self._sources[side, leaf] = source_table(str(leaf), columns, identity, self.dialect)
        return self._sources[side, leaf]

    def _content(self, side: Side, leaf: Leaf) -> list[tuple[str, ...]]:
        project = self.projects.of(side)
        if leaf.kind == "source" and leaf.relation is not None:
            return [project.sources[leaf.relation].identity]
        return [project.files[path].identity for path in leaf.paths if path in project.files]
