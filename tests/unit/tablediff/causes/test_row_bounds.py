"""Round bounds of ranges, and what they are called."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacanary.tablediff.causes.bounds import Span, lower_bound, roundest, span_told, upper_bound
from datacanary.tablediff.causes.limits import Limits, comparable, successor
from datacanary.tablediff.jsoncells import date_text

numbers = st.decimals(-(10**9), 10**9, places=3) | st.integers(-(10**12), 10**12).map(Decimal)
DTYPES = (pl.Float64(), pl.Date(), pl.Datetime("ms"), pl.Datetime("ns", "UTC"))


def digits(number: Decimal) -> int:
    return len(number.normalize().as_tuple().digits) if number else 0


@given(numbers, numbers)
def test_the_roundest_number_lies_between_and_has_no_more_digits(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    found = roundest(low, high)
    assert low <= found <= high
    assert digits(found) <= min(digits(low), digits(high))


@given(st.sampled_from(DTYPES), st.lists(st.integers(-(10**12), 10**12), min_size=3, max_size=3, unique=True))
def test_bounds_lie_between_what_is_inside_and_what_is_not(dtype: pl.DataType, values: list[int]) -> None:
    per_day = 1_000_000 if dtype == pl.Date() else 1
    below, inside, above = sorted(value // per_day for value in values)
    if not below < inside < above:
        return
    lower, upper = lower_bound(below, inside, dtype), upper_bound(inside, above, dtype)
    assert below <= lower.at <= inside
    assert lower.inside == (lower.at > below)
    assert inside <= upper.at <= above
    assert upper.inside == (upper.at == inside)


def ticks(text: str, unit: str = "us") -> int:
    at = dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
    return int(at.timestamp()) * {"us": 10**6, "ns": 10**9}[unit]


def day(text: str) -> int:
    return (dt.date.fromisoformat(text) - dt.date(1970, 1, 1)).days


FIRST, LAST = day("2024-03-01"), day("2024-03-31")


@pytest.mark.parametrize(
    ("span", "dtype", "sentence"),
    [
        (Span(Decimal(1), Decimal(5), above=Decimal(7)), pl.Int64(), "x <= 5"),
        (Span(Decimal(1), Decimal("9.8"), above=Decimal("10.1")), pl.Float64(), "x < 10"),
        (Span(Decimal(1), Decimal("9.8"), above=Decimal(10)), pl.Float64(), "x < 10"),
        (Span(Decimal("0.01"), Decimal(5), below=Decimal(0)), pl.Float64(), "x > 0"),
        (Span(Decimal("0.01"), Decimal(5), below=Decimal(-1)), pl.Float64(), "x >= 0"),
        (Span(Decimal(-5), Decimal("-0.01"), above=Decimal("0.01")), pl.Float64(), "x < 0"),
        (Span(Decimal(-5), Decimal(0), above=Decimal("0.01")), pl.Float64(), "x <= 0"),
        (Span(Decimal(1007), Decimal(1996), Decimal(990), Decimal(2003)), pl.Int64(), "1000 <= x < 2000"),
        (Span(Decimal("1e300"), Decimal("2e300"), below=Decimal("1e299")), pl.Float64(), "x >= 1E+300"),
        (Span(3_600_000_000, 7_200_000_000, 0, 9_000_000_000), pl.Duration("us"), "PT3600S <= x <= PT7200S"),
        (Span(FIRST, LAST, FIRST - 1, LAST + 1), pl.Date(), "x in 2024-03"),
        (Span(FIRST, LAST, FIRST - 1, LAST + 2), pl.Date(), "x in 2024-03"),
        (Span(FIRST, LAST + 1, FIRST - 1, LAST + 2), pl.Date(), "x since 2024-03-01 and until 2024-04-01"),
        (Span(FIRST, LAST, below=FIRST - 1), pl.Date(), "x since 2024-03-01"),
        (Span(FIRST + 1, LAST, below=FIRST), pl.Date(), "x after 2024-03-01"),
        (Span(FIRST, LAST, above=LAST + 1), pl.Date(), "x before 2024-04-01"),
        (Span(FIRST, LAST + 1, above=LAST + 2), pl.Date(), "x until 2024-04-01"),
        (Span(day("2023-01-03"), day("2023-12-30"), day("2022-12-30"), day("2024-01-02")), pl.Date(), "x in 2023"),
        (Span(-(10**9), 10**9, above=10**9 + 5), pl.Date(), f"x until {date_text(10**9)}"),
        (
            Span(
                ticks("2024-03-05T00:10"),
                ticks("2024-03-05T23:55"),
                ticks("2024-03-04T23:50"),
                ticks("2024-03-06T00:20"),
            ),
            pl.Datetime("us"),
            "x in 2024-03-05",
        ),
        (
            Span(ticks("2024-03-05T07:10"), ticks("2024-03-05T11:55"), above=ticks("2024-03-05T12:20")),
            pl.Datetime("us"),
            "x before 2024-03-05T12:00:00",
        ),
        (
            Span(ticks("2024-03-05T07:10", "ns"), ticks("2024-03-05T11:55", "ns"), ticks("2024-03-05T06:20", "ns")),
            pl.Datetime("ns", "UTC"),
            "x since 2024-03-05T07:00:00Z",
        ),
    ],
)  # fmt: skip
def test_ranges_are_called_as_a_person_would(span: Span, dtype: pl.DataType, sentence: str) -> None:
    assert span_told("x", span, dtype) == sentence


@given(st.lists(st.integers(-50, 50), min_size=4, max_size=30), st.data())
def test_limits_hold_what_is_inside_and_nothing_beyond(values: list[int], data: st.DataObject) -> None:
    ordered = sorted(set(values))
    begin = data.draw(st.integers(0, len(ordered) - 1))
    end = data.draw(st.integers(begin, len(ordered) - 1))
    inside = pl.Series(ordered[begin : end + 1])
    limits = Limits.among(inside, pl.Series(values))
    held = limits.holds(pl.Series([*values, None]))
    assert held.to_list() == [ordered[begin] <= value <= ordered[end] for value in values] + [False]
    assert limits.closed == (begin > 0 and end < len(ordered) - 1)


def test_what_has_no_place_on_the_line_is_left_out() -> None:
    floats = pl.Series([1.5, None, float("nan"), float("inf"), -float("inf")])
    assert comparable(floats).to_list() == [1.5, None, None, None, None]
    dates = pl.Series([1, 2**31 - 1, -(2**31) + 1], dtype=pl.Int32).cast(pl.Date)
    assert comparable(dates).to_list() == [1, None, None]
    assert successor(1.5, pl.Float64()) == 1.5 + 2**-52
    assert successor(1.7976931348623157e308, pl.Float64()) is None
    assert successor(Decimal("9.9"), pl.Decimal(2, 1)) is None
