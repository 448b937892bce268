"""A query that is being changed: its tree, the chance that decides, and what the tables are like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

DIALECT = "duckdb"

Columns = tuple[tuple[str, str], ...]
"""Names with types."""

Schema = Mapping[str, Columns]
"""Tables by name, `table` or `schema.table`."""

Node = TypeVar("Node", bound=exp.Expr)
Item = TypeVar("Item")


def chance_of(*parts: object) -> Random:
    """Return a source of chance that is settled by `parts`, whatever the process or the platform."""
    return Random("/".join(map(str, parts)))


@dataclass(slots=True)
class Draft:
    """The tree of a query; mutators change it in place, or put another one there."""

    tree: exp.Expr
    chance: Random
    schema: Schema

    def pick(self, items: Iterable[Item]) -> Item | None:
        """Choose one; None if there is none."""
        found = list(items)
        return self.chance.choice(found) if found else None

    def all(self, *kinds: type[Node]) -> list[Node]:
        """Return the nodes of some kinds, each once, in the order of a walk."""
        return list(self.tree.find_all(*kinds))

    def node(self, *kinds: type[Node]) -> Node | None:
        """Choose a node of some kinds."""
        return self.pick(self.all(*kinds))

    def selects(self) -> list[exp.Select]:
        """Return every SELECT."""
        return self.all(exp.Select)

    def select(self) -> exp.Select | None:
        """Choose a SELECT that reads something."""
        return self.pick(one for one in self.selects() if one.args.get("from_"))

    def columns(self, select: exp.Select) -> list[exp.Column]:
        """Return the columns that a SELECT itself names, in any clause."""
        return [one for one in select.find_all(exp.Column) if one.parent_select is select and plain(one)]

    def column(self, select: exp.Select) -> exp.Column | None:
        """Choose one of them outside of aggregates and windows."""
        return self.pick(one for one in self.columns(select) if not one.find_ancestor(exp.AggFunc, exp.Window))

    def projection(self, *, named: bool = True) -> tuple[exp.Select, exp.Expr] | None:
        """Choose an item of a SELECT list, with an alias or a plain column."""
        return self.pick(
            (select, item)
            for select in self.selects()
            for item in select.expressions
            if isinstance(item, exp.Alias) or (not named and isinstance(item, exp.Column) and plain(item))
        )

    def names(self) -> set[str]:
        """Return every name that the query uses, folded."""
        return {one.name.lower() for one in self.tree.find_all(exp.Identifier)}

    def fresh(self, stem: str) -> str:
        """Return a name that the query does not use."""
        taken, number = self.names(), 1
        while f"{stem}{number}" in taken:
            number += 1
        return f"{stem}{number}"

    def read_by(self, select: exp.Select) -> list[tuple[str, tuple[str, ...]]]:
        """Return the sources of a SELECT whose columns are plain to see: alias, and the columns' names."""
        return [
            (source.alias_or_name, names) for source in sources(select) if (names := self.names_of(source)) is not None
        ]

    def names_of(self, source: exp.Expr) -> tuple[str, ...] | None:
        """Return the columns of a table, CTE or derived table as far as they are plain to see."""
        alias = source.args.get("alias")
        if source.args.get("pivots") or (isinstance(alias, exp.TableAlias) and alias.columns):
            return None
        if isinstance(source, exp.Subquery):
            return listed(source.unnest())
        if not isinstance(source, exp.Table) or not isinstance(source.this, exp.Identifier):
            return None
        if not source.db:
            for cte in self.all(exp.CTE):
                if cte.alias.lower() == source.name.lower():
                    return None if cte.args["alias"].columns else listed(cte.this)
        columns = self.schema.get(f"{source.db}.{source.name}".lower().lstrip("."))
        return tuple(name for name, _ in columns) if columns else None


def listed(query: exp.Expr) -> tuple[str, ...] | None:
    """Return the names of a query's columns, None if one is not written there."""
    if not isinstance(query, exp.Query):
        return None
    items = query.selects
    if not items or any(item.is_star or not item.alias_or_name for item in items):
        return None
    return tuple(item.alias_or_name for item in items)


def sources(select: exp.Select) -> Iterator[exp.Expr]:
    """Return what stands in FROM and its joins."""
    start = select.args.get("from_")
    if start is not None:
        yield start.this
    for join in joins(select):
        yield join.this


def joins(select: exp.Select) -> Sequence[exp.Join]:
    """Return the joins of a SELECT."""
    return select.args.get("joins") or []


def plain(column: exp.Column) -> bool:
    """Tell whether it is a column, not a star."""
    return not isinstance(column.this, exp.Star)


def starred(select: exp.Select) -> bool:
    """Tell whether a SELECT lists columns without naming them."""
    return any(item.is_star or item.find(exp.Columns) for item in select.expressions)


def parsed(sql: str) -> exp.Expr:
    """Parse a query; raises sqlglot's errors, also if it is none."""
    tree = sqlglot.parse_one(sql, read=DIALECT)
    if not isinstance(tree, (exp.Query, exp.Pivot, exp.Values)):
        raise ParseError(f"not a query: {type(tree).__name__}")
    return tree


def piece(sql: str) -> exp.Expr:
    """Parse an expression."""
    return sqlglot.parse_one(sql, read=DIALECT)


def text_of(tree: exp.Expr) -> str:
    """Write a tree as DuckDB's SQL."""
    return tree.sql(dialect=DIALECT)
