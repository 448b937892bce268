"""A construct that the reading does not follow: its text, and all that it reads, are what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from datacanary.impact.meaning.level import Level
from datacanary.impact.meaning.names import Names
from datacanary.impact.meaning.order import Order
from datacanary.impact.meaning.reading import Around, Reading
from datacanary.impact.meaning.table import Table, TableColumn
from datacanary.impact.meaning.value import ANY_COLUMN, Fingerprint, Value, combine, digest

_TURNED: dict[type[exp.Expr], tuple[str, bool]] = {
    exp.LT: ("<", False),
    exp.GT: ("<", True),
    exp.LTE: ("<=", False),
    exp.GTE: ("<=", True),
}
_NOT_STABLE = frozenset({"clock", "random", "session", "volatile"})


def opaque_table(node: exp.Expr, reading: Reading, around: Around, own: str = "") -> Table:
    """Return a relation that is equal only to one of the same text over the same tables.

    `own` is the name by which a recursive query reads itself.
    """
    value = _value(node, reading, around, own)
    reads = frozenset((table, column or ANY_COLUMN) for table, column in value.reads)
    names = _column_names(node.this if isinstance(node, exp.CTE) else node, reading)
    value = value._replace(reads=value.reads | reads)
    if names is None:
        return Table(value, rest=value, order=Order(value.fingerprint))
    columns = tuple(
        TableColumn(name, value._replace(fingerprint=digest("opaque column", value.fingerprint, index)))
        for index, name in enumerate(names)
    )
    return Table(value, columns, order=Order(value.fingerprint))


def structure_of(node: exp.Expr, reading: Reading, level: Level) -> Value:
    """Return the text of a clause, its names folded, with all that queries in it and columns around it can mean."""
    return _value(node, reading, level.around.within(level), "")


def refers_to(node: exp.Expr, name: str, names: Names) -> bool:
    """Tell whether anything in a query can be the table of this name."""
    return any(names.written(table.this) == name and not table.args.get("db") for table in node.find_all(exp.Table))


def _value(node: exp.Expr, reading: Reading, around: Around, own: str) -> Value:
    # The CTEs in front of the query have been read: what they mean counts where they are read.
    inside = [cte for cte in node.find_all(exp.CTE) if cte.parent is None or cte.parent.parent is not node]
    local = {reading.names.written(cte.args["alias"].this) for cte in inside if cte is not node}
    tables = dict(_tables(node, reading, around, local | ({own} if own else set())))
    parts = list(tables.values())
    level = around.level
    while level is not None:
        parts += [level.everything()] if level.sources else []
        level = level.outer
    parts += list(_unstable(node, reading))
    told = {key: value.fingerprint for key, value in tables.items()}
    return combine("opaque", parts, _Text(reading.names, told, own, node).of(node))


def _tables(node: exp.Expr, reading: Reading, around: Around, local: set[str]) -> Iterator[tuple[int, Value]]:
    for table in node.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier):
            continue
        name = reading.names.written(table.this)
        if name not in local or table.args.get("db"):
            yield id(table), _with_order(reading.table(table, around))
        elif name in around.named:
            # It can also be the table of that name outside, where the text stands before the name is given.
            yield -id(table), _with_order(around.named[name])


def _with_order(table: Table) -> Value:
    return combine("in order", [table.whole()], table.order.come)


def _unstable(node: exp.Expr, reading: Reading) -> Iterator[Value]:
    for one in node.find_all(
        exp.Func, exp.TableSample, exp.Parameter, exp.Placeholder, exp.SessionParameter, exp.Column
    ):
        if isinstance(one, exp.TableSample):
            yield reading.never("SAMPLE")
            continue
        kind = reading.function(one)
        macro = reading.macro(one)
        if macro is not None:
            yield macro
        elif kind == "unknown" and not isinstance(one, exp.Columns):
            yield reading.doubt("nobody knows what a function in it does", one)
        elif kind in _NOT_STABLE:
            yield reading.never(one.key)


def _column_names(node: exp.Expr, reading: Reading) -> list[str] | None:
    """Return what the columns of a query are called, None where its text does not tell."""
    first = node
    while isinstance(first, exp.SetOperation) and not first.args.get("by_name"):
        first = first.this
    if isinstance(first, exp.Subquery):
        return _column_names(first.this, reading)
    if not isinstance(first, exp.Select) or first.args.get("exclude"):
        return None
    found: list[str] = []
    for one in first.expressions:
        identifier = one.args.get("alias") if isinstance(one, exp.Alias) else one.this
        plain = isinstance(one, exp.Alias | exp.Column) and isinstance(identifier, exp.Identifier)
        # COLUMNS() and stars are several, a struct that is taken apart has as many as its fields.
        if (
            not plain
            or not isinstance(identifier, exp.Identifier)
            or one.find(exp.Columns, exp.Star, exp.Unnest, exp.Explode, exp.Inline)
        ):
            return None
        found.append(reading.names.spelled(identifier))
    return found


class _Text:
    """A tree without comments, with folded names, and in place of tables what these mean."""

    def __init__(self, names: Names, tables: Mapping[int, Fingerprint], own: str, root: exp.Expr) -> None:
        self._names, self._tables, self._own, self._root = names, tables, own, root

    def of(self, node: object) -> object:
        """Return a part of the tree as nested tuples."""
        if isinstance(node, exp.Expr):
            return self._node(node)
        return tuple(self.of(one) for one in node) if isinstance(node, list) else str(node)

    def _node(self, node: exp.Expr) -> object:
        match node:
            case exp.Identifier():
                return self._names.written(node)
            case exp.Table():
                return self._table(node)
            case exp.Paren():
                return self.of(node.this)
            case exp.LT() | exp.GT() | exp.LTE() | exp.GTE():
                less, turned = _TURNED[type(node)]
                return less, *[self.of(node.this), self.of(node.expression)][:: -1 if turned else 1]
            case exp.And() | exp.Or() | exp.EQ() | exp.NEQ():
                return type(node).__name__, *sorted((self.of(node.this), self.of(node.expression)), key=repr)
            case _:
                return type(node).__name__, self._called(node), self._parts(node, self._left_out(node))

    def _left_out(self, node: exp.Expr) -> tuple[str, ...]:
        """Return what says nothing about what the root means: its CTEs, and how others call it."""
        if node is not self._root:
            return ()
        return ("with_", "alias") if isinstance(node, exp.CTE | exp.Subquery | exp.Pivot) else ("with_",)

    def _called(self, node: exp.Expr) -> object:
        """Return how a recursive query calls its own columns."""
        alias = node.args.get("alias")
        named = node is self._root and isinstance(node, exp.CTE) and isinstance(alias, exp.TableAlias)
        return self.of(alias.args.get("columns") or []) if named and isinstance(alias, exp.TableAlias) else ()

    def _table(self, node: exp.Table) -> object:
        """Write a table as what it means, and how it is called in this query."""
        called = node.args["alias"].this if isinstance(node.args.get("alias"), exp.TableAlias) else node.this
        if id(node) in self._tables:
            meant: object = self._tables[id(node)]
        else:
            own = isinstance(node.this, exp.Identifier) and self._names.written(node.this) == self._own
            meant = "itself" if own and not node.args.get("db") else self.of(node.this)
        return "table", meant, self.of(called), self._parts(node, ("this", "db", "catalog"))

    def _parts(self, node: exp.Expr, without: tuple[str, ...]) -> tuple[object, ...]:
        return tuple(
            (name, self.of(part))
            for name, part in sorted(node.args.items())
            if part is not None and part is not False and part != [] and name not in without
        )
