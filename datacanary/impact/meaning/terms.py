"""What columns, constants, structs, lists and a few functions with rules of their own mean."""

from __future__ import annotations

from sqlglot import exp

from datacanary.impact.functions.unstable import COERCING
from datacanary.impact.meaning.conditions import CONDITIONS, Rule, both, commuting
from datacanary.impact.meaning.level import Level
from datacanary.impact.meaning.reading import UnsupportedError
from datacanary.impact.meaning.types import is_number
from datacanary.impact.meaning.value import Value, combine, digest, in_any_order
from datacanary.impact.meaning.values import NEVER, anything, value_of
from datacanary.impact.meaning.window import window

_TRUE_OR_FALSE = (
    *(exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Is, exp.In, exp.Between),
    *(exp.Exists, exp.Like, exp.ILike, exp.And, exp.Or, exp.Not, exp.Boolean),
)
# Where + also joins texts, its operands do not commute.
_PLUS_JOINS_TEXTS = frozenset({"redshift", "tsql"})
_COUNTED = Value(digest("all rows"))


def _column(node: exp.Expr, level: Level) -> Value:
    names = level.reading.names
    args = node.args
    if type(args["this"]) is exp.Identifier and not args.get("db") and not args.get("join_mark"):
        table = args.get("table")
        parts = (names.written(args["this"]),) if table is None else (names.written(table), names.written(args["this"]))
        found = level.column(parts)
        if found is not None and level.closed:
            return found
    if isinstance(node.this, exp.Star):
        source = level.source(names.written(node.args.get("table")))
        if source is None:
            return level.reading.doubt(f"there is no table {node.sql(level.reading.dialect)}", node)
        return combine("row", [source.whole()])
    if node.args.get("join_mark"):
        raise UnsupportedError
    written = [node.args[part] for part in ("catalog", "db", "table", "this") if node.args.get(part)]
    plain = all(isinstance(part, exp.Identifier) for part in written)
    found = level.column(tuple(map(names.written, written))) if plain else None
    # A keyword without parentheses is a column only where a table has one of that name.
    unsure = found is None or not level.surely_knows(names.written(node.this))
    if unsure and level.reading.function(node) in NEVER:
        return combine("volatile", [level.reading.never(node.name), *([found] if found is not None else [])])
    if found is None:
        return level.reading.doubt(f"there is no column {node.sql(level.reading.dialect)}", node)
    return found


def _inside(node: exp.Expr, level: Level) -> Value:
    return value_of(node.this, level)


def _literal(node: exp.Expr, level: Level) -> Value:
    reading = level.reading
    if node.args.get("is_string") and reading.dialect in COERCING and reading.function(node) in NEVER:
        return reading.never(node.name)
    return Value(digest("literal", bool(node.args.get("is_string")), str(node.this)))


def _identifier(node: exp.Expr, level: Level) -> Value:
    # The parameter of a lambda, or the name of a field.
    return Value(digest("name", level.reading.names.written(node)))


def _plus(node: exp.Expr, level: Level) -> Value:
    """Return what a sum means; lists, and in some dialects texts, are put one behind the other."""
    numbers = is_number(node.this, level) or is_number(node.expression, level)
    if not numbers or level.reading.dialect in _PLUS_JOINS_TEXTS:
        return anything(node, level)
    return combine("+", in_any_order(both(node, level)))


def _null(node: exp.Expr, level: Level) -> Value:
    del node, level
    return Value(digest("null"))


def _count(node: exp.Expr, level: Level) -> Value:
    counted = node.this
    plain_star = type(counted) is exp.Star and not any(counted.args.values())
    constant = type(counted) is exp.Literal or (type(counted) is exp.Boolean)
    if (plain_star or constant) and not node.expressions:
        return combine("count", [_COUNTED])
    return anything(node, level)


def _star(node: exp.Expr, level: Level) -> Value:
    """Return what a star among the arguments of a function means: all columns of all sources."""
    changed = [one for one in node.args.values() if one]
    if changed:
        raise UnsupportedError
    return combine("star", [level.everything()])


def _alias(node: exp.Expr, level: Level) -> Value:
    # Within an expression it names a field, or an argument.
    return combine("alias", [value_of(node.this, level)], node.alias)


def _struct(node: exp.Expr, level: Level) -> Value:
    """Return what a struct means; a field without a name is called after its column."""
    names = tuple(one.name if isinstance(one, exp.Column) else "" for one in node.expressions)
    return combine("struct", [value_of(one, level) for one in node.expressions], names)


def _property(node: exp.Expr, level: Level) -> Value:
    """Return a field of a struct: a name is spelled as it is written."""
    named = isinstance(node.this, exp.Identifier | exp.Literal)
    parts = [value_of(node.expression, level)] if named else both(node, level)
    return combine("field", parts, str(node.this.this) if named else "")


def _array(node: exp.Expr, level: Level) -> Value:
    """Return a list; one of a query's rows is in their order."""
    queries = [one for one in node.expressions if isinstance(one, exp.Query)]
    orders = tuple(level.reading.query(one, level.around.within(level)).order.come for one in queries)
    return combine("list", [anything(node, level)], orders) if queries else anything(node, level)


def _dot(node: exp.Expr, level: Level) -> Value:
    if isinstance(node.expression, exp.Func):
        return level.reading.doubt(f"nobody knows what {node.sql(level.reading.dialect)} does", node)
    return anything(node, level)


def _row(node: exp.Expr, level: Level) -> Value:
    source = level.source(level.reading.names.written(node.this))
    if source is None:
        raise UnsupportedError
    return combine("row", [source.whole()])


def _comprehension(node: exp.Expr, level: Level) -> Value:
    """Return what a list comprehension means: its variables are no columns."""
    variables = [one for one in (node.args.get("expression"), node.args.get("position")) if one is not None]
    inside = {level.reading.names.written(one.this if isinstance(one, exp.Column) else one) for one in variables}
    if "" in inside:
        raise UnsupportedError
    source = value_of(node.args["iterator"], level)
    with level.binding(inside):
        parts = [value_of(node.args[name], level) for name in ("this", "condition") if node.args.get(name)]
    return combine(("comprehension", len(parts)), [source, *parts], tuple(sorted(inside)))


def _cast(node: exp.Expr, level: Level) -> Value:
    """Return what a cast means; what is true or false already stays as it is."""
    inner = node.this
    while type(inner) is exp.Paren:
        inner = inner.this
    plain = isinstance(node.args["to"], exp.DataType) and node.args["to"].this == exp.DType.BOOLEAN
    if plain and isinstance(inner, _TRUE_OR_FALSE):
        return value_of(inner, level)
    return anything(node, level)


def _unsupported(node: exp.Expr, level: Level) -> Value:
    del node, level
    raise UnsupportedError


RULES: dict[type[exp.Expr], Rule] = CONDITIONS | {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Identifier: _identifier,
    exp.Paren: _inside,
    exp.Alias: _alias,
    exp.Add: _plus,
    exp.Mul: commuting("*"),
    exp.Null: _null,
    exp.Count: _count,
    exp.Star: _star,
    exp.Struct: _struct,
    exp.Dot: _dot,
    exp.Window: window,
    exp.TableColumn: _row,
    exp.Comprehension: _comprehension,
    exp.Cast: _cast,
    exp.Array: _array,
    exp.PropertyEQ: _property,
    **dict.fromkeys(
        (exp.Table, exp.Columns, exp.Grouping, exp.GroupingId, exp.PositionalColumn, exp.Aliases), _unsupported
    ),
}
"""All rules by class of node; what has none is what its parts are."""
