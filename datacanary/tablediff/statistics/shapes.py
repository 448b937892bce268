"""What texts look like: with 9 for each digit and a for each letter."""

from __future__ import annotations

from collections import Counter

import polars as pl

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
    counted = sorted(Counter(drawn.to_series()).items(), key=lambda found: (-found[1], found[0]))
    return tuple(ValueCount(shape, count) for shape, count in counted[:MOST])
