"""Marks of noise in base's query, where it was not measured: what they reach is not judged, or told with a doubt."""

from __future__ import annotations

from collections.abc import Sequence

from datacanary.model.config import CheckName
from datacanary.model.noise import ALWAYS, NoiseMark

_NEVER_NOISE: frozenset[CheckName] = frozenset({"key_problems"})


def unstable(check: CheckName, column: str | None, marks: Sequence[NoiseMark]) -> str:
    """Say why a check of a column cannot be judged: its values differ each time the query runs; "" if they do not."""
    for mark in marks:
        if check not in _NEVER_NOISE and mark.kind in ALWAYS and _names(mark, column):
            return f"not judged: {mark.short} gives another value each time ({mark.place})"
    return ""


def doubtful(check: CheckName, column: str | None, marks: Sequence[NoiseMark]) -> str:
    """Say what a finding may be noise of; "" if nothing."""
    found = [mark for mark in marks if mark.columns is None or _names(mark, column)]
    if not found or check in _NEVER_NOISE:
        return ""
    # What reaches just this column says more than what changes which rows there are.
    first = min(found, key=lambda mark: mark.columns is None)
    return f"may be noise: {first.words} ({first.place}), --noise-check measures it"


def _names(mark: NoiseMark, column: str | None) -> bool:
    return column is not None and column.lower() in {name.lower() for name in mark.columns or ()}
