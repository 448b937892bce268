"""What of a measure is noise: as far as two builds of base differ likewise, it says nothing of the change."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from datacanary.model.noise import NoiseFloor
from datacanary.verdict.measure import Measure
from datacanary.verdict.wording import size

FAR = 1.5
"""Up to so many times the noise of one pair of builds is noise in another pair."""
DEVIATIONS = 3
"""So many standard deviations of a binomial share two pairs of builds may differ by chance."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """A measure less its noise; `noise` is None where there is none."""

    measure: Measure
    noise: float | None = None


def without_noise(measure: Measure, floor: NoiseFloor | None) -> Quiet:
    """Take from a measure what two builds of base differ by, and say so in its sentence."""
    noise = noise_of(measure, floor) if floor is not None else 0.0
    if noise <= 0:
        return Quiet(measure)
    if measure.share == 0:
        return Quiet(measure, noise)
    within = "differ in" if measure.of and measure.check != "null_rate" else "differ by"
    told = f"two builds of base {within} {size(measure.check, noise)}"
    beyond = measure.share - noise
    if measure.share <= FAR * noise or beyond <= _by_chance(noise, measure.of):
        sentence = f"{measure.sentence}, which is noise: {told}"
        return Quiet(replace(measure, amount=0, share=0.0, rose=None, fell=None, sentence=sentence), noise)
    sentence = f"{measure.sentence}; {told}, so judged by {size(measure.check, beyond)}"
    amount = max(measure.amount - round(noise * measure.of), 0)
    return Quiet(replace(measure, amount=amount, share=beyond, sentence=sentence), noise)


def noise_of(measure: Measure, floor: NoiseFloor) -> float:
    """Return what two builds of base differ by, in the unit of a measure's share; 0 for what is not noise."""
    by_column: Mapping[str, Mapping[str, float]] = {
        "values_changed": floor.cells,
        "null_rate": floor.nulls,
        "total": floor.totals,
        "shape": floor.shapes,
        "distance": floor.distances,
    }
    if measure.check in by_column:
        folded = {name.lower(): share for name, share in by_column[measure.check].items()}
        return folded.get((measure.column or "").lower(), 0.0)
    return {"rows_added": floor.rows_added, "rows_removed": floor.rows_removed}.get(measure.check, 0.0)


def _by_chance(noise: float, of: int) -> float:
    """Return how far a share of so many may lie from its expectation by chance."""
    share = min(noise, 1.0)
    return DEVIATIONS * math.sqrt(share * (1 - share) / of) if of else 0.0
