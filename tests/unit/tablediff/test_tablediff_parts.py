"""Multisets, totals and JSON cells, each against plain Python."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacanary.model.basic import Pair
from datacanary.model.statistics import Cell
from datacanary.tablediff.jsoncells import json_cells
from datacanary.tablediff.multiset import leftovers
from datacanary.tablediff.totals import total

examples = settings(max_examples=60)
ROWS = st.lists(st.tuples(st.sampled_from((1, 2, None)), st.sampled_from(("x", None))), max_size=9)


def colliding(rows: pl.DataFrame) -> pl.Series:
    """Give many different rows the same fingerprint."""
    return rows.select(pl.col("c0").fill_null(1) % 2).to_series().cast(pl.UInt64)


@examples
@given(ROWS, ROWS)
def test_rows_cancel_exactly_even_if_all_fingerprints_collide(
    base: list[tuple[object, ...]], head: list[tuple[object, ...]]
) -> None:
    schema = {"c0": pl.Int64, "c1": pl.String}
    rows = Pair(base, head).map(lambda side: pl.DataFrame(side, schema=schema, orient="row"))
    expected = Pair(Counter(base) - Counter(head), Counter(head) - Counter(base))
    for left in (leftovers(rows), leftovers(rows, colliding)):
        assert Counter(base[place] for place in left.base) == expected.base
        assert Counter(head[place] for place in left.head) == expected.head
        assert left.base.is_sorted()
        assert left.head.is_sorted()


@examples
@given(st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False)))
def test_float_totals_are_rounded_once(values: list[float | None]) -> None:
    exact = sum((Fraction(value) for value in values if value is not None), Fraction(0))
    try:
        expected: float | str = float(exact)
    except OverflowError:
        expected = "Infinity" if exact > 0 else "-Infinity"
    assert total(pl.Series(values, dtype=pl.Float64)) == expected


@pytest.mark.parametrize(
    ("dtype", "bounds"),
    [
        (pl.Int8(), (-(2**7), 2**7 - 1)),
        (pl.Int64(), (-(2**63), 2**63 - 1)),
        (pl.UInt64(), (0, 2**64 - 1)),
        (pl.Int128(), (-(2**127), 2**127 - 1)),
        (pl.UInt128(), (0, 2**128 - 1)),
    ],
)
def test_integer_totals_never_overflow(dtype: pl.DataType, bounds: tuple[int, int]) -> None:
    low, high = bounds
    for values in ([low] * 9, [high] * 9, [low, high, None], []):
        assert total(pl.Series(values, dtype=dtype)) == sum(value for value in values if value is not None)


@examples
@given(st.lists(st.none() | st.decimals(min_value=-(10**34), max_value=10**34, places=3)))
def test_decimal_totals_are_exact_text(values: list[Decimal | None]) -> None:
    text = total(pl.Series(values, dtype=pl.Decimal(38, 3)))
    assert isinstance(text, str)
    assert Fraction(text) == sum((Fraction(value) for value in values if value is not None), Fraction(0))
    assert len(text.split(".")[1]) == 3


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, math.nan], "NaN"),
        ([math.inf, 1.0], "Infinity"),
        ([-math.inf], "-Infinity"),
        ([math.inf, -math.inf], "NaN"),
        (["x"], None),
        ([True], None),
    ],
)
def test_totals_that_are_no_number(values: list[object], expected: str | None) -> None:
    assert total(pl.Series(values)) == expected


@pytest.mark.parametrize(
    ("values", "dtype", "cells"),
    [
        ([2**63, None], pl.UInt64(), [2**63, None]),
        ([2**127 - 1], pl.Int128(), [2**127 - 1]),
        ([-0.0, math.nan, math.inf, -math.inf], pl.Float64(), [0.0, "NaN", "Infinity", "-Infinity"]),
        ([Decimal("1.10"), None], pl.Decimal(12, 2), ["1.10", None]),
        ([b"\x00\xff"], pl.Binary(), ["00ff"]),
        ([dt.date(2020, 2, 29)], pl.Date(), ["2020-02-29"]),
        ([dt.datetime(2020, 2, 29, 1, 2, 3, 4)], pl.Datetime("us"), ["2020-02-29T01:02:03.000004"]),  # noqa: DTZ001
        ([dt.time(23, 59, 1)], pl.Time(), ["23:59:01"]),
        ([dt.timedelta(days=1, microseconds=5)], pl.Duration("us"), ["PT86400.000005S"]),
        ([["x", None], None, []], pl.List(pl.String()), [["x", None], None, []]),
        ([[1.0, math.nan], None], pl.Array(pl.Float64(), 2), [[1.0, "NaN"], None]),
        (
            [{"^a$": [b"a"], "": None}, None],
            pl.Struct({"^a$": pl.List(pl.Binary), "": pl.Null}),
            [{"^a$": ["61"], "": None}, None],
        ),
        (["x", None], pl.Categorical(), ["x", None]),
        ([None], pl.Null(), [None]),
        ([object()], pl.Object(), ["(a Python object)"]),
    ],
)  # fmt: skip
def test_cells_are_plain_json(values: list[object], dtype: pl.DataType, cells: list[Cell]) -> None:
    assert json_cells(pl.Series(values, dtype=dtype).alias("^a$")) == cells


def test_instants_are_told_in_utc() -> None:
    stamps = pl.Series([dt.datetime(2020, 1, 1, tzinfo=dt.UTC)]).dt.convert_time_zone("Asia/Tokyo")
    assert json_cells(stamps) == ["2020-01-01T00:00:00Z"]


@examples
@given(st.dates())
def test_days_are_told_as_python_tells_them(day: dt.date) -> None:
    assert json_cells(pl.Series([day])) == [day.isoformat()]


def test_times_without_end_and_before_christ_do_not_panic() -> None:
    with duckdb.connect() as connection:
        frame = pl.from_arrow(
            connection.sql("""
                select unnest(['infinity', '-infinity', '0044-03-15 (BC)', '294247-01-10']::date[]) as day,
                       unnest(['infinity', '-infinity',
                               '0044-03-15 (BC) 12:00:00', '10000-01-01']::timestamp[]) as stamp,
            """).to_arrow_table()
        )
    assert isinstance(frame, pl.DataFrame)
    assert json_cells(frame["day"]) == ["infinity", "-infinity", "-0043-03-15", "+294247-01-10"]
    assert json_cells(frame["stamp"]) == ["infinity", "-infinity", "-0043-03-15T12:00:00", "+10000-01-01T00:00:00"]
