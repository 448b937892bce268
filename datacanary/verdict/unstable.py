"""Marks of noise in base's query, where it was not measured: what they reach is not judged, or told with a doubt."""

from __future__ import annotations

from collections.abc import Sequence

from datacanary.model.config import CheckName
from datacanary.model.noise import ALWAYS, Instability, NoiseMark

_QUOTE = 48
"""So many characters of a query are quoted."""

_MAY: dict[Instability, str] = {
    "clock": "the time in",
    "date": "the date in",
    "random": "chance in",
    "session": "the session in",
    "sample": "the sample in",
    "limit": "the rows that are left by",
    "window_ties": "ties in",
    "unordered_aggregate": "the order in",
    "row_order": "the order of rows in",
    "float_sum": "the order of floats in",
    "distinct_on": "the rows that are kept by",
}
_NEVER_NOISE: frozenset[CheckName] = frozenset({"key_problems"})


def unstable(check: CheckName, column: str | None, marks: Sequence[NoiseMark]) -> str:
    """Say why a check of a column cannot be judged: its values differ each time the query runs; "" if they do not."""
    for mark in marks:
        if check not in _NEVER_NOISE and mark.kind in ALWAYS and _names(mark, column):
            return f"not judged: {_quoted(mark)} gives another value each time ({_place(mark)})"
    return ""


def doubtful(check: CheckName, column: str | None, marks: Sequence[NoiseMark]) -> str:
    """Say what a finding may be noise of; "" if nothing."""
    found = [mark for mark in marks if mark.columns is None or _names(mark, column)]
    if not found or check in _NEVER_NOISE:
        return ""
    # What reaches just this column says more than what changes which rows there are.
    first = min(found, key=lambda mark: mark.columns is None)
    return f"may be noise: {_MAY[first.kind]} {_quoted(first)} ({_place(first)}), --noise-check measures it"


def _names(mark: NoiseMark, column: str | None) -> bool:
    return column is not None and column.lower() in {name.lower() for name in mark.columns or ()}


def _quoted(mark: NoiseMark) -> str:
    line = " ".join(mark.quoted.split())
    return line if len(line) <= _QUOTE else f"{line[: _QUOTE - 1]}…"


def _place(mark: NoiseMark) -> str:
    return f"{mark.path}:{mark.line}"
