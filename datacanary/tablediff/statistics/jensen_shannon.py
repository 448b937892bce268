"""The distance of Jensen and Shannon."""

from __future__ import annotations

import math

import numpy as np

from datacanary.model.basic import Pair
from datacanary.tablediff.statistics.bins import Counts


def jensen_shannon(counts: Pair[Counts]) -> float:
    """Give the root of the divergence to the base 2, from 0 to 1, of counts in the same bins.

    Source: Lin, "Divergence measures based on the Shannon entropy" (1991); Endres and Schindelin (2003) for the root.

    >>> jensen_shannon(Pair(np.array([5, 0]), np.array([0, 7])))
    1.0
    """
    base, head = counts.map(lambda side: side / side.sum())
    middle = (base + head) / 2
    divergence = sum(
        float((side[side > 0] * np.log2(side[side > 0] / middle[side > 0])).sum()) / 2 for side in (base, head)
    )
    return math.sqrt(min(1.0, max(0.0, divergence)))
