"""Head reckoned from base and the rows that differ is head as it would be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import get_args

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from statistics_sides import GIB, NUMBERS, WORDS, NumberKind, WordKind, column, measured, prepared

from datacanary.model.config import Tolerance
from datacanary.model.statistics import Statistics
from datacanary.tablediff.means import Means, Strategy
from datacanary.tablediff.statistics import measure as measuring
from datacanary.tablediff.statistics import readings as reading
from datacanary.tablediff.statistics.measure import Measured, measure
from datacanary.tablediff.statistics.moments import Squares
from datacanary.tablediff.statistics.readings import Reading

Rows = list[tuple[object, ...]]
KINDS: tuple[NumberKind | WordKind, ...] = (*NUMBERS, *WORDS)


@st.composite
def tables(draw: st.DrawFn) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Draw two tables with a key, with rows that are equal, changed, removed and added."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3))
    rows = st.tuples(*(kind.cells() for kind in kinds))
    base: dict[object, Sequence[object]] = dict(enumerate(draw(st.lists(rows, min_size=1, max_size=40))))
    head = dict(base)
    for key in draw(st.lists(st.sampled_from(sorted(base, key=str)), max_size=6, unique=True)):
        head[key] = draw(rows)
    for key in draw(st.lists(st.sampled_from(sorted(base, key=str)), max_size=6, unique=True)):
        del head[key]
    for row in draw(st.lists(rows, max_size=4)):
        head[1000 + len(head)] = row
    order = draw(st.permutations(list(head)))
    return frame(base, list(base), kinds), frame(head, order, kinds)


def frame(
    rows: Mapping[object, Sequence[object]], keys: Iterable[object], kinds: Sequence[NumberKind | WordKind]
) -> pl.DataFrame:
    keys = list(keys)
    columns = [kind.build([rows[key][place] for key in keys]) for place, kind in enumerate(kinds)]
    return pl.DataFrame([pl.Series("k", keys, dtype=pl.Int64), *(c.alias(f"v{n}") for n, c in enumerate(columns))])


def same(one: Statistics | None, other: Statistics | None) -> bool:
    """Compare statistics, but deviations by value: they are sums of floats in another order."""
    if one is None or other is None:
        return one is other
    if one.deviation is None or other.deviation is None:
        return one == other
    near = one.deviation == pytest.approx(other.deviation, rel=1e-8)
    return near and replace(one, deviation=0.0) == replace(other, deviation=0.0)


def assert_same_both_ways(
    monkeypatch: pytest.MonkeyPatch, *sides: pl.DataFrame, key: Sequence[str], means: Means
) -> None:
    """Measure with head reckoned, and with head read."""
    views, tally, means = prepared(sides[0], sides[1], key, means)
    reckoned = measure(views, tally, means)
    with monkeypatch.context() as patched:
        patched.setattr(measuring, "can_reckon", lambda *_: False)
        read = measure(views, tally, means)
    assert reckoned.fault == read.fault == ""
    for code, one in reckoned.columns.items():
        other = read.columns[code]
        for statistics in zip(one.statistics, other.statistics, strict=True):
            assert same(*statistics)
        for counts in zip(one.counts, other.counts, strict=True):
            first, second = (None if side is None else side.tolist() for side in counts)
            assert first == second


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(tables(), st.sampled_from([(), ("k",)]), st.sampled_from(get_args(Strategy)), st.sampled_from([1, 300]))
def test_reckoned_is_read(
    monkeypatch: pytest.MonkeyPatch,
    sides: tuple[pl.DataFrame, pl.DataFrame],
    key: Sequence[str],
    way: Strategy,
    at_once: int,
) -> None:
    assert_same_both_ways(monkeypatch, *sides, key=key, means=Means(GIB, force=way, most_at_once=at_once))


class Watched:
    """Notes which columns of which side are read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read: list[list[str]] = []
        real = reading.read

        def read(readings: Mapping[str, Reading], batches: Iterable[pl.DataFrame], means: Means, rows: int) -> None:
            self.read.append(list(readings))
            real(readings, batches, means, rows)

        monkeypatch.setattr(measuring, "read", read)


BASE = pl.DataFrame({"k": range(2000), "n": [float(number % 100) for number in range(2000)], "t": ["a", "b"] * 1000})
SMALL = Means(1 << 20, force="memory")
"""Little memory: a thousand rows are kept of each kind, and half as many pairs."""


def changed(rows: int, value: float) -> pl.DataFrame:
    return BASE.with_columns(pl.when(pl.col("k") < rows).then(value).otherwise("n").alias("n"))


def test_head_is_not_read_where_all_differing_rows_were_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(monkeypatch)
    found = measured(BASE, changed(100, 50.0), ["k"], SMALL)
    assert watched.read == [["c0", "c1", "c2"]]
    head = column(found, 1).statistics.head
    assert head is not None
    assert head.total == changed(100, 50.0)["n"].sum()


def test_head_is_read_where_some_were_not(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(monkeypatch)
    found = measured(BASE, changed(900, 50.0), ["k"], SMALL)
    assert watched.read == [["c0", "c1", "c2"], ["c1"]]
    head = column(found, 1).statistics.head
    assert head is not None
    assert head.total == changed(900, 50.0)["n"].sum()
    assert column(found, 2).statistics.head == column(found, 2).statistics.base


def test_head_is_read_where_the_last_cell_with_an_extreme_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    base = BASE.with_columns(pl.when(pl.col("k") == 5).then(-7.0).otherwise("n").alias("n"))
    watched = Watched(monkeypatch)
    found = measured(base, BASE, ["k"], SMALL)
    assert watched.read[1:] == [["c1"]]
    assert [side.minimum for side in column(found, 1).statistics if side] == [-7.0, 0.0]


def test_an_extreme_that_others_have_or_that_is_outdone_needs_no_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(monkeypatch)
    found = measured(BASE, changed(1, -1.0), ["k"], SMALL)
    assert len(watched.read) == 1
    assert [side.minimum for side in column(found, 1).statistics if side] == [0.0, -1.0]


def test_a_deviation_is_not_certain_if_little_of_the_squares_is_left() -> None:
    squares = Squares(0.0)
    few, far = np.array([-1.0, 1.0]), np.repeat([-1e4, 1e4], 50_000)
    squares.take(few, 1)
    assert squares.certain(2, Fraction(0))
    squares.take(far, 1)
    assert squares.certain(100_002, Fraction(0))
    squares.take(far, -1)
    assert not squares.certain(2, Fraction(0))


def test_head_is_read_where_cells_were_forgiven(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(monkeypatch)
    head = BASE.with_columns(pl.col("n") + 1e-6)
    found = measured(BASE, head, ["k"], SMALL, {"n": Tolerance(absolute=1e-3)})
    assert watched.read[1:] == [["c1"]]
    assert found.fault == ""
    statistics = column(found, 1).statistics.head
    assert statistics is not None
    assert statistics.total == head["n"].sum()


def test_head_is_read_where_the_type_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(monkeypatch)
    found = measured(BASE, BASE.with_columns(pl.col("n").cast(pl.Int16)), ["k"], SMALL)
    assert watched.read[1:] == [["c1"]]
    assert found.fault == ""


@settings(max_examples=25)
@given(st.data())
def test_what_was_not_looked_at_is_counted_all_the_same(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    some: list[object] = data.draw(st.lists(kind.cells(), min_size=5, max_size=20))
    many = [some[number * number % len(some)] for number in range(3000)]
    many += data.draw(st.lists(kind.cells(), max_size=5))
    base = pl.DataFrame({"k": range(len(many)), "v": kind.build(many)})
    head = base.reverse().head(2500)
    found: Measured = measured(base, head, ["k"], SMALL)
    assert found.fault == ""
    one = column(found, 1)
    assert one.bins is not None
    assert one.counts.base is not None
    assert one.counts.head is not None
    assert one.counts.base.tolist() == one.bins.count(base["v"]).tolist()
    assert one.counts.head.tolist() == one.bins.count(head["v"]).tolist()
    assert one.statistics.base is not None
    assert one.statistics.base.distinct == base["v"].drop_nulls().n_unique()
