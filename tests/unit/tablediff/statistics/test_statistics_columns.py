"""Every statistic of a column against a slow one in plain Python; all rows are looked at, so all is exact."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statistics_oracle import PERCENT, quantile, sort_out, variance
from statistics_sides import NUMBERS, WORDS, NumberKind, Stored, WordKind, column, measured, one_column

from datacanary.model.statistics import Cell, Distances, Lengths, Statistics, ValueCount
from datacanary.tablediff.jsoncells import json_cells
from datacanary.tablediff.totals import total

examples = settings(max_examples=60)


def no_nonsense(found: Statistics | Distances | None) -> None:
    """Results are stored as JSON, which has no NaN."""
    if found is not None:
        json.dumps(asdict(found), allow_nan=False)


def near(expected: Fraction | float) -> object:
    return pytest.approx(float(expected), rel=1e-9, abs=1e-300)


@examples
@given(st.data(), st.sampled_from(NUMBERS))
def test_statistics_of_numbers_and_times(data: st.DataObject, kind: NumberKind) -> None:
    cells = data.draw(st.lists(kind.cells(), max_size=40))
    other = data.draw(st.lists(kind.cells(), max_size=40))
    found = one_column(kind.build(other), kind.build(cells)).statistics.head
    assert found is not None
    no_nonsense(found)
    expected = sort_out(kind, cells)
    finite = expected.finite
    assert (found.rows, found.nulls) == (expected.rows, expected.nulls)
    assert found.nan == (expected.nan if kind.dtype.is_float() else None)
    endless = kind.never != math.inf or kind.dtype.is_float()
    assert (found.positive_infinity, found.negative_infinity) == (
        (expected.positive, expected.negative) if endless else (None, None)
    )
    assert found.distinct == len(set(finite)) + sum(
        count > 0 for count in (expected.nan, expected.positive, expected.negative)
    )
    assert not found.distinct_estimated
    signed = kind.dtype.is_numeric() or isinstance(kind.dtype, pl.Duration)
    assert (found.zero, found.negative) == (
        (sum(value == 0 for value in finite), sum(value < 0 for value in finite)) if signed else (None, None)
    )
    assert found.total == total(kind.build(cells))
    if isinstance(kind.dtype, pl.Datetime):
        assert found.midnight == sum(value % (86_400 * kind.per_unit) == 0 for value in finite)
    else:
        assert found.midnight is None
    if finite:
        of_finite(kind, found, finite)
    else:
        assert (found.minimum, found.maximum, found.mean, found.deviation, found.quantiles) == (None,) * 4 + ({},)


def of_finite(kind: NumberKind, found: Statistics, finite: Sequence[Fraction]) -> None:
    def cells(values: Sequence[Fraction]) -> list[Cell]:
        stored = [float(value) if kind.stored.is_float() else int(value) for value in values]
        return json_cells(kind.build(stored))

    assert [found.minimum, found.maximum] == cells([finite[0], finite[-1]])
    quantiles = cells([quantile(finite, percent) for percent in PERCENT.values()])
    assert found.quantiles == dict(zip(PERCENT, quantiles, strict=True))
    assert found.mean == near(sum(finite, Fraction(0)) / len(finite) / kind.per_unit)
    assert found.deviation == near(math.sqrt(variance(finite)) / kind.per_unit)
    frequent = Counter(finite).most_common()
    least = max(2, -(-len(finite) // 256))
    expected = sorted((-count, value) for value, count in frequent if count >= least)[:10]
    values = cells([value for _, value in expected])
    assert list(found.top) == [ValueCount(value, -count) for value, (count, _) in zip(values, expected, strict=True)]


@examples
@given(st.data(), st.sampled_from(WORDS))
def test_statistics_of_listed_values(data: st.DataObject, kind: WordKind) -> None:
    cells = data.draw(st.lists(kind.cells(), max_size=40))
    other = data.draw(st.lists(kind.cells(), max_size=40))
    found = one_column(kind.build(other), kind.build(cells)).statistics.head
    assert found is not None
    no_nonsense(found)
    present = [cell for cell in cells if cell is not None]
    assert (found.rows, found.nulls) == (len(cells), len(cells) - len(present))
    assert (found.distinct, found.distinct_estimated) == (len(set(present)), False)
    repeated = Counter({value: count for value, count in Counter(present).items() if count > 1})
    counts = {entry.value: entry.count for entry in found.top}
    assert sorted(counts.values(), reverse=True) == [count for _, count in repeated.most_common(10)]
    as_cells = dict(zip(json_cells(kind.build(present)), present, strict=True))
    assert all(repeated[as_cells[value]] == count for value, count in counts.items())
    texts = [cell for cell in present if isinstance(cell, str)]
    if isinstance(kind.dtype, pl.Boolean | pl.Binary):
        assert (found.blank, found.lengths) == (None, None)
    else:
        assert found.blank == sum(not text.strip(" \t\n\r\v\f") for text in texts)
        assert found.lengths == lengths(list(map(len, texts)))


def lengths(sizes: list[int]) -> Lengths | None:
    if not sizes:
        return None
    ordered = sorted(map(Fraction, sizes))
    return Lengths(
        min(sizes),
        max(sizes),
        sum(sizes) / len(sizes),
        {name: int(quantile(ordered, percent)) for name, percent in PERCENT.items()},
    )


@examples
@given(st.lists(st.none() | st.lists(st.none() | st.integers(0, 3), max_size=4), max_size=30))
def test_lists_have_lengths_and_nulls_alone(cells: list[list[int | None] | None]) -> None:
    found = one_column(pl.Series([], dtype=pl.List(pl.Int64)), pl.Series(cells, dtype=pl.List(pl.Int64)))
    sizes = [len(cell) for cell in cells if cell is not None]
    assert found.statistics.head == Statistics(rows=len(cells), nulls=len(cells) - len(sizes), lengths=lengths(sizes))
    assert found.distances is None
    assert found.bins is None


NESTED: list[tuple[pl.Series, Lengths | None]] = [
    (pl.Series([[1, 2], None], dtype=pl.Array(pl.Int64, 2)), lengths([2])),
    (pl.Series([{"a": 1}, None], dtype=pl.Struct({"a": pl.Int64})), None),
    (pl.Series([None, None], dtype=pl.Null), None),
]


@pytest.mark.parametrize(("cells", "expected"), NESTED, ids=lambda value: str(getattr(value, "dtype", "")))
def test_other_types_have_rows_and_nulls(cells: pl.Series, expected: Lengths | None) -> None:
    found = one_column(cells, cells).statistics
    assert found.base == found.head == Statistics(rows=2, nulls=cells.null_count(), lengths=expected)


def test_python_objects_have_rows() -> None:
    cells = pl.Series("v", [object(), object()], dtype=pl.Object)
    key = pl.Series("k", [1, 2])
    found = measured(pl.DataFrame([key, cells]), pl.DataFrame([key, cells]), ["k"])
    assert column(found, 1).statistics.base == Statistics(rows=2, nulls=0)


@pytest.mark.parametrize("kind", [*NUMBERS, *WORDS], ids=repr)
@pytest.mark.parametrize("rows", [0, 1, 40])
def test_nothing_but_null_and_one_value_are_no_trouble(kind: NumberKind | WordKind, rows: int) -> None:
    nulls, constant = kind.build([None] * rows), kind.build([kind.values[1]] * rows)
    for base, head in ((nulls, constant), (constant, nulls), (constant, constant), (nulls, nulls)):
        found = one_column(base, head)
        for statistics in found.statistics:
            assert statistics is not None
            assert statistics.rows == rows
            no_nonsense(statistics)
        no_nonsense(found.distances)
        assert (found.distances is None) == (rows < 30)


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_a_column_of_nothing_finite(odd: float) -> None:
    found = one_column(pl.Series([odd] * 40), pl.Series([1.0] * 40))
    base = found.statistics.base
    assert base is not None
    assert (base.mean, base.minimum, base.deviation, base.quantiles, base.distinct) == (None, None, None, {}, 1)
    assert base.total == json_cells(pl.Series([odd]))[0]
    assert found.distances is not None
    assert found.distances.largest_gap == found.distances.variation == 1
    assert found.distances.earth_mover is None
    no_nonsense(found.distances)


def test_numbers_too_large_to_square_have_no_deviation_but_all_else() -> None:
    huge = pl.Series([1e308, -1e308] * 20)
    found = one_column(huge, huge * 0.5)
    base = found.statistics.base
    assert base is not None
    assert (base.deviation, base.mean, base.total, base.maximum) == (None, 0.0, 0.0, 1e308)
    no_nonsense(base)
    no_nonsense(found.distances)


def test_a_small_deviation_far_from_zero_is_found() -> None:
    ids = pl.Series([10**18 + number for number in range(100)])
    found = one_column(ids, ids + 10**15)
    for statistics in found.statistics:
        assert statistics is not None
        assert statistics.deviation == pytest.approx(math.sqrt((100**2 - 1) / 12))


def test_lengths_count_characters_and_blank_is_what_ascii_calls_white() -> None:
    found = one_column(pl.Series(["é🙂", " \t\n", "", "\u00a0", None]), pl.Series([""])).statistics.base
    assert found is not None
    assert found.lengths is not None
    assert (found.lengths.minimum, found.lengths.maximum, found.blank) == (0, 3, 2)


@pytest.mark.parametrize("dtype", [pl.Float32(), pl.Float64()], ids=str)
def test_a_quantile_of_a_frequent_float_is_that_float(dtype: pl.DataType) -> None:
    cells = pl.Series([-1.0] + [0.0] * 5 + [0.1] * 9 + [3.0], dtype=dtype)
    found = one_column(cells, cells).statistics.base
    assert found is not None
    assert set(found.quantiles.values()) == set(cells)


def test_very_long_values_are_counted_but_not_kept() -> None:
    for long in ("x" * 1001, b"x" * 1001):
        found = one_column(pl.Series([long, long, long[:1000], long[:1000]]), pl.Series([long]))
        base = found.statistics.base
        assert base is not None
        assert [len(str(entry.value)) for entry in base.top] == [1000 if isinstance(long, str) else 2000]
        assert (base.distinct, base.rows) == (2, 4)
        assert found.counts.base is not None
        assert found.counts.base.tolist() == [2, 2, 0]


def test_shapes_show_what_texts_look_like() -> None:
    texts = pl.Series(["AB-12", "xy-07", "é9", "x" * 50, None, ""])
    found = one_column(texts, texts).statistics.base
    assert found is not None
    assert found.shapes == (
        ValueCount("aa-99", 2),
        ValueCount("", 1),
        ValueCount("a9", 1),
        ValueCount("a" * 32, 1),
    )
    numbers = one_column(pl.Series([1]), pl.Series([1])).statistics.base
    assert numbers is not None
    assert numbers.shapes == ()


def test_columns_of_one_side_and_of_types_that_do_not_compare() -> None:
    base = pl.DataFrame({"k": [1, 2], "gone": [1.5, None], "other": ["x", "y"]})
    head = pl.DataFrame({"k": [1, 2], "other": [1, 2], "new": ["a", "a"]})
    found = measured(base, head, ["k"])
    assert found.fault == ""
    key, gone, other, new = (column(found, place) for place in range(4))
    assert key.statistics.base == key.statistics.head
    assert gone.statistics.base is not None
    assert (gone.statistics.base.nulls, gone.statistics.base.total, gone.statistics.head) == (1, 1.5, None)
    assert gone.bins is not None
    assert gone.counts.base is not None
    assert gone.counts.head is None
    assert other.statistics.base is not None
    assert other.statistics.base.shapes == (ValueCount("a", 2),)
    assert other.statistics.head is not None
    assert other.statistics.head.total == 3
    assert (other.bins, other.distances) == (None, None)
    assert new.statistics.head is not None
    assert (new.statistics.base, new.statistics.head.top) == (None, (ValueCount("a", 2),))


def test_names_that_look_like_patterns_are_names() -> None:
    frame = pl.DataFrame({"^.*$": [1, 2], "*": ["a", "b"], "": [1.0, None]})
    found = measured(frame, frame)
    assert [found.columns[f"c{place}"].statistics.base for place in range(3)] == [
        found.columns[f"c{place}"].statistics.head for place in range(3)
    ]


def test_ignored_columns_are_not_measured() -> None:
    frame = pl.DataFrame({"a": [1], "b": [2]})
    assert set(measured(frame, frame, ignore=["a"]).columns) == {"c1"}


@examples
@given(st.data(), st.sampled_from(NUMBERS), st.integers(1, 5))
def test_cells_in_other_portions_give_the_same(data: st.DataObject, kind: NumberKind, size: int) -> None:
    cells: list[Stored] = data.draw(st.lists(kind.cells(), max_size=20))
    whole = kind.build(cells).alias("v")
    parts = pl.concat([whole.clear(), *(whole[at : at + size] for at in range(0, len(cells), size))], rechunk=False)
    assert one_column(whole, parts).statistics.base == one_column(parts, whole).statistics.base
