"""Differing rows that share a value of a column, or a few values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import comb

import numpy as np

from datacanary.tablediff.causes.mass import Candidate, Form, Mass, best

LARGEST_SET = 3
"""So many values of a column are told together."""
MOST_VALUES = 24
"""Only columns of so few values are asked which of them differ together."""
MOST_COMBINED = 8
"""So many of the values that most differing rows have are combined."""


def value_candidates(mass: Mass, values: Sequence[int], excluded: Sequence[int]) -> list[Candidate]:
    """Choose the best value, the best set of values, and the best value that no differing row has.

    `values` are the bins of a single value each, `excluded` those that a row may be told to have another value than.
    """
    some = np.asarray(values, dtype=np.intp)
    single = best("value", mass, (mass.differing[some], mass.everything[some]), lambda place: [int(some[place])])
    none = np.asarray(excluded, dtype=np.intp)
    without = (mass.seen - mass.differing[none], mass.rows - mass.everything[none])
    every = range(mass.differing.size)
    other = best("other_than", mass, without, lambda place: [one for one in every if one != none[place]])
    return [*single, *other, *sets_of(mass, values)]


def sets_of(mass: Mass, values: Sequence[int]) -> list[Candidate]:
    """Choose the best two or three values among those that most of the rows with them differ in."""
    if len(values) > MOST_VALUES:
        return []
    found = [value for value in values if mass.differing[value]]
    found.sort(key=lambda value: -mass.differing[value])
    chosen = [bins for size in range(2, LARGEST_SET + 1) for bins in combinations(found[:MOST_COMBINED], size)]
    differing, everything = (
        np.array([side[list(bins)].sum() for bins in chosen], dtype=np.int64)
        for side in (mass.differing, mass.everything)
    )
    return best("values", mass, (differing, everything), lambda place: chosen[place])


def tries_of_values(values: int, excluded: int) -> Mapping[Form, int]:
    """Count the descriptions there are."""
    sets = sum(comb(values, size) for size in range(2, LARGEST_SET + 1)) if values <= MOST_VALUES else 0
    return {"value": values, "other_than": excluded, "values": sets}
