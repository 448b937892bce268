"""What stands in FROM: which source a column is of, and which columns tell the joined rows apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from datacanary.impact.nondeterminism.flow import NOWHERE, Flow, Key, Places
from datacanary.impact.nondeterminism.nodes import bare, conjuncts, fold, parts_of

_CONSTANT = (exp.Literal, exp.Neg, exp.Paren, exp.Cast, exp.DataType, exp.Null, exp.Boolean)

NOTHING: Key = frozenset()

ColumnId = tuple[str, str]
"""The alias of a source, and the folded name of one of its columns."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where all of `premises` are known, so is `conclusion`: by an equality in WHERE or ON."""

    premises: frozenset[ColumnId]
    conclusion: ColumnId


@dataclass(frozen=True, slots=True)
class Closure:
    """All columns, and all whole sources, that follow from some columns."""

    columns: frozenset[ColumnId]
    whole: frozenset[str]

    def has(self, column: ColumnId) -> bool:
        """Tell whether a column follows."""
        return column in self.columns or column[0] in self.whole


@dataclass(slots=True)
class Sources:
    """The sources of one FROM, in their order; a source sees those before it.

    `hidden` are those that only ON can name (SEMI and ANTI JOIN), `merged` the columns that USING makes one with
    another. `rows` are the places that decide which rows the join has; `absorbed` has the ids of the joins that can
    neither add nor remove a row. `outside` are the sources of the SELECTs around this one.
    """

    outside: frozenset[str] = frozenset()
    flows: dict[str, Flow] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    merged: set[ColumnId] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)
    rows: Places = NOWHERE
    absorbed: set[int] = field(default_factory=set)
    names: dict[str, dict[str, Places]] = field(default_factory=dict)
    floats: dict[str, frozenset[str]] = field(default_factory=dict)
    spelled: dict[ColumnId, str] = field(default_factory=dict)
    asked: dict[int, tuple[exp.Column, list[str], ColumnId | None]] = field(default_factory=dict)

    def add(self, alias: str, flow: Flow) -> str:
        """Add a source and return how it is called here; its rows are the caller's to think of."""
        alias = fold(alias) or f"#{len(self.flows)}"
        self.flows[alias] = flow
        known: dict[str, Places] = {}
        for one in flow.fields:
            known[fold(one.name)] = known.get(fold(one.name), NOWHERE) | one.places
        for name in NOTHING.union(*flow.keys) if not flow.complete else ():
            known.setdefault(name, flow.rest)
        self.names[alias] = known
        self.asked.clear()
        for one in reversed(flow.fields):
            self.spelled[alias, fold(one.name)] = one.name
        self.floats[alias] = frozenset(fold(one.name) for one in flow.fields if one.is_float)
        return alias

    def owner(self, column: exp.Column) -> ColumnId | None:
        """Return which source's column is meant, None if that cannot be told or it is none of these."""
        return self._look(column)[2]

    def _look(self, column: exp.Column) -> tuple[exp.Column, list[str], ColumnId | None]:
        """Return a column, which must live as long as its id is remembered, with its parts and its owner."""
        found = self.asked.get(id(column))
        if found is None:
            parts = parts_of(column)
            found = self.asked[id(column)] = (column, parts, self._meant(parts))
        return found

    def _meant(self, parts: list[str]) -> ColumnId | None:
        for index in range(len(parts) - 2, -1, -1):
            if parts[index] in self.flows:
                return parts[index], parts[index + 1]
        # Before a dot there can be a column, too, whose field is meant.
        return None if self._is_outside(parts) else self._owner(parts[0])

    def _owner(self, name: str) -> ColumnId | None:
        for alias, known in self.names.items():
            if name in known:
                return alias, name
        unlisted = self.unlisted
        return (unlisted[0], name) if len(unlisted) == 1 else None

    def is_outside(self, column: exp.Column) -> bool:
        """Tell whether a column names a source around this SELECT; each of its rows sees one value of it."""
        return self._is_outside(self._look(column)[1])

    def _is_outside(self, parts: list[str]) -> bool:
        return any(part in self.outside and part not in self.flows for part in parts[:-1])

    @property
    def unlisted(self) -> list[str]:
        """The sources that have columns whose names nobody knows."""
        return [alias for alias, flow in self.flows.items() if not flow.complete]

    def lists(self, column: exp.Column) -> bool:
        """Tell whether a column is surely of one of these."""
        parts = self._look(column)[1]
        qualified = any(part in self.flows for part in parts[:-1])
        return qualified or any(parts[0] in known for known in self.names.values())

    def places(self, column: exp.Column) -> Places | None:
        """Return the places that reach a column, None if it is none of these sources'."""
        _, parts, owner = self._look(column)
        if self._is_outside(parts):
            return None
        if owner is not None:
            alias, own = owner
            return self.names[alias].get(own, self.flows[alias].rest)
        if len(parts) == 1 and parts[0] in self.flows:
            return self.flows[parts[0]].cells
        unlisted = self.unlisted
        return NOWHERE.union(*(self.flows[alias].rest for alias in unlisted)) if unlisted else None

    def is_float(self, column: exp.Column) -> bool:
        """Tell whether a column is known to be a float."""
        owner = self.owner(column)
        return owner is not None and owner[1] in self.floats[owner[0]]

    def closure(self, columns: Iterable[ColumnId], sources: Iterable[str] = ()) -> Closure:
        """Return all that follows from some columns and whole sources, by keys and by equalities."""
        known, whole = set(columns), set(sources)
        before = -1
        while before != len(known) + len(whole):
            before = len(known) + len(whole)
            for alias, flow in self.flows.items():
                if any(all((alias, name) in known for name in key) for key in flow.keys):
                    whole.add(alias)
            for step in self.steps:
                if all(column in known or column[0] in whole for column in step.premises):
                    known.add(step.conclusion)
        return Closure(frozenset(known), frozenset(whole))

    def equate(self, condition: exp.Expr | None) -> None:
        """Take in what WHERE, or ON of an inner join, says of equal columns and constants."""
        for one, other in self._equalities(condition):
            self.steps.append(Step(frozenset(filter(None, (other,))), one))
            if other is not None:
                self.steps.append(Step(frozenset((one,)), other))

    def equate_outer(self, condition: exp.Expr | None, filled: set[str]) -> None:
        """Take in ON of an outer join, whose sources `filled` are NULL where it does not hold.

        Their columns follow from all columns of the other side that it names: those decide whether it holds.
        """
        columns = condition.find_all(exp.Column) if condition is not None else iter(())
        owners = [self.owner(column) for column in columns]
        if any(owner is None for owner in owners):
            return
        premises = frozenset(owner for owner in owners if owner is not None and owner[0] not in filled)
        for one, other in self._equalities(condition):
            for column in (one, other):
                if column is not None and column[0] in filled:
                    self.steps.append(Step(premises, column))

    def _equalities(self, condition: exp.Expr | None) -> Iterator[tuple[ColumnId, ColumnId | None]]:
        """Yield pairs of columns that are equal, and columns that are constant with None beside them."""
        for node in conjuncts(condition):
            if isinstance(node, exp.EQ | exp.Is | exp.NullSafeEQ):
                both = [bare(node.this), bare(node.expression)]
            else:
                # A bare column is true, and NOT makes it false.
                both = [bare(node.this) if isinstance(node, exp.Not) else node, exp.true()]
            columns = [one for one in both if isinstance(one, exp.Column) and not self.is_outside(one)]
            if not all(isinstance(one, exp.Column) or _is_constant(one) for one in both):
                continue
            sides = [self.owner(one) for one in columns]
            known = [side for side in sides if side is not None]
            if known and len(known) == len(sides):
                yield known[0], known[1] if len(known) > 1 else None


def _is_constant(node: exp.Expr) -> bool:
    return all(isinstance(one, _CONSTANT) for one in node.walk())
