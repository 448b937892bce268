"""Finding a key: columns that are unique and never NULL on both sides, and that a person would have chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

import polars as pl

from datacanary.model.basic import Pair
from datacanary.tablediff.keynames import Naming, naming_of, rank
from datacanary.tablediff.meeting import IncomparableError, meet
from datacanary.tablediff.numeric import Writer
from datacanary.tablediff.table import Table

MOST_COLUMNS = 3
MOST_SINGLE = 24
MOST_NAMED = 6
MOST_DATES = 2
"""So many plausible names are tried alone and combined: a wide table must not take long."""
MOST_CHECKED = 12
"""So many proposals are counted in full, if a glance at them leaves so many."""
GLANCE = 10_000
"""Rows that are looked at first: what repeats there is no key."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column that could be part of a key; `code` is its name in the frames that are looked at."""

    name: str
    code: str
    naming: Naming
    place: int


def infer_key(tables: Pair[Table], name: str = "", *, ignore: Sequence[str] = ()) -> tuple[str, ...]:
    """Find the columns that identify a row; empty if there are none.

    They are unique and not NULL on both sides, at most three, neither floats, decimals, booleans nor nested, and
    pair at least half of the rows of the smaller side. `name` is the table's name.

    >>> base = Table.of(pl.DataFrame({"amount": [1, 2], "order_id": [7, 8]}))
    >>> infer_key(Pair(base, base), "orders")
    ('order_id',)
    """
    frames = tables.map(lambda side: side.frame.collect(engine="streaming"))
    columns, written = eligible(frames, name, ignore)
    columns = [column for column in columns if not any(side[column.code].null_count() for side in written)]
    common = [column for column in frames.base.columns if column in frames.head.columns and column not in ignore]
    for proposals, most in ((by_name(columns), MOST_CHECKED), (by_position(columns, common), MOST_COLUMNS)):
        likely = (
            codes for codes in map(codes_of, proposals) if all(unique_at_a_glance(side, codes) for side in written)
        )
        for codes in islice(likely, most):
            if all(is_unique(side.select(codes)) for side in written) and pairs_enough(written, codes):
                names = {column.code: column.name for column in columns}
                return tuple(names[code] for code in codes)
    return ()


def codes_of(candidate: Sequence[Candidate]) -> list[str]:
    """Return the columns' names in the frames that are looked at."""
    return [column.code for column in candidate]


def eligible(
    frames: Pair[pl.DataFrame], table: str, ignore: Sequence[str]
) -> tuple[list[Candidate], Pair[pl.DataFrame]]:
    """Find the columns whose type and name can identify a row, and write them in a common form."""
    columns: list[Candidate] = []
    writers: list[Pair[Writer]] = []
    for place, name in enumerate(frames.base.columns):
        if name in ignore or name not in frames.head.columns:
            continue
        types = Pair(frames.base.schema[name], frames.head.schema[name])
        naming = naming_of(name, table)
        if naming == "measure" or not all(identifies(dtype) for dtype in types):
            continue
        try:
            writers.append(meet(types.base, types.head))
        except IncomparableError:
            continue
        columns.append(Candidate(name, f"c{place}", naming, place))

    def written(frame: pl.DataFrame, picked: Sequence[Writer]) -> pl.DataFrame:
        coded = frame.select([frame[column.name].alias(column.code) for column in columns])
        return coded.select(
            write(pl.col(column.code)).alias(column.code) for column, write in zip(columns, picked, strict=True)
        )

    return columns, Pair(
        written(frames.base, [pair.base for pair in writers]), written(frames.head, [pair.head for pair in writers])
    )


def identifies(dtype: pl.DataType) -> bool:
    """Tell whether values of this type can identify a row."""
    if dtype.is_integer():
        return True
    return isinstance(dtype, pl.String | pl.Categorical | pl.Enum | pl.Date | pl.Datetime | pl.Binary)


def by_name(columns: Sequence[Candidate]) -> Iterator[tuple[Candidate, ...]]:
    """Propose columns that are called like keys: one, then two or three of them, the last may be a date."""
    named = sorted((column for column in columns if column.naming not in {"other", "date"}), key=rank_of)
    dates = [column for column in columns if column.naming == "date"][:MOST_DATES]
    yield from ((column,) for column in named[:MOST_SINGLE])
    some = sorted(named[:MOST_NAMED], key=lambda column: column.place)
    for size in range(2, MOST_COLUMNS + 1):
        yield from combinations(some, size)
        yield from ((*ids, date) for ids in combinations(some, size - 1) for date in dates)


def by_position(columns: Sequence[Candidate], order: Sequence[str]) -> Iterator[tuple[Candidate, ...]]:
    """Propose the leading columns, as many as can be part of a key: there GROUP BY puts its columns."""
    candidates = {column.name: column for column in columns}
    leading: list[Candidate] = []
    for name in order[:MOST_COLUMNS]:
        if name not in candidates:
            return
        leading.append(candidates[name])
        yield tuple(leading)


def rank_of(column: Candidate) -> tuple[int, int]:
    """Order columns by how much their name says key, then by position."""
    return rank(column.naming), column.place


def unique_at_a_glance(side: pl.DataFrame, codes: list[str]) -> bool:
    """Look at the first rows only."""
    return is_unique(side.head(GLANCE).select(codes))


def is_unique(keys: pl.DataFrame) -> bool:
    """Tell whether no value occurs twice."""
    return bool(keys.n_unique() == keys.height)


def pairs_enough(written: Pair[pl.DataFrame], codes: list[str]) -> bool:
    """Tell whether at least half the rows of the smaller side find a partner; an empty side asks for none."""
    small, large = sorted((side.select(codes) for side in written), key=lambda side: side.height)
    return small.join(large, on=codes, how="semi").height * 2 >= small.height
