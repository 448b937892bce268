"""Which columns of a SELECT's result tell its rows apart, as far as the query itself shows it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from datacanary.impact.nondeterminism.flow import Key
from datacanary.impact.nondeterminism.level import Level
from datacanary.impact.nondeterminism.nodes import bare, conjuncts
from datacanary.impact.nondeterminism.sources import ColumnId

_MOST = 16
"""So many ways to combine the keys of joined sources are tried."""


@dataclass(frozen=True, slots=True)
class Selected:
    """One column of the result: its folded name, and the expression or the source's column that it is."""

    name: str
    expression: exp.Expr | None
    column: ColumnId | None


@dataclass(frozen=True, slots=True)
class Selection:
    """The columns of the result, and the sources all of whose unlisted columns it has under their own names.

    `passed` goes by source, with the names of the columns that are left out or called otherwise.
    """

    columns: Sequence[Selected]
    passed: Mapping[str, frozenset[str]]

    def name_of(self, part: exp.Expr | ColumnId, level: Level) -> str | None:
        """Return the column that tells what `part` is, None if there is none."""
        if isinstance(part, exp.Expr) and not isinstance(part, exp.Column):
            return next((one.name for one in self.columns if one.expression == part), None)
        column = level.sources.owner(part) if isinstance(part, exp.Column) else part
        if column is None:
            return None
        if column[0] in self.passed and column[1] not in self.passed[column[0]]:
            return column[1]
        same = (one.name for one in self.columns if one.column == column)
        equal = (one.name for one in self.columns if one.column and level.sources.closure((one.column,)).has(column))
        return next(itertools.chain(same, equal), None)


def keys_of(level: Level, selection: Selection, *, distinct: bool) -> frozenset[Key]:
    """Return the keys of the result that the query shows."""
    found = [_named(parts, level, selection) for parts in _candidates(level)]
    for one in selection.columns:
        if isinstance(one.expression, exp.Window) and isinstance(one.expression.this, exp.RowNumber):
            partition = _named(map(level.meaning, level.order_of(one.expression)[0]), level, selection)
            found.append(None if partition is None else partition | {one.name})
    if distinct and not selection.passed:
        found.append(frozenset(one.name for one in selection.columns))
    return frozenset(key for key in found if key is not None and "" not in key)


def kept_once(level: Level) -> Iterator[list[exp.Expr]]:
    """Yield the expressions of which each combination is kept once, by DISTINCT ON or QUALIFY row_number() = 1."""
    distinct = level.query.args.get("distinct")
    if isinstance(distinct, exp.Distinct) and isinstance(distinct.args.get("on"), exp.Expr):
        on = distinct.args["on"]
        yield [level.meaning(one) for one in (on.expressions if isinstance(on, exp.Tuple) else [on])]
    qualify = level.query.args.get("qualify")
    for condition in conjuncts(qualify.this if isinstance(qualify, exp.Qualify) else None):
        if isinstance(condition, exp.EQ) and bare(condition.expression) == exp.Literal.number(1):
            window = level.meaning(condition.this)
            if isinstance(window, exp.Window) and isinstance(window.this, exp.RowNumber):
                yield [level.meaning(one) for one in level.order_of(window)[0]]


def _candidates(level: Level) -> Iterator[Iterable[exp.Expr | ColumnId]]:
    """Yield what tells the rows apart before they are selected."""
    yield from kept_once(level)
    if level.groups is not None:
        constant = level.given(())
        yield [group for group in level.groups if not level.determines(constant, group)]
        return
    choices: list[list[list[ColumnId]]] = []
    for alias, flow in level.sources.flows.items():
        if alias not in level.sources.hidden:
            choices.append([[(alias, name) for name in sorted(key)] for key in sorted(flow.keys, key=sorted)])
    for parts in itertools.islice(itertools.product(*choices), _MOST):
        yield _least(list(itertools.chain.from_iterable(parts)), level)


def _least(columns: list[ColumnId], level: Level) -> list[ColumnId]:
    """Leave out the columns that follow from the others."""
    left = list(columns)
    for column in reversed(columns):
        others = [one for one in left if one != column]
        if level.sources.closure(others).has(column):
            left = others
    return left


def _named(parts: Iterable[exp.Expr | ColumnId], level: Level, selection: Selection) -> Key | None:
    names = [selection.name_of(part, level) for part in parts]
    known = [name for name in names if name is not None]
    return frozenset(known) if len(known) == len(names) else None
