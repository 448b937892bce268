"""How often some values occur on a side: counted in one pass over it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from datacanary.tablediff.columns import ColumnPair
from datacanary.tablediff.views import View, reading, written

TIMES = "times"
"""Beside the codes of columns: how often a value occurs."""


def occurrences(view: View, columns: Sequence[ColumnPair], values: pl.DataFrame) -> pl.Series:
    """Count the rows of a side with these values, position by position; NULL equals NULL, NaN NaN.

    The values are distinct rows of the columns in their common form. DataError if the side cannot be read.
    """
    codes = values.columns
    rows = view.frame.select(written(columns, view.side))
    leading = most_distinct(values)
    # Mostly one column tells nearly all rows apart, and only few of them need a look at the others.
    near = rows.join(values.select(leading).unique().lazy(), on=leading, how="semi", nulls_equal=True)
    if len(codes) > 1:
        near = near.join(values.lazy(), on=codes, how="semi", nulls_equal=True)
    with reading(view.side):
        counted = near.group_by(codes).agg(pl.len().alias(TIMES)).collect(engine="streaming")
    found = values.join(counted, on=codes, how="left", nulls_equal=True, maintain_order="left")
    return found[TIMES].fill_null(0)


def most_distinct(values: pl.DataFrame) -> str:
    """Name the column with the most values."""
    return max(values.columns, key=lambda code: values[code].n_unique())
