"""Head is base times a number: another unit, a tax, rows counted twice."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from datacanary.tablediff.causes.agreed import agreed, simplest
from datacanary.tablediff.causes.amounts import Numbers, Reach, Rule
from datacanary.tablediff.causes.claim import ChangedCells, Claim, by_rule
from datacanary.tablediff.causes.scale import Array, Scale

USUAL = (100.0, 2.0, 1_000.0, 10.0, 60.0, 1e6, 3_600.0, 24.0, 12.0, 3.0, 7.0, 86_400.0, 1e4, 1e9, 1e5, 1e7, 1e8)
BYTES = (1_024.0, 1_048_576.0, 1.024, 1.048576)
"""Kilobytes and megabytes of 1024, and what is between them and those of 1000."""
MEASURES = (1.609344, 2.54, 0.45359237, 453.59237, 25.4, 0.3048, 28.349523125, 3.785411784, 1.852, 0.9144, 4.184, 3.6)
"""Miles, inches, pounds, feet, ounces, gallons, nautical miles, yards, calories, metres a second."""
OTHERS = (4.0, 5.0, 6.0, 8.0, 52.0, 365.0, 1_440.0)
FACTORS = tuple(one for factor in (*USUAL, *BYTES, *MEASURES, *OTHERS) for one in (factor, 1 / factor))
"""Those that people use, the most usual first."""
COUNTS = frozenset({2.0, 3.0, 4.0, 5.0, 6.0, 8.0})
TIMES_COUNTED = {2.0: "twice", 3.0: "three times", 4.0: "four times"}
ALMOST_ALL = 0.95
"""If a factor holds for so many cells, it is not asked whether base was rounded."""
WORTH = 0.05
"""That base was rounded must explain so many more of the cells."""
ROUNDING = 1e-15
"""A product of floats is off by less than so much of itself."""


def claims(cells: ChangedCells) -> Iterator[Claim]:
    """Say by which factor cells changed, up to the rounding of head's last digit, or else of base's as well."""
    numbers = cells.numbers
    if numbers is None or numbers.scale.meaning not in {"number", "span"}:
        return
    strict = [*known_factor(numbers, 0.0), *other_factor(numbers, 0.0)]
    yield from strict
    most = max((claim.share for claim in strict), default=0.0)
    if most < ALMOST_ALL:
        loose = (*known_factor(numbers, 0.5), *other_factor(numbers, 0.5))
        yield from (claim for claim in loose if claim.share > most + WORTH)


def known_factor(numbers: Numbers, base_rounded: float) -> Iterator[Claim]:
    """Try the factors that people use."""
    glance, scale = numbers.glance, numbers.scale
    if glance.known.any():
        factors = np.array(FACTORS)[:, np.newaxis]
        fitting = glance.holds(expected(factors, glance.base, scale, base_rounded)).sum(axis=1)
        place = int(fitting.argmax())
        rule = times(FACTORS[place], scale, base_rounded)
        # What is usual needs less proof: a chance of 1 / 4n for the nth of them is one of about 1 for all together.
        yield from by_rule("ratio", told(FACTORS[place]), numbers, rule, tries=4 * (place + 1))


def other_factor(numbers: Numbers, base_rounded: float) -> Iterator[Claim]:
    """Try the factor on which most cells agree, unless it is one that people use."""
    part = numbers.part.only_known()
    some = (part.base != 0) & (part.head != 0)
    found = agreed(*quotients(part.base[some], part.head[some], numbers.scale, base_rounded))
    if found is None or any(found.low <= factor <= found.high for factor in (*FACTORS, -1.0, 1.0)):
        return
    factor = simplest(found.low, found.high)
    if factor == 0 or not math.isfinite(factor):
        return
    rule = times(factor, numbers.scale, base_rounded)
    yield from by_rule("ratio", told(factor), numbers, rule, tries=2 * found.candidates, learnt=1)


def times(factor: float, scale: Scale, base_rounded: float) -> Rule:
    """Expect base times a factor."""
    return lambda amounts: expected(np.array(factor), amounts.base, scale, base_rounded)


def expected(factor: Array, base: Array, scale: Scale, base_rounded: float) -> Reach:
    """Multiply, and allow for last digits that were rounded; what becomes 0, or may stay as it was, tells nothing."""
    product = base * factor
    last_digits = np.abs(factor) * (base_rounded * scale.last.base) + 0.5 * scale.last.head
    off = np.abs(product) * (scale.error + ROUNDING) + last_digits
    low, high = product - off, product + off
    nothing = (np.abs(product) <= 0.5 * scale.last.head) | ((low <= base) & (base <= high))
    return Reach(np.where(nothing, np.inf, low), np.where(nothing, -np.inf, high))


def quotients(base: Array, head: Array, scale: Scale, base_rounded: float) -> tuple[Array, Array]:
    """Return the smallest and the largest factor that makes each head of its base, none of them 0."""
    off = np.abs(head) * (scale.error + ROUNDING) + 0.5 * scale.last.head
    base_off = base_rounded * scale.last.base
    least = (np.abs(head) - off) / (np.abs(base) + base_off)
    most = (np.abs(head) + off) / np.maximum(np.abs(base) - base_off, np.finfo(float).tiny)
    alike = (base > 0) == (head > 0)
    return np.where(alike, least, -most), np.where(alike, most, -least)


def told(factor: float) -> str:
    """Say a factor, as a divisor if that is the shorter one.

    >>> told(0.01), told(2.0), told(1.19)
    ('are base / 100: another unit?', 'are base x 2: counted twice by a join?', 'are base x 1.19')
    """
    product, quotient = (f"{number:,.12g}" for number in (factor, 1 / factor))
    shorter = len(quotient) < len(product) + (abs(factor) < 1)
    said = f"are base / {quotient}" if shorter else f"are base x {product}"
    if factor in TIMES_COUNTED:
        return f"{said}: counted {TIMES_COUNTED[factor]} by a join?"
    if factor in COUNTS or 1 / factor in COUNTS:
        return said
    return f"{said}: another unit?" if factor in FACTORS else said
