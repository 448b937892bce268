"""Statistics and distances in slow, plain Python."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from statistics_sides import NumberKind, Stored

PERCENT = {"p1": 1, "p5": 5, "p25": 25, "p50": 50, "p75": 75, "p95": 95, "p99": 99}


@dataclass(frozen=True)
class Sorted:
    """Cells of a column by what they are."""

    rows: int
    nulls: int
    nan: int
    positive: int
    negative: int
    finite: list[Fraction]


def sort_out(kind: NumberKind, cells: Sequence[Stored]) -> Sorted:
    present = [cell for cell in cells if cell is not None]
    numbers = [cell for cell in present if not math.isnan(cell)]
    return Sorted(
        len(cells),
        len(cells) - len(present),
        len(present) - len(numbers),
        sum(cell >= kind.never for cell in numbers),
        sum(cell <= -kind.never for cell in numbers),
        sorted(Fraction(cell) for cell in numbers if -kind.never < cell < kind.never),
    )


def quantile(finite: Sequence[Fraction], percent: int) -> Fraction:
    """Give the smallest value with so many percent of the values up to it."""
    return next(value for place, value in enumerate(finite, 1) if place * 100 >= percent * len(finite))


def bin_of(kind: NumberKind, cell: Stored, edges: Sequence[int | float]) -> int:
    first = len(edges) + 1
    if cell is None:
        return first
    if math.isnan(cell):
        return first + 1
    if cell >= kind.never:
        return first + 2
    if cell <= -kind.never:
        return first + 3
    return sum(edge < cell for edge in edges)


def order_of(kind: NumberKind, cell: Stored) -> tuple[int, Fraction]:
    """Order cells: minus infinity, numbers, infinity, NaN, NULL."""
    if cell is None:
        return 4, Fraction(0)
    if math.isnan(cell):
        return 3, Fraction(0)
    if cell >= kind.never:
        return 2, Fraction(0)
    return (0, Fraction(0)) if cell <= -kind.never else (1, Fraction(cell))


def largest_gap(kind: NumberKind, base: Sequence[Stored], head: Sequence[Stored]) -> Fraction:
    """Compare the cumulative shares at every cell there is."""
    one, other = (sorted(order_of(kind, cell) for cell in side) for side in (base, head))
    return max(
        abs(Fraction(bisect_right(one, at), len(one)) - Fraction(bisect_right(other, at), len(other)))
        for at in {*one, *other}
    )


def variation(base: Sequence[object], head: Sequence[object]) -> Fraction:
    """Half the sum of the differences of shares over all values there are."""
    one, other = Counter(base), Counter(head)
    return (
        sum(
            (abs(Fraction(one[value], len(base)) - Fraction(other[value], len(head))) for value in {*one, *other}),
            Fraction(0),
        )
        / 2
    )


def earth_mover(base: Sequence[Fraction], head: Sequence[Fraction]) -> Fraction:
    """Integrate |F - G| from value to value; both sides are in order."""
    values = sorted({*base, *head})
    found = Fraction(0)
    for left, right in pairwise(values):
        apart = Fraction(bisect_right(base, left), len(base)) - Fraction(bisect_right(head, left), len(head))
        found += abs(apart) * (right - left)
    return found


def psi(base: Sequence[int], head: Sequence[int]) -> float:
    found = 0.0
    for one, other in zip(base, head, strict=True):
        p, q = (one + 0.5) / (sum(base) + len(base) / 2), (other + 0.5) / (sum(head) + len(head) / 2)
        found += (p - q) * math.log(p / q)
    return found


def jensen_shannon(base: Sequence[int], head: Sequence[int]) -> float:
    found = 0.0
    for one, other in zip(base, head, strict=True):
        p, q = one / sum(base), other / sum(head)
        for share in (p, q):
            if share:
                found += share * math.log2(share / ((p + q) / 2)) / 2
    return math.sqrt(max(0.0, found))


def variance(finite: Sequence[Fraction]) -> Fraction:
    mean = sum(finite, Fraction(0)) / len(finite)
    return sum(((value - mean) ** 2 for value in finite), Fraction(0)) / len(finite)
