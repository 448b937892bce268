"""What is known of a query's result: what makes its columns and rows unstable, and what tells its rows apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from datacanary.impact.nondeterminism.nodes import fold
from datacanary.model.noise import NoiseMark

Places = frozenset[NoiseMark]
"""Unstable places of queries; which columns they reach is not in them yet."""

Key = frozenset[str]
"""Folded names of columns; none at all where there is only one row."""

NOWHERE: Places = frozenset()


@dataclass(frozen=True, slots=True)
class Field:
    """One column; `is_float` only if the query shows it. The name is empty where the warehouse makes one up."""

    name: str
    places: Places = NOWHERE
    is_float: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """A query's result, or a table's.

    If it is not `complete` there are more columns, whose names nobody knows; `rest` are the places that reach those.
    `rows` are the places that decide which rows there are. No two rows are alike in the columns of one of `keys`.
    """

    fields: tuple[Field, ...] = ()
    complete: bool = True
    rest: Places = NOWHERE
    rows: Places = NOWHERE
    keys: frozenset[Key] = frozenset()

    @property
    def everywhere(self) -> Places:
        """All places that reach anything of it."""
        return self.rows | self.cells

    @property
    def cells(self) -> Places:
        """All places that reach any column."""
        return self.rest.union(*(field.places for field in self.fields))

    def with_rows(self, places: Places) -> Flow:
        """Let more places decide which rows there are."""
        return replace(self, rows=self.rows | places)

    def with_cells(self, places: Places) -> Flow:
        """Let more places reach every column."""
        fields = tuple(replace(field, places=field.places | places) for field in self.fields)
        return replace(self, fields=fields, rest=NOWHERE if self.complete else self.rest | places)

    def renamed(self, names: Sequence[str]) -> Flow:
        """Give the first columns other names, as `AS t (a, b)` does."""
        if not names:
            return self
        if not self.complete:
            # Nobody knows which columns are the first.
            return replace(UNKNOWN, rest=self.cells, rows=self.rows)
        new = {fold(field.name): fold(name) for field, name in zip(self.fields, names, strict=False)}
        fields = [replace(field, name=name) for field, name in zip(self.fields, names, strict=False)]
        keys = frozenset(frozenset(new.get(name, name) for name in key) for key in self.keys)
        return replace(self, fields=(*fields, *self.fields[len(fields) :]), keys=keys)


UNKNOWN = Flow(complete=False)
"""A table of which nothing is known."""


def stacked(upper: Flow, lower: Flow, *, by_name: bool) -> Flow:
    """Put the rows of two results together, as UNION ALL does; there is no key."""
    rows = upper.rows | lower.rows
    if by_name or _alike(upper, lower):
        found = {fold(field.name): field for field in upper.fields}
        for field in lower.fields:
            known = found.get(fold(field.name))
            found[fold(field.name)] = _either(known, field) if known else field
        fields: tuple[Field, ...] = tuple(found.values())
        complete = upper.complete and lower.complete
    elif upper.complete and lower.complete and len(upper.fields) == len(lower.fields):
        fields, complete = tuple(map(_either, upper.fields, lower.fields)), True
    else:
        return replace(UNKNOWN, rest=upper.cells | lower.cells, rows=rows)
    return Flow(fields, complete, upper.rest | lower.rest, rows)


def _alike(upper: Flow, lower: Flow) -> bool:
    """Tell whether two results with unknown columns have the same known ones: then they will stand alike."""
    names = [[fold(field.name) for field in flow.fields] for flow in (upper, lower)]
    return not upper.complete and not lower.complete and names[0] == names[1]


def _either(one: Field, other: Field) -> Field:
    return Field(one.name, one.places | other.places, one.is_float or other.is_float)


def names_in(fields: Iterable[Field]) -> Key:
    """Return the folded names of columns."""
    return frozenset(fold(field.name) for field in fields)
