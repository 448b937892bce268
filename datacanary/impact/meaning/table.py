"""What a relation means: which rows it has, and what is in each column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from datacanary.impact.meaning.names import names_of
from datacanary.impact.meaning.order import NO_ORDER, Order
from datacanary.impact.meaning.value import ANY_COLUMN, Fingerprint, Read, Value, combine, digest

NAMELESS = "\0"
"""Begins the name of a column that the warehouse names after its words: no query can write it."""

Key = frozenset[Fingerprint]
"""The fingerprints of columns, or of other expressions over the rows, that together tell the rows apart."""


class TableColumn(NamedTuple):
    """A column by its name as the warehouse spells it, what is in it, and its type; empty where that is not known."""

    name: str
    value: Value
    type: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A relation: a set of rows, and columns that are functions of a row.

    Two relations with equal `rows` have the same rows, as often; two columns of such with equal fingerprints have
    the same value in each row. `rest` is of the columns whose names nobody knows, None where all are known. `keys` tell
    rows apart. `order` tells in which order the rows come, for what depends on it; it is no part of what a table means.
    `numbered` are `row_number()`s with what they count within. The rows are those of `base` that pass
    `filters`, where that is told.
    """

    rows: Value
    columns: tuple[TableColumn, ...] = ()
    rest: Value | None = None
    keys: frozenset[Key] = frozenset()
    numbered: Mapping[Fingerprint, Key] = field(default_factory=dict)
    base: Fingerprint = ""
    filters: frozenset[Fingerprint] = frozenset()
    order: Order = NO_ORDER

    @property
    def complete(self) -> bool:
        """Whether all columns are known."""
        return self.rest is None

    @property
    def identity(self) -> Fingerprint:
        """What is equal for tables that have the same rows in the same columns, of the same names and order."""
        columns = tuple((column.name, column.value.fingerprint) for column in self.columns)
        return digest("table", self.rows.fingerprint, columns, self.rest.fingerprint if self.rest else "")

    @property
    def settled(self) -> bool:
        """Whether its fingerprints mean the same in every run."""
        return all(value.settled for value in self.values())

    def values(self) -> tuple[Value, ...]:
        """Return its rows and its columns."""
        rest = (self.rest,) if self.rest else ()
        return (self.rows, *(column.value for column in self.columns), *rest)

    def whole(self) -> Value:
        """Return all there is, names too: what depends on this depends on everything."""
        return combine("whole", self.values(), tuple(column.name for column in self.columns))

    def renamed(self, names: Sequence[str]) -> Table:
        """Give the first columns other names, as `AS t (a, b)` does."""
        new = [column._replace(name=name) for column, name in zip(self.columns, names, strict=False)]
        return replace(self, columns=(*new, *self.columns[len(new) :]))


def column_of_rest(rest: Value, name: str) -> Value:
    """Return a column, by its folded name, of those whose names are not known."""
    reads = frozenset((table, name if column == ANY_COLUMN else column) for table, column in rest.reads)
    return Value(digest("column", rest.fingerprint, name), reads, rest.settled)


def source_table(
    name: str, columns: Iterable[tuple[str, str]] | None, identity: str = "", dialect: str = "duckdb"
) -> Table:
    """Return a table that comes from outside: its columns with their types, None where they are not known.

    `identity` tells its rows from those of another version of it.
    """
    rows = Value(digest("source", name, identity), frozenset({(name, "")}))
    rest = Value(rows.fingerprint, frozenset({(name, ANY_COLUMN)}))
    if columns is None:
        return Table(rows, rest=rest, order=Order(rows.fingerprint))
    fold = names_of(dialect).stored
    known = tuple(TableColumn(column, column_of_rest(rest, fold(column)), type_.lower()) for column, type_ in columns)
    return Table(rows, known, order=Order(rows.fingerprint))


def told_apart(table: Table) -> Table:
    """Name columns as DuckDB does where a name comes again: with the first number behind it that is free.

    >>> one = Value("one")
    >>> twice = Table(one, (TableColumn("k", one), TableColumn("K", one), TableColumn("k_1", one)))
    >>> [column.name for column in told_apart(twice).columns]
    ['k', 'K_1', 'k_1_1']
    """
    fold = names_of("duckdb").stored
    if len({fold(column.name) for column in table.columns}) == len(table.columns):
        return table
    given: set[str] = set()
    columns: list[TableColumn] = []
    for column in table.columns:
        name, number = column.name, 0
        while fold(name) in given:
            number += 1
            name = f"{column.name}_{number}"
        given.add(fold(name))
        columns.append(column._replace(name=name))
    return replace(table, columns=tuple(columns))


def behind(column: TableColumn, unknown: Sequence[Value]) -> TableColumn:
    """Return a column that stands behind columns whose names nobody knows.

    One of these can have its name; then this one gets another, and the name is that one's.
    """
    return column._replace(value=combine("behind", [column.value, *unknown])) if unknown else column


def as_read(table: Table, name: str, dialect: str = "duckdb") -> Table:
    """Return a model's table as those see it who read it: what they depend on is the model, not what it reads."""
    fold = names_of(dialect).stored

    def of(value: Value, column: str) -> Value:
        reads: frozenset[Read] = frozenset({(name, column)})
        return value._replace(reads=reads)

    return replace(
        table,
        rows=of(table.rows, ""),
        columns=tuple(column._replace(value=of(column.value, fold(column.name))) for column in table.columns),
        rest=of(table.rest, ANY_COLUMN) if table.rest else None,
    )
