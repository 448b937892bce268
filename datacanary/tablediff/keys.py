"""Finding a key: columns that are unique and never NULL on both sides, and that a person would have chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby, islice

import polars as pl

from datacanary.model.basic import Pair, Side
from datacanary.tablediff.glance import Glance
from datacanary.tablediff.keynames import Naming, naming_of, rank
from datacanary.tablediff.keyproof import NullInKeyError, is_key
from datacanary.tablediff.meeting import IncomparableError, meet
from datacanary.tablediff.numeric import Writer, cast_to
from datacanary.tablediff.table import Table

MOST_COLUMNS = 3
MOST_NAMED = 64
MOST_SURVEYED = 24
MOST_COMBINED = 6
MOST_DATES = 2
"""So many plausible names are glanced at, read whole at most, and combined: a wide table must not take long."""
MOST_CHECKED = 12
"""So many proposals are proven or disproven, if a glance at them leaves so many."""
MEMORY = 256 << 20
"""Bytes that a proof may use where the caller names no limit."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column that could be part of a key; `code` is its name in the frames that are looked at."""

    name: str
    code: str
    naming: Naming
    place: int
    writers: Pair[Writer]


Prove = Callable[[tuple[str, ...]], bool | None]
"""Tells whether columns are a key, as `is_key` does; None if it cannot tell."""


def cannot_tell(names: tuple[str, ...]) -> None:
    """Leave the proof to others."""
    del names


def infer_key(
    tables: Pair[Table],
    name: str = "",
    *,
    ignore: Sequence[str] = (),
    memory: int = MEMORY,
    prove: Prove = cannot_tell,
) -> tuple[str, ...]:
    """Find the columns that identify a row; empty if there are none.

    They are unique and not NULL on both sides, which is proven, at most three, neither floats, decimals, booleans nor
    nested, and pair at least half of the rows of the smaller side, as `is_key` counts it. Names that say key come
    first, of equal ones those with more values at a glance. `name` is the table's name, `memory` is in bytes. `prove`
    is asked before all values are read.

    Raises DataError if a side cannot be read.

    >>> base = Table.of(pl.DataFrame({"amount": [1, 2], "order_id": [7, 8]}))
    >>> infer_key(Pair(base, base), "orders")
    ('order_id',)
    """
    columns = eligible(tables, name, ignore)
    frames = Pair(written(tables.base, columns, "base"), written(tables.head, columns, "head"))
    rows = tables.map(lambda side: side.rows)
    glance = Glance(frames, rows)
    first = leading(columns, tables, ignore)
    for proposals, most in ((by_name(columns, glance), MOST_CHECKED), (by_position(first), MOST_COLUMNS)):
        likely = (proposal for proposal in proposals if glance.could_be_key(codes_of(proposal)))
        for proposal in islice(likely, most):
            try:
                names = tuple(column.name for column in proposal)
                proven = prove(names)
                if is_key(frames, rows, codes_of(proposal), memory) if proven is None else proven:
                    return names
            except NullInKeyError as found:
                glance.nulls.add(found.code)
            # Only now: most tables have the key that their names promise, and need no second look.
            glance.survey(codes_of(worth_a_survey(columns, first, glance)))
    return ()


def codes_of(columns: Sequence[Candidate]) -> list[str]:
    """Return the columns' names in the frames that are looked at."""
    return [column.code for column in columns]


def eligible(tables: Pair[Table], table: str, ignore: Sequence[str]) -> list[Candidate]:
    """Find the columns whose type and name can identify a row."""
    columns: list[Candidate] = []
    schemas = tables.map(lambda side: side.frame.collect_schema())
    for place, name in enumerate(schemas.base):
        if name in ignore or name not in schemas.head:
            continue
        types = Pair(schemas.base[name], schemas.head[name])
        naming = naming_of(name, table)
        if naming == "measure" or not all(identifies(dtype) for dtype in types):
            continue
        try:
            writers = meet(types.base, types.head)
        except IncomparableError:
            continue
        if isinstance(types.base, pl.Categorical | pl.Enum):
            # The number that stands for a word depends on which word came first, and a sample must not.
            writers = Pair(cast_to(pl.String()), cast_to(pl.String()))
        columns.append(Candidate(name, f"c{place}", naming, place, writers))
    return columns


def identifies(dtype: pl.DataType) -> bool:
    """Tell whether values of this type can identify a row."""
    if dtype.is_integer():
        return True
    return isinstance(dtype, pl.String | pl.Categorical | pl.Enum | pl.Date | pl.Datetime | pl.Binary)


def written(table: Table, columns: Sequence[Candidate], side: Side) -> pl.LazyFrame:
    """Write the columns of a side in the form in which both sides can be compared, and call them by their codes."""
    places = {name: place for place, name in enumerate(table.frame.collect_schema())}
    coded = table.frame.select(pl.nth(places[column.name]).alias(column.code) for column in columns)
    return coded.select(column.writers.of(side)(pl.col(column.code)).alias(column.code) for column in columns)


def leading(columns: Sequence[Candidate], tables: Pair[Table], ignore: Sequence[str]) -> list[Candidate]:
    """Take the leading columns, as many as can be part of a key: there GROUP BY puts its columns."""
    candidates = {column.name: column for column in columns}
    base, head = tables.map(lambda side: side.frame.collect_schema())
    found = []
    for name in [name for name in base if name in head and name not in ignore][:MOST_COLUMNS]:
        if name not in candidates:
            break
        found.append(candidates[name])
    return found


def by_name(columns: Sequence[Candidate], glance: Glance) -> Iterator[tuple[Candidate, ...]]:
    """Propose columns that are called like keys: one, then two or three of them, the last may be a date."""
    for _, equals in groupby(named(columns), key=lambda column: column.naming):
        # One naming is read at a time: mostly the best one holds the key.
        yield from ((column,) for column in ranked(list(equals), glance))
    some, dates = to_combine(columns, glance), dates_among(columns, glance)
    for size in range(2, MOST_COLUMNS + 1):
        yield from combinations(some, size)
        yield from ((*ids, date) for ids in combinations(some, size - 1) for date in dates)


def by_position(first: Sequence[Candidate]) -> Iterator[tuple[Candidate, ...]]:
    """Propose the leading columns."""
    return (tuple(first[:size]) for size in range(1, len(first) + 1))


def named(columns: Sequence[Candidate]) -> list[Candidate]:
    """Order the columns that are called like keys by how much their name says key, then by position."""
    keylike = [column for column in columns if column.naming not in {"other", "date"}]
    return sorted(keylike, key=lambda column: (rank(column.naming), column.place))[:MOST_NAMED]


def ranked(columns: Sequence[Candidate], glance: Glance) -> list[Candidate]:
    """Order columns without NULLs by their name, then by the number of their values at a glance, then by position."""
    glance.read(codes_of(columns))
    full = [column for column in columns if not glance.has_null(column.code)]
    return sorted(full, key=lambda column: (rank(column.naming), -glance.distinct(column.code), column.place))


def to_combine(columns: Sequence[Candidate], glance: Glance) -> list[Candidate]:
    """Choose the columns to be combined with others, by position."""
    return sorted(ranked(named(columns), glance)[:MOST_COMBINED], key=lambda column: column.place)


def dates_among(columns: Sequence[Candidate], glance: Glance) -> list[Candidate]:
    """Choose the dates that can be the last part of a key."""
    dates = (column for column in columns if column.naming == "date" and not glance.has_null(column.code))
    return list(islice(dates, MOST_DATES))


def worth_a_survey(columns: Sequence[Candidate], first: Sequence[Candidate], glance: Glance) -> list[Candidate]:
    """Choose the columns that can still be in a key: those to be combined, and those that could be one alone."""
    alone = (column for column in ranked(named(columns), glance) if glance.could_be_key([column.code]))
    chosen = [*islice(alone, MOST_SURVEYED), *to_combine(columns, glance), *dates_among(columns, glance), *first]
    return list({column.code: column for column in chosen}.values())
