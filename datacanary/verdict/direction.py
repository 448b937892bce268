"""Moves that harm nobody: where only a rise or only a fall is to be judged."""

from __future__ import annotations

from dataclasses import replace

from datacanary.model.config import Direction
from datacanary.verdict.measure import Measure
from datacanary.verdict.wording import size

DIRECTED = frozenset({"total", "distance"})
"""The checks that a column's `direction` is about."""
_MOVES: dict[Direction, str] = {"increase": "a rise", "decrease": "a fall"}


def one_way(measure: Measure, direction: Direction | None) -> Measure:
    """Leave of a measure only what moved in the direction that is judged, and say so in its sentence."""
    part = measure.rose if direction == "increase" else measure.fell
    if direction is None or measure.check not in DIRECTED or part is None or part == measure.share:
        return measure
    judged = f", here {size(measure.check, part)}" if part else ""
    sentence = f"{measure.sentence}; only {_MOVES[direction]} is judged{judged}"
    return replace(measure, amount=int(part != 0), share=part, rose=None, fell=None, sentence=sentence)


def contrary(measure: Measure, direction: Direction) -> Measure:
    """Leave of changed cells those that did not move in the direction that was declared."""
    moved = (measure.rose if direction == "increase" else measure.fell) or 0.0
    amount = round(max(measure.share - moved, 0.0) * measure.of)
    return replace(measure, amount=amount, share=amount / max(measure.of, 1))
