"""Which share of cells is elsewhere, and which value moved most."""

from __future__ import annotations

import numpy as np

from datacanary.model.basic import Pair
from datacanary.tablediff.statistics.bins import Counts


def total_variation(counts: Pair[Counts]) -> float:
    """Give half the sum of the differences of shares: the least share of cells that must move to other bins.

    >>> total_variation(Pair(np.array([5, 5]), np.array([10, 0])))
    0.5
    """
    base, head = counts.map(lambda side: side / side.sum())
    return min(1.0, float(np.abs(base - head).sum()) / 2)


def largest_move(counts: Pair[Counts]) -> tuple[int, float] | None:
    """Find the listed value whose share moved most, and how far: head less base; None if none did, the first of equals.

    The last two bins are other values and NULL.

    >>> largest_move(Pair(np.array([5, 5, 0, 0]), np.array([2, 4, 1, 3])))
    (0, -0.3)
    """
    rows = counts.map(lambda side: int(side.sum()))
    # In whole numbers: of equal moves, rounding must not choose one.
    base, head = counts.map(lambda side: side[:-2].astype(object))
    moves = (head * rows.base - base * rows.head).tolist()
    if not any(moves):
        return None
    place = max(range(len(moves)), key=lambda one: abs(moves[one]))
    return place, moves[place] / (rows.base * rows.head)


def new_share(counts: Pair[Counts]) -> float | None:
    """Give the share of head's cells whose value base has not; None if not all values of base are listed.

    >>> new_share(Pair(np.array([5, 0, 0, 0]), np.array([2, 1, 1, 0])))
    0.5
    """
    base, head = counts
    if base[-2]:
        return None
    return int(head[:-1][base[:-1] == 0].sum()) / int(head.sum())
