"""What an expression means: its fingerprint, with each column replaced by what that column means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from datacanary.impact.functions.kinds import FunctionKind
from datacanary.impact.meaning.value import Value, combine
from datacanary.impact.nondeterminism.aggregates import BY_ANOTHER, COLLECTING, PICKING, SKETCHING
from datacanary.impact.nondeterminism.nodes import call_name, order_inside

if TYPE_CHECKING:
    from datacanary.impact.meaning.level import Level

NEVER: frozenset[FunctionKind] = frozenset({"clock", "random", "session", "volatile"})
"""Kinds of functions that are equal to nothing, not even themselves."""

_ALWAYS_PLAIN = frozenset(
    {exp.Interval, exp.Var, exp.Ordered, exp.Order, exp.Sub, exp.Div, exp.Neg, exp.Is, exp.Boolean, exp.WindowSpec}
    | {exp.Where, exp.Tuple, exp.Distinct, exp.Filter}
)
# What only holds other parts together.
_FRAMES = (
    *(exp.Offset, exp.Fetch, exp.LimitOptions, exp.GroupingSets, exp.Cube, exp.Rollup, exp.Kwarg, exp.PropertyEQ),
    exp.Columns,
)
_BY_ORDER = COLLECTING | PICKING | SKETCHING
_CALLED = frozenset({"alias", "pivots", "sample"})


def value_of(node: exp.Expr, level: Level) -> Value:
    """Return what an expression means where a level's names are known.

    Raises UnsupportedError for what is not followed.
    """
    rule = level.reading.rules.get(type(node))
    if rule is not None:
        return rule(node, level)
    return _subquery(node, level) if isinstance(node, exp.Query) else anything(node, level)


def _subquery(node: exp.Expr, level: Level) -> Value:
    """Return what a query in an expression means, a scalar or a list: its columns need no names."""
    table = level.reading.query(node, level.around.within(level))
    return combine("subquery", table.values())


def call_in_from(node: exp.Expr, level: Level) -> Value:
    """Return what a function in FROM means, whatever its rows are called."""
    return anything(node, level, _CALLED)


def anything(node: exp.Expr, level: Level, without: frozenset[str] = frozenset()) -> Value:
    """Return what a node without a rule of its own means: its class, and its parts in their places."""
    made = _function(node, level) if type(node) not in _ALWAYS_PLAIN else None
    return made if made is not None else _anything_else(node, level, without)


def _anything_else(node: exp.Expr, level: Level, without: frozenset[str] = frozenset()) -> Value:
    values: list[Value] = []
    shape: list[object] = []
    if type(node.args.get("expression")) is exp.JSONPath:
        # The parser makes one path of 'a.b' and '$.a.b', which are two.
        shape.append(level.reading.path_words(node))
    for name in sorted(node.args):
        part = node.args[name]
        if part is None or part is False or part == [] or name in without:
            continue
        parts = part if isinstance(part, list) else [part]
        shape.append((name, tuple("" if isinstance(one, exp.Expr) else _word(one, node) for one in parts)))
        values += [value_of(one, level) for one in parts if isinstance(one, exp.Expr)]
    return combine(type(node).__name__, values, tuple(shape))


def _word(part: object, of: exp.Expr) -> str:
    return str(part).upper() if isinstance(of, exp.WindowSpec) else str(part)


def _function(node: exp.Expr, level: Level) -> Value | None:
    """Return what only some functions mean; None for an ordinary one."""
    reading = level.reading
    macro = reading.macro(node)
    if macro is not None:
        arguments = [value_of(one, level) for one in node.expressions]
        return combine("macro", [macro, *arguments])
    kind = reading.function(node)
    if kind == "unknown" and not isinstance(node, _FRAMES):
        return reading.doubt(f"nobody knows what {_called(node)} does", node)
    if kind in NEVER:
        arguments = [value_of(one, level) for one in node.iter_expressions()]
        return combine("volatile", [reading.never(_called(node)), *arguments])
    if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc):
        arguments = [value_of(one, level) for one in node.expressions]
        return combine(f"call {str(node.this).upper()}", arguments, _order_met(node, level))
    order = _order_met(node, level)
    if order:
        return combine("in order", [_anything_else(node, level)], order)
    return None


def _order_met(node: exp.Expr, level: Level) -> tuple[str, ...]:
    """Return the order of the rows for a function that depends on it: all of it, if none is given."""
    name = call_name(node) if isinstance(node, exp.Func) else ""
    if name in BY_ANOTHER or (name in _BY_ORDER and order_inside(node)):
        return level.order.ties()
    return (level.order.come,) if name in _BY_ORDER else ()


def _called(node: exp.Expr) -> str:
    name = str(node.this) if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc) else node.key
    return f"{name}()"
