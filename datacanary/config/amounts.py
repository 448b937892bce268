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
_WORDS: dict[Unit, str] = {"share": "a share (1%)", "points": "points (1pp)", "count": "a count (500)"}
_EXAMPLES: dict[Unit, str] = {"share": "1%", "points": "1pp", "count": "500"}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and its unit; a bare 0 has none: it is the same in all."""

    value: float
    unit: Unit | None


def amount(written: str) -> Amount:
    """Read what `AMOUNT` matches; shares and points become fractions of 1.

    >>> amount("0.1 %")
    Amount(value=0.001, unit='share')
    """
    number = Decimal(written.rstrip("p% \t"))
    if written.endswith("%"):
        return Amount(float(number / 100), "share")
    if written.endswith("pp"):
        return Amount(float(number / 100), "points")
    return Amount(float(number), "count" if number else None)


def threshold(text: str, node: Node, check: Check) -> tuple[Amount, str]:
    """Read `> N`, `> N%` or `> Npp`; the amount and its text without needless spaces. ConfigError otherwise."""
    match = _THRESHOLD.fullmatch(text.strip())
    if not match:
        examples = " or ".join(f'"> {_EXAMPLES[unit]}"' for unit in check.units)
        raise wrong(node, f"a limit, as {examples}", _slip(text))
    read = amount(match[1])
    _check_amount(read, node, check)
    return read, f"> {match[1]}"


def span(text: str, node: Node, check: Check) -> tuple[Amount, Amount]:
    """Read `A .. B` or `<= B`; the lower and the upper end. ConfigError otherwise."""
    match = _RANGE.fullmatch(text.strip())
    if not match:
        one = _EXAMPLES[check.units[0]]
        raise wrong(node, f'a range, as "0 .. {one}", or at most as much, as "<= {one}"', _slip(text))
    low, high = amount(match[2] or "0"), amount(match[3] or match[1])
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
        valid = " or ".join(_WORDS[unit] for unit in check.units)
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
        raise wrong(node, "100% or less", f"{check.name} never goes beyond that.")


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
