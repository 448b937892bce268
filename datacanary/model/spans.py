"""Spans of time."""

from __future__ import annotations

from collections.abc import Iterable


def covered(intervals: Iterable[tuple[float, float]]) -> float:
    """Add up the time that at least one of the intervals covers, in seconds.

    >>> covered([(0.0, 2.0), (1.0, 3.0), (5.0, 6.0)])
    4.0
    """
    total, reached = 0.0, 0.0
    for began, ended in sorted(intervals):
        total += max(0.0, ended - max(began, reached))
        reached = max(reached, ended)
    return total
