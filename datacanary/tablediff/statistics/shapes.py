"""What texts look like: with 9 for each digit and a for each letter."""

from __future__ import annotations

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
    present = texts.alias("shape").drop_nulls()
    some = present.gather_every(max(1, -(-present.len() // ENOUGH)))
    drawn = some.str.slice(0, LONGEST).str.replace_all(r"\d", "9").str.replace_all(r"\p{L}", "a")
    counted = drawn.value_counts(name="count").sort(["count", "shape"], descending=[True, False]).head(MOST)
    return tuple(ValueCount(shape, count) for shape, count in counted.iter_rows())
