"""Head is base plus a number, or a time later: another zero point, a day lost to a time zone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from datacanary.tablediff.causes.agreed import agreed, simplest
from datacanary.tablediff.causes.amounts import Amounts, Reach, Rule
from datacanary.tablediff.causes.claim import ChangedCells, Claim, by_rule
from datacanary.tablediff.causes.durations import duration_told
from datacanary.tablediff.causes.scale import Array, Scale
from datacanary.tablediff.meeting import NANOSECONDS

DAY = NANOSECONDS["day"]


def claims(cells: ChangedCells) -> Iterator[Claim]:
    """Say by how much most cells changed."""
    numbers = cells.numbers
    if numbers is None:
        return
    part, scale = numbers.part.only_known(), numbers.scale
    moves = moved(part.head - part.base, scale)
    off = slack(part, scale)
    found = agreed(moves - off, moves + off)
    if found is None:
        return
    move = simplest(found.low, found.high)
    if move != 0:
        yield from by_rule("offset", told(move, scale), numbers, plus(move, scale), tries=found.candidates, learnt=1)


def plus(move: float, scale: Scale) -> Rule:
    """Expect base plus so many units; the clock goes on after midnight."""

    def rule(amounts: Amounts) -> Reach:
        target = amounts.base + move
        if scale.meaning == "clock":
            target = np.mod(target, DAY)
        off = slack(amounts, scale)
        return Reach(target - off, target + off)

    return rule


def moved(changes: Array, scale: Scale) -> Array:
    """Measure changes the shorter way around the clock, if they are on one."""
    return (changes + DAY // 2) % DAY - DAY // 2 if scale.meaning == "clock" else changes


def slack(amounts: Amounts, scale: Scale) -> Array:
    """Return by how much a sum of floats may be off."""
    return (
        np.zeros_like(amounts.base)
        if scale.exact
        else scale.error * np.maximum(np.abs(amounts.base), np.abs(amounts.head))
    )


def told(move: float, scale: Scale) -> str:
    """Say a number or a time.

    >>> told(-250, Scale("number", True, digits=2)), told(1, Scale("date", True, nanoseconds=DAY))
    ('are base - 2.5', 'are 1 day later')
    """
    if scale.meaning == "number":
        return f"are base {'-' if move < 0 else '+'} {scale.told(abs(move))}"
    length = duration_told(int(abs(move)) * scale.nanoseconds)
    after, before = ("longer", "shorter") if scale.meaning == "span" else ("later", "earlier")
    return f"are {length} {after if move > 0 else before}"
