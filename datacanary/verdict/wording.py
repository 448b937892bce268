"""Numbers in the sentences of a verdict."""

from __future__ import annotations

from decimal import Decimal

from datacanary.model.config import CheckName, Threshold
from datacanary.model.words import percent

_HUNDREDTH = 0.01


def limit_text(threshold: Threshold) -> str:
    """Write a limit without its `>`, as the config has it; shares always with `%`.

    >>> limit_text(Threshold(0.001, "share", "> 0.1%")), limit_text(Threshold(0.05, "share", "> 0.050"))
    ('0.1 %', '5 %')
    """
    bare = threshold.text.lstrip("> ").strip()
    for unit in ("pp", "%"):
        if bare.endswith(unit):
            return f"{bare.removesuffix(unit).strip()} {unit}"
    if threshold.unit == "share" and threshold.value:
        return f"{(Decimal(bare) * 100).normalize():f} %"
    return f"{bare} spreads" if threshold.unit == "spreads" and threshold.value else bare


def spreads(distance: float) -> str:
    """Write a distance so that what is not nothing never looks like nothing.

    >>> spreads(0.318), spreads(0.0001), spreads(1)
    ('0.32 spreads', '< 0.01 spreads', '1.00 spreads')
    """
    return f"< {_HUNDREDTH} spreads" if 0 < distance < _HUNDREDTH else f"{distance:,.2f} spreads"


def size(check: CheckName, share: float) -> str:
    """Write what a check measured.

    >>> size("distance", 0.5), size("null_rate", 0.005), size("shape", 0.5)
    ('0.50 spreads', '0.50 pp', '50.0 %')
    """
    if check == "distance":
        return spreads(share)
    return percent(share).replace("%", "pp") if check == "null_rate" else percent(share)
