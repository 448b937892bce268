"""Differing rows that lie on one side of a bound, or between two."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from datacanary.tablediff.causes.mass import MANY, Candidate, Form, Mass, best

LEVELS = 11
"""For so many shares of the differing rows the narrowest ranges that hold them are looked at."""


def range_candidates(mass: Mass, ordered: int) -> list[Candidate]:
    """Choose the best range with one bound and the best with two, among the first bins, which have an order."""
    if ordered < 2:  # noqa: PLR2004 -- one bin has no bound
        return []
    sums = np.zeros((2, ordered + 1), dtype=np.int64)
    for row, side in zip(sums, (mass.differing, mass.everything), strict=True):
        np.cumsum(side[:ordered], out=row[1:])
    cuts = np.arange(1, ordered)
    up_to, after = sums[:, cuts], sums[:, -1:] - sums[:, cuts]
    cut = [
        *best("cut", mass, (up_to[0], up_to[1]), lambda place: range(int(cuts[place]))),
        *best("cut", mass, (after[0], after[1]), lambda place: range(int(cuts[place]), ordered)),
    ]
    begins, ends = narrowest(sums, mass.seen)
    inside = sums[:, ends] - sums[:, begins]
    between = best("range", mass, (inside[0], inside[1]), lambda place: range(int(begins[place]), int(ends[place])))
    return [*sorted(cut, key=lambda one: -one.gain)[:1], *between]


def narrowest(sums: np.ndarray[tuple[int, int], np.dtype[np.int64]], seen: int) -> tuple[np.ndarray, np.ndarray]:
    """Find the ranges from bin to bin that have two bounds and hold enough differing rows, none needlessly wide."""
    last = sums.shape[1] - 1
    begins, ends = [], []
    starts = np.flatnonzero(np.diff(sums[0]))
    starts = starts[starts > 0]
    for share in np.linspace(MANY, 1, LEVELS):
        end = np.searchsorted(sums[0], sums[0][starts] + np.ceil(share * seen), side="left")
        within = end < last
        begins.append(starts[within])
        ends.append(end[within])
    return np.concatenate(begins), np.concatenate(ends)


def tries_of_ranges(ordered: int) -> Mapping[Form, int]:
    """Count the descriptions there are."""
    return {"cut": 2 * max(0, ordered - 1), "range": ordered * ordered // 2}
