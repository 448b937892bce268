"""In which steps numbers and times move."""

from __future__ import annotations

import numpy as np

from datacanary.tablediff.causes.scale import Array, Scale

MOST_STEPS = 0.8
"""A step is one of a column if so many of its changes are multiples of it."""
NEAR = 1e-6
"""The difference of two floats is off a multiple of a step by far less of it."""
DECADES = range(13)
SECOND = 1_000_000_000
TIMES = (1, 1_000, 1_000_000, *(SECOND * n for n in (1, 60, 300, 900, 1_800, 3_600, 86_400, 7 * 86_400)))
"""Steps of times, in nanoseconds: from those of clocks to the week."""


def grid_of(changes: Array, scale: Scale) -> float:
    """Return the coarsest step, in units of the scale, of which most changes are multiples; 0 if there is none.

    >>> grid_of(np.array([15, 45, -30]), Scale("number", True)), grid_of(np.array([0.5, 1.25]), Scale("number", False))
    (5.0, 0.0)
    """
    if not changes.size:
        return 0.0
    for step in sorted(steps(scale), reverse=True):
        taken = changes / step
        whole = np.rint(taken)
        if ((np.abs(taken - whole) <= (0 if scale.exact else NEAR)) & (whole != 0)).mean() >= MOST_STEPS:
            return float(step)
    return 0.0


def steps(scale: Scale) -> list[float]:
    """List the steps that are looked for, in units of the scale."""
    if scale.meaning != "number":
        return [size / scale.nanoseconds for size in TIMES if size >= scale.nanoseconds]
    finest = 1.0 if scale.exact else min(scale.last)
    return [finest * size * 10**decade for decade in DECADES for size in (1, 5)] if finest else []
