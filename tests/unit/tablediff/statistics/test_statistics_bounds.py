"""What the rows say bounds what the columns can be; a contradiction is told."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from statistics_sides import NUMBERS, WORDS, NumberKind, WordKind, column, measured, prepared

from datacanary.model.config import Tolerance
from datacanary.tablediff.statistics.measure import measure

FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(st.data(), st.sampled_from((*NUMBERS, *WORDS)))
def test_shares_move_no_further_than_cells_changed(data: st.DataObject, kind: NumberKind | WordKind) -> None:
    cells: list[object] = data.draw(st.lists(kind.cells(), min_size=40, max_size=60))
    head: list[object] = list(cells)
    for place in data.draw(st.lists(st.integers(0, len(cells) - 1), max_size=15)):
        head[place] = data.draw(kind.cells())
    kept = data.draw(st.integers(30, len(cells)))
    frames = [pl.DataFrame({"k": range(len(side)), "v": kind.build(side)}) for side in (cells, head[:kept])]
    found = measured(frames[0], frames[1], ["k"])
    assert found.fault == ""
    distances = column(found, 1).distances
    assert distances is not None
    series = [frame["v"].head(kept) for frame in frames]
    unchanged = int(series[0].eq_missing(series[1]).sum())
    assert distances.variation is not None
    assert distances.variation <= 1 - unchanged / len(cells) + 1e-12
    if distances.largest_gap is not None:
        assert distances.largest_gap <= distances.variation + 1e-12


@FEW
@given(st.lists(st.tuples(st.integers(-1000, 1000), st.integers(-50, 50)), min_size=30, max_size=80))
def test_the_earth_moves_no_further_than_paired_numbers_did(pairs: list[tuple[int, int]]) -> None:
    frames = [
        pl.DataFrame({"k": range(len(pairs)), "v": side})
        for side in ([one for one, _ in pairs], [one + moved for one, moved in pairs])
    ]
    found = measured(frames[0], frames[1], ["k"])
    assert found.fault == ""
    distances = column(found, 1).distances
    assert distances is not None
    assert distances.earth_mover is not None
    assert distances.earth_mover <= sum(abs(moved) for _, moved in pairs) / len(pairs) + 1e-9


ROWS = 100
BASE = pl.DataFrame({"k": range(ROWS), "v": [float(number) for number in range(ROWS)]})
HEAD = BASE.with_columns(pl.when(pl.col("k") < 40).then(1e6).otherwise("v").alias("v"))


def test_values_that_moved_although_no_cell_changed_are_a_fault() -> None:
    views, tally, means = prepared(BASE, HEAD, ["k"])
    tally.cells["c1"] = 0
    found = measure(views, tally, means)
    assert found.fault == "The column 'v': its values moved by 0.4, but at most 0 of its cells differ."


def test_nulls_that_were_counted_otherwise_are_a_fault() -> None:
    views, tally, means = prepared(BASE, HEAD, ["k"])
    tally.nulls["head"]["c1"] = 3
    assert measure(views, tally, means).fault == "The column 'v' on head: 0 of its 3 NULLs were counted."


def test_rows_that_are_missing_are_a_fault() -> None:
    views, tally, means = prepared(BASE, HEAD, ["k"])
    assert tally.evidence is not None
    # As if more rows were kept than differ: head is reckoned from base, and comes out too small.
    tally.evidence.gone.base.add(BASE[50:53].rename({"k": "c0", "v": "c1"}).with_row_index("row"))
    found = measure(views, tally, means)
    assert found.fault.startswith("The column 'k' on head: 97 of its 100 cells were counted")


def test_numbers_that_moved_further_than_they_can_are_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datacanary.tablediff.statistics.distances.earth_mover", lambda *_: 500_000.0)
    views, tally, means = prepared(BASE, HEAD, ["k"])
    fault = measure(views, tally, means).fault
    assert fault == "The column 'k': its values moved 500000 on average, but can have moved at most 0."


def test_forgiven_cells_may_have_moved() -> None:
    head = BASE.with_columns(pl.col("v") + 0.5)
    found = measured(BASE, head, ["k"], tolerances={"v": Tolerance(absolute=1.0)})
    assert found.fault == ""
    distances = column(found, 1).distances
    assert distances is not None
    assert distances.earth_mover == pytest.approx(0.5)


def test_duplicates_and_whole_rows_are_no_contradiction() -> None:
    base = pl.DataFrame({"k": [1] * 50 + [2], "v": list(range(51))})
    head = pl.DataFrame({"k": [1] * 40 + [2], "v": list(range(10, 51))})
    assert Counter(base["k"])[1] == 50
    for key in ((), ("k",)):
        assert measured(base, head, key).fault == ""
