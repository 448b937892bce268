"""What texts look like: with 9 for each digit and a for each letter."""

from __future__ import annotations

import polars as pl

from datacanary.model.basic import Pair
from datacanary.model.statistics import ValueCount

MOST = 5
LONGEST = 32
"""Characters of a text that are looked at."""
ENOUGH = 16_384
"""Texts that are looked at."""


def shapes(texts: pl.Series) -> tuple[ValueCount, ...]:
    """Count the shapes of some texts, the most frequent first; ties in the order of text.

    >>> shapes(pl.Series(["AB-12", "XY-07", "n/a", None]))
    (ValueCount(value='aa-99', count=2), ValueCount(value='a/a', count=1))
    """
    step = max(1, -(-(texts.len() - texts.null_count()) // ENOUGH))
    some = pl.col("text").drop_nulls().gather_every(step).str.slice(0, LONGEST)
    drawn = texts.alias("text").to_frame().select(some.str.replace_all(r"\d", "9").str.replace_all(r"\p{L}", "a"))
    counted = drawn.group_by("text").len("count").top_k(MOST, by=["count", "text"], reverse=[False, True])
    first = counted.sort("count", "text", descending=[True, False])
    return tuple(ValueCount(shape, count) for shape, count in first.iter_rows())


def shapes_of_both(cells: Pair[pl.Series | None]) -> Pair[tuple[ValueCount, ...]]:
    """Count the shapes of the cells of both sides; only texts have any. Most columns are the same on both.

    >>> shapes_of_both(Pair(pl.Series(["n/a"]), pl.Series([1])))
    Pair(base=(ValueCount(value='a/a', count=1),), head=())
    """
    base, head = cells.map(lambda side: side if side is not None and isinstance(side.dtype, pl.String) else None)
    seen = () if base is None else shapes(base)
    if base is not None and head is not None and base.equals(head):
        return Pair(seen, seen)
    return Pair(seen, () if head is None else shapes(head))
