"""Ways to make a model out of the tables that there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

ColumnKind = Literal["int", "text", "date", "number"]


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or model with the columns that others may use."""

    name: str
    columns: tuple[tuple[str, ColumnKind], ...]

    def of(self, *kinds: ColumnKind) -> list[str]:
        """Return the columns of some kinds."""
        return [name for name, kind in self.columns if kind in kinds]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a maker can draw from: `one` is a table with two whole numbers, `other` another one; `new` makes a name."""

    chance: Random
    one: Relation
    other: Relation
    new: Callable[[], str]

    def int_of(self, relation: Relation) -> str:
        """Choose a column with whole numbers."""
        return self.chance.choice(relation.of("int"))

    def any_of(self, relation: Relation) -> str:
        """Choose a column."""
        return self.chance.choice(relation.columns)[0]


Made = tuple[str, tuple[tuple[str, ColumnKind], ...]]
"""A query, and its columns."""
Maker = Callable[[Inputs], Made]


def _some(given: Inputs, relation: Relation) -> list[tuple[str, ColumnKind]]:
    """Choose some columns, two whole numbers among them."""
    ints = [one for one in relation.columns if one[1] == "int"]
    kept = {*given.chance.sample(ints, min(2, len(ints)))}
    count = given.chance.randint(min(2, len(relation.columns)), len(relation.columns))
    kept |= {*given.chance.sample(relation.columns, count)}
    return [one for one in relation.columns if one in kept]


def _listed(columns: Sequence[tuple[str, ColumnKind]], of: str = "") -> str:
    return ", ".join(f"{of}{name}" for name, _ in columns)


def _all(relation: Relation) -> str:
    """Name every column: an order by them leaves nothing open."""
    return _listed(relation.columns)


def staged(given: Inputs) -> Made:
    """Clean a table: filter, rename, replace NULL."""
    columns, number, new = _some(given, given.one), given.int_of(given.one), given.new()
    where = f"{number} IS NOT NULL OR {given.int_of(given.one)} > 1"
    sql = f"SELECT {_listed(columns)}, coalesce({number}, 0) AS {new} FROM {given.one.name} WHERE {where}"
    return sql, (*columns, (new, "int"))


def starred(given: Inputs) -> Made:
    """Add a column to all that there are."""
    number, new = given.int_of(given.one), given.new()
    sql = f"SELECT *, CASE WHEN {number} > 2 THEN {number} - 1 ELSE 0 END AS {new} FROM {given.one.name}"
    return sql, (*given.one.columns, (new, "int"))


def trimmed(given: Inputs) -> Made:
    """Leave a column out, and replace another."""
    number = given.int_of(given.one)
    dropped = given.chance.choice([name for name, _ in given.one.columns if name != number])
    rest = tuple(one for one in given.one.columns if one[0] != dropped)
    return f"SELECT * EXCLUDE ({dropped}) REPLACE ({number} * 2 AS {number}) FROM {given.one.name}", rest


def joined(given: Inputs) -> Made:
    """Bring two tables together."""
    kind = given.chance.choice(["JOIN", "LEFT JOIN", "FULL JOIN", "RIGHT JOIN"])
    left, right, new = _some(given, given.one), given.int_of(given.other), given.new()
    on = f"l.{given.int_of(given.one)} = r.{given.int_of(given.other)}"
    sources = f"{given.one.name} AS l {kind} {given.other.name} AS r ON {on}"
    return f"SELECT {_listed(left, 'l.')}, r.{right} AS {new} FROM {sources}", (*left, (new, "int"))


def looked_up(given: Inputs) -> Made:
    """Add what another table says of a key, at most once."""
    key, value, count, most = given.int_of(given.other), given.any_of(given.other), given.new(), given.new()
    columns = _some(given, given.one)
    looked = f"SELECT {key} AS key, count(*) AS {count}, max({value}) AS {most} FROM {given.other.name} GROUP BY 1"
    sources = f"{given.one.name} AS l LEFT JOIN looked ON looked.key = l.{given.int_of(given.one)}"
    shown = f"{_listed(columns, 'l.')}, looked.{count}, looked.{most}"
    kind = dict(given.other.columns)[value]
    return f"WITH looked AS ({looked})\nSELECT {shown} FROM {sources}", (*columns, (count, "int"), (most, kind))


def newest(given: Inputs) -> Made:
    """Keep one row for each key."""
    window = f"PARTITION BY {given.int_of(given.one)} ORDER BY {_all(given.one)}"
    return f"SELECT * FROM {given.one.name} QUALIFY row_number() OVER ({window}) = 1", given.one.columns


def added_to_newest(given: Inputs) -> Made:
    """Left join a table of which one row is kept for each key."""
    key, value, new = given.int_of(given.other), given.int_of(given.other), given.new()
    number = f"row_number() OVER (PARTITION BY {key} ORDER BY {_all(given.other)}) AS rn"
    ctes = (
        f"numbered AS (SELECT *, {number} FROM {given.other.name})",
        f"firsts AS (SELECT {key} AS key, {value} AS value FROM numbered WHERE rn = 1)",
    )
    sources = f"{given.one.name} AS l LEFT JOIN firsts ON firsts.key = l.{given.int_of(given.one)}"
    sql = f"WITH {', '.join(ctes)}\nSELECT l.*, firsts.value AS {new} FROM {sources}"
    return sql, (*given.one.columns, (new, "int"))


def counted(given: Inputs) -> Made:
    """Group by a column or two."""
    keys = list(dict.fromkeys([given.int_of(given.one), given.any_of(given.one)]))
    total, count, kinds = given.new(), given.new(), dict(given.one.columns)
    how = given.chance.choice([", ".join(keys), "ALL", ", ".join(str(place + 1) for place in range(len(keys)))])
    shown = f"{', '.join(keys)}, sum({given.int_of(given.one)})::BIGINT AS {total}, count(*) AS {count}"
    sql = f"SELECT {shown} FROM {given.one.name} GROUP BY {how}"
    return sql, (*((key, kinds[key]) for key in keys), (total, "int"), (count, "int"))


def subtotals(given: Inputs) -> Made:
    """Group by a column, with a total of all."""
    key, value = given.int_of(given.one), given.any_of(given.one)
    first, most, kinds = given.new(), given.new(), given.new()
    shown = f"{key} AS {first}, max({value}) AS {most}, count(DISTINCT {value}) AS {kinds}"
    sql = f"SELECT {shown} FROM {given.one.name} GROUP BY ROLLUP ({key}) HAVING count(*) > 1"
    return sql, ((first, "int"), (most, dict(given.one.columns)[value]), (kinds, "int"))


def stacked(given: Inputs) -> Made:
    """Put the rows of two tables under each other."""
    kind = given.chance.choice(["UNION ALL", "UNION", "EXCEPT", "UNION ALL BY NAME"])
    first, second = given.new(), given.new()
    branches = (
        f"SELECT {given.int_of(one)} AS {first}, {given.int_of(one)} AS {second} FROM {one.name}"
        for one in (given.one, given.other)
    )
    return f"\n{kind}\n".join(branches), ((first, "int"), (second, "int"))


def distinct(given: Inputs) -> Made:
    """Keep each row once."""
    columns = _some(given, given.one)
    return f"SELECT DISTINCT {_listed(columns)} FROM {given.one.name}", tuple(columns)


def windowed(given: Inputs) -> Made:
    """Add a running total and the row before."""
    key, running, before = given.int_of(given.one), given.new(), given.new()
    columns = _some(given, given.one)
    window = f"PARTITION BY {key} ORDER BY {_all(given.one)} ROWS UNBOUNDED PRECEDING"
    shown = f"{_listed(columns)}, sum({given.int_of(given.one)}) OVER w AS {running}, lag({key}) OVER w AS {before}"
    sql = f"SELECT {shown} FROM {given.one.name} WINDOW w AS ({window})"
    return sql, (*columns, (running, "int"), (before, "int"))


def filtered_by(given: Inputs) -> Made:
    """Keep the rows that another table knows, or does not."""
    no = given.chance.choice(["", "NOT "])
    columns = _some(given, given.one)
    where = f"r.{given.int_of(given.other)} = l.{given.int_of(given.one)}"
    exists = f"{no}EXISTS (SELECT 1 FROM {given.other.name} AS r WHERE {where})"
    return f"SELECT {_listed(columns, 'l.')} FROM {given.one.name} AS l WHERE {exists}", tuple(columns)


def compared(given: Inputs) -> Made:
    """Hold each row against a figure of another table."""
    new, columns = given.new(), _some(given, given.one)
    most = f"(SELECT max(z.{given.int_of(given.other)}) FROM {given.other.name} AS z)"
    sql = f"SELECT {_listed(columns)}, {given.int_of(given.one)} - {most} AS {new} FROM {given.one.name}"
    return sql, (*columns, (new, "int"))


def pivoted(given: Inputs) -> Made:
    """Make columns of values; the other columns group, whatever they are."""
    key, value, by = given.int_of(given.one), given.int_of(given.one), given.int_of(given.one)
    one, two, three = given.new(), given.new(), given.new()
    rows = f"(SELECT {key} AS key, {by} AS by, {value} AS value FROM {given.one.name})"
    sql = f'SELECT key AS {one}, "1" AS {two}, "2" AS {three} FROM {rows} PIVOT (max(value) FOR by IN (1, 2))'
    return sql, ((one, "int"), (two, "int"), (three, "int"))


def unnested(given: Inputs) -> Made:
    """Make rows of columns."""
    new, columns = given.new(), _some(given, given.one)
    listed = f"unnest([{given.int_of(given.one)}, {given.int_of(given.one)}]) AS {new}"
    return f"SELECT {_listed(columns)}, {listed} FROM {given.one.name}", (*columns, (new, "int"))


def limited(given: Inputs) -> Made:
    """Keep the first rows in an order that leaves nothing open."""
    order = f"{given.int_of(given.one)} DESC NULLS LAST, {_all(given.one)}"
    return f"SELECT * FROM {given.one.name} ORDER BY {order} LIMIT 12", given.one.columns


MAKERS: Sequence[Maker] = (
    staged,
    starred,
    trimmed,
    joined,
    joined,
    looked_up,
    looked_up,
    newest,
    added_to_newest,
    counted,
    counted,
    subtotals,
    stacked,
    distinct,
    windowed,
    filtered_by,
    compared,
    pivoted,
    unnested,
    limited,
)
