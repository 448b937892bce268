"""Quantiles, read off counts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from datacanary.tablediff.statistics.axis import Real
from datacanary.tablediff.statistics.bins import Counts
from datacanary.tablediff.totals import Numbers

SHARES: Mapping[str, int] = {"p1": 1, "p5": 5, "p25": 25, "p50": 50, "p75": 75, "p95": 95, "p99": 99}
"""The quantiles by name, in percent."""


def rank(percent: int, count: int) -> int:
    """Say which number in their order, from 1, is the quantile: the first with so many percent up to it.

    >>> rank(50, 4), rank(1, 10), rank(99, 10)
    (2, 1, 10)
    """
    return max(1, -(-percent * count // 100))


def quantiles(counts: Counts, points: Numbers, low: Real, high: Real, alone: npt.NDArray[np.bool_]) -> dict[str, Real]:
    """Read the quantiles off the counts between points, at least one; the numbers reach from `low` to `high`.

    Within a bin numbers are taken to be spread evenly, unless `alone` says that it holds one value.
    """
    until = np.cumsum(counts)
    edges = [low, *(min(max(point, low), high) for point in points.tolist()), high]
    found = {}
    for name, percent in SHARES.items():
        wanted = rank(percent, int(until[-1]))
        place = int(np.searchsorted(until, wanted))
        missing = 0 if alone[place] else int(until[place]) - wanted
        found[name] = between(edges[place], edges[place + 1], missing, int(counts[place]))
    return found


def between(left: Real, right: Real, missing: int, count: int) -> Real:
    """Go so many of `count` equal steps back from the right edge of a bin; whole numbers round up, to be in the bin.

    >>> between(10, 20, 1, 4), between(1, 2, 3, 4), between(0.0, 1.0, 1, 4)
    (18, 2, 0.75)
    """
    if missing == 0:
        return right
    if isinstance(left, int) and isinstance(right, int):
        return right - (right - left) * missing // count
    return left * (missing / count) + right * (1 - missing / count)
