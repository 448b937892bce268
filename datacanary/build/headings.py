"""Columns that a query does not name: the database calls them by their expression, tables and all."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from sqlglot import exp


def nameless_column(tree: exp.Expr, starts: AbstractSet[int]) -> int | None:
    """Return where the first name stands that is among `starts` and would become part of a column's name.

    >>> import sqlglot
    >>> nameless_column(sqlglot.parse_one("SELECT (SELECT max(id) FROM b) FROM a"), {28})
    28
    >>> nameless_column(sqlglot.parse_one("SELECT (SELECT max(id) FROM b) AS m FROM a"), {28})
    """
    for select in tree.find_all(exp.Select):
        if not _is_seen(select):
            continue
        for column in select.expressions:
            if not _has_name(column):
                for part in column.find_all(exp.Identifier, exp.Literal):
                    if part.meta.get("start") in starts:
                        return int(part.meta["start"])
    return None


def _has_name(column: exp.Expr) -> bool:
    if isinstance(column, exp.Dot):
        return isinstance(column.expression, exp.Identifier)
    return isinstance(column, exp.Column | exp.Star) or bool(column.alias)


def _is_seen(select: exp.Expr) -> bool:
    """Tell whether the names of a SELECT's columns go anywhere: those of a value, of EXISTS and of IN do not."""
    child, parent = select, select.parent
    while isinstance(parent, exp.Subquery | exp.SetOperation):
        if isinstance(parent, exp.SetOperation) and parent.expression is child and not parent.args.get("by_name"):
            return False
        child, parent = parent, parent.parent
    return parent is None or isinstance(parent, exp.From | exp.Join | exp.CTE | exp.Lateral | exp.Create | exp.Pivot)
