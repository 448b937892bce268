"""What a column's values look like on both sides, as heights to be drawn: from the statistics that may be shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from math import isfinite

from datacanary.model.basic import Pair
from datacanary.model.statistics import Cell, Statistics
from datacanary.report.samples import value

BINS = 36
_MOST_VALUES = 8
_WORTH = 0.2
"""The frequent values of a column are told if together they are so large a share of either side."""
_QUANTILES = (("p1", 0.01), ("p5", 0.05), ("p25", 0.25), ("p50", 0.5), ("p75", 0.75), ("p95", 0.95), ("p99", 0.99))

Quantiles = Mapping[str, Cell]
"""Values by the names of their ranks, as statistics have them; empty where there are none."""

Points = Sequence[tuple[float, float]]
"""Values in their order, each with the share of values up to it, a fraction of 1."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """Shares of each side's values in bins of equal width between `low` and `high`, which are values as written."""

    low: str
    high: str
    bins: Pair[tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Bar:
    """A frequent value and its share of each side's rows, fractions of 1; None where it is not among the top ones."""

    value: str
    shares: Pair[float | None]


def shapes_of(sides: Pair[Quantiles]) -> Shapes | None:
    """Spread both sides over the same bins; None where their values have no order, are hidden, or are all one.

    What is known are a few quantiles: between two of them values are drawn as if spread evenly.
    """
    base, head = sides.map(_points)
    if base is None or head is None:
        return None
    low, high = min(base[0][0], head[0][0]), max(base[-1][0], head[-1][0])
    if not (isfinite(low) and isfinite(high) and high > low):
        return None
    bins = Pair(base, head).map(lambda points: tuple(_spread(points, low, high)))
    return Shapes(_end(sides, lowest=True), _end(sides, lowest=False), bins)


def bars_of(sides: Pair[Statistics | None], *, bare: bool = False) -> tuple[Bar, ...]:
    """Return the most frequent values of either side, the most frequent first; none if all are rare.

    `bare` says that texts stand for numbers or times.
    """
    shares = sides.map(lambda side: _shares(side, bare=bare))
    every = dict.fromkeys((*shares.base, *shares.head))
    ordered = sorted(every, key=lambda one: -max(shares.base.get(one, 0.0), shares.head.get(one, 0.0)))
    if max(sum(side.values()) for side in shares) < _WORTH:
        return ()
    return tuple(Bar(one, Pair(shares.base.get(one), shares.head.get(one))) for one in ordered[:_MOST_VALUES])


def _shares(side: Statistics | None, *, bare: bool) -> dict[str, float]:
    if side is None or not side.rows:
        return {}
    return {value(one.value, bare=bare): one.count / side.rows for one in side.top}


def _points(side: Quantiles) -> Points | None:
    """Read a side's quantiles as numbers: times as seconds, dates as days."""
    found = [(number(side[name]), share) for name, share in _QUANTILES if name in side]
    known = [(one, share) for one, share in found if one is not None]
    return known if len(known) > 1 and len(known) == len(found) else None


def number(cell: Cell) -> float | None:
    """Return where a value lies on an axis; None for what does not.

    >>> number("9.50"), number("1970-01-02"), number("x"), number(True)
    (9.5, 719164.0, None, None)
    """
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return float(cell)
    if not isinstance(cell, str):
        return None
    try:
        return float(Decimal(cell))
    except InvalidOperation:
        return _moment(cell)


def _moment(text: str) -> float | None:
    try:
        if len(text) == len("2026-01-01"):
            return float(date.fromisoformat(text).toordinal())
        return (datetime.fromisoformat(text).replace(tzinfo=None) - datetime(1970, 1, 1)).total_seconds()  # noqa: DTZ001 -- only distances count
    except ValueError:
        return None


def _spread(points: Points, low: float, high: float) -> Iterator[float]:
    """Return the share of values in each bin."""
    width = (high - low) / BINS
    masses = [0.0] * BINS
    masses[_bin(points[0][0], low, width)] += points[0][1]
    for (left, before), (right, after) in pairwise(points):
        first, last = _bin(left, low, width), _bin(right, low, width)
        if first == last or right <= left:
            masses[first] += after - before
            continue
        for place in range(first, last + 1):
            overlap = min(right, low + (place + 1) * width) - max(left, low + place * width)
            masses[place] += (after - before) * max(overlap, 0.0) / (right - left)
    masses[_bin(points[-1][0], low, width)] += 1 - points[-1][1]
    return iter(masses)


def _bin(at: float, low: float, width: float) -> int:
    return max(0, min(BINS - 1, int((at - low) / width)))


def _end(sides: Pair[Quantiles], *, lowest: bool) -> str:
    cells = [cell for side in sides for cell in side.values()]
    ordered = sorted(cells, key=lambda cell: number(cell) or 0.0)
    return str(ordered[0] if lowest else ordered[-1])
