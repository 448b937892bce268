"""What describes differing rows: the part of a column that they lie in, bounded as closely as it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from datacanary.tablediff.causes.axes import Axis, Chosen
from datacanary.tablediff.causes.chance import Odds
from datacanary.tablediff.causes.limits import Limits, comparable, raw, successor
from datacanary.tablediff.causes.mass import FORMS, Candidate, Form, Mass
from datacanary.tablediff.statistics.bins import EdgeBins

NEAR = 0.03
"""Of descriptions whose gains differ by no more than this share the simplest is taken."""
MOST_SHARPENED = 12
"""So many of the best descriptions are bounded more closely than by bins."""


@dataclass(frozen=True, slots=True)
class Description:
    """Some values of a column: those of some bins, or between limits.

    `differing` of the kept differing rows have them, and so many `rows` of the side, estimated unless `exact`.
    `gain` is what they tell about a differing row, in nats.
    """

    axis: Axis
    form: Form
    bins: tuple[int, ...]
    limits: Limits | None
    differing: int
    rows: int
    exact: bool
    gain: float

    @property
    def null(self) -> bool:
        """Whether it is NULL alone that describes the rows."""
        return self.bins == (self.axis.null,)

    @property
    def simplicity(self) -> tuple[int, int]:
        """Sort by the simplest first: by the form, then by how many values the column has."""
        return FORMS.index(self.form), int((self.axis.counts > 0).sum())


def descriptions(axes: Sequence[Axis], total: int, chosen: Chosen | None = None) -> tuple[Description, ...]:
    """Find what describes the differing rows, or the chosen ones of them, and is no chance; the best first.

    There are `total` such rows. Of equally good descriptions the simplest comes first.
    """
    tries: dict[Form, int] = dict.fromkeys(FORMS, 0)
    for axis in axes:
        for form, number in axis.tries().items():
            tries[form] += number
    found: list[tuple[Axis, Mass, Candidate]] = []
    for axis in axes:
        mass = axis.mass(total, chosen)
        found += [(axis, mass, one) for one in axis.candidates(mass) if no_chance(mass, one, tries[one.form])]
    found.sort(key=lambda one: -one[2].gain)
    sharp = [one for some in found[:MOST_SHARPENED] for one in sharpened(*some, chosen)]
    if not sharp:
        return ()
    enough = max(one.gain for one in sharp) * (1 - NEAR)
    good = sorted((one for one in sharp if one.gain >= enough), key=lambda one: one.simplicity)
    return (*good, *sorted((one for one in sharp if one.gain < enough), key=lambda one: -one.gain))


def no_chance(mass: Mass, one: Candidate, tries: int) -> bool:
    """Tell whether so many differing rows would hardly be among these by accident; so many of this form were tried."""
    return Odds(one.differing, mass.seen, one.everything / mass.rows, tries * len(FORMS)).surprising


def sharpened(axis: Axis, mass: Mass, candidate: Candidate, chosen: Chosen | None) -> list[Description]:
    """Find the limits of a range, perhaps a little beyond its bins: where rows end to differ is seldom at an edge.

    None are found if only times without end lie in it: between times of two types these have no bin of their own.
    """
    bins: tuple[int, ...] = tuple(candidate.bins.tolist())
    if candidate.form not in {"cut", "range"} or not isinstance(axis.bins, EdgeBins):
        gain = candidate.gain
        return [Description(axis, candidate.form, bins, None, candidate.differing, candidate.everything, True, gain)]
    begin, end = bins[0], bins[-1]
    wider = range(max(0, begin - 1), min(axis.ordered, end + 2))
    ranges = [range(begin, end + 1), *([wider] if len(wider) < axis.ordered else [])]
    options = [one for some in ranges if (one := bounded(axis, mass, some, chosen)) is not None]
    return sorted(options, key=lambda one: -one.gain)[:1]


def bounded(axis: Axis, mass: Mass, bins: range, chosen: Chosen | None) -> Description | None:
    """Describe the differing rows in some bins by the first and the last value that they have there."""
    inside = (axis.places >= bins.start) & (axis.places < bins.stop)
    cells = axis.cells.filter(pl.Series(inside if chosen is None else inside & chosen))
    if not comparable(cells).count():
        return None
    limits = limits_of(axis, cells, bins)
    rows, exact = rows_within(axis, mass, bins, limits)
    form: Form = "value" if limits.first == limits.last else "range" if limits.closed else "cut"
    gain = float(mass.gain(np.array(float(cells.len())), np.array(float(rows))))
    return Description(axis, form, tuple(bins), limits, cells.len(), rows, exact, gain)


def limits_of(axis: Axis, cells: pl.Series, bins: range) -> Limits:
    """Find the limits of cells that lie in some bins: no bound where the bins have none."""
    limits = Limits.among(cells, axis.sample)
    if not axis.known and isinstance(axis.bins, EdgeBins) and axis.bins.edges.dtype == cells.dtype:
        # What the samples do not show could lie just beyond the bins.
        edges = comparable(axis.bins.edges)
        below = raw(edges[bins.start - 1]) if bins.start > 0 else None
        above = successor(raw(edges[bins.stop - 1]), edges.dtype) if bins.stop < axis.ordered else None
        limits = limits.tightened(below, above)
    lower = limits.below if bins.start > 0 else None
    return replace(limits, below=lower, above=limits.above if bins.stop < axis.ordered else None)


def rows_within(axis: Axis, mass: Mass, bins: range, limits: Limits) -> tuple[int, bool]:
    """Count the rows of the side within limits; estimated if rows beside the sample lie in the outer bins."""
    if axis.whole:
        return int(limits.holds(axis.sample).sum()), True
    everything = int(mass.everything[bins.start : bins.stop].sum())
    outer = {place for place, edge in ((bins.start, limits.below), (bins.stop - 1, limits.above)) if edge is not None}
    outside = sum(int(mass.everything[place] - mass.differing[place]) for place in outer)
    if outside == 0:
        return everything, True
    near = round(int(limits.holds(axis.sample).sum()) / max(axis.sample.len(), 1) * mass.rows)
    return min(max(near, everything - outside), everything), False
