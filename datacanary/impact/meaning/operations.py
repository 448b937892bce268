"""UNION, INTERSECT and EXCEPT, and the VALUES list."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from datacanary.impact.meaning.joins import Rows
from datacanary.impact.meaning.level import Level, Source
from datacanary.impact.meaning.limit import limited
from datacanary.impact.meaning.order import Order, order_of
from datacanary.impact.meaning.projection import Projection
from datacanary.impact.meaning.reading import Around, Reading, UnsupportedError
from datacanary.impact.meaning.table import Table, TableColumn
from datacanary.impact.meaning.value import Value, combine, digest, in_any_order
from datacanary.impact.meaning.values import value_of

_FOLLOWED = frozenset({"this", "expression", "distinct", "by_name", "with_", "order", "limit", "offset"})
_DEFAULT_NAMES = {
    **dict.fromkeys(("postgres", "redshift"), ("column", 1)),
    **dict.fromkeys(("spark", "databricks"), ("col", 1)),
    "snowflake": ("COLUMN", 1),
    "trino": ("_col", 0),
}
_NULL = Value(digest("null"))


def operation_table(node: exp.SetOperation, reading: Reading, around: Around) -> Table:
    """Return what a set operation means; raises UnsupportedError for what is not followed."""
    if any(value for name, value in node.args.items() if name not in _FOLLOWED):
        raise UnsupportedError
    upper, lower = reading.query(node.this, around), reading.query(node.expression, around)
    if not upper.complete or not lower.complete:
        raise UnsupportedError
    pairs = list(_pairs(node, upper, lower, reading))
    kind = type(node).__name__
    distinct = bool(node.args.get("distinct"))
    # The branches of a UNION may stand in any order; what stays together is one branch.
    turned = isinstance(node, exp.Union) and lower.rows.fingerprint < upper.rows.fingerprint
    values = [_both(one, other, turned=turned) for _, one, other in pairs]
    columns = tuple(TableColumn(name, value) for (name, _, _), value in zip(pairs, values, strict=True))
    rows = [lower.rows, upper.rows] if turned else [upper.rows, lower.rows]
    told = values if distinct or not isinstance(node, exp.Union) else []
    compared = in_any_order({value.fingerprint: value for value in told}.values())
    value = combine((kind, distinct), [*rows, *compared])
    reading.note("union", value, node)
    keys = frozenset({frozenset(one.fingerprint for one in compared)}) if distinct else frozenset[frozenset[str]]()
    order = order_of((kind, distinct), upper.order, lower.order)
    found = Rows(value, value.fingerprint, keys=keys, order=order)
    level = Level(reading, around, None)
    level.sources[""] = Source(Table(value, columns), reading)
    found = limited(node, found, Projection(columns, None, ()), level)
    return Table(found.value, columns, keys=found.keys, order=found.order)


def _pairs(node: exp.SetOperation, upper: Table, lower: Table, reading: Reading) -> Iterator[tuple[str, Value, Value]]:
    if not node.args.get("by_name"):
        if len(upper.columns) != len(lower.columns):
            reading.doubt("its branches have another number of columns", node)
            raise UnsupportedError
        for one, other in zip(upper.columns, lower.columns, strict=True):
            yield one.name, one.value, other.value
        return
    fold = reading.names.stored
    below = {fold(column.name): column for column in lower.columns}
    above = {fold(column.name): column for column in upper.columns}
    if len(below) != len(lower.columns) or len(above) != len(upper.columns):
        raise UnsupportedError
    for name, column in above.items():
        yield column.name, column.value, below[name].value if name in below else _NULL
    for name, column in below.items():
        if name not in above:
            yield column.name, _NULL, column.value


def _both(upper: Value, lower: Value, *, turned: bool) -> Value:
    return combine("either branch", [lower, upper] if turned else [upper, lower])


def values_table(node: exp.Values, reading: Reading, around: Around) -> Table:
    """Return what a VALUES list means: its rows are so many, and a column is its cells in order."""
    level = Level(reading, around, None)
    rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in node.expressions]
    if not rows or len({len(row) for row in rows}) != 1:
        raise UnsupportedError
    cells = [[value_of(cell, level) for cell in row] for row in rows]
    made = Value(digest("values", len(rows)))
    columns = tuple(
        TableColumn(_default_name(index, reading.dialect), combine("cells", [row[index] for row in cells]))
        for index in range(len(rows[0]))
    )
    listed = combine("values", [column.value for column in columns])
    reading.note("table", listed, node)
    return Table(made, columns, order=Order(listed.fingerprint))


def _default_name(index: int, dialect: str) -> str:
    prefix, first = _DEFAULT_NAMES.get(dialect, ("col", 0))
    return f"{prefix}{index + first}"
