"""Timestamps without a time of day."""

from __future__ import annotations

import numpy as np

from datacanary.tablediff.jsoncells import SECONDS_PER_DAY
from datacanary.tablediff.totals import Numbers


def midnights(finite: Numbers, per_second: int) -> int:
    """Count the timestamps at midnight; those with a time zone at midnight of UTC.

    >>> midnights(np.array([0, 86_400_000, 1]), 1_000)
    2
    """
    return int(np.count_nonzero(finite % (SECONDS_PER_DAY * per_second) == 0))
