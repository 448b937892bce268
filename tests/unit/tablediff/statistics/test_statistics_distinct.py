"""Distinct values are counted exactly while they are few, and estimated well beyond."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statistics_sides import one_column

from datacanary.tablediff.statistics import distinct
from datacanary.tablediff.statistics.distinct import Distinct, number_hashes

ROWS = 60_000
NUMBERS = np.arange(ROWS, dtype=np.int64)
COLUMNS = {
    "consecutive": pl.Series(NUMBERS),
    "negative": pl.Series(-NUMBERS),
    "far apart": pl.Series(NUMBERS << 40),
    "multiples": pl.Series(NUMBERS * 1000),
    "unsigned": pl.Series(NUMBERS.astype(np.uint64) + np.uint64(2**63)),
    "small floats": pl.Series(NUMBERS / 100),
    "whole floats": pl.Series(NUMBERS.astype(np.float64)),
    "powers": pl.Series(1.001 ** (NUMBERS % 60_000 / 10)),
    "seconds": pl.Series(NUMBERS * 10**6).cast(pl.Datetime("us")),
    "nanoseconds": pl.Series(NUMBERS * 10**9).cast(pl.Datetime("ns")),
    "decimals": pl.Series(NUMBERS).cast(pl.Decimal(18, 2)),
    "wide": pl.Series([int(number) << 70 for number in NUMBERS], dtype=pl.Int128),
    "text": pl.Series([f"user-{number}" for number in NUMBERS]),
    "bytes": pl.Series([b"%d" % number for number in NUMBERS]),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_many_values_are_estimated_within_a_few_percent(name: str) -> None:
    cells = pl.concat([COLUMNS[name], COLUMNS[name][: ROWS // 2]]).shuffle(seed=1)
    for found in one_column(cells, cells.reverse()).statistics:
        assert found is not None
        assert found.distinct_estimated
        assert found.distinct == pytest.approx(ROWS, rel=0.09)


@pytest.mark.parametrize("name", COLUMNS)
def test_few_values_among_many_rows_are_exact(name: str) -> None:
    few = COLUMNS[name][:4000]
    cells = pl.concat([few] * 20)
    found = one_column(cells, cells).statistics.head
    assert found is not None
    assert (found.distinct, found.distinct_estimated) == (4000, False)


def test_an_estimate_is_never_above_the_rows() -> None:
    for seed in range(5):
        cells = pl.Series(np.random.default_rng(seed).permutation(200_000)[:20_000])
        found = one_column(cells, cells).statistics.base
        assert found is not None
        assert (found.distinct or 0) <= 20_000


def test_the_same_number_has_one_hash_in_every_type() -> None:
    for value in (0, 1, -1, 127, 2**31 - 1, 2**63 - 1, -(2**63)):
        types = [np.dtype(np.int64), np.dtype(object)]
        types += [
            kind for kind in map(np.dtype, (np.int8, np.int16, np.int32)) if value == np.int64(value).astype(kind)
        ]
        hashes = {int(number_hashes(np.array([value], dtype=kind))[0]) for kind in types}
        assert len(hashes) == 1
    assert number_hashes(np.array([0.0]))[0] == number_hashes(np.array([-0.0]))[0]


def test_wide_numbers_with_few_digits_in_binary_have_hashes_of_their_own() -> None:
    powers = [sign * 2**power + more for power in range(127) for sign in (1, -1) for more in (0, 1, -1)]
    wide = np.array(sorted({*powers, -(2**127)}), dtype=object)
    assert np.unique(number_hashes(wide)).size == wide.size


def test_numbers_of_64_bits_never_share_a_hash() -> None:
    some = np.random.default_rng(3).integers(-(2**63), 2**63 - 1, 200_000)
    assert np.unique(number_hashes(some)).size == np.unique(some).size


@settings(max_examples=100)
@given(st.lists(st.tuples(st.lists(st.integers(0, 60), max_size=30), st.booleans()), max_size=12))
def test_what_is_held_are_the_values_below_the_threshold(steps: list[tuple[list[int], bool]]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(distinct, "MOST", 8)
        patched.setattr(distinct, "PENDING", 20)
        found, expected = Distinct(), Counter[int]()
        for values, leave in steps:
            if leave:
                values = [value for value in Counter(values) if expected[value]]  # noqa: PLW2901 -- only these can leave
                expected.subtract(values)
            else:
                expected.update(values)
            found.take_numbers(np.sort(np.array(values, dtype=np.int64)), -1 if leave else 1)
        found.settle()
        present = np.array([value for value, count in expected.items() if count > 0], dtype=np.int64)
        hashes = dict(zip(number_hashes(present).tolist(), present.tolist(), strict=True))
        limit = 2 ** (64 - found.level)
        held = {hash_: expected[value] for hash_, value in hashes.items() if hash_ < limit}
        assert dict(zip(found.hashes.tolist(), found.counts.tolist(), strict=True)) == held
        assert len(held) <= 8
        assert found.estimate() == len(held) * 2**found.level
        assert found.exact == (found.level == 0)
