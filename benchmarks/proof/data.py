"""Rows for the tables that a query reads, made so that some of them get through its filters and joins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from proof.draft import Schema
from proof.hints import Hints

Rows = tuple[tuple[str, ...], ...]
"""Cells as SQL literals: they are shown as they are when something is refuted."""

WORDS = ("a", "b", "c", "A", "1", "01", "2", "")
START = date(2024, 1, 1)
NUMBER = re.compile(r"-?\d{1,5}(\.\d{1,3})?")
WHOLE = ("INTEGER", "BIGINT", "INT", "SMALLINT", "HUGEINT")
NUMBERS = ("DECIMAL", "DOUBLE", "FLOAT", "REAL")
TEXTS = ("VARCHAR", "TEXT", "CHAR", "STRING")
NUMBERED = 0.97
"""The share of rows that the first key numbers."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Shape:
    """How rows come about: how many, how many different keys, which share of cells has a literal of the query."""

    rows: int
    keys: int
    literal: float
    nulls: float


@dataclass(frozen=True, slots=True)
class Dataset:
    """The rows of some tables."""

    schema: Schema
    rows: Mapping[str, Rows]

    def statements(self) -> Iterator[str]:
        """Write what makes the tables."""
        for table, columns in self.schema.items():
            schema, _, _ = table.rpartition(".")
            if schema:
                yield f"CREATE SCHEMA IF NOT EXISTS {schema}"
            listed = ", ".join(f'"{name}" {kind}' for name, kind in columns)
            yield f"CREATE TABLE {table} ({listed})"
            rows = ", ".join(f"({', '.join(row)})" for row in self.rows.get(table, ()))
            if rows:
                yield f"INSERT INTO {table} VALUES {rows}"


def shape(chance: Random, number: int, *, unique: bool) -> Shape:
    """Draw a shape; later ones have more rows, fewer keys and more literals: more gets through."""
    if unique:
        return Shape(chance.choice([12, 30, 60]), 12, min(0.95, 0.6 + 0.05 * number), 0.02 * (number % 3))
    return Shape(chance.choice([9, 14, 20]), chance.choice([3, 4, 6]), min(0.95, 0.4 + 0.08 * number), 0.08)


def dataset(schema: Schema, hints: Hints, chance: Random, drawn: Shape) -> Dataset:
    """Draw the rows of all tables of a schema."""
    draw = _Draw(hints, chance, drawn)
    rows = dict[str, Rows]()
    for table, columns in schema.items():
        count = max(1, chance.randint(drawn.rows * 2 // 3, drawn.rows))
        cells = [
            [draw.cell(kind.upper(), name.lower(), row if place == 0 else None) for row in range(count)]
            for place, (name, kind) in enumerate(columns)
        ]
        rows[table] = tuple(zip(*cells, strict=True))
    return Dataset(schema, rows)


@dataclass(frozen=True, slots=True)
class _Draw:
    hints: Hints
    chance: Random
    shape: Shape

    def cell(self, kind: str, name: str, row: int | None) -> str:
        """Draw a cell; `row` is its place if the column is the first: such a key numbers the rows, but for a few."""
        key = name.endswith(("id", "sk", "key"))
        if row is not None and key and kind in WHOLE and self.chance.random() < NUMBERED:
            return str(row + 1)
        if self.chance.random() < self.shape.nulls:
            return "NULL"
        literals = self.hints.literals.get(name, ())
        if literals and self.chance.random() < self.shape.literal:
            near = self._near(self.chance.choice(literals), kind)
            if near is not None:
                return near
        return self._any(kind, key=key or name in self.hints.joined)

    def _near(self, literal: str, kind: str) -> str | None:
        """Write a literal of the query, or a neighbour of it, as a value of a type; None if it is none."""
        found, plain = None, _plain(kind)
        if plain in TEXTS:
            found = _quoted(literal.strip("%").replace("%", "").replace("_", "x") if "%" in literal else literal)
        elif plain in {"DATE", "TIMESTAMP"}:
            day = _day(literal)
            if day is not None:
                found = f"{plain} '{day + timedelta(days=self.chance.choice([0, 0, 1, -1, 7, 29, 31, 60]))}'"
        elif plain in {*WHOLE, *NUMBERS} and NUMBER.fullmatch(literal):
            moved = float(literal) + self.chance.choice([0, 0, 0, 0, 1, -1])
            found = str(round(moved)) if plain in WHOLE else f"{moved:.2f}"
        return found

    def _any(self, kind: str, *, key: bool) -> str:
        """Draw a value of a type."""
        chance, keys = self.chance, self.shape.keys
        if kind.endswith("[]"):
            return f"[{', '.join(self._any(kind[:-2], key=key) for _ in range(chance.randint(0, 3)))}]::{kind}"
        if kind.startswith("STRUCT"):
            fields = (field.split() for field in kind[kind.index("(") + 1 : -1].split(","))
            listed = ", ".join(f"'{name.lower()}': {self._any(inner, key=key)}" for name, inner in fields)
            return f"{{{listed}}}"
        day = START + timedelta(days=chance.randint(0, 5))
        makers = {
            **dict.fromkeys(TEXTS, lambda: _quoted(chance.choice(WORDS[: max(3, keys)]))),
            **dict.fromkeys(WHOLE, lambda: str(chance.randint(1, keys) if key else chance.randint(0, max(4, keys)))),
            **dict.fromkeys(NUMBERS, lambda: f"{chance.randint(0, 40) / 4:.2f}"),
            "BOOLEAN": lambda: chance.choice(["true", "false"]),
            "DATE": lambda: f"DATE '{day}'",
            "TIMESTAMP": lambda: f"TIMESTAMP '{day} {chance.randint(0, 23):02}:30:00'",
        }
        # Nothing is drawn of other types.
        return makers.get(_plain(kind), lambda: "NULL")()


def _plain(kind: str) -> str:
    """Name a type without its parameters, a list by its brackets."""
    return kind.partition("(")[0].split()[0]


def _day(literal: str) -> date | None:
    found = DAY.search(literal)
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def named_in(schema: Schema, names: Sequence[str]) -> Schema:
    """Return the part of a schema whose tables are named."""
    folded = {name.lower() for name in names}
    return {table: columns for table, columns in schema.items() if table.lower() in folded}
