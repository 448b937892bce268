"""Head is base with the other sign."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from datacanary.tablediff.causes.amounts import Amounts, Numbers, Reach, Rule
from datacanary.tablediff.causes.claim import ChangedCells, Claim, by_rule
from datacanary.tablediff.causes.scale import Scale


def claims(cells: ChangedCells) -> Iterator[Claim]:
    """Say that signs changed, and whether all of them were taken away."""
    numbers = cells.numbers
    if numbers is None or numbers.scale.meaning not in {"number", "span"}:
        return
    rule = negated(numbers.scale)
    if numbers.promises(rule):
        yield from by_rule("sign", told(numbers), numbers, rule, tries=1)


def negated(scale: Scale) -> Rule:
    """Expect base times -1."""

    def rule(amounts: Amounts) -> Reach:
        off = np.abs(amounts.base) * scale.error if not scale.exact else np.zeros_like(amounts.base)
        return Reach(-amounts.base - off, -amounts.base + off)

    return rule


def told(numbers: Numbers) -> str:
    """Say which signs changed."""
    fit = numbers.all.holds(negated(numbers.scale)(numbers.all))
    negative = numbers.all.base[fit] < 0
    if negative.all():
        return "are base without its minus"
    return "are base with the other sign" if negative.any() else "are base with a minus"
