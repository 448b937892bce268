"""Amounts as limits and expectations write them: `500`, `0.1%`, `1pp`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal

from datacanary.config.checks import Check
from datacanary.config.nodes import Node
from datacanary.config.read import wrong
from datacanary.errors import ConfigError
from datacanary.model.config import Threshold, Unit

AMOUNT = r"[0-9]+(?:\.[0-9]+)?\s*(?:%|pp)?"
_THRESHOLD = re.compile(rf">\s*({AMOUNT})")
_RANGE = re.compile(rf"(?:<=\s*({AMOUNT})|({AMOUNT})\s*\.\.\s*({AMOUNT}))")
_WORDS: dict[Unit, str] = {
    "share": "a share (1%)",
    "points": "points (1pp)",
    "count": "a count (500)",
    "spreads": "a number of base's spreads (0.25)",
}
_EXAMPLES: dict[Unit, str] = {"share": "1%", "points": "1pp", "count": "500", "spreads": "0.25"}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and its unit; a bare 0 has none: it is the same in all."""

    value: float
    unit: Unit | None


def amount(written: str, bare: Unit = "count") -> Amount:
    """Read what `AMOUNT` matches; shares and points become fractions of 1. `bare` is what a number without unit means.

    >>> amount("0.1 %"), amount("0.05", bare="share")
    (Amount(value=0.001, unit='share'), Amount(value=0.05, unit='share'))
    """
    number = Decimal(written.rstrip("p% \t"))
    if written.endswith("%"):
        return Amount(float(number / 100), "share")
    if written.endswith("pp"):
        return Amount(float(number / 100), "points")
    return Amount(float(number), bare if number else None)


def example(check: Check) -> str:
    """Return an amount as the limits of a check have it."""
    return "0.05" if check.bare == "share" else _EXAMPLES[check.units[0]]


def threshold(text: str, node: Node, check: Check) -> tuple[Amount, str]:
    """Read `> N`, `> N%` or `> Npp`; the amount and its text without needless spaces. ConfigError otherwise."""
    match = _THRESHOLD.fullmatch(text.strip())
    if not match:
        units = check.units[1:] if check.bare != "share" else check.units
        examples = " or ".join(f'"> {one}"' for one in (example(check), *(_EXAMPLES[unit] for unit in units)))
        raise wrong(node, f"a limit, as {examples}", _slip(text))
    read = amount(match[1], check.bare)
    _check_amount(read, node, check)
    return read, f"> {match[1]}"


def span(text: str, node: Node, check: Check) -> tuple[Amount, Amount]:
    """Read `A .. B` or `<= B`; the lower and the upper end. ConfigError otherwise."""
    match = _RANGE.fullmatch(text.strip())
    if not match:
        one = example(check)
        raise wrong(node, f'a range, as "0 .. {one}", or at most as much, as "<= {one}"', _slip(text))
    low, high = amount(match[2] or "0", check.bare), amount(match[3] or match[1], check.bare)
    _check_amount(low, node, check)
    _check_amount(high, node, check)
    if low.value > high.value and same_unit((low, high), node, check):
        raise ConfigError(f"The range in {node.path} ends below its begin.", hint="Swap its ends.", where=node.where)
    return low, high


def same_unit(amounts: tuple[Amount, ...], node: Node, check: Check) -> Unit:
    """Return the unit that all have, or the check's usual one for bare zeros; ConfigError if they differ."""
    units = {one.unit for one in amounts if one.unit}
    if len(units) > 1:
        raise ConfigError(
            f"{node.path} mixes {' with '.join(sorted(_WORDS[unit] for unit in units))}.",
            hint="Write both in one unit.",
            where=node.where,
        )
    return units.pop() if units else check.units[0]


def as_threshold(read: tuple[Amount, str] | None, unit: Unit) -> Threshold | None:
    """Make a threshold of what was read, in the unit that its limit has."""
    return Threshold(read[0].value, unit, read[1]) if read else None


def _check_amount(read: Amount, node: Node, check: Check) -> None:
    if read.unit and read.unit not in check.units:
        valid = "a share (0.05 or 5%)" if check.bare == "share" else " or ".join(_WORDS[unit] for unit in check.units)
        raise ConfigError(
            f"{node.path} is {_WORDS[read.unit].partition(' (')[0]}, which does not fit {check.name}.",
            hint=f"It takes {valid}.",
            where=node.where,
        )
    if not math.isfinite(read.value):
        raise wrong(node, "a smaller number")
    if read.unit == "count" and not read.value.is_integer():
        raise wrong(node, "a whole number or a share", "A share ends with '%'." if "share" in check.units else "")
    if check.at_most_all and read.unit != "count" and read.value > 1:
        plain = " A number without % is a fraction of 1." if check.bare == "share" else ""
        raise wrong(node, "100% or less", f"{check.name} never goes beyond that.{plain}")


def _slip(text: str) -> str:
    """Name the usual slips."""
    bare = text.strip()
    if ">=" in bare:
        return "There is no '>=': what lies above the number breaks the limit."
    if "-" in bare:
        return "No number is below 0."
    if re.search(r"[0-9][,_' ][0-9]", bare):
        return "Numbers have no thousands separators; the decimal sign is a point."
    if re.fullmatch(AMOUNT, bare):
        return "It needs its sign in front."
    return ""
