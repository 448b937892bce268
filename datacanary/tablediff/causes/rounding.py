"""Head is base with fewer digits, or base was head with fewer digits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from datacanary.model.words import count
from datacanary.tablediff.causes.amounts import Amounts, Numbers, Reach, Rule
from datacanary.tablediff.causes.chance import PROMISING
from datacanary.tablediff.causes.claim import ChangedCells, Claim, by_rule
from datacanary.tablediff.causes.finer import Size, finer
from datacanary.tablediff.causes.scale import Array, Flags, Scale

POWERS = range(-9, 7)
STEPS = tuple(Decimal(f"{digit}e{power}") for power in POWERS for digit in (1, 5))
"""What numbers are rounded to multiples of: 0.01, 0.05, 0.1, 0.5, 1 …"""
PRECISION = 1e-12
"""A float that was rounded is off by less than so much of itself."""
WORDS = {1: "whole numbers", 10: "tens", 100: "hundreds", 1_000: "thousands", 1_000_000: "millions"}

Ends = Callable[[Array], tuple[Array, Array]]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to round: from where to where the multiple of 1 lies that a number becomes."""

    told: str
    ends: Ends


WAYS = (
    # What lies in the middle may go either way: up at school, to the even digit in floats.
    Way("rounded", lambda numbers: (np.ceil(numbers - 0.5), np.floor(numbers + 0.5))),
    Way("rounded down", lambda numbers: (np.floor(numbers), np.floor(numbers))),
    Way("rounded up", lambda numbers: (np.ceil(numbers), np.ceil(numbers))),
    Way("cut", lambda numbers: (np.trunc(numbers), np.trunc(numbers))),
)


def claims(cells: ChangedCells) -> Iterator[Claim]:
    """Say to what cells were rounded, and how."""
    numbers = cells.numbers
    if numbers is None or numbers.scale.meaning != "number":
        return
    sizes = numbers.scale.last.map(lambda last: sizes_of(numbers.scale, last))
    yield from fewer_digits(numbers, sizes.base)
    yield from single_precision(numbers)
    yield from finer(numbers, "rounding", "have more digits: base was {way} to {size}", sizes.head)


def sizes_of(scale: Scale, last: float) -> list[Size]:
    """List what numbers may be rounded to, in units of the scale: coarser than the last digit of those that are not."""
    sizes = (Size(told(step), float(step.scaleb(scale.digits))) for step in STEPS)
    return [size for size in sizes if size.units > last * (1 + PRECISION)]


def fewer_digits(numbers: Numbers, sizes: list[Size]) -> Iterator[Claim]:
    """Say to what base was rounded: of all steps of which head's cells are multiples, the one that fits best."""
    scale, heads = numbers.scale, numbers.glance.head[numbers.glance.known]
    fitting = [size for size in sizes if heads.size and multiples(heads, size.units, scale).mean() >= PROMISING]
    rules = {
        f"are base {way.told} to {size.told}": to_multiples(way.ends, size.units, scale)
        for size in fitting
        for way in WAYS
    }
    if not rules:
        return
    message = max(rules, key=lambda one: numbers.share(rules[one]))
    yield from by_rule("rounding", message, numbers, rules[message], tries=len(sizes) * len(WAYS))


def multiples(values: Array, size: float, scale: Scale) -> Flags:
    """Tell which values are multiples of a size."""
    parts = values / size
    found: Flags = np.abs(parts - np.rint(parts)) <= precision(scale) * np.abs(parts)
    return found


def precision(scale: Scale) -> float:
    """Return by how much of itself a rounded number may be off."""
    return 0.0 if scale.exact else PRECISION


def to_multiples(ends: Ends, size: float, scale: Scale) -> Rule:
    """Expect base rounded in one way to multiples of a size."""

    def rule(amounts: Amounts) -> Reach:
        parts: Array = amounts.base / size
        low, high = ends(parts)
        off = np.abs(low) * (size * precision(scale))
        return Reach(low * size - off, high * size + off)

    return rule


def single_precision(numbers: Numbers) -> Iterator[Claim]:
    """Say that doubles went through floats of 32 bits."""
    if numbers.scale.exact:
        return

    def rule(amounts: Amounts) -> Reach:
        with np.errstate(over="ignore"):
            single = amounts.base.astype(np.float32).astype(np.float64)
        return Reach(single, single)

    yield from by_rule("rounding", "are base in single precision (32 bits)", numbers, rule, tries=1)


def told(step: Decimal) -> str:
    """Say what numbers are rounded to.

    >>> [told(Decimal(step)) for step in ("0.01", "0.1", "1", "1e3", "0.05", "5e4")]
    ['2 digits', '1 digit', 'whole numbers', 'thousands', 'multiples of 0.05', 'multiples of 50,000']
    """
    if step in WORDS:
        return WORDS[int(step)]
    digits = -step.adjusted()
    return count(digits, "digit") if step == Decimal(1).scaleb(-digits) and digits > 0 else f"multiples of {step:,f}"
