"""What an expression means: its fingerprint, with each column replaced by what that column means."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

from datacanary.impact.functions.unstable import COERCING
from datacanary.impact.meaning.level import Level
from datacanary.impact.meaning.reading import UnsupportedError
from datacanary.impact.meaning.types import is_number
from datacanary.impact.meaning.value import Value, combine, digest, in_any_order
from datacanary.impact.meaning.window import window
from datacanary.impact.nondeterminism.aggregates import BY_ANOTHER, COLLECTING, PICKING, SKETCHING
from datacanary.impact.nondeterminism.nodes import call_name, order_inside

_NEVER = {
    "clock": "reads the clock",
    "random": "is random",
    "session": "depends on the session",
    "volatile": "may give another value each time",
}
_ALWAYS_PLAIN = frozenset(
    {exp.Interval, exp.Var, exp.Ordered, exp.Order, exp.Sub, exp.Div, exp.Neg, exp.Is, exp.Boolean, exp.WindowSpec}
    | {exp.Where, exp.Tuple, exp.Distinct, exp.Filter}
)
# What only holds other parts together.
_FRAMES = (
    exp.Offset,
    exp.Fetch,
    exp.LimitOptions,
    exp.GroupingSets,
    exp.Cube,
    exp.Rollup,
    exp.Kwarg,
    exp.PropertyEQ,
    exp.Columns,
)
_TRUE_OR_FALSE = (
    *(exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Is, exp.In, exp.Between),
    *(exp.Exists, exp.Like, exp.ILike, exp.And, exp.Or, exp.Not, exp.Boolean),
)
_BY_ORDER = COLLECTING | PICKING | SKETCHING
_CALLED = frozenset({"alias", "pivots", "sample"})
# Where + also joins texts, its operands do not commute.
_PLUS_JOINS_TEXTS = frozenset({"redshift", "tsql"})
_COUNTED = Value(digest("all rows"))


def value_of(node: exp.Expr, level: Level) -> Value:
    """Return what an expression means where a level's names are known."""
    handler = _HANDLERS.get(type(node))
    if handler is not None:
        return handler(node, level)
    if isinstance(node, exp.Query):
        return _subquery(node, level)
    return _anything(node, level)


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


def call_in_from(node: exp.Expr, level: Level) -> Value:
    """Return what a function in FROM means, whatever its rows are called."""
    return _anything(node, level, _CALLED)


def _anything(node: exp.Expr, level: Level, without: frozenset[str] = frozenset()) -> Value:
    """Any node without a rule of its own: its class, and its parts in their places."""
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
    if kind in _NEVER:
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
    if unsure and level.reading.function(node) in _NEVER:
        return combine("volatile", [level.reading.never(node.name), *([found] if found is not None else [])])
    if found is None:
        return level.reading.doubt(f"there is no column {node.sql(level.reading.dialect)}", node)
    return found


def _subquery(node: exp.Expr, level: Level) -> Value:
    """Return what a query in an expression means, a scalar or a list: its columns need no names."""
    table = level.reading.query(node, level.around.within(level))
    return combine("subquery", table.values())


def _exists(node: exp.Expr, level: Level) -> Value:
    if not isinstance(node.this, exp.Query):
        return _anything(node, level)
    return combine("exists", [level.reading.query(node.this, level.around.within(level)).rows])


def _inside(node: exp.Expr, level: Level) -> Value:
    return value_of(node.this, level)


def _literal(node: exp.Expr, level: Level) -> Value:
    reading = level.reading
    if node.args.get("is_string") and reading.dialect in COERCING and reading.function(node) in _NEVER:
        return reading.never(node.name)
    return Value(digest("literal", bool(node.args.get("is_string")), str(node.this)))


def _identifier(node: exp.Expr, level: Level) -> Value:
    # The parameter of a lambda, or the name of a field.
    return Value(digest("name", level.reading.names.written(node)))


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


def _distinct(values: Iterator[Value] | list[Value]) -> list[Value]:
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
        return _anything(node, level)
    return combine("and", _distinct(list(_between(node, level))))


def _both(node: exp.Expr, level: Level) -> list[Value]:
    return [value_of(node.this, level), value_of(node.expression, level)]


def _commuting(what: str) -> Callable[[exp.Expr, Level], Value]:
    return lambda node, level: combine(what, in_any_order(_both(node, level)))


def _less(what: str, *, turned: bool) -> Callable[[exp.Expr, Level], Value]:
    step = -1 if turned else 1
    return lambda node, level: combine(what, _both(node, level)[::step])


def _plus(node: exp.Expr, level: Level) -> Value:
    """Return what a sum means; lists, and in some dialects texts, are put one behind the other."""
    numbers = is_number(node.this, level) or is_number(node.expression, level)
    if not numbers or level.reading.dialect in _PLUS_JOINS_TEXTS:
        return _anything(node, level)
    return combine("+", in_any_order(_both(node, level)))


def _not(node: exp.Expr, level: Level) -> Value:
    inner = node.this
    while type(inner) is exp.Paren:
        inner = inner.this
    if type(inner) is exp.EQ:
        return _commuting("<>")(inner, level)
    if type(inner) is exp.NEQ:
        return _commuting("=")(inner, level)
    return combine("not", [value_of(inner, level)])


def _in(node: exp.Expr, level: Level) -> Value:
    if not node.expressions:
        return _anything(node, level)
    options = _distinct([value_of(one, level) for one in node.expressions])
    return combine("in", [value_of(node.this, level), *options])


def _case(node: exp.Expr, level: Level) -> Value:
    """CASE and IF; CASE x WHEN 1 is CASE WHEN x = 1."""
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


def _null(node: exp.Expr, level: Level) -> Value:
    del node, level
    return Value(digest("null"))


def _count(node: exp.Expr, level: Level) -> Value:
    counted = node.this
    plain_star = type(counted) is exp.Star and not any(counted.args.values())
    constant = type(counted) is exp.Literal or (type(counted) is exp.Boolean)
    if (plain_star or constant) and not node.expressions:
        return combine("count", [_COUNTED])
    return _anything(node, level)


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
    parts = [value_of(node.expression, level)] if named else _both(node, level)
    return combine("field", parts, str(node.this.this) if named else "")


def _array(node: exp.Expr, level: Level) -> Value:
    """Return a list; one of a query's rows is in their order."""
    queries = [one for one in node.expressions if isinstance(one, exp.Query)]
    orders = tuple(level.reading.query(one, level.around.within(level)).order.come for one in queries)
    return combine("list", [_anything(node, level)], orders) if queries else _anything(node, level)


def _dot(node: exp.Expr, level: Level) -> Value:
    if isinstance(node.expression, exp.Func):
        return level.reading.doubt(f"nobody knows what {node.sql(level.reading.dialect)} does", node)
    return _anything(node, level)


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
    return _anything(node, level)


def _unsupported(node: exp.Expr, level: Level) -> Value:
    del node, level
    raise UnsupportedError


_HANDLERS: dict[type[exp.Expr], Callable[[exp.Expr, Level], Value]] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Identifier: _identifier,
    exp.Paren: _inside,
    exp.Alias: _alias,
    exp.And: _all_of,
    exp.Or: _any_of,
    exp.Not: _not,
    exp.EQ: _commuting("="),
    exp.NEQ: _commuting("<>"),
    exp.NullSafeEQ: _commuting("is not distinct from"),
    exp.NullSafeNEQ: _commuting("is distinct from"),
    exp.LT: _less("<", turned=False),
    exp.GT: _less("<", turned=True),
    exp.LTE: _less("<=", turned=False),
    exp.GTE: _less("<=", turned=True),
    exp.Add: _plus,
    exp.Mul: _commuting("*"),
    exp.Between: _between_two,
    exp.In: _in,
    exp.Case: _case,
    exp.If: _case,
    exp.Null: _null,
    exp.Count: _count,
    exp.Star: _star,
    exp.Struct: _struct,
    exp.Dot: _dot,
    exp.Exists: _exists,
    exp.Window: window,
    exp.TableColumn: _row,
    exp.Table: _unsupported,
    exp.Columns: _unsupported,
    exp.Comprehension: _comprehension,
    exp.Cast: _cast,
    exp.Array: _array,
    exp.PropertyEQ: _property,
    exp.Grouping: _unsupported,
    exp.GroupingId: _unsupported,
    exp.PositionalColumn: _unsupported,
    exp.Aliases: _unsupported,
}
