"""Small questions about the nodes of a parsed query."""

from __future__ import annotations

import string
from collections.abc import Iterator

from sqlglot import exp

_FOLDED = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_OTHERS = (exp.Query, exp.Pivot, exp.With)
LEAVES = frozenset({exp.Identifier, exp.Literal})
"""Below these there is never anything."""

_AROUND_FUNCTIONS = (exp.IgnoreNulls, exp.RespectNulls, exp.Filter, exp.WithinGroup)
_AROUND_VALUES = (exp.Paren, exp.Ordered, exp.Alias)


def fold(name: str) -> str:
    """Fold a name for comparison, as DuckDB does: A to Z only.

    >>> fold("Total")
    'total'
    """
    return name.lower() if name.isascii() else name.translate(_FOLDED)


def own_nodes(root: exp.Expr) -> Iterator[exp.Expr]:
    """Yield a node and what is below it, in the order of the text, without other queries and PIVOTs inside."""
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        # Half of all nodes.
        if type(node) not in LEAVES:
            pending += [child for child in node.iter_expressions(reverse=True) if not isinstance(child, _OTHERS)]


def parts_of(column: exp.Column) -> list[str]:
    """Return the folded parts of a column's name, as many as are written.

    >>> import sqlglot
    >>> parts_of(sqlglot.parse_one("Orders.ID"))
    ['orders', 'id']
    """
    args = column.args
    if args.get("db") is None and isinstance(args["this"], exp.Identifier):
        table = args.get("table")
        name = fold(args["this"].name)
        return [name] if table is None else [fold(table.name), name]
    return [fold(part.name) for part in column.parts]


def call_name(node: exp.Expr) -> str:
    """Return what a function is called, without underscores: several spellings can have one class.

    >>> import sqlglot
    >>> [call_name(sqlglot.parse_one(call, dialect="duckdb")) for call in ("list(x)", "Json_Group_Array(x)", "x")]
    ['arrayagg', 'jsongrouparray', '']
    """
    if isinstance(node, exp.Anonymous):
        return fold(node.name).replace("_", "")
    return node.key if isinstance(node, exp.Func) else ""


def bare(node: exp.Expr) -> exp.Expr:
    """Return what is inside parentheses, an alias, or ASC and DESC."""
    while isinstance(node, _AROUND_VALUES):
        node = node.this
    return node


def conjuncts(condition: exp.Expr | None) -> Iterator[exp.Expr]:
    """Yield what must all be true where a condition is."""
    pending = [condition] if condition is not None else []
    while pending:
        node = bare(pending.pop())
        if isinstance(node, exp.And):
            pending += [node.expression, node.this]
        else:
            yield node


def window_around(function: exp.Expr) -> exp.Window | None:
    """Return the OVER that a function stands before."""
    node = function.parent
    while isinstance(node, _AROUND_FUNCTIONS):
        node = node.parent
    return node if isinstance(node, exp.Window) else None


def windowed(window: exp.Window) -> exp.Expr:
    """Return the function before OVER."""
    node: exp.Expr = window.this
    while isinstance(node, _AROUND_FUNCTIONS):
        node = node.this
    return node


def order_inside(function: exp.Expr) -> tuple[exp.Expr, ...]:
    """Return by what an aggregate orders its values: by ORDER BY among its arguments, or by WITHIN GROUP."""
    for argument in (function.this, function.args.get("expression"), *function.expressions):
        node = argument.this if isinstance(argument, exp.Limit) else argument
        if isinstance(node, exp.Order):
            return tuple(node.expressions)
    around = function.parent
    if isinstance(around, exp.WithinGroup) and isinstance(around.expression, exp.Order):
        return tuple(around.expression.expressions)
    return ()


def values_of(function: exp.Expr) -> tuple[exp.Expr, ...]:
    """Return the arguments of a function, without DISTINCT, ORDER BY and LIMIT among them."""
    several = isinstance(function, exp.Anonymous | exp.JSONObjectAgg)
    arguments = function.expressions if several else [function.this]
    found: list[exp.Expr] = []
    for argument in arguments:
        node = argument
        while isinstance(node, exp.Limit | exp.Order | exp.HavingMax):
            node = node.this
        if isinstance(node, exp.Distinct):
            found += node.expressions
        elif isinstance(node, exp.Expr):
            found.append(node)
    return tuple(found)
