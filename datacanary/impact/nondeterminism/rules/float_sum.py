"""Sums of floating-point numbers: their last digits depend on the order in which they are added."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from datacanary.impact.nondeterminism.aggregates import ADDING, ADDING_FLOATS
from datacanary.impact.nondeterminism.floats import is_float
from datacanary.impact.nondeterminism.level import Level
from datacanary.impact.nondeterminism.nodes import order_inside, values_of, window_around
from datacanary.impact.nondeterminism.rule import Rule

_EXACT = frozenset({"postgres", "redshift", "snowflake"})
"""Where stddev and its like of decimals are decimals."""


def _find(level: Level) -> Iterator[exp.Expr]:
    for name, node in level.calls:
        floats = name in ADDING_FLOATS and level.dialect not in _EXACT
        adds = floats or (name in ADDING | ADDING_FLOATS and _adds_floats(node, level))
        if adds and not _is_settled(node, level):
            yield node


def _adds_floats(node: exp.Expr, level: Level) -> bool:
    return any(is_float(value, level) for value in (*values_of(node), node.args.get("expression")))


def _is_settled(node: exp.Expr, level: Level) -> bool:
    window = window_around(node)
    if window is None:
        return level.is_settled((exp.Star(),), order_inside(node))
    partition, order, _ = level.order_of(window)
    return level.is_total([*partition, *(order_inside(node) or order)])


RULE = Rule("float_sum", _find)
