"""LIMIT, FETCH and OFFSET, where the order does not settle which rows are the first."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from datacanary.impact.nondeterminism.keys import kept_once
from datacanary.impact.nondeterminism.level import Level
from datacanary.impact.nondeterminism.rule import Rule


def _find(level: Level) -> Iterator[exp.Expr]:
    args = level.query.args
    limits = [node for node in (args.get("limit"), args.get("offset")) if isinstance(node, exp.Expr) and _cuts(node)]
    # LIMIT 0 leaves no row, whatever OFFSET says.
    if limits and not _leaves_none(args.get("limit")) and not _is_settled(level):
        yield limits[0]


def _is_settled(level: Level) -> bool:
    clause = level.query.args.get("order")
    order = list(level.ordering(clause.expressions)) if isinstance(clause, exp.Order) else []
    options = level.query.args["limit"].args.get("limit_options") if level.query.args.get("limit") else None
    if order and isinstance(options, exp.LimitOptions) and options.args.get("with_ties"):
        return True
    if level.is_total(order) or level.calls_random(order):
        return True
    given = level.given(order)
    once = any(all(level.determines(given, one) for one in parts) for parts in kept_once(level))
    return once or all(level.determines(given, one) for one in level.selected)


def _cuts(node: exp.Expr) -> bool:
    number = _number(node)
    everything = isinstance(number, exp.Null | exp.Var)
    return not everything and not (isinstance(node, exp.Offset) and _is_zero(number))


def _leaves_none(node: object) -> bool:
    return isinstance(node, exp.Expr) and _is_zero(_number(node))


def _number(node: exp.Expr) -> exp.Expr | None:
    number = node.args.get("count") if isinstance(node, exp.Fetch) else node.args.get("expression")
    return number if isinstance(number, exp.Expr) else None


def _is_zero(number: exp.Expr | None) -> bool:
    return isinstance(number, exp.Literal) and number.name == "0"


RULE = Rule("limit", _find)
