"""Tolerances: which differences they forgive, and that they are told."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacanary.errors import DataError
from datacanary.model.basic import Pair
from datacanary.model.config import Tolerance
from datacanary.model.tablediff import ColumnDiff, DiffOptions, RowCounts
from datacanary.tablediff.compare import compare
from datacanary.tablediff.table import Table

examples = settings(max_examples=60)
Number = int | float | Decimal

DECIMALS = st.decimals(min_value=-(10**6), max_value=10**6, places=2)
INTEGERS = st.integers(-(2**63), 2**63 - 1) | st.integers(-20, 20) | st.sampled_from((2**53, 2**53 + 1))
FLOATS = st.floats() | st.floats(-2, 2) | st.sampled_from((0.0, -0.0, 1e308, -1e308))
CELLS: dict[str, tuple[pl.DataType, st.SearchStrategy[Number]]] = {
    "integer": (pl.Int64(), INTEGERS),
    "small": (pl.Int16(), st.integers(-300, 300)),
    "money": (pl.Decimal(12, 2), DECIMALS),
    "fine": (pl.Decimal(38, 6), DECIMALS.map(lambda value: value / 4)),
    "wide": (pl.Decimal(38, 0), st.integers(-(10**38) + 1, 10**38 - 1).map(Decimal) | DECIMALS.map(int).map(Decimal)),
    "float": (pl.Float64(), FLOATS),
}
AMOUNTS = st.sampled_from((0.0, 0.01, 0.1, 0.29, 1.0, 3.0, 1e18, 1e38, math.inf))
SHARES = st.sampled_from((0.0, 0.01, 0.07, 0.29, 0.5, 1.0, 1.9999, 2.0, 7.0, 1e-9, 1.2345678901234567e-10))


def tolerated(a: Number | None, b: Number | None, tolerance: Tolerance) -> bool:
    """Apply the contract's sentence in exact arithmetic, or in floats where both cells are floats."""
    if a is None or b is None:
        return False
    if isinstance(a, float) and isinstance(b, float):
        if not (math.isfinite(a) and math.isfinite(b)):
            return False
        return abs(a - b) <= max(tolerance.absolute, tolerance.relative * max(abs(a), abs(b)))
    difference, larger = abs(Fraction(a) - Fraction(b)), max(abs(Fraction(a)), abs(Fraction(b)))
    if math.isinf(tolerance.absolute):
        return True
    return difference <= max(Fraction(repr(tolerance.absolute)), Fraction(repr(tolerance.relative)) * larger)


@st.composite
def pairs_of_cells(draw: st.DrawFn) -> tuple[Pair[pl.DataType], list[tuple[Number | None, Number | None]]]:
    if draw(st.booleans()):
        names = draw(st.tuples(*[st.sampled_from([name for name in CELLS if name != "float"])] * 2))
    else:
        names = ("float", "float")
    base, head = (CELLS[name] for name in names)
    cells = draw(st.lists(st.tuples(st.none() | base[1], st.none() | head[1]), min_size=1, max_size=8))
    return Pair(base[0], head[0]), cells


def diff_cells(
    types: Pair[pl.DataType], cells: list[tuple[Number | None, Number | None]], tolerance: Tolerance
) -> tuple[RowCounts, ColumnDiff]:
    key = pl.Series(range(len(cells)), dtype=pl.Int64)
    base = pl.DataFrame({"id": key, "v": pl.Series([cell[0] for cell in cells], dtype=types.base)})
    head = pl.DataFrame({"id": key, "v": pl.Series([cell[1] for cell in cells], dtype=types.head)})
    options = DiffOptions(key=("id",), tolerances={"v": tolerance})
    summary = compare(Pair(Table.of(base), Table.of(head)), options).summary
    return summary.rows, summary.columns[1]


def same(a: Number | None, b: Number | None) -> bool:
    if a is None or b is None:
        return a is b
    return a == b or (a != a and b != b)  # noqa: PLR0124 -- NaN equals NaN here


@examples
@given(pairs_of_cells(), AMOUNTS, SHARES)
def test_forgiven_are_exactly_the_cells_within_the_tolerance(
    case: tuple[Pair[pl.DataType], list[tuple[Number | None, Number | None]]], absolute: float, relative: float
) -> None:
    types, cells = case
    if any(not isinstance(dtype, pl.Float64) for dtype in types) and relative < 1e-9 and relative:
        relative = 0.0  # reckoned in floats: so many digits do not fit
    tolerance = Tolerance(absolute, relative)
    differing = [(a, b) for a, b in cells if not same(a, b)]
    forgiven = sum(tolerated(a, b, tolerance) for a, b in differing)
    rows, column = diff_cells(types, cells, tolerance)
    if overflows(types):
        # Beyond 38 digits floats are all there is; nothing is asked of them here but the sum.
        assert (column.changed or 0) + column.forgiven == len(differing)
        return
    assert (column.forgiven, column.changed) == (forgiven, len(differing) - forgiven)
    assert rows.changed == len(differing) - forgiven


@pytest.mark.parametrize(
    "tolerance", [Tolerance(0.29), Tolerance(0.02, 0.07), Tolerance(0.0, 0.29), Tolerance(3.0, 0.5)]
)
@pytest.mark.parametrize(
    "types", [Pair(pl.Int64(), pl.Int8()), Pair(pl.Decimal(12, 2), pl.Decimal(38, 2)), Pair(pl.Int64(), pl.Float64())]
)
def test_every_pair_of_small_numbers_is_judged_exactly(types: Pair[pl.DataType], tolerance: Tolerance) -> None:
    numbers = [Decimal(number) / (100 if types.head.is_decimal() else 1) for number in range(-30, 31)]
    exact = [number if types.base.is_decimal() else int(number) for number in numbers]
    cells: list[tuple[Number | None, Number | None]] = [
        (a, float(b) if types.head.is_float() else b) for a in exact for b in exact
    ]
    expected = sum(a != b and tolerated(a, b, tolerance) for a, b in cells)
    if types.head.is_float() and tolerance.relative:
        return  # floats round the share itself: 0.29 * 100 < 29
    assert diff_cells(types, cells, tolerance)[1].forgiven == expected


def overflows(types: Pair[pl.DataType]) -> bool:
    scales = [dtype.scale if isinstance(dtype, pl.Decimal) else 0 for dtype in types]
    return (
        any(isinstance(dtype, pl.Decimal) and dtype.precision == 38 and not dtype.scale for dtype in types)
        and max(scales) > 0
    )


def test_integers_against_floats_do_not_lose_digits_to_the_tolerance() -> None:
    types: Pair[pl.DataType] = Pair(pl.Int64(), pl.Float64())
    for absolute, forgiven in ((0.5, 0), (1.0, 1)):
        _, column = diff_cells(types, [(2**53 + 1, 2.0**53)], Tolerance(absolute))
        assert (column.forgiven, column.changed) == (forgiven, 1 - forgiven)


def test_the_float_tolerance_holds_for_floats_without_their_own() -> None:
    base = pl.DataFrame({"id": [1, 2], "a": [1.0, 1.0], "b": [1.0, 1.0], "n": [1, 1]})
    head = pl.DataFrame({"id": [1, 2], "a": [1.0 + 1e-12, 2.0], "b": [1.0 + 1e-12, 1.0], "n": [1, 2]})
    options = DiffOptions(
        key=("id",), tolerances={"b": Tolerance(0.0, 1e-15)}, float_tolerance=Tolerance(relative=1e-9)
    )
    summary = compare(Pair(Table.of(base), Table.of(head)), options).summary
    counts = {column.name: (column.changed, column.forgiven) for column in summary.columns}
    assert counts == {"id": (0, 0), "a": (1, 1), "b": (1, 0), "n": (1, 0)}
    assert summary.rows.changed == 2


def test_a_row_whose_only_difference_is_forgiven_is_unchanged() -> None:
    rows, column = diff_cells(Pair(pl.Float64(), pl.Float64()), [(1.0, 1.05), (1.0, 1.0)], Tolerance(0.1))
    assert (rows.changed, rows.unchanged, column.forgiven) == (0, 2, 1)


@pytest.mark.parametrize(
    ("tolerances", "words"),
    [
        ({"amuont": Tolerance(1)}, "Did you mean 'amount'?"),
        ({"name": Tolerance(1)}, "'name' has a tolerance but is not numeric on base"),
        ({"amount": Tolerance(-1)}, "'amount' is not a number from 0 up"),
        ({"amount": Tolerance(0, math.nan)}, "'amount' is not a number from 0 up"),
    ],
)
def test_a_tolerance_that_cannot_be_is_refused(tolerances: dict[str, Tolerance], words: str) -> None:
    table = Table.of(pl.DataFrame({"id": [1], "amount": [1.0], "name": ["x"]}))
    with pytest.raises(DataError) as problem:
        compare(Pair(table, table), DiffOptions(key=("id",), tolerances=tolerances))
    assert words in str(problem.value)


@pytest.mark.parametrize(("key", "why"), [(("id",), "keys pair rows exactly"), ((), "whole rows are compared exactly")])
def test_a_tolerance_without_effect_is_told(key: tuple[str, ...], why: str) -> None:
    table = Table.of(pl.DataFrame({"id": [1], "amount": [1.0]}))
    summary = compare(Pair(table, table), DiffOptions(key=key, tolerances={"id": Tolerance(1)})).summary
    assert summary.notes == (f"The tolerance of 'id' has no effect: {why}.",)
