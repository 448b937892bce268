"""The largest difference of two cumulative distributions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from datacanary.model.basic import Pair
from datacanary.tablediff.statistics.bins import Counts


@dataclass(frozen=True, slots=True)
class Gap:
    """The largest difference at the edges, and what it is at most between them."""

    least: float
    most: float


def gap(counts: Pair[Counts], solid: npt.NDArray[np.bool_]) -> Gap:
    """Find D, of counts of both sides in the same bins in their order, with at least one cell on each side.

    `solid` bins hold one value each: nothing lies between their edges. Within another bin k, all of a side's cells may
    come before all of the other's: there D is at most max(d + p_k, -d + q_k), d being the difference at its left edge.
    Source: the statistic of Kolmogorov and Smirnov.

    >>> gap(Pair(np.array([2, 2]), np.array([1, 3])), np.array([True, True]))
    Gap(least=0.25, most=0.25)
    >>> gap(Pair(np.array([2, 2]), np.array([2, 2])), np.array([True, False]))
    Gap(least=0.0, most=0.5)
    """
    until = counts.map(lambda side: np.cumsum(side) / side.sum())
    apart = until.base - until.head
    left = np.concatenate([[0.0], apart[:-1]])
    base, head = counts.map(lambda side: side / side.sum())
    between = np.where(solid, 0.0, np.maximum(left + base, head - left))
    least = float(np.abs(apart).max())
    return Gap(least, min(1.0, max(least, float(between.max()))))
