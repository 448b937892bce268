"""What cannot be: inequalities between the rows that changed and what the columns are like."""

from __future__ import annotations

from dataclasses import dataclass

from datacanary.model.basic import Pair
from datacanary.model.statistics import Distances
from datacanary.tablediff.statistics.account import Findings
from datacanary.tablediff.statistics.axis import Axis
from datacanary.tablediff.statistics.numbers import NumberFindings
from datacanary.tablediff.views import SIDES

ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Known:
    """What the comparison of rows says of a column.

    `unchanged` cells of paired rows are equal; `rows` and `nulls` are those of each side. `stayed` of base's finite
    numbers are in head too, None if that is not known.
    """

    unchanged: int
    rows: Pair[int]
    nulls: Pair[int]
    stayed: int | None = None


def miscount(found: Findings, rows: int, nulls: int) -> str:
    """Say what is wrong with the counts of a side, if anything is."""
    if found.statistics.rows != rows:
        return f"{found.statistics.rows} of its {rows} cells were counted"
    if found.statistics.nulls != nulls:
        return f"{found.statistics.nulls} of its {nulls} NULLs were counted"
    if found.counts is not None and (found.counts < 0).any():
        return "it has a bin with less than no cells"
    return ""


def contradiction(found: Pair[Findings], measured: Distances, known: Known, axis: Axis | None) -> str:
    """Say what contradicts the comparison of rows, if anything does.

    Equal cells of paired rows are in the same bin. So at most the share of the others can be elsewhere:
    TV <= 1 - unchanged / max(rows), and D <= TV. No finite number moves further than from the smallest to the largest:
    the distance of the earth mover is at most that range times the share of those that may have moved.
    Source: the coupling inequality (Lindvall, "Lectures on the Coupling Method", 1992).
    """
    variation = measured.variation
    if variation is None:
        return ""
    most = 1 - known.unchanged / max(known.rows)
    if variation > most + ROUNDING:
        return f"its values moved by {variation:.6g}, but at most {most:.6g} of its cells differ"
    if measured.largest_gap is not None and measured.largest_gap > variation + ROUNDING:
        return f"its largest gap of {measured.largest_gap:.6g} is above its variation of {variation:.6g}"
    base, head = found
    if axis is None or not isinstance(base, NumberFindings) or not isinstance(head, NumberFindings):
        return ""
    return moved_too_far(Pair(base, head), measured.earth_mover, known.stayed, axis)


def moved_too_far(found: Pair[NumberFindings], distance: float | None, stayed: int | None, axis: Axis) -> str:
    """Say whether numbers moved further than they can."""
    base, head = found.base.finite, found.head.finite
    if distance is None or stayed is None or base is None or head is None:
        return ""
    reach = axis.measure(max(base.high, head.high) - min(base.low, head.low))
    if reach is None:
        return ""
    most = (1 - stayed / max(base.count, head.count)) * reach
    if distance <= most + ROUNDING * reach:
        return ""
    return f"its values moved {distance:.6g} on average, but can have moved at most {most:.6g}"


def fault(name: str, found: Pair[Findings], measured: Distances | None, known: Known, axis: Axis | None) -> str:
    """Say what cannot be of a column on both sides; nothing if all is well."""
    for side in SIDES:
        told = miscount(found.of(side), known.rows.of(side), known.nulls.of(side))
        if told:
            return f"The column {name!r} on {side}: {told}."
    told = "" if measured is None else contradiction(found, measured, known, axis)
    return f"The column {name!r}: {told}." if told else ""
