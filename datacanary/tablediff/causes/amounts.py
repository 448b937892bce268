"""Rules about numbers and times: which values a changed cell may have by a rule, and whether it has one by accident."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from datacanary.model.basic import Pair
from datacanary.tablediff.causes.chance import FALSE_FOR_VALUES, PROMISING, Odds
from datacanary.tablediff.causes.grid import grid_of
from datacanary.tablediff.causes.scale import Array, Flags, Scale

if TYPE_CHECKING:
    from datacanary.tablediff.causes.claim import ChangedCells


@dataclass(frozen=True, slots=True)
class Reach:
    """From where to where the rule allows each cell of head to be, ends included; nowhere if `low` is above `high`."""

    low: Array
    high: Array

    def holds(self, values: Array) -> Flags:
        """Tell which values lie in their reach."""
        return (self.low <= values) & (values <= self.high)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Changed cells as numbers, position by position; only where `known` both sides are numbers."""

    base: Array
    head: Array
    known: Flags

    @classmethod
    def read(cls, cells: Pair[pl.Series], scale: Scale) -> Amounts:
        """Read cells."""
        (base, known_base), (head, known_head) = scale.read(cells.base), scale.read(cells.head)
        return cls(base, head, known_base & known_head)

    def holds(self, reach: Reach) -> Flags:
        """Tell where a rule holds."""
        return self.known & reach.holds(self.head)

    def every(self, step: int) -> Amounts:
        """Take one of so many."""
        return Amounts(self.base[::step], self.head[::step], self.known[::step])

    def only_known(self) -> Amounts:
        """Leave out what is no number."""
        return Amounts(self.base[self.known], self.head[self.known], self.known[self.known])


Rule = Callable[[Amounts], Reach]


class Numbers:
    """The changed cells of one column as numbers."""

    def __init__(self, scale: Scale, cells: ChangedCells) -> None:
        self.scale, self.cells = scale, cells

    @cached_property
    def glance(self) -> Amounts:
        """A few of the cells."""
        return Amounts.read(self.cells.glance, self.scale)

    @cached_property
    def part(self) -> Amounts:
        """As many of them as tell whether a rule holds by accident."""
        cells = self.cells.part
        return self.glance if cells.base.len() == self.glance.base.size else Amounts.read(cells, self.scale)

    @cached_property
    def all(self) -> Amounts:
        """All cells."""
        cells = self.cells.changed
        return self.part if cells.base.len() == self.part.base.size else Amounts.read(cells, self.scale)

    @cached_property
    def values(self) -> Amounts:
        """Each value of base once, with what it became most often."""
        return Amounts.read(self.cells.values, self.scale)

    @cached_property
    def grid(self) -> float:
        """The step in which cells changed, as far as most did."""
        known = self.glance.only_known()
        return grid_of(known.head - known.base, self.scale)

    def share(self, rule: Rule) -> float:
        """Return for how much of a glance a rule holds."""
        return float(self.glance.holds(rule(self.glance)).mean()) if self.glance.known.size else 0.0

    def promises(self, rule: Rule) -> bool:
        """Tell from a glance whether a rule may hold for most cells."""
        return self.share(rule) >= PROMISING

    def odds(self, rule: Rule, tries: int, learnt: int = 0) -> tuple[Odds, ...]:
        """Weigh whether a rule holds by accident: if cells change one by one, or those with one value all alike."""
        one_by_one = self.weighed(self.part, rule, tries, learnt)
        if not one_by_one.surprising:
            return (one_by_one,)
        return one_by_one, replace(self.weighed(self.values, rule, tries, learnt), false=FALSE_FOR_VALUES)

    def weighed(self, changes: Amounts, rule: Rule, tries: int, learnt: int) -> Odds:
        """Weigh whether a rule holds for changes by accident."""
        hits = int(changes.holds(rule(changes)).sum())
        return Odds(hits, changes.known.size, self.chance(rule, changes), tries, learnt)

    def chance(self, rule: Rule, changes: Amounts) -> float:
        """Return how likely a rule holds for a change by accident; it never does for what is no number."""
        known = changes.only_known()
        return float(self.chances(known, rule(known)).sum()) / changes.known.size if known.known.size else 0.0

    def chances(self, changes: Amounts, reach: Reach) -> Array:
        """Return for each change how likely its head is in reach by accident.

        Of three accidents the likeliest counts: the cell got the value of any row of base, or that of another
        changed cell, or it moved by a random step, no further than the rule would have moved it.
        """
        others = np.sort(changes.head)
        mixed_up = (among(others, reach) - reach.holds(changes.head)) / max(1, others.size - 1)
        likeliest = np.maximum(self.from_any_row(changes, reach), np.maximum(mixed_up, self.moved(changes, reach)))
        chances: Array = np.where(reach.low <= reach.high, np.minimum(1.0, likeliest), 0.0)
        return chances

    @cached_property
    def law(self) -> Array:
        """Base's sampled numbers, sorted."""
        values, known = self.scale.read(self.cells.sampled.base)
        ordered: Array = np.sort(values[known])
        return ordered

    def from_any_row(self, changes: Amounts, reach: Reach) -> Array:
        """Return how likely another value of base's column would be in reach."""
        own = Reach(changes.base, changes.base)
        same = among(self.law, own)
        fitting: Array = among(self.law, reach) - np.where(reach.holds(changes.base), same, 0)
        chances: Array = (fitting + 1) / (self.cells.sampled.base.len() - same + 2)
        return chances

    def moved(self, changes: Amounts, reach: Reach) -> Array:
        """Return how likely a random step, no larger than the rule's, leads into reach."""
        low, high = reach.low - changes.base, reach.high - changes.base
        furthest = np.maximum(np.abs(low), np.abs(high))
        if not self.grid:
            part: Array = np.maximum(0, high - low) / np.maximum(2 * furthest, np.finfo(float).tiny)
            return part
        steps = np.maximum(1, np.floor(high / self.grid) - np.ceil(low / self.grid) + 1)
        chances: Array = steps / np.maximum(1, 2 * np.floor(furthest / self.grid))
        return chances


def among(ordered: Array, reach: Reach) -> Array:
    """Count the ordered numbers in each reach."""
    found: Array = np.searchsorted(ordered, reach.high, "right") - np.searchsorted(ordered, reach.low, "left")
    return np.maximum(0, found)
