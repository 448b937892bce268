"""The population stability index."""

from __future__ import annotations

import numpy as np

from datacanary.model.basic import Pair
from datacanary.tablediff.statistics.bins import SPECIAL, Counts

BINS = 10


def psi(counts: Pair[Counts]) -> float:
    """Give the population stability index of a few bins; half a cell more in each keeps it finite.

    Source: Siddiqi, "Credit Risk Scorecards" (2006): the sum of (p - q) ln(p / q).
    """
    base, head = counts.map(lambda side: (side + 0.5) / (side.sum() + side.size / 2))
    return max(0.0, float(((base - head) * np.log(base / head)).sum()))


def number_bins(counts: Pair[Counts]) -> Pair[Counts]:
    """Put bins of numbers together: ten by base's quantiles, and of the special ones those that are not empty.

    >>> number_bins(Pair(np.array([9, 1, 5, 0, 0, 0]), np.array([8, 2, 4, 1, 0, 0])))
    Pair(base=array([9, 1, 5, 0]), head=array([8, 2, 4, 1]))
    """
    finite = counts.base[:-SPECIAL]
    before = np.cumsum(finite) - finite
    groups = np.minimum(before * BINS // max(1, int(finite.sum())), BINS - 1)
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    present = (counts.base + counts.head)[-SPECIAL:] > 0
    return counts.map(lambda side: np.append(np.add.reduceat(side[:-SPECIAL], starts), side[-SPECIAL:][present]))


def value_bins(counts: Pair[Counts]) -> Pair[Counts]:
    """Put bins of values together: the most frequent ones of base, all others, and NULL if there are any.

    >>> value_bins(Pair(np.array([9, 1, 0, 0]), np.array([8, 2, 0, 0])))
    Pair(base=array([9, 1, 0]), head=array([8, 2, 0]))
    """
    order = np.argsort(-counts.base[:-2], kind="stable")
    first, rest = order[: BINS - 1], order[BINS - 1 :]
    nulls = [-1] if counts.base[-1] or counts.head[-1] else []
    return counts.map(lambda side: np.array([*side[first], side[rest].sum() + side[-2], *side[nulls]]))
