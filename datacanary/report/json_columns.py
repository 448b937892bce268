"""One column in the contract's JSON object: what its values are like, and how far the sides are apart."""

from __future__ import annotations

from collections.abc import Mapping

from datacanary.model.statistics import Cell, Distances, Lengths, Statistics
from datacanary.model.tablediff import ColumnDiff
from datacanary.report.json_values import Json, known


def encode_column(column: ColumnDiff) -> dict[str, Json]:
    """Turn a column into JSON; statistics that are not known, have no meaning or are masked are left out."""
    base, head = column.statistics
    return {
        "name": column.name,
        "change": column.change,
        "type": {"base": column.type.base, "head": column.type.head},
        "changed": column.changed,
        "increased": column.increased,
        "decreased": column.decreased,
        "forgiven": column.forgiven,
        "incomparable": column.incomparable,
        "statistics": {
            "base": _side(base, column.nulls.base),
            "head": _side(head, column.nulls.head),
            "distance": {} if column.distances is None else _distance(column.distances),
        },
    }


def _side(statistics: Statistics | None, nulls: int | None) -> dict[str, Json]:
    """Encode one side; NULLs are counted even where no other statistics were asked for."""
    if statistics is None:
        return known({"nulls": nulls})
    distinct = statistics.distinct
    return known(
        {
            "rows": statistics.rows,
            "nulls": statistics.nulls,
            "distinct": distinct,
            "distinct_estimated": None if distinct is None else statistics.distinct_estimated,
            "min": statistics.minimum,
            "max": statistics.maximum,
            "mean": statistics.mean,
            "deviation": statistics.deviation,
            "total": statistics.total,
            "quantiles": _cells(statistics.quantiles) or None,
            "nan": statistics.nan,
            "positive_infinity": statistics.positive_infinity,
            "negative_infinity": statistics.negative_infinity,
            "zero": statistics.zero,
            "negative": statistics.negative,
            "blank": statistics.blank,
            "midnight": statistics.midnight,
            "lengths": None if statistics.lengths is None else _lengths(statistics.lengths),
            "top": [{"value": one.value, "count": one.count} for one in statistics.top] or None,
            "shapes": [{"shape": one.value, "count": one.count} for one in statistics.shapes] or None,
        }
    )


def _lengths(lengths: Lengths) -> dict[str, Json]:
    return {
        "min": lengths.minimum,
        "max": lengths.maximum,
        "mean": lengths.mean,
        "quantiles": dict(lengths.quantiles.items()),
    }


def _distance(distances: Distances) -> dict[str, Json]:
    return known(
        {
            "shape": distances.shape,
            "largest_gap": distances.largest_gap,
            "largest_gap_at_most": distances.largest_gap_at_most,
            "earth_mover": distances.earth_mover,
            "earth_mover_in_spreads": distances.earth_mover_in_spreads,
            "variation": distances.variation,
            "largest_move": distances.largest_move,
            "largest_move_by": distances.largest_move_by,
            "new_share": distances.new_share,
            "psi": distances.psi,
            "jensen_shannon": distances.jensen_shannon,
        }
    )


def _cells(cells: Mapping[str, Cell]) -> dict[str, Json]:
    return dict(cells.items())
