"""Times of head are those of base in another time zone."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from datacanary.tablediff.causes.agreed import agreed
from datacanary.tablediff.causes.amounts import Amounts, Numbers, Reach, Rule
from datacanary.tablediff.causes.chance import FALSE, PROMISING
from datacanary.tablediff.causes.claim import GLANCE, ChangedCells, Claim, by_rule
from datacanary.tablediff.causes.durations import duration_told
from datacanary.tablediff.causes.offset import plus
from datacanary.tablediff.causes.scale import Array, Scale
from datacanary.tablediff.causes.zones import ZONES, ahead

QUARTER = 900_000_000_000
"""Nanoseconds of a quarter of an hour: the offsets of all zones are multiples of it."""
QUARTERS = (*range(-48, 0), *range(1, 57))
"""The offsets of zones: from -12 to +14 hours."""
FEW = 64
"""So many cells rule out most zones: their offset is another all year."""


def claims(cells: ChangedCells) -> Iterator[Claim]:
    """Say from which zone to which times went: to a named one if summer time shows, else by how many hours."""
    numbers = cells.numbers
    if numbers is None or numbers.scale.meaning != "moment":
        return
    glance = numbers.glance.only_known()
    moves = (glance.head - glance.base) / (QUARTER // numbers.scale.nanoseconds)
    of_zones = np.isin(moves, QUARTERS)
    if of_zones.sum() < PROMISING * numbers.glance.known.size:
        return
    yield from named_zone(numbers)
    yield from fixed_offset(numbers, moves[of_zones])


def fixed_offset(numbers: Numbers, moves: Array) -> Iterator[Claim]:
    """Say by how many hours most times went."""
    found = agreed(moves, moves)
    if found is None:
        return
    nanoseconds = round(found.low) * QUARTER
    hours, minutes = divmod(abs(nanoseconds) // (QUARTER // 15), 60)
    zone = f"{'+' if nanoseconds > 0 else '-'}{hours:02}:{minutes:02}"
    after = "later" if nanoseconds > 0 else "earlier"
    message = f"are {duration_told(abs(nanoseconds))} {after}, as in a zone of {zone} instead of UTC"
    rule = plus(nanoseconds // numbers.scale.nanoseconds, numbers.scale)
    yield from by_rule("time_zone", message, numbers, rule, tries=len(QUARTERS))


def named_zone(numbers: Numbers) -> Iterator[Claim]:
    """Say of which zone with summer time the times are, if it shows."""
    rules = {
        (zone, words): rule for zone in likely_zones(numbers) for words, rule in both_ways(zone, numbers.scale).items()
    }
    if not rules:
        return
    zone, words = max(rules, key=lambda one: numbers.share(rules[one]))
    rule = rules[zone, words]
    if has_seasons(numbers, rule) or stays_in_winter(numbers, zone):
        yield from by_rule("time_zone", words, numbers, rule, tries=2 * len(ZONES))


def has_seasons(numbers: Numbers, rule: Rule) -> bool:
    """Tell whether the cells for which a rule holds moved by more than one offset."""
    glance = numbers.glance
    fits = glance.holds(rule(glance))
    return np.unique(glance.head[fits] - glance.base[fits]).size > 1


def stays_in_winter(numbers: Numbers, zone: str) -> bool:
    """Tell whether the column has many times at which a zone's clocks show UTC, as London's do: those did not change.

    That none of them is among the changed ones by accident has the chance FALSE at most.
    """
    law = numbers.law[:: max(1, numbers.law.size // GLANCE)]
    at_utc = float((ahead(law, (zone,), numbers.scale) == 0).mean()) if law.size else 0.0
    return 0 < at_utc < 1 and numbers.part.base.size * math.log(1 - at_utc) <= math.log(FALSE)


def likely_zones(numbers: Numbers) -> list[str]:
    """Rule out the zones that do not fit a few cells, whichever side is in UTC: mostly another season is off."""
    few = numbers.glance.every(max(1, numbers.glance.base.size // FEW))
    of_base, of_head = (ahead(times, ZONES, numbers.scale) for times in (few.base, few.head))
    changes = few.head - few.base
    fitting = np.maximum(
        (few.known & (changes == of_base)).mean(axis=1),
        (few.known & (changes == -of_head)).mean(axis=1),
    )
    return [zone for zone, share in zip(ZONES, fitting.tolist(), strict=True) if share >= PROMISING / 2]


def both_ways(zone: str, scale: Scale) -> dict[str, Rule]:
    """Say in words what may have happened with a zone, and what follows from it."""
    return {
        f"are in the time of {zone} instead of UTC": from_utc(zone, scale),
        f"are in UTC instead of the time of {zone}": to_utc(zone, scale),
    }


def from_utc(zone: str, scale: Scale) -> Rule:
    """Expect what clocks in a zone show at base's times, if they are in UTC."""

    def rule(amounts: Amounts) -> Reach:
        target = amounts.base + ahead(amounts.base, (zone,), scale)[0]
        return Reach(target, target)

    return rule


def to_utc(zone: str, scale: Scale) -> Rule:
    """Expect the time in UTC at which clocks in a zone show base's times: head tells which, if there are two."""

    def rule(amounts: Amounts) -> Reach:
        target = amounts.base - ahead(amounts.head, (zone,), scale)[0]
        return Reach(target, target)

    return rule
