"""How far the values of a column moved as a whole: `shape` and `distance`, and why they may be unknown."""

from __future__ import annotations

import math
from collections.abc import Iterator

from datacanary.model.config import CheckName
from datacanary.model.statistics import Distances
from datacanary.model.tablediff import ColumnDiff, TableDiff
from datacanary.model.words import percent
from datacanary.verdict.measure import Measure
from datacanary.verdict.wording import spreads

FEWEST = 30
"""Below so many rows on either side a column has no distances."""

SLACK = 0.05
"""So large a part of a distance the bins may be wrong by."""


def moves(column: ColumnDiff, diff: TableDiff) -> Iterator[Measure]:
    """Measure how far the values of a column moved, as far as that is known."""
    if not measurable(column, diff):
        return
    if column.distances is None:
        yield from _bounded(column)
        return
    shape, distance = column.distances.shape, distance_of(column.distances)
    if shape is not None and math.isfinite(shape):
        told = f"shape of {column.name} moved: {percent(shape)} of its values lie elsewhere"
        sentence = told if shape else f"shape of {column.name} is the same"
        yield Measure("shape", column.name, int(shape != 0), shape, sentence)
    if distance is not None and math.isfinite(distance):
        told = f"values of {column.name} moved by {spreads(distance)} of base"
        sentence = told if distance else f"values of {column.name} did not move"
        yield Measure("distance", column.name, int(distance != 0), distance, sentence, 0, *_ways(column))


def _bounded(column: ColumnDiff) -> Iterator[Measure]:
    """Say how far the values of a column can have moved at most, where not all rows were read to measure it."""
    shape, distance = (None, None) if column.at_most is None else (column.at_most.shape, column.at_most.distance)
    if shape is not None:
        told = f"shape of {column.name} moved: {percent(shape)} of its values at most lie elsewhere"
        sentence = told if shape else f"shape of {column.name} is the same"
        yield Measure("shape", column.name, int(shape != 0), shape, sentence, at_most=shape != 0)
    if distance is not None:
        told = f"values of {column.name} moved by {spreads(distance)} of base at most"
        sentence = told if distance else f"values of {column.name} did not move"
        yield Measure("distance", column.name, int(distance != 0), distance, sentence, at_most=distance != 0)


def measurable(column: ColumnDiff, diff: TableDiff) -> bool:
    """Tell whether both sides have values of a column that were compared."""
    return column.change in {"none", "type_changed"} and not column.incomparable and bool(rows_of_fewer(diff))


def rows_of_fewer(diff: TableDiff) -> int:
    """Return the rows of the side that has fewer."""
    return min(diff.rows.base or 0, diff.rows.head or 0)


def unmoved(check: CheckName, column: ColumnDiff, diff: TableDiff) -> Measure | None:
    """Measure a column without statistics if it cannot have moved: every row of it is on both sides, and the same."""
    if diff.rows.added or diff.rows.removed or column.changed:
        return None
    return Measure(check, column.name, 0, 0.0, f"{check} of {column.name} is the same")


def unmeasured(check: CheckName, column: ColumnDiff, diff: TableDiff) -> str:
    """Say why `shape` or `distance` of a column is not known."""
    if rows_of_fewer(diff) < FEWEST:
        why = f"there are fewer than {FEWEST} rows"
    elif column.distances is None:
        why = "there are no statistics of it"
    elif check == "distance":
        why = "base has no spread: all its values are one"
    else:
        why = "it has no meaning for its type"
    return f"{check} of {column.name} has a limit but could not be measured: {why}"


def distance_of(found: Distances) -> float | None:
    """Return the distance in base's spreads; without a spread it is known only if nothing moved."""
    return 0.0 if found.earth_mover == 0 else found.earth_mover_in_spreads


def _ways(column: ColumnDiff) -> tuple[float | None, float | None]:
    """Part the distance of a column, in spreads, into what moved up and what moved down.

    The earth mover's distance is the sum of both, and the move of the mean is their difference. The distance is
    reckoned over bins: a part that is smaller than what they may be wrong by is none.
    """
    base, head = (side.mean if side is not None else None for side in column.statistics)
    whole = column.distances.earth_mover if column.distances is not None else None
    distance = column.distances.earth_mover_in_spreads if column.distances is not None else None
    if base is None or head is None or not whole or distance is None or not math.isfinite(head - base):
        return None, None
    upward = (1 + (head - base) / whole) / 2
    upward = 0.0 if upward < SLACK else 1.0 if upward > 1 - SLACK else upward
    return distance * upward, distance * (1 - upward)
