"""LIMIT and OFFSET: with ORDER BY they decide which rows there are."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from datacanary.impact.meaning.joins import Rows
from datacanary.impact.meaning.level import Level
from datacanary.impact.meaning.projection import Projection
from datacanary.impact.meaning.reading import UnsupportedError
from datacanary.impact.meaning.value import Value, combine
from datacanary.impact.meaning.values import value_of

_ORDERS = ("sort", "distribute", "cluster")


def limited(query: exp.Expr, rows: Rows, found: Projection, level: Level) -> Rows:
    """Take in how many rows a query keeps; without that their order does not matter.

    ORDER BY is looked at either way: a name in it that is not there makes the query fail.
    """
    limits = [query.args[name] for name in ("limit", "offset") if query.args.get(name)]
    level.clause = "order"
    order = query.args.get("order")
    if not limits:
        return _sorted(rows, order, found, level)
    ordering: list[Value] = found.ordering(order, level) if isinstance(order, exp.Order) else []
    if any(query.args.get(name) for name in _ORDERS):
        raise UnsupportedError
    came = rows.order.ties() if ordering else (rows.order.come,)
    value = combine(("limit", len(limits)), [rows.value, *(value_of(one, level) for one in limits), *ordering], came)
    for one in limits:
        level.reading.note("limit", value, one)
    left = rows.become(value, rows.keys)
    return replace(left, order=rows.order.by([one.fingerprint for one in ordering])) if ordering else left


def _sorted(rows: Rows, order: exp.Expr | None, found: Projection, level: Level) -> Rows:
    if not isinstance(order, exp.Order):
        return rows
    try:
        ordering: object = [one.fingerprint for one in found.ordering(order, level)]
    except UnsupportedError:
        ordering = level.reading.structure(order, level).fingerprint
    return replace(rows, order=rows.order.by(ordering))
