"""How far head's values are from base's, read off what was found on both sides."""

from __future__ import annotations

import numpy as np

from datacanary.model.basic import Pair
from datacanary.model.statistics import Distances
from datacanary.tablediff.jsoncells import json_cells
from datacanary.tablediff.statistics.account import Findings, Plan
from datacanary.tablediff.statistics.bins import SPECIAL, Counts, ValueBins
from datacanary.tablediff.statistics.earth_mover import earth_mover, in_spreads_of
from datacanary.tablediff.statistics.edges import solid
from datacanary.tablediff.statistics.gap import Gap, gap
from datacanary.tablediff.statistics.jensen_shannon import jensen_shannon
from datacanary.tablediff.statistics.numbers import NumberFindings, NumberPlan
from datacanary.tablediff.statistics.psi import number_bins, psi, value_bins
from datacanary.tablediff.statistics.variation import largest_move, new_share, total_variation

LEAST_ROWS = 30
"""Below so many rows on either side there are no distances."""


def distances(plan: Plan, found: Pair[Findings]) -> Distances | None:
    """Measure the distances of two sides that were counted by the same plan; None if they have none."""
    base, head = found
    if base.counts is None or head.counts is None or min(base.statistics.rows, head.statistics.rows) < LEAST_ROWS:
        return None
    counts = Pair(base.counts, head.counts)
    if isinstance(plan.bins, ValueBins):
        return of_values(plan.bins, counts)
    if isinstance(plan, NumberPlan) and isinstance(base, NumberFindings) and isinstance(head, NumberFindings):
        return of_numbers(plan, counts, Pair(base, head))
    return None


def of_values(bins: ValueBins, counts: Pair[Counts]) -> Distances:
    """Measure the distances of listed values."""
    moved = largest_move(counts)
    return Distances(
        variation=total_variation(counts),
        largest_move=json_cells(bins.values.gather([moved[0]]))[0] if moved else None,
        largest_move_by=moved[1] if moved else 0.0,
        new_share=new_share(counts),
        psi=psi(value_bins(counts)),
        jensen_shannon=jensen_shannon(counts),
    )


def of_numbers(plan: NumberPlan, counts: Pair[Counts], found: Pair[NumberFindings]) -> Distances:
    """Measure the distances of numbers, dates or times."""
    gaps = number_gap(plan, counts, found)
    moved = in_spreads = None
    base, head = found.base.finite, found.head.finite
    if base is not None and head is not None:
        moved = earth_mover(plan.axis, plan.points, counts.map(lambda side: side[:-SPECIAL]), Pair(base, head))
        in_spreads = None if moved is None else in_spreads_of(base, moved)
    return Distances(
        largest_gap=gaps.least,
        largest_gap_at_most=gaps.most,
        earth_mover=None if moved is None else plan.axis.measure(moved),
        earth_mover_in_spreads=in_spreads,
        variation=total_variation(counts),
        psi=psi(number_bins(counts)),
        jensen_shannon=jensen_shannon(counts),
    )


def number_gap(plan: NumberPlan, counts: Pair[Counts], found: Pair[NumberFindings]) -> Gap:
    """Find D with what is not finite at its ends: minus infinity first, then after all numbers infinity, NaN, NULL."""
    sides = [side.finite for side in found if side.finite is not None]
    points = plan.points
    alone = np.ones(points.size + 1, dtype=np.bool_)
    if sides:
        alone = solid(plan.axis, points, min(side.low for side in sides), max(side.high for side in sides))
    order = [-1, *range(points.size + 1), -2, -3, -4]
    return gap(counts.map(lambda side: side[order]), np.array([True, *alone, True, True, True]))
