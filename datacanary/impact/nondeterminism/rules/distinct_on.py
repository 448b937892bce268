"""DISTINCT ON, where the order does not settle which row of several is kept."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from datacanary.impact.nondeterminism.level import Level
from datacanary.impact.nondeterminism.rule import Rule


def _find(level: Level) -> Iterator[exp.Expr]:
    distinct = level.query.args.get("distinct")
    if not isinstance(distinct, exp.Distinct) or not isinstance(distinct.args.get("on"), exp.Expr):
        return
    on = distinct.args["on"]
    clause = level.query.args.get("order")
    order = level.ordering(clause.expressions) if isinstance(clause, exp.Order) else ()
    known = [*(on.expressions if isinstance(on, exp.Tuple) else [on]), *order]
    given = level.given(known)
    if not level.is_total(known) and not all(level.determines(given, one) for one in level.selected):
        yield distinct


RULE = Rule("distinct_on", _find)
