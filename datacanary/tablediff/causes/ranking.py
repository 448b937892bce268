"""Which causes are told, and which first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from datacanary.model.cause import Cause, CauseKind
from datacanary.model.tablediff import TableDiff

MOST_CAUSES = 5
MOST_ALIKE = 2
"""So many causes of the same columns and kind of difference are told."""

WHERE = 1.0
WHAT = 2.0
WHY = 4.0
"""Where rows differ is told after what became of them, and that after why, if they explain about as much."""

RANKS: Mapping[CauseKind, float] = {
    "renamed": WHY,
    "swapped": WHY,
    "fan_out": WHY,
    "lost_join": WHY,
    "segment": WHERE,
}
"""All others are WHAT."""

ENTAILED = 0.8
"""Claims about the cells of a column follow from a cause that explains so many of its changes."""


def best(causes: Sequence[Cause], summary: TableDiff) -> tuple[Cause, ...]:
    """Choose the few causes that explain the most, and put the best explanation of the largest part first."""
    kept = [cause for cause in causes if not any(entails(one, cause) for one in causes if one is not cause)]
    # A sort keeps the order of equals: what was found first stays first.
    kept.sort(key=lambda cause: -weight(cause, summary))
    told: list[Cause] = []
    alike: Counter[object] = Counter()
    for cause in kept:
        group = (cause.about, cause.columns)
        if alike[group] < MOST_ALIKE and len(told) < MOST_CAUSES:
            told.append(cause)
            alike[group] += 1
    return tuple(told)


def weight(cause: Cause, summary: TableDiff) -> float:
    """Reckon how many rows of the table a cause explains, more for what says why than for what says where."""
    return cause.share * concerned(cause, summary) * RANKS.get(cause.kind, WHAT)


def concerned(cause: Cause, summary: TableDiff) -> int:
    """Count the rows that differ in the way that a cause is about."""
    if cause.kind == "renamed":
        return cause.of
    if cause.about == "removed":
        return summary.rows.removed or 0
    if cause.about == "added":
        return summary.rows.added or 0
    if not cause.columns:
        return summary.rows.changed or 0
    return max((column.changed or 0 for column in summary.columns if column.name in cause.columns), default=0)


def entails(cause: Cause, other: Cause) -> bool:
    """Tell whether a cause says all that another one does: what is swapped or lost needs no rule for its cells."""
    return (
        cause.kind in {"swapped", "lost_join"}
        and cause.about == other.about
        and cause.share >= ENTAILED
        and other.kind not in RANKS
        and set(other.columns) <= set(cause.columns)
    )
