"""Choosing the values that are counted one by one, by what was looked at of both sides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from datacanary.tablediff.statistics.bins import ValueBins, words
from datacanary.tablediff.statistics.distinct import text_hashes

MOST = 1_000
"""If there are no more values than these that are not unique, all are listed."""
LONGEST = 1_000
"""Bytes of a value that is listed."""
OF_SIDE = 100
OF_DIFFERING = 50
"""Else the most frequent ones of each side and of each kind of differing cells are."""
ORDER = ["count", "value"]


def choose_values(sides: Sequence[pl.Series], differing: Sequence[pl.Series], *, whole: bool) -> ValueBins:
    """Choose values by some cells of each side, all if `whole`, and by cells that differ; frequent ones come first.

    Values that were seen once are listed only if all of a column's values can be: the others tell nothing. Very long
    ones are not: they are kept, and shown.

    >>> choose_values([pl.Series(["b", "a", "b", None])], [], whole=False).values.to_list()
    ['b']
    """
    looked = [short(words(cells).alias("value").drop_nulls()) for cells in (*sides, *differing)]
    all_listed = whole and all(few_values(cells) for cells in looked)
    counted = [counts(cells if all_listed else repeated(cells)) for cells in looked]
    found = together(counted)
    if all_listed and found.height > MOST:
        counted = [values.filter(pl.col("count") > 1) for values in counted]
        found = together(counted)
    if found.height > MOST:
        mosts = [OF_SIDE] * len(sides) + [OF_DIFFERING] * len(differing)
        found = together([values.head(most) for values, most in zip(counted, mosts, strict=True)])
    return ValueBins(found["value"])


def together(counted: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Add counts of values up, the most frequent first."""
    return pl.concat(counted).group_by("value").agg(pl.col("count").sum()).sort(ORDER, descending=[True, False])


def short(cells: pl.Series) -> pl.Series:
    """Leave out values that are too long to be kept."""
    if isinstance(cells.dtype, pl.String):
        return cells.filter(cells.str.len_bytes() <= LONGEST)
    return cells.filter(cells.bin.size() <= LONGEST) if isinstance(cells.dtype, pl.Binary) else cells


def few_values(cells: pl.Series) -> bool:
    """Tell whether all values of some cells can be listed."""
    return np.unique(text_hashes(cells)).size <= MOST


def repeated(cells: pl.Series) -> pl.Series:
    """Give the cells whose values occur more than once: found by hashes, as they may be a few among many."""
    hashes = text_hashes(cells)
    order = np.argsort(hashes)
    same = hashes[order[1:]] == hashes[order[:-1]]
    return cells.gather(order[np.append(same, np.False_) | np.append(np.False_, same)]) if same.any() else cells.clear()


def counts(cells: pl.Series) -> pl.DataFrame:
    """Count values, the most frequent first."""
    found = cells.value_counts(name="count").with_columns(pl.col("count").cast(pl.Int64))
    return found.sort(ORDER, descending=[True, False])
