"""What is left of two multisets of rows after equal rows cancel each other, one by one."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from datacanary.model.basic import Pair
from datacanary.tablediff.align import ROW, in_step, numbers_of

Fingerprint = Callable[[pl.DataFrame], pl.Series]

PRINT = "print"
TURN = "turn"
"""Which occurrence of its value a row is: 0, 1, ..."""


def leftovers(rows: Pair[pl.DataFrame], fingerprint: Fingerprint = pl.DataFrame.hash_rows) -> Pair[pl.Series]:
    """Return the positions of the rows that find no equal partner on the other side, ascending.

    Of equal rows the first ones cancel. Fingerprints find the partners quickly, but every pair is then compared,
    and rows whose fingerprints collide are matched by their values: the result is exact whatever the fingerprint.

    >>> left = leftovers(Pair(pl.DataFrame({"c0": [1, 1, 2]}), pl.DataFrame({"c0": [3, 1]})))
    >>> left.base.to_list(), left.head.to_list()
    ([1, 2], [0])
    """
    if rows.base.height == 0 or rows.head.height == 0:
        return rows.map(lambda side: pl.int_range(side.height, dtype=pl.get_index_type(), eager=True))
    if in_step(rows):
        return rows.map(lambda _: numbers_of([]))
    prints = rows.map(lambda side: turns(pl.DataFrame({PRINT: fingerprint(side)}).with_row_index(ROW), [PRINT]))
    pairs = prints.base.join(prints.head, on=[PRINT, TURN], how="inner").select(PRINT, base=ROW, head=f"{ROW}_right")
    collided = pairs.filter(unequal(rows, pairs)).select(PRINT).unique()
    if collided.height == 0:
        return Pair(others(prints.base, pairs["base"]), others(prints.head, pairs["head"]))
    cancelled = pairs.join(collided, on=PRINT, how="anti")
    doubtful = prints.map(lambda side: side.join(collided, on=PRINT, how="semi")[ROW].sort())
    left = by_value(Pair(rows.base[doubtful.base], rows.head[doubtful.head]))
    return Pair(
        others(prints.base, pl.concat([cancelled["base"], without(doubtful.base, left.base)])),
        others(prints.head, pl.concat([cancelled["head"], without(doubtful.head, left.head)])),
    )


def turns(rows: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Count through the occurrences of each value."""
    if len(names) == 1 and rows[names[0]].n_unique() == rows.height:
        return rows.with_columns(pl.lit(0, dtype=pl.get_index_type()).alias(TURN))
    return rows.with_columns(pl.int_range(pl.len(), dtype=pl.get_index_type()).over(names).alias(TURN))


def unequal(rows: Pair[pl.DataFrame], pairs: pl.DataFrame) -> pl.Series:
    """Tell for each pair of positions whether any column differs."""
    result = pl.repeat(False, pairs.height, dtype=pl.Boolean, eager=True)
    for base, head in zip(rows.base, rows.head, strict=True):
        result = result | base.gather(pairs["base"]).ne_missing(head.gather(pairs["head"]))
    return result


def others(prints: pl.DataFrame, gone: pl.Series) -> pl.Series:
    """Return the row numbers that are not gone, ascending."""
    return prints[ROW].filter(~prints[ROW].is_in(gone.implode())).sort()


def without(numbers: pl.Series, places: pl.Series) -> pl.Series:
    """Return the numbers that do not stand at these places."""
    everywhere = pl.int_range(numbers.len(), dtype=pl.get_index_type(), eager=True)
    return numbers.filter(~everywhere.is_in(places.implode()))


def by_value(rows: Pair[pl.DataFrame]) -> Pair[pl.Series]:
    """Cancel equal rows by their values alone; slower than by fingerprint."""
    names = rows.base.columns
    numbered = rows.map(lambda side: turns(side.with_row_index(ROW), names))
    return Pair(
        unmatched(numbered.base, numbered.head, [*names, TURN]),
        unmatched(numbered.head, numbered.base, [*names, TURN]),
    )


def unmatched(rows: pl.DataFrame, partners: pl.DataFrame, names: list[str]) -> pl.Series:
    """Return the rows without a partner that has the same value and the same turn."""
    return rows.join(partners, on=names, how="anti", nulls_equal=True)[ROW].sort()
