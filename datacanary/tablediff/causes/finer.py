"""Base was head, cut or rounded to a step: then head lies anywhere around base within it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from datacanary.model.cause import CauseKind
from datacanary.tablediff.causes.amounts import Amounts, Numbers, Reach, Rule
from datacanary.tablediff.causes.chance import Odds
from datacanary.tablediff.causes.claim import GLANCE, Claim
from datacanary.tablediff.causes.scale import Array, Flags

ON_STEP = 0.95
"""So many of base's cells are multiples of the step."""
FEWEST = 16
EDGE = 0.15
"""The cells reach so near to both ends of the step, as a part of it, and their middle is so near to its middle."""
NEAR = 1e-9
AS_LIKELY_AS_NOT = 0.5
WITHIN: Mapping[str, tuple[float, float]] = {"rounded": (-0.5, 0.5), "cut": (0.0, 1.0)}
"""Where head lies, in steps from base."""


@dataclass(frozen=True, slots=True)
class Size:
    """A step in words and in units of the scale."""

    told: str
    units: float


def finer(numbers: Numbers, kind: CauseKind, message: str, sizes: Sequence[Size]) -> Iterator[Claim]:
    """Say to which of the steps, finest first, base was cut or rounded; `message` has places for {way} and {size}.

    A small random move would stay within the step as well, so that it counts as likely as not that a cell does, and
    the cells must be spread over all of the step.
    """
    size = step_of_base(numbers, sizes)
    if size is None:
        return
    part = numbers.part
    for way, (low, high) in WITHIN.items():
        rule = around(low * size.units, high * size.units)
        fits = part.holds(rule(part))
        if numbers.promises(rule) and is_spread((part.head[fits] - part.base[fits]) / size.units, low, high):
            known = part.only_known()
            of_other_rows = float(numbers.from_any_row(known, rule(known)).mean())
            odds = Odds(int(fits.sum()), fits.size, max(AS_LIKELY_AS_NOT, of_other_rows))
            holds = pl.Series(numbers.all.holds(rule(numbers.all)))
            yield Claim(kind, holds, message.format(way=way, size=size.told), odds=(odds,))
            return


def step_of_base(numbers: Numbers, sizes: Sequence[Size]) -> Size | None:
    """Find the coarsest step of base's cells; None if there are too few changes to tell."""
    if numbers.glance.known.sum() < FEWEST:
        return None
    bases = numbers.law[numbers.law != 0][:: max(1, numbers.law.size // GLANCE)]
    found = (size for size in reversed(sizes) if bases.size and on_step(bases, size.units).mean() >= ON_STEP)
    return next(found, None)


def on_step(values: Array, size: float) -> Flags:
    """Tell which values are multiples of a step."""
    parts = values / size
    off: Flags = np.abs(parts - np.rint(parts)) <= NEAR
    return off


def around(low: float, high: float) -> Rule:
    """Expect head within so many units of base."""

    def rule(amounts: Amounts) -> Reach:
        return Reach(amounts.base + low, amounts.base + high)

    return rule


def is_spread(steps: Array, low: float, high: float) -> bool:
    """Tell whether places within a step, from `low` to `high`, are spread over all of it."""
    if steps.size < FEWEST:
        return False
    first, middle, last = (float(place) for place in np.quantile(steps, (0.05, 0.5, 0.95)))
    edge = EDGE * (high - low)
    return first <= low + edge and last >= high - edge and abs(middle - (low + high) / 2) <= edge
