"""Aggregates that depend on the order in which they meet rows, and are not given one that settles it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from datacanary.impact.nondeterminism.aggregates import BY_ANOTHER, COLLECTING, PICKING, SKETCHING
from datacanary.impact.nondeterminism.level import Level
from datacanary.impact.nondeterminism.nodes import call_name, order_inside, values_of, window_around
from datacanary.impact.nondeterminism.rule import Rule

_EVERY = COLLECTING | PICKING | BY_ANOTHER | SKETCHING
_AROUND = (exp.Paren, exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls, exp.ArrayDistinct)
_FORGETS_ORDER = frozenset(
    {"arraysort", "arraysize", "length", "len", "cardinality", "size", "arraycontains", "arraymax", "arraymin"}
    | {"listunique", "listgradeup", "jsonarraylength", "explode", "unnest"}
)


def _find(level: Level) -> Iterator[exp.Expr]:
    for name, node in level.calls:
        aggregate = name in _EVERY and window_around(node) is None and not _is_settled(node, name, level)
        if aggregate or (name == "array" and any(map(_is_unordered, node.expressions))):
            yield node


def _is_settled(node: exp.Expr, name: str, level: Level) -> bool:
    order = [*order_inside(node), *_compared(node, name)]
    if name == "mode" and isinstance(node.parent, exp.WithinGroup):
        # Of the most frequent ones it takes the first in the order.
        return True
    return level.is_settled(values_of(node), order) or (name in COLLECTING and _is_order_forgotten(node))


def _compared(node: exp.Expr, name: str) -> list[exp.Expr]:
    """Return the value by which arg_max, or any_value with HAVING MAX, chooses."""
    if isinstance(node.this, exp.HavingMax):
        return [node.this.expression]
    if name not in BY_ANOTHER:
        return []
    by = node.expressions[1] if isinstance(node, exp.Anonymous) else node.expression
    return [by.this if isinstance(by, exp.Order) else by]


def _is_order_forgotten(node: exp.Expr) -> bool:
    """Tell whether the list is only sorted, counted or searched."""
    around = node.parent
    while isinstance(around, _AROUND):
        around = around.parent
    return around is not None and call_name(around) in _FORGETS_ORDER


def _is_unordered(query: exp.Expr) -> bool:
    return isinstance(query, exp.Query) and query.args.get("order") is None


RULE = Rule("unordered_aggregate", _find)
