"""Pairs of queries: what the reading says that differs between them, and whether that is true on DuckDB."""

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from datacanary.impact.difference import Difference, difference
from datacanary.impact.meaning.query import Result, read_sql
from datacanary.impact.meaning.table import Table, source_table

NOTHING = "nothing"

SCHEMA: Mapping[str, Sequence[tuple[str, str]]] = {
    "t": (
        *(("id", "INTEGER"), ("k", "INTEGER"), ("a", "INTEGER"), ("b", "INTEGER"), ("s", "VARCHAR"), ("d", "DATE")),
        *(("x", "DOUBLE"), ("arr", "INTEGER[]"), ("st", "STRUCT(p INTEGER, q VARCHAR)")),
    ),
    "u": (("id", "INTEGER"), ("k", "INTEGER"), ("c", "INTEGER"), ("s", "VARCHAR"), ("ts", "TIMESTAMP")),
    "codes": (("code", "VARCHAR"), ("value", "INTEGER")),
    "blind": (("word", "VARCHAR COLLATE NOCASE"), ("n", "INTEGER")),
    "wide": (("id", "INTEGER"), ("q1", "INTEGER"), ("q2", "INTEGER"), ("q3", "INTEGER")),
    "tree": (("id", "INTEGER"), ("parent", "INTEGER")),
}
ROWS: Mapping[str, str] = {
    "t": """
        (1, 1, 10, 3, 'a', DATE '2024-01-01', 0.5, [1, 2], {'p': 1, 'q': 'x'}),
        (2, 1, 20, 1, 'b', DATE '2024-01-02', 1.5, [3], {'p': 2, 'q': 'y'}),
        (3, 2, 10, NULL, 'A', DATE '2024-02-01', NULL, [], {'p': 1, 'q': NULL}),
        (4, 3, NULL, 4, NULL, NULL, 2.5, NULL, NULL),
        (5, NULL, 5, 5, 'a', DATE '2024-01-01', 3.5, [2, NULL], {'p': NULL, 'q': 'x'}),
        (6, 2, 20, 11, 'c', DATE '2024-03-01', 0.5, [1, 1], {'p': 3, 'q': 'z'}),
        (6, 2, 20, 11, 'c', DATE '2024-03-01', 0.5, [1, 1], {'p': 3, 'q': 'z'})""",
    "u": """
        (1, 1, 7, 'a', TIMESTAMP '2024-01-01 08:00:00'), (2, 2, 3, 'b', TIMESTAMP '2024-01-15 00:00:00'),
        (3, 2, 9, NULL, TIMESTAMP '2024-02-01 12:00:00'), (4, 5, 1, 'a', NULL),
        (5, NULL, 8, 'c', TIMESTAMP '2024-02-20 00:00:00')""",
    "codes": "('1', 10), ('01', 20), ('2', 30), (NULL, 40)",
    "blind": "('a', 1), ('A', 2), ('b', 3)",
    "wide": "(1, 10, 20, 30), (2, 5, NULL, 5), (3, 10, 20, 30)",
    "tree": "(1, NULL), (2, 1), (3, 1), (4, 2), (5, 9)",
}


@dataclass(frozen=True, slots=True)
class Made:
    """A table that DuckDB made of a query: its columns' names, and its rows as texts."""

    names: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]

    def bag(self, names: Sequence[str]) -> Counter[tuple[str | None, ...]]:
        """Count the rows over some columns, by folded name."""
        places = {name.lower(): place for place, name in enumerate(self.names)}
        return Counter(tuple(row[places[name]] for name in names) for row in self.rows)

    @property
    def everything(self) -> tuple[tuple[str, ...], Counter[tuple[str | None, ...]]]:
        """Its names and rows, to be compared with those of another."""
        return self.names, Counter(self.rows)


def read(sql: str, salt: str = "base", dialect: str = "duckdb") -> Result:
    """Read a query over the tables of SCHEMA, written in the spelling of a dialect."""
    return read_sql(sql, sources(dialect), dialect, salt=salt)


@functools.cache
def sources(dialect: str) -> Mapping[str, Table]:
    """Return what the tables of SCHEMA mean."""
    spelled = str.upper if dialect == "snowflake" else str
    return {
        spelled(name): source_table(name, [(spelled(one), kind) for one, kind in columns], dialect=dialect)
        for name, columns in SCHEMA.items()
    }


def compared(base: str, head: str, dialect: str = "duckdb") -> Difference:
    """Compare what two queries mean."""
    return difference(read(base, "base", dialect).table, read(head, "head", dialect).table, dialect)


def told(found: Difference) -> str:
    """Say what can differ: rows or columns by name, then +new, -gone, old->new, order, open; else nothing."""
    parts = ["rows"] if found.rows else sorted(found.changed)
    parts += [f"+{name}" for name in found.added] + [f"-{name}" for name in found.removed]
    parts += [f"{old}->{new}" for old, new in found.renamed]
    parts += ["order"] if found.reordered else []
    parts += ["open"] if found.open else []
    return " ".join(parts) or NOTHING


def judged(base: str, head: str) -> str:
    """Say what can differ between two queries, after DuckDB ran both and what is said to be equal was."""
    found, tables = compared(base, head), (made(base), made(head))
    assert all(found.equal <= {name.lower() for name in table.names} for table in tables)
    if not found.rows:
        assert tables[0].bag(sorted(found.equal)) == tables[1].bag(sorted(found.equal))
    if found.nothing:
        assert tables[0].everything == tables[1].everything
    if not found.open and all(read(sql).table.complete for sql in (base, head)):
        listed = [*found.added, *found.removed, *(name for pair in found.renamed for name in pair)]
        known = found.equal | found.changed | {name.lower() for name in listed}
        assert {name.lower() for table in tables for name in table.names} == known
    return told(found)


def differ(base: str, head: str) -> bool:
    """Tell whether DuckDB makes two different tables of two queries."""
    return made(base).everything != made(head).everything


def made(sql: str) -> Made:
    """Make a table of a query."""
    database = _database()
    database.execute(f"CREATE OR REPLACE TEMP TABLE made AS {sql}")
    names = [str(row[0]) for row in database.execute("DESCRIBE made").fetchall()]
    return Made(tuple(names), tuple(database.execute("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM made").fetchall()))


@functools.cache
def _database() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    for name, columns in SCHEMA.items():
        connection.execute(f"CREATE TABLE {name} ({', '.join(f'{one} {kind}' for one, kind in columns)})")
        connection.execute(f"INSERT INTO {name} VALUES {ROWS[name]}")
    return connection
