"""Which columns are made of what must not be shown, however they are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from datacanary.impact.meaning.value import ANY_COLUMN, Read
from datacanary.impact.meanings import Meanings
from datacanary.model.basic import Relation, Side
from datacanary.model.declared import Declared


@dataclass(frozen=True, slots=True)
class Hidden:
    """The hidden columns of one table, by their names in lower case; with `every` all of them.

    All are where nobody knows what its columns are made of.
    """

    columns: frozenset[str] = frozenset()
    every: bool = False

    def __bool__(self) -> bool:
        return self.every or bool(self.columns)

    def has(self, column: str) -> bool:
        """Tell whether a column is hidden."""
        return self.every or column.lower() in self.columns


@dataclass
class InheritedMasks:
    """Follows columns from where they come to those who read them; each model of each side once.

    `declared` is what the project says of its models, `personal` tells by its name whether a column is hidden.
    """

    meanings: Meanings
    declared: Mapping[Relation, Declared]
    personal: Callable[[str], bool]
    _known: dict[tuple[Side, Relation], Hidden] = field(default_factory=dict)

    def of(self, side: Side, relation: Relation) -> Hidden:
        """Work out a model after all that it reads: not by recursion, projects can be deeper than Python's stack."""
        pending = [relation]
        models = self.meanings.projects.of(side).models
        while pending:
            one = pending[-1]
            if (side, one) not in self._known:
                missing = [read for read in models[one].reads("model") if (side, read) not in self._known]
                if missing:
                    pending += missing
                    continue
                self._known[side, one] = self._work_out(side, one)
            pending.pop()
        return self._known[side, relation]

    def _work_out(self, side: Side, relation: Relation) -> Hidden:
        model = self.meanings.projects.of(side).models[relation]
        result = self.meanings.of(side, relation)
        read = {str(one): self._known[side, one] for one in model.reads("model")}
        said = self.declared.get(relation, Declared())
        # A seed is opaque, and made of nothing.
        unknown = model.unread or (model.opaque and model.references)
        if said.all_masked or unknown or (result.doubts and any(read.values())):
            return Hidden(every=True)
        columns = result.table.columns
        known = {column.name.lower() for column in columns}
        found = {
            column.name.lower()
            for column in columns
            if self.personal(column.name) or self._reads_hidden(read, column.value.reads)
        }
        # A `*` over what nobody knows passes columns on under their names.
        rest = result.table.rest.reads if result.table.rest is not None else ()
        passed = [read[table] for table, column in rest if column == ANY_COLUMN and table in read]
        found |= {name for one in passed for name in one.columns if name not in known}
        return Hidden(said.masked | found, every=any(one.every for one in passed))

    def _reads_hidden(self, read: Mapping[str, Hidden], reads: Iterable[Read]) -> bool:
        return any(self._is_hidden(read.get(table), column) for table, column in reads if column)

    def _is_hidden(self, hidden: Hidden | None, column: str) -> bool:
        if hidden is None:
            return column != ANY_COLUMN and self.personal(column)
        return bool(hidden) if column == ANY_COLUMN else hidden.has(column) or self.personal(column)
