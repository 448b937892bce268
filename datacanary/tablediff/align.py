"""Which rows belong together: pairing two tables by the values of their key."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from datacanary.model.basic import Pair

ROW = "row"
"""Name of the row numbers; no column of a written frame is called so, they are c0, c1, ..."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """Row numbers by outcome.

    `pairs` has the columns base and head, ordered by base. `single`: rows whose key value is on this side alone.
    `repeated`: rows whose key value occurs more than once on either side; they pair with nothing.
    `duplicates` counts the key values that occur more than once on the side.
    """

    pairs: pl.DataFrame
    single: Pair[pl.Series]
    repeated: Pair[pl.Series]
    duplicates: Pair[int]


def pair_rows(keys: Pair[pl.DataFrame]) -> Pairing:
    """Pair the rows whose key values are equal; NULL equals NULL, NaN equals NaN.

    >>> pairing = pair_rows(Pair(pl.DataFrame({"c0": [1, 2, 3, 3]}), pl.DataFrame({"c0": [2, 4, None]})))
    >>> pairing.pairs.rows(), pairing.single.base.to_list(), pairing.repeated.base.to_list(), pairing.duplicates
    ([(1, 0)], [0], [2, 3], Pair(base=1, head=0))
    """
    doubled = keys.map(values_that_repeat)
    duplicates = doubled.map(lambda values: values.height)
    if duplicates == Pair(0, 0):
        if in_step(keys):
            return step_by_step(keys.base.height)
        repeated = keys.map(lambda _: numbers_of([]))
        return join(keys.map(lambda side: side.with_row_index(ROW)), repeated, duplicates)
    names = keys.base.columns
    rows = keys.map(lambda side: side.with_row_index(ROW))
    values = pl.concat(list(doubled))
    apart = rows.map(lambda side: side.join(values, on=names, how="semi", nulls_equal=True)[ROW].sort())
    unique = rows.map(lambda side: side.join(values, on=names, how="anti", nulls_equal=True))
    return join(unique, apart, duplicates)


def numbers_of(rows: list[int]) -> pl.Series:
    """Make a series of row numbers."""
    return pl.Series(rows, dtype=pl.get_index_type())


def values_that_repeat(keys: pl.DataFrame) -> pl.DataFrame:
    """Return the key values that occur more than once, each one time."""
    if keys.width == 1 and keys.to_series().n_unique() == keys.height:
        return keys.clear()
    return keys.group_by(keys.columns).len("n").filter(pl.col("n") > 1).drop("n")


def in_step(rows: Pair[pl.DataFrame]) -> bool:
    """Tell whether both sides have equal values at every position."""
    return rows.base.height == rows.head.height and not any(
        base.ne_missing(head).any() for base, head in zip(rows.base, rows.head, strict=True)
    )


def step_by_step(height: int) -> Pairing:
    """Pair each row with the one at the same position."""
    rows = pl.int_range(height, dtype=pl.get_index_type(), eager=True)
    nothing = Pair(numbers_of([]), numbers_of([]))
    return Pairing(pl.DataFrame({"base": rows, "head": rows}), nothing, nothing, Pair(0, 0))


def join(rows: Pair[pl.DataFrame], repeated: Pair[pl.Series], duplicates: Pair[int]) -> Pairing:
    """Pair rows whose key values are unique on their side."""
    names = [name for name in rows.base.columns if name != ROW]
    plan = rows.base.lazy().join(rows.head.lazy(), on=names, how="full", nulls_equal=True, coalesce=False)
    both = plan.select(base=ROW, head=f"{ROW}_right").collect(engine="streaming")
    return Pairing(
        pairs=both.drop_nulls().sort("base"),
        single=Pair(alone(both, "base", "head"), alone(both, "head", "base")),
        repeated=repeated,
        duplicates=duplicates,
    )


def alone(both: pl.DataFrame, side: str, other: str) -> pl.Series:
    """Return the rows of a side that found no partner, in order."""
    return both.filter(pl.col(other).is_null())[side].sort()
