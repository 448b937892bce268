"""How far values moved, on average."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from datacanary.model.basic import Pair
from datacanary.tablediff.statistics.axis import Axis, Real
from datacanary.tablediff.statistics.bins import Counts
from datacanary.tablediff.statistics.edges import solid
from datacanary.tablediff.statistics.numbers import Finite
from datacanary.tablediff.totals import Numbers

NORMAL = 1.349
"""The interquartile range of a normal distribution, in standard deviations."""

Floats = npt.NDArray[np.float64]


def earth_mover(axis: Axis, points: Numbers, counts: Pair[Counts], finite: Pair[Finite]) -> float | None:
    """Give the first Wasserstein distance of finite values, as they are stored; None if no float is that large.

    It is the integral of |F - G| from the smallest to the largest value of both sides. F and G are known at the points;
    between two of them values are taken to be spread evenly, or to be at the end where there is only one. It is no less
    than the distance of the means, which is exact, and is the distance itself if all that moves moves one way.
    Source: Vallender, "Calculation of the Wasserstein distance between probability distributions on the line" (1974).
    """
    low, high = min(side.low for side in finite), max(side.high for side in finite)
    inside = (points >= low) & (points < high)
    first = int(np.count_nonzero(points < low))
    alone = solid(axis, points, low, high)[first : first + np.count_nonzero(inside) + 1]
    shares = counts.map(lambda side: (np.cumsum(side) / side.sum())[:-1][inside])
    apart = np.concatenate([[0.0], shares.base - shares.head, [0.0]])
    widths = steps(axis, [low, *points[inside].tolist(), high])
    left, right = apart[:-1], apart[1:]
    if axis.whole:
        # A whole number belongs to the bin that it ends: of w of them, the last takes effect only behind the bin.
        right = left + (right - left) * ((widths - 1) / widths)
    right = np.where(alone, left, right)
    with np.errstate(over="ignore", invalid="ignore"):
        estimate = float((mean_magnitude(left, right) * widths).sum())
    try:
        means = float(abs(finite.base.mean - finite.head.mean))
    except OverflowError:
        return None
    found = max(estimate, means)
    return found if math.isfinite(found) else None


def steps(axis: Axis, edges: list[Real]) -> Floats:
    """Give the widths between edges; whole numbers begin one before the first edge, which is a value."""
    if axis.whole:
        edges = [edges[0] - 1, *edges[1:]]
    with np.errstate(over="ignore"):
        return np.diff(np.array(edges, dtype=object if axis.whole else np.float64)).astype(np.float64)


def mean_magnitude(left: Floats, right: Floats) -> Floats:
    """Average |f| over an interval in which f goes straight from `left` to `right`.

    >>> mean_magnitude(np.array([1.0, 1.0]), np.array([3.0, -1.0])).tolist()
    [2.0, 0.5]
    """
    ends = np.abs(left) + np.abs(right)
    crossing = np.divide(left**2 + right**2, 2 * ends, out=np.zeros_like(ends), where=ends > 0)
    return np.where(left * right < 0, crossing, ends / 2)


def in_spreads_of(base: Finite, distance: float) -> float | None:
    """Say a distance in spreads of base: robust ones where there are; None if base is constant."""
    if base.low == base.high:
        return None
    between = float(base.quantiles["p75"] - base.quantiles["p25"])
    spread = between / NORMAL if between > 0 else base.deviation
    if not spread or math.isinf(spread):
        return None
    found = distance / spread
    return found if math.isfinite(found) else None
