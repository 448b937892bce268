"""Rows that follow one another on both sides: finding them by codes of their keys, and picking them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from datacanary.model.basic import Pair
from datacanary.tablediff.hashing import Hashing, is_code
from datacanary.tablediff.resync import Codes
from datacanary.tablediff.tally import GONE
from datacanary.tablediff.views import joined, rows_at

SHORT_RUN = 64
"""Runs of fewer rows, on average, are picked row by row and not slice by slice."""


def codes_of(keys: Pair[pl.DataFrame], hashing: Hashing) -> Pair[Codes]:
    """Say keys as numbers: themselves if they are, else hashes."""
    if is_exact(keys):
        return keys.map(lambda side: side.to_series().to_physical().to_numpy())
    names = keys.base.columns
    return keys.map(lambda side: side.select(hashing.of(names)).to_series().to_numpy())


def any_unequal(keys: Pair[pl.DataFrame]) -> pl.Series | None:
    """Tell where written keys differ; None if nowhere."""
    result: pl.Series | None = None
    for base, head in zip(keys.base, keys.head, strict=True):
        differs = base.ne_missing(head)
        result = differs if result is None else result | differs
    return result if result is not None and result.any() else None


def is_exact(keys: Pair[pl.DataFrame]) -> bool:
    """Tell whether keys are plain numbers that stand for themselves, and never NULL."""
    return keys.base.width == 1 and all(side.to_series().null_count() == 0 and is_code(side.dtypes[0]) for side in keys)


def picked(rows: pl.DataFrame, starts: Sequence[int], lengths: Sequence[int]) -> pl.DataFrame:
    """Take the rows of all runs, one after the other."""
    if len(starts) == 1 and lengths[0] == rows.height:
        return rows
    if sum(lengths) > len(lengths) * SHORT_RUN:
        return joined([rows.slice(start, length) for start, length in zip(starts, lengths, strict=True)])
    places = np.repeat(np.asarray(starts), lengths) + within(lengths)
    return rows_at(rows, pl.Series(places, dtype=GONE["row"]))


def within(lengths: Sequence[int]) -> Codes:
    """Count through each run: 0, 1, ..."""
    ends = np.cumsum(lengths)
    return np.asarray(np.arange(ends[-1]) - np.repeat(ends - np.asarray(lengths), lengths))
