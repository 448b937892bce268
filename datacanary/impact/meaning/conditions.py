"""What is true of a row: conditions, and what they are made of; what commutes, commutes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from sqlglot import exp

from datacanary.impact.meaning.level import Level
from datacanary.impact.meaning.value import Value, combine, digest, in_any_order
from datacanary.impact.meaning.values import anything, value_of

Rule = Callable[[exp.Expr, Level], Value]


def conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    """Yield what must all be true where a condition is, without what always is.

    >>> import sqlglot
    >>> [part.sql() for part in conjuncts(sqlglot.parse_one("a AND (b AND true)"))]
    ['a', 'b']
    """
    pending = [condition]
    while pending:
        node = pending.pop()
        while type(node) is exp.Paren:
            node = node.this
        if type(node) is exp.And:
            pending += [node.expression, node.this]
        elif not _always_true(node):
            yield node


def conditions(condition: exp.Expr, level: Level) -> Iterator[tuple[exp.Expr, Value]]:
    """Yield each conjunct with its meaning; BETWEEN is two."""
    for node in conjuncts(condition):
        if type(node) is exp.Between and _is_two(node):
            for one in _between(node, level):
                yield node, one
        else:
            yield node, value_of(node, level)


def _always_true(node: exp.Expr) -> bool:
    if type(node) is exp.Boolean:
        return bool(node.this)
    return type(node) is exp.EQ and type(node.this) is exp.Literal and node.this == node.expression


def _all_of(node: exp.Expr, level: Level) -> Value:
    return combine("and", _distinct(value for _, value in conditions(node, level)))


def _any_of(node: exp.Expr, level: Level) -> Value:
    found: list[Value] = []
    pending = [node]
    while pending:
        one = pending.pop()
        while type(one) is exp.Paren:
            one = one.this
        if type(one) is exp.Or:
            pending += [one.expression, one.this]
        else:
            found.append(value_of(one, level))
    return combine("or", _distinct(found))


def _distinct(values: Iterable[Value]) -> list[Value]:
    return in_any_order({value.fingerprint: value for value in values}.values())


def _between(node: exp.Expr, level: Level) -> tuple[Value, Value]:
    value, low, high = (value_of(node.args[part], level) for part in ("this", "low", "high"))
    return combine("<=", [low, value]), combine("<=", [value, high])


def _is_two(node: exp.Expr) -> bool:
    """Tell whether BETWEEN is two comparisons: it brings all three values to one type and one collation.

    Bounds of the same kind, that are no columns, bring the same to each.
    """
    kinds = {_kind_of_constant(node.args[bound]) for bound in ("low", "high")}
    return not node.args.get("symmetric") and len(kinds) == 1 and "" not in kinds


def _kind_of_constant(node: exp.Expr) -> str:
    while type(node) in {exp.Paren, exp.Neg}:
        node = node.this
    if type(node) is exp.Literal:
        if node.is_string:
            return "text"
        return "number" if "e" not in str(node.this).lower() else ""
    if type(node) is exp.Cast and type(node.this) is exp.Literal:
        return f"{node.args['to']!r} {bool(node.this.is_string)}"
    return ""


def _between_two(node: exp.Expr, level: Level) -> Value:
    if not _is_two(node):
        return anything(node, level)
    return combine("and", _distinct(list(_between(node, level))))


def both(node: exp.Expr, level: Level) -> list[Value]:
    """Return what both operands mean."""
    return [value_of(node.this, level), value_of(node.expression, level)]


def commuting(what: str) -> Rule:
    """Return the rule of an operator whose operands may change places."""
    return lambda node, level: combine(what, in_any_order(both(node, level)))


def _less(what: str, *, turned: bool) -> Rule:
    step = -1 if turned else 1
    return lambda node, level: combine(what, both(node, level)[::step])


def _not(node: exp.Expr, level: Level) -> Value:
    inner = node.this
    while type(inner) is exp.Paren:
        inner = inner.this
    if type(inner) is exp.EQ:
        return commuting("<>")(inner, level)
    if type(inner) is exp.NEQ:
        return commuting("=")(inner, level)
    return combine("not", [value_of(inner, level)])


def _in(node: exp.Expr, level: Level) -> Value:
    if not node.expressions:
        return anything(node, level)
    options = _distinct([value_of(one, level) for one in node.expressions])
    return combine("in", [value_of(node.this, level), *options])


def _case(node: exp.Expr, level: Level) -> Value:
    """Return what CASE and IF mean; CASE x WHEN 1 is CASE WHEN x = 1."""
    operand = node.args.get("this") if type(node) is exp.Case else None
    branches = node.args["ifs"] if type(node) is exp.Case else [node]
    compared = value_of(operand, level) if operand is not None else None
    found: list[Value] = []
    for branch in branches:
        condition = value_of(branch.this, level)
        if compared is not None:
            condition = combine("=", in_any_order([compared, condition]))
        found += [condition, value_of(branch.args["true"], level)]
    default = node.args.get("default" if type(node) is exp.Case else "false")
    found.append(value_of(default, level) if default is not None else Value(digest("null")))
    return combine("case", found)


def _exists(node: exp.Expr, level: Level) -> Value:
    if not isinstance(node.this, exp.Query):
        return anything(node, level)
    return combine("exists", [level.reading.query(node.this, level.around.within(level)).rows])


CONDITIONS: dict[type[exp.Expr], Rule] = {
    exp.And: _all_of,
    exp.Or: _any_of,
    exp.Not: _not,
    exp.EQ: commuting("="),
    exp.NEQ: commuting("<>"),
    exp.NullSafeEQ: commuting("is not distinct from"),
    exp.NullSafeNEQ: commuting("is distinct from"),
    exp.LT: _less("<", turned=False),
    exp.GT: _less("<", turned=True),
    exp.LTE: _less("<=", turned=False),
    exp.GTE: _less("<=", turned=True),
    exp.Between: _between_two,
    exp.In: _in,
    exp.Case: _case,
    exp.If: _case,
    exp.Exists: _exists,
}
"""The rules by class of node."""
