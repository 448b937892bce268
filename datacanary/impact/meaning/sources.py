"""One source in FROM: a table, a subquery, VALUES, or a function that makes rows."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from datacanary.impact.meaning.level import Level
from datacanary.impact.meaning.names import Names
from datacanary.impact.meaning.order import Order, order_of
from datacanary.impact.meaning.reading import UnsupportedError
from datacanary.impact.meaning.table import Table, TableColumn
from datacanary.impact.meaning.value import combine, digest
from datacanary.impact.meaning.values import call_in_from

_FOLLOWED = frozenset({"this", "db", "catalog", "alias", "pivots", "sample", "joins"})
_AROUND_A_QUERY = frozenset({"this", "alias", "pivots", "sample"})
_OF_A_QUERY = ("joins", "match", "laterals")


def table_of(node: exp.Expr, level: Level) -> Table:
    """Return what a source means; it can name the sources before it.

    Raises UnsupportedError for what is not followed.
    """
    table = _plain(node, level)
    pivots = node.args.get("pivots") or ()
    alias = node.args.get("alias")
    if not pivots:
        table = renamed_columns(table, alias, level.reading.names)
    if node.args.get("sample") is not None:
        table = _sampled(table, level)
    for pivot in pivots:
        table = _pivoted(table, pivot, level)
        table = renamed_columns(table, pivot.args.get("alias"), level.reading.names)
    return table


def _plain(node: exp.Expr, level: Level) -> Table:
    around = level.around.beside(level)
    match node:
        case exp.Table(this=exp.Identifier()):
            if any(value for name, value in node.args.items() if name not in _FOLLOWED):
                raise UnsupportedError
            return level.reading.table(node, around)
        case exp.Subquery() if isinstance(node.this, exp.Table) or any(node.args.get(one) for one in _OF_A_QUERY):
            return _parenthesized(node, level)
        case exp.Subquery() | exp.Values():
            return level.reading.query(_query_in(node), around)
        case exp.Lateral(this=exp.Subquery()):
            return level.reading.query(node.this, around)
        case exp.Table() | exp.Lateral():
            return _function(node.this, node, level)
        case exp.UDTF() | exp.Func():
            return _function(node, node, level)
        case _:
            raise UnsupportedError


def _query_in(node: exp.Expr) -> exp.Expr:
    """Take the parentheses off a query that have nothing more of the query in them, as LIMIT."""
    more = any(value for name, value in node.args.items() if name not in _AROUND_A_QUERY)
    return node.this if isinstance(node, exp.Subquery) and not more else node


def _parenthesized(node: exp.Subquery, level: Level) -> Table:
    """Return what a join in parentheses means that has a name of its own: all of its columns."""
    if not isinstance(node.this, exp.Table) or any(node.args.get(one) for one in _OF_A_QUERY):
        raise UnsupportedError
    if not node.args.get("alias"):
        raise UnsupportedError
    select = exp.Select(expressions=[exp.Star()], from_=exp.From(this=node.this.copy()))
    return level.reading.query(select, level.around.beside(level))


def renamed_columns(table: Table, alias: exp.Expr | None, names: Names) -> Table:
    """Give columns the names that stand behind an alias; raises UnsupportedError where they cannot be told apart."""
    columns = alias.columns if isinstance(alias, exp.TableAlias) else ()
    if not columns:
        return table
    if not all(isinstance(one, exp.Identifier) for one in columns):
        raise UnsupportedError
    spelled = [names.spelled(one) for one in columns]
    if table.rest is None:
        return table.renamed(spelled)
    if table.columns:
        raise UnsupportedError
    # Nobody knows how many columns there are: these are the first.
    rest = table.rest
    found = tuple(
        TableColumn(name, rest._replace(fingerprint=digest("nth", rest.fingerprint, index)))
        for index, name in enumerate(spelled)
    )
    return replace(
        table, columns=found, rest=rest._replace(fingerprint=digest("behind", rest.fingerprint, len(spelled)))
    )


def _sampled(table: Table, level: Level) -> Table:
    """Take a sample, which is other rows each time, as far as anybody can say."""
    rows = combine("sample", [table.rows, level.reading.never("SAMPLE")])
    return Table(rows, table.columns, table.rest, order=Order(rows.fingerprint))


def _pivoted(table: Table, pivot: exp.Expr, level: Level) -> Table:
    """PIVOT and UNPIVOT read all columns, those that they do not name, too; what they make has many names."""
    inside = Level(level.reading, level.around.beside(level), None)
    whole = table.whole()
    rows = combine("pivot", [whole, level.reading.structure(pivot, inside)])
    return Table(rows, rest=rows, order=order_of(rows.fingerprint, table.order))


def _function(function: exp.Expr, node: exp.Expr, level: Level) -> Table:
    """Return what a function in FROM means: its arguments decide which rows it makes."""
    known = level.reading.table_function(function, level)
    if known is not None:
        return known
    # It can look at the sources before it, but makes its rows by itself.
    arguments = Level(level.reading, level.around.beside(level), None)
    value = call_in_from(function, arguments)
    options = tuple(
        (name, str(option))
        for name, option in sorted(node.args.items())
        if name in {"offset", "ordinality", "outer"} and option
    )
    rows = combine("function", [value], options)
    return Table(rows, rest=rows, order=Order(rows.fingerprint))
