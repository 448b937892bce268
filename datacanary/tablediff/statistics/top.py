"""The most frequent values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from datacanary.model.statistics import ValueCount
from datacanary.tablediff.jsoncells import json_cells
from datacanary.tablediff.statistics.bins import Counts

MOST = 10
LEAST = 2
"""A value that occurs once is not frequent."""


def top(counts: Counts, values: Callable[[list[int]], pl.Series], least: int = LEAST) -> tuple[ValueCount, ...]:
    """Take the most frequent values out of bins that hold one value each; `values` gives those of some bins."""
    order = np.argsort(-counts, kind="stable")[:MOST]
    chosen = [int(place) for place in order if counts[place] >= max(least, LEAST)]
    cells = json_cells(values(chosen)) if chosen else []
    return tuple(ValueCount(cell, int(counts[place])) for cell, place in zip(cells, chosen, strict=True))
