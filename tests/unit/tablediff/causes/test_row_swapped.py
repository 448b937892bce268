"""Columns that hold each other's values."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from row_tables import causes, orders, some, told

BASE = orders().with_columns(
    first=pl.Series([f"f{number}" for number in np.random.default_rng(3).integers(0, 90, 4_000)]),
    last=pl.Series([f"l{number}" if number else None for number in np.random.default_rng(4).integers(0, 90, 4_000)]),
)


def swap(rows: pl.Series, one: str, other: str) -> pl.DataFrame:
    return BASE.with_columns(
        pl.when(rows).then(other).otherwise(one).alias(one), pl.when(rows).then(one).otherwise(other).alias(other)
    )


@pytest.mark.parametrize(("one", "other"), [("net", "gross"), ("first", "last")])
@pytest.mark.parametrize("share", [0.02, 1.0])
def test_swapped_columns(one: str, other: str, share: float) -> None:
    rows = some(BASE.height, share) if share < 1 else pl.repeat(True, BASE.height, dtype=pl.Boolean, eager=True)
    (first,) = causes(BASE, swap(rows, one, other))
    number = int((rows & BASE[one].ne_missing(BASE[other])).sum())
    assert first.message == f"{one} and {other} are swapped in all {number:,} rows where they changed"
    assert (first.kind, first.about, first.columns) == ("swapped", "changed", (one, other))
    assert (first.count, first.of) == (number, number)


def test_other_changes_beside_are_counted() -> None:
    rows, noise = some(BASE.height, 0.2), some(BASE.height, 0.015, seed=9)
    head = swap(rows, "net", "gross").with_columns(net=pl.when(noise).then(pl.lit(-7)).otherwise("net"))
    (cause,) = (cause for cause in causes(BASE, head) if cause.kind == "swapped")
    assert (cause.count, cause.of) == (int((rows & ~noise).sum()), int((rows | noise).sum()))
    assert 0.9 < cause.share < 0.96
    assert "% of the rows where they changed" in cause.message


def test_too_many_other_changes_leave_nothing_to_say() -> None:
    rows, noise = some(BASE.height, 0.2), some(BASE.height, 0.04, seed=9)
    swapped = swap(rows, "net", "gross")
    head = swapped.with_columns(pl.when(noise).then(-7).otherwise(name).alias(name) for name in ("net", "gross"))
    assert told(causes(BASE, head), "swapped") == []


def test_where_a_swap_lies_is_told_second() -> None:
    first, second = causes(BASE, swap(BASE["country"].eq_missing(pl.Series(["DE"])), "net", "gross"))
    assert first.kind == "swapped"
    assert "have country = 'DE'" in second.message


def test_constants_and_flags_that_cross_by_accident_are_not_swapped() -> None:
    base = BASE.with_columns(a=pl.lit(1), b=pl.lit(2))
    head = base.with_columns(
        pl.when(some(4_000, 0.1)).then(3 - pl.col(name)).otherwise(name).alias(name) for name in "ab"
    )
    assert told(causes(base, head), "swapped") == []
    flags = BASE.with_columns(a=some(4_000, 0.5, seed=21), b=some(4_000, 0.5, seed=22))
    turned = flags.with_columns(pl.col(name).xor(some(4_000, 0.1)).alias(name) for name in "ab")
    assert told(causes(flags, turned), "swapped") == []


def test_columns_of_other_types_are_no_pair() -> None:
    base = BASE.with_columns(pl.col("gross").cast(pl.Int32))
    head = base.with_columns(net=pl.col("gross").cast(pl.Int64), gross=pl.col("net").cast(pl.Int32))
    assert told(causes(base, head), "swapped") == []
