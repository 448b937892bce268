"""Whether a join looks one row up, or may find several."""

from __future__ import annotations

from sqlglot import exp

from datacanary.impact.meaning.conditions import conjuncts
from datacanary.impact.meaning.level import Level
from datacanary.impact.meaning.table import Table, TableColumn
from datacanary.impact.meaning.types import comparable
from datacanary.impact.meaning.value import Fingerprint


def at_most_one(name: str, table: Table, join: exp.Expr, level: Level) -> bool:
    """Tell whether no row finds two in a source: equalities fix all columns of one of its keys.

    Only equalities of one type count: '1' and '01' are two texts and one number.
    """
    pairs = [_sides(one, name, level) for one in conjuncts(join.args["on"])] if join.args.get("on") else []
    pairs += [_using(column, name, level) for column in join.args.get("using") or ()]
    fixed: set[Fingerprint] = set()
    for pair in pairs:
        if pair is not None and comparable(pair[0].type, pair[1]):
            fixed.add(pair[0].value.fingerprint)
    return any(key <= fixed for key in table.keys)


def _sides(condition: exp.Expr, name: str, level: Level) -> tuple[TableColumn, str] | None:
    """Return the column of a source that a condition sets equal to one of another source, and that one's type."""
    if type(condition) is not exp.EQ:
        return None
    for one, other in ((condition.this, condition.expression), (condition.expression, condition.this)):
        mine, theirs = (_owner(side, level) for side in (one, other))
        if mine and theirs and mine[0] == name and theirs[0] != name:
            return mine[1], theirs[1].type
    return None


def _owner(node: exp.Expr, level: Level) -> tuple[str, TableColumn] | None:
    while type(node) is exp.Paren:
        node = node.this
    if type(node) is not exp.Column or not isinstance(node.this, exp.Identifier) or node.args.get("db"):
        return None
    names = level.reading.names
    table = names.written(node.args.get("table"))
    return level.owner((table, names.written(node.this)) if table else (names.written(node.this),))


def _using(column: exp.Expr, name: str, level: Level) -> tuple[TableColumn, str] | None:
    folded = level.reading.names.written(column)
    mine = level.sources[name].named(folded)
    others = [one for alias, source in level.in_order() if alias != name for one in source.named(folded)]
    return (mine[0], others[0].type) if len(mine) == 1 and len(others) == 1 else None
