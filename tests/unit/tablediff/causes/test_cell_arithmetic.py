"""Rules hold for exactly the cells for which they do in exact arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from datacanary.model.basic import Pair
from datacanary.tablediff.causes.agreed import agreed, simplest
from datacanary.tablediff.causes.amounts import Amounts, Rule
from datacanary.tablediff.causes.calendars import BEGINNINGS
from datacanary.tablediff.causes.durations import duration_told
from datacanary.tablediff.causes.offset import plus
from datacanary.tablediff.causes.ratio import FACTORS, times
from datacanary.tablediff.causes.rounding import WAYS, to_multiples
from datacanary.tablediff.causes.scale import Scale, scale_of
from datacanary.tablediff.causes.sign import negated
from datacanary.tablediff.causes.unicode import as_latin, as_windows, misread
from datacanary.tablediff.causes.zones import ZONES, ahead

examples = settings(max_examples=100)

CENTS = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
MILLS = st.decimals(min_value=-(10**9), max_value=10**9, places=3)
WHOLE = st.integers(-(2**61), 2**61)
KINDS: dict[str, tuple[pl.DataType, st.SearchStrategy[Decimal | int]]] = {
    "cents": (pl.Decimal(20, 2), CENTS),
    "mills": (pl.Decimal(38, 3), MILLS),
    "whole": (pl.Int64(), WHOLE),
    "small": (pl.Int16(), st.integers(-300, 300)),
}
MODES: dict[str, tuple[str, ...]] = {
    "rounded": (ROUND_HALF_UP, ROUND_HALF_EVEN),
    "rounded down": (ROUND_FLOOR,),
    "rounded up": (ROUND_CEILING,),
    "cut": (ROUND_DOWN,),
}

Numbers = Sequence[Decimal | int]


@st.composite
def columns(draw: st.DrawFn) -> tuple[Pair[pl.Series], Numbers, Numbers]:
    """Draw two columns of numbers whose types may differ, and which 64 bits hold in the finer unit."""
    base, head = (KINDS[draw(st.sampled_from(sorted(KINDS)))] for _ in range(2))
    cells = draw(st.lists(st.tuples(base[1], head[1]), min_size=1, max_size=8))
    bases, heads = ([cell[side] for cell in cells] for side in (0, 1))
    columns = Pair(pl.Series(bases, dtype=base[0]), pl.Series(heads, dtype=head[0]))
    scale = scale_of(columns, columns.base)
    assume(scale is not None and scale.exact)
    return columns, bases, heads


def held(rule: Callable[[Scale], Rule], cells: Pair[pl.Series]) -> list[bool]:
    """Ask a rule for which cells it holds."""
    scale = scale_of(cells, cells.base)
    assert scale is not None
    amounts = Amounts.read(cells, scale)
    return [bool(one) for one in amounts.holds(rule(scale)(amounts))]


@examples
@given(columns(), st.data())
def test_an_offset_holds_exactly(case: tuple[Pair[pl.Series], Numbers, Numbers], data: st.DataObject) -> None:
    cells, bases, heads = case
    moves = [Fraction(head) - Fraction(base) for base, head in zip(bases, heads, strict=True)]
    move = data.draw(st.sampled_from(moves))
    expected = [one == move for one in moves]
    assert held(lambda scale: plus(int(move * 10**scale.digits), scale), cells) == expected


@examples
@given(columns())
@example((Pair(pl.Series([2**53 + 1]), pl.Series([-(2**53)])), [2**53 + 1], [-(2**53)]))
def test_a_sign_holds_exactly(case: tuple[Pair[pl.Series], Numbers, Numbers]) -> None:
    cells, bases, heads = case
    expected = [Fraction(head) == -Fraction(base) for base, head in zip(bases, heads, strict=True)]
    assert held(negated, cells) == expected
    minus = Pair(cells.base, pl.Series([-base for base in bases], dtype=cells.base.dtype))
    assert all(held(negated, minus))


@examples
@given(st.sampled_from(sorted(MODES)), st.integers(-3, 1), st.lists(MILLS, min_size=1, max_size=8), st.data())
@example("rounded", 0, [Decimal("0.500"), Decimal("1.500"), Decimal("-2.500")], None)
def test_rounding_holds_for_what_decimal_rounds_to(
    told: str, digits: int, bases: list[Decimal], data: st.DataObject | None
) -> None:
    way = next(way for way in WAYS if way.told == told)
    step = Decimal(1).scaleb(-digits)
    for mode in MODES[told]:
        heads = [(base / step).quantize(Decimal(1), mode) * step for base in bases]
        if data is not None:
            off = data.draw(st.lists(st.sampled_from((0, 1, -1)), min_size=len(heads), max_size=len(heads)))
            heads = [head + step * more for head, more in zip(heads, off, strict=True)]
        right = [{(base / step).quantize(Decimal(1), one) * step for one in MODES[told]} for base in bases]
        expected = [head in one for head, one in zip(heads, right, strict=True)]
        cells = Pair(pl.Series(bases, dtype=pl.Decimal(38, 3)), pl.Series(heads, dtype=pl.Decimal(38, 3)))
        assert held(lambda scale: to_multiples(way.ends, float(step) * 10**scale.digits, scale), cells) == expected


@examples
@given(st.sampled_from(FACTORS), CENTS, st.integers(0, 3))
def test_a_factor_holds_for_the_product_rounded_to_the_last_digit_of_head(
    factor: float, base: Decimal, digits: int
) -> None:
    product, last = Fraction(base) * Fraction(factor), Fraction(1, 10**digits)
    # Factors are looked for with floats, which hold about 15 digits.
    assume(last < abs(product) < 10 ** (14 - digits) and abs(product - Fraction(base)) > last)
    nearest = round(product / last)
    assume(abs(product / last - nearest) < Fraction(499, 1000))
    dtype = pl.Decimal(38, digits)
    heads = pl.Series([Decimal(nearest + more).scaleb(-digits) for more in (0, 1, -1)], dtype=dtype)
    cells = Pair(pl.Series([base] * 3, dtype=pl.Decimal(20, 2)), heads)
    assert held(lambda scale: times(factor, scale, 0.0), cells) == [True, False, False]


@pytest.mark.parametrize(
    ("base", "head", "strict", "loose"),
    [
        # 12.34 may have been 12.3427 before it was rounded, 12.35 cannot have been 12.3427
        ("12.34", "1234.27", False, True),
        ("12.35", "1234.27", False, False),
        ("12.34", "1234.51", False, False),
        ("12.34", "1234.00", True, True),
        ("0.00", "0.37", False, False),
    ],
)
def test_base_may_have_been_rounded_as_well(base: str, head: str, strict: bool, loose: bool) -> None:  # noqa: FBT001 -- what is expected
    cells = Pair(*(pl.Series([Decimal(one)], dtype=pl.Decimal(12, 2)) for one in (base, head)))
    assert held(lambda scale: times(100.0, scale, 0.0), cells) == [strict]
    assert held(lambda scale: times(100.0, scale, 0.5), cells) == [loose]


def test_what_has_no_end_or_is_not_there_is_no_number() -> None:
    times = pl.Series([2**63 - 1, -(2**63), None, -5, 2**61]).cast(pl.Datetime("us"))
    values, known = Scale("moment", True, nanoseconds=1_000).read(times)
    assert known.tolist() == [False, False, False, True, True]
    assert values.tolist() == [0, 0, 0, -5, 2**61]
    assert Scale("moment", True, nanoseconds=1).read(times)[1].tolist() == [False, False, False, True, False]


RANGES = st.lists(st.tuples(st.integers(-30, 30), st.integers(0, 9)), min_size=1, max_size=12)


@examples
@given(RANGES)
def test_most_ranges_agree_on_what_is_found(ranges: list[tuple[int, int]]) -> None:
    low, high = (np.array(ends, dtype=float) for ends in zip(*((a, a + wide) for a, wide in ranges), strict=True))
    found = agreed(low, high)
    assert found is not None
    most = max(int(((low <= place / 2) & (place / 2 <= high)).sum()) for place in range(-60, 80))
    number = simplest(found.low, found.high)
    assert found.low <= number <= found.high
    assert int(((low <= number) & (number <= high)).sum()) == most


@examples
@given(st.floats(1e-9, 1e9), st.floats(0, 0.1))
def test_the_simplest_number_lies_in_its_range_and_no_shorter_one_does(low: float, wide: float) -> None:
    high = low * (1 + wide)
    number = simplest(low, high)
    assert low <= number <= high
    digits = len(f"{number:.14e}".split("e")[0].rstrip("0").replace(".", ""))
    middle = low + (high - low) / 2
    assert not any(low <= float(f"{middle:.{fewer}e}") <= high for fewer in range(digits - 1)) or low == high


DAYS = st.dates(date(1500, 1, 1), date(9999, 12, 31))


@examples
@given(DAYS)
def test_weeks_months_quarters_and_years_begin_where_the_calendar_says(day: date) -> None:
    epoch = date(1970, 1, 1).toordinal()
    expected = {
        "the week": day - timedelta(days=day.weekday()),
        "the month": day.replace(day=1),
        "the quarter": day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1),
        "the year": day.replace(day=1, month=1),
    }
    for told, begin in BEGINNINGS.items():
        assert int(begin(np.array([day.toordinal() - epoch]))[0]) == expected[told].toordinal() - epoch


@examples
@given(st.sampled_from(ZONES), st.datetimes(datetime(2000, 1, 1), datetime(2020, 1, 1)), st.sampled_from(("ms", "us")))  # noqa: DTZ001 -- UTC
def test_clocks_are_as_far_ahead_as_the_zone_says(zone: str, moment: datetime, unit: str) -> None:
    instant = moment.replace(tzinfo=UTC)
    offset = instant.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    scale = Scale("moment", True, nanoseconds=10**6 if unit == "ms" else 10**3)
    per_second = 10**9 // scale.nanoseconds
    times_of_base = np.array([int(instant.timestamp()) * per_second, int(instant.timestamp()) * per_second + 1])
    assert ahead(times_of_base, (zone, "UTC"), scale).tolist() == [[offset.total_seconds() * per_second] * 2, [0, 0]]


@pytest.mark.parametrize("ticks", [2**62, -(2**62), 2**62 - 1, 0])
def test_times_beyond_the_calendar_have_an_offset_too(ticks: int) -> None:
    assert ahead(np.array([ticks]), ("Europe/Berlin",), Scale("moment", True, nanoseconds=10**6)).shape == (1, 1)


@examples
@given(st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_texts_are_misread_as_python_misreads_them(texts: list[str]) -> None:
    def windows(text: str) -> str:
        return "".join(bytes([one]).decode("cp1252", "ignore") or chr(one) for one in text.encode())

    frame = pl.Series("t", [text.replace("\x00", "") for text in texts], dtype=pl.String).to_frame()
    for read, expected in ((as_latin, lambda text: text.encode().decode("latin-1")), (as_windows, windows)):
        found = frame.select(misread(read)(pl.col("t"))).to_series().to_list()
        assert found == [expected(text) for text in frame["t"]]


SIZES = {"days": 86_400 * 10**9, "day": 86_400 * 10**9, "h": 3_600 * 10**9, "min": 60 * 10**9, "s": 10**9}
SMALL = {"ms": 10**6, "µs": 10**3, "ns": 1}


@examples
@given(st.integers(1, 10**18))
def test_a_duration_in_words_adds_up(nanoseconds: int) -> None:
    parts = duration_told(nanoseconds).replace(",", "").split()
    told = zip(parts[::2], parts[1::2], strict=True)
    assert sum(int(number) * {**SIZES, **SMALL}[unit] for number, unit in told) == nanoseconds
