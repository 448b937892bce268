"""Columns whose type changed are counted together in the form in which they are compared."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from statistics_sides import between, one_column

CHANGED_TYPES: list[tuple[pl.DataType, pl.DataType, Callable[[int], object]]] = [
    (pl.Int32(), pl.Int64(), int),
    (pl.Int64(), pl.Float64(), int),
    (pl.Int64(), pl.Decimal(18, 3), int),
    (pl.Decimal(10, 2), pl.Float64(), int),
    (pl.Float32(), pl.Float64(), int),
    (pl.UInt64(), pl.Int8(), int),
    (pl.String(), pl.Categorical(), str),
]


@pytest.mark.parametrize(("base", "head", "value"), CHANGED_TYPES, ids=str)
def test_the_same_values_of_another_type_have_no_distance(
    base: pl.DataType, head: pl.DataType, value: Callable[[int], object]
) -> None:
    cells = [value(number % 100) for number in range(500)]
    moved = [value(number % 50) for number in range(500)]
    one = pl.Series(cells).cast(base)
    same, other = (between(one, pl.Series(side).cast(head)) for side in (cells, moved))
    assert (same.variation, same.earth_mover or 0.0) == (0, 0)
    assert other.variation == pytest.approx(0.5)
    for found in one_column(one, pl.Series(moved).cast(head)).statistics:
        assert found is not None
        assert found.distinct in {50, 100}


def test_dates_that_became_timestamps_move_in_seconds() -> None:
    days = pl.Series(range(40), dtype=pl.Int32).cast(pl.Date)
    found = one_column(days, days.cast(pl.Datetime("us")).dt.offset_by("1h"))
    assert found.distances is not None
    assert found.distances.earth_mover == pytest.approx(3600)
    assert found.statistics.base is not None
    assert found.statistics.base.mean == pytest.approx(19.5)
    assert found.statistics.head is not None
    assert found.statistics.head.mean == pytest.approx(19.5 * 86_400 + 3600)
    assert found.statistics.head.midnight == 0


def test_instants_in_another_zone_have_no_distance() -> None:
    at = pl.Series(range(40), dtype=pl.Int64).cast(pl.Datetime("us", "UTC"))
    found = one_column(at, at.dt.convert_time_zone("Asia/Tokyo"))
    assert found.distances is not None
    assert found.distances.variation == 0


def test_a_column_that_became_null_moved_entirely() -> None:
    found = one_column(pl.Series([1, 2] * 20), pl.Series([None] * 40))
    assert found.distances is not None
    assert (found.distances.largest_gap, found.distances.variation) == (1, 1)
