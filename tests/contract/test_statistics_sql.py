"""Counts in SQL are the counts that Polars gives, on a real DuckDB."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from datacanary.model.basic import Pair
from datacanary.tablediff.statistics.account import Plan
from datacanary.tablediff.statistics.bins import EdgeBins, ValueBins
from datacanary.tablediff.statistics.numbers import NumberPlan
from datacanary.tablediff.statistics.plans import Looked, plan_for
from datacanary.tablediff.statistics.sql import aggregates, bin_counts

NAME = 'say "hi"; drop table --'
HOSTILE = [
    "",
    " ",
    "\t\n",
    "a",
    "b",
    "é🙂",
    "'",
    "''; drop table t; --",
    '"',
    "%",
    "_",
    "\\",
    "NULL",
    "x" * 300,
    "\u00a0",
]
FLOATS = [0.0, -0.0, 1.0, -1.5, 0.1, 5e-324, -5e-324, 1e300, -1e300, math.nan, math.inf, -math.inf]
EDGE64 = [0, 1, -1, 2**63 - 1, -(2**63)]
STAMPS = [0, 1, -1, 86_400_000_000, -86_400_000_000, 123_456_789_012_345, 2**63 - 1, -(2**63) + 1]


def as_is(cells: pl.Series) -> pl.Series:
    return cells


def times(dtype: pl.DataType) -> Callable[[pl.Series], pl.Series]:
    return lambda cells: cells.cast(dtype)


def decimals(dtype: pl.DataType) -> Callable[[pl.Series], pl.Series]:
    return lambda cells: cells.reinterpret(dtype=dtype)


Make = tuple[pl.DataType, list[object], Callable[[pl.Series], pl.Series]]
COLUMNS: dict[str, Make] = {
    "tinyint": (pl.Int8(), [0, 1, -1, 127, -128], as_is),
    "integer": (pl.Int32(), [0, 5, -7, 2**31 - 1], as_is),
    "bigint": (pl.Int64(), list(EDGE64), as_is),
    "ubigint": (pl.UInt64(), [0, 1, 2**64 - 1], as_is),
    "float": (pl.Float32(), [0.0, 0.5, -0.1, math.nan, math.inf], as_is),
    "double": (pl.Float64(), list(FLOATS), as_is),
    "decimal(12,2)": (pl.Int128(), [0, 1, -150, 10**11], decimals(pl.Decimal(12, 2))),
    "decimal(38,10)": (pl.Int128(), [0, 1, -(10**37), 10**37 + 1], decimals(pl.Decimal(38, 10))),
    "date": (pl.Int32(), [0, 1, -1, 20_000, -100_000, 2**31 - 1, -(2**31) + 1], times(pl.Date())),
    "timestamp": (pl.Int64(), list(STAMPS), times(pl.Datetime("us"))),
    "timestamp_ns": (pl.Int64(), [0, 1, -1, 86_400 * 10**9], times(pl.Datetime("ns"))),
    "timestamp_ms": (pl.Int64(), [0, 1, -1, 86_400 * 10**3], times(pl.Datetime("ms"))),
    "timestamptz": (pl.Int64(), [0, 1, 86_400 * 10**6], times(pl.Datetime("us", "UTC"))),
    "time": (pl.Int64(), [0, 1_000, 86_399_999_999_000], times(pl.Time())),
    "varchar": (pl.String(), list(HOSTILE), as_is),
    "boolean": (pl.Boolean(), [True, False], as_is),
    "blob": (pl.Binary(), [b"", b"a", b"\x00\xff"], as_is),
}


def check(name: str, looked: list[object], cells: list[object]) -> None:
    """Count cells with bins chosen by other cells, here and there."""
    stored, _, make = COLUMNS[name]
    base, head = (make(pl.Series(NAME, side, dtype=stored)) for side in (looked, cells))
    plan = plan_for(Looked(Pair(base, base), (), whole=len(looked) > 3))
    assert isinstance(plan.bins, EdgeBins | ValueBins)
    with duckdb.connect() as connection:
        connection.register("here", head.to_frame().to_arrow())
        connection.execute("set timezone = 'Asia/Tokyo'")
        connection.execute("create schema s")
        # Of its own type: what is infinite is so only in a table.
        connection.execute(f'create table s."t 1" as select cast("{quoted()}" as {name}) as "{quoted()}" from here')
        relation = exp.table_("t 1", db="s", quoted=True)
        counts = [0] * plan.bins.size
        for place, count in connection.execute(bin_counts(relation, NAME, plan.bins).sql("duckdb")).fetchall():
            counts[place] = count
        assert counts == plan.bins.count(head).tolist()
        cursor = connection.execute(aggregates(relation, NAME, head.dtype).sql("duckdb"))
        row = cursor.fetchone()
        assert row is not None
        told = dict(zip([column[0] for column in cursor.description or ()], row, strict=True))
        compare(told, plan, head)


def quoted() -> str:
    return NAME.replace('"', '""')


def compare(told: dict[str, object], plan: Plan, head: pl.Series) -> None:
    """Compare what SQL says with the statistics."""
    account = plan.account("head")
    account.add(head)
    found = account.findings().statistics
    for field in (
        "rows",
        "nulls",
        "nan",
        "positive_infinity",
        "negative_infinity",
        "zero",
        "negative",
        "midnight",
        "blank",
    ):
        expected = getattr(found, field)
        assert told.get(field, 0) == (expected or 0), field
    if not isinstance(plan, NumberPlan):
        return
    ends = [told["minimum"], told["maximum"]]
    if found.minimum is None:
        assert ends == [None, None]
        return
    assert [Fraction(str(end)) for end in ends] == [stored(cell, head.dtype) for cell in (found.minimum, found.maximum)]
    if head.dtype.is_float():
        finite = [number for number in plan.axis.numbers(head).tolist() if math.isfinite(number)]
        slack = 1e-12 * math.fsum(map(abs, finite))
        assert told["total"] == pytest.approx(math.fsum(finite), rel=1e-12, abs=slack)
    elif head.dtype.is_numeric():
        assert Fraction(str(told["total"])) == Fraction(str(found.total))


def stored(cell: object, dtype: pl.DataType) -> Fraction:
    """Say a value of a cell as a number."""
    if dtype.is_numeric():
        return Fraction(str(cell))
    ends = (
        pl.Series([cell]).str.to_time()
        if isinstance(dtype, pl.Time)
        else pl.Series([cell]).str.to_datetime(
            time_unit="ns" if dtype == pl.Datetime("ns") else "us", time_zone="UTC" if "Z" in str(cell) else None
        )
    )
    return Fraction(int(ends.cast(dtype).to_physical().item()))


@pytest.mark.parametrize("name", COLUMNS)
def test_all_values_of_a_type_are_counted_alike(name: str) -> None:
    values = COLUMNS[name][1]
    check(name, [*values, None], [*values, None, *values[:2]])
    check(name, values[:1], [*values, None])
    check(name, [], [*values])
    check(name, [*values], [])
    check(name, [None], [None])


@settings(max_examples=60)
@given(st.data(), st.sampled_from(sorted(COLUMNS)))
def test_any_cells_are_counted_alike(data: st.DataObject, name: str) -> None:
    cells = st.lists(st.sampled_from([None, *COLUMNS[name][1]]), max_size=12)
    check(name, data.draw(cells), data.draw(cells))
