"""How much memory a comparison takes, and what happens where it does not do."""

from __future__ import annotations

import gc
from pathlib import Path

import polars as pl
import pytest

import datacanary as dc
from datacanary.errors import DataError, UsageError
from datacanary.model.basic import Pair
from datacanary.model.tablediff import DiffOptions, RowCounts
from datacanary.tablediff.compare import compare
from datacanary.tablediff.means import Means, Progress
from datacanary.tablediff.memory import checked_limit, container_memory, free_memory, parse_limit, usual_limit
from datacanary.tablediff.scratch import Scratch
from datacanary.tablediff.table import Table

ROWS = 4_000
BASE = pl.DataFrame({"id": range(ROWS), "text": [f"text number {place}" for place in range(ROWS)]})
HEAD = BASE.with_columns(text=pl.when(pl.col("id") % 10 == 0).then(pl.lit("other")).otherwise("text")).reverse()
OPTIONS = DiffOptions(key=("id",), tolerances={})


@pytest.mark.parametrize(
    ("written", "size"),
    [("1GiB", 2**30), ("1.5GiB", 3 * 2**29), ("500MB", 500_000_000), ("2g", 2 * 10**9), (" 80000000 ", 80_000_000)],
)
def test_limits_are_read_with_their_units(written: str, size: int) -> None:
    assert parse_limit(written) == size


@pytest.mark.parametrize("written", ["", "lots", "GiB", "-1GiB", "1 GiB free", "1XB", "1e9", "1,5GiB"])
def test_what_is_no_size_is_refused(written: str) -> None:
    with pytest.raises(UsageError, match="cannot be read") as problem:
        parse_limit(written)
    assert "4GiB" in problem.value.hint


def test_a_limit_that_nothing_can_work_in_is_refused() -> None:
    with pytest.raises(UsageError, match="too small to work in"):
        parse_limit("1MiB")
    with pytest.raises(UsageError, match="too small"):
        dc.diff(BASE, HEAD, memory_limit=1_000)
    assert checked_limit(64 << 20) == 64 << 20


def test_half_of_the_free_memory_is_taken() -> None:
    assert 64 << 20 <= usual_limit() <= max(64 << 20, free_memory())


def test_a_container_may_have_less_than_its_machine(tmp_path: Path) -> None:
    limit, used = tmp_path / "max", tmp_path / "current"
    assert container_memory(limit, used) is None
    limit.write_text("max\n")
    used.write_text("100\n")
    assert container_memory(limit, used) is None
    limit.write_text("1000\n")
    assert container_memory(limit, used) == 900


def test_rows_that_do_not_fit_go_to_disk_and_leave_nothing_there() -> None:
    told: set[str] = set()
    on_disk: list[int] = []
    scratch = Scratch()

    def tell(progress: Progress) -> None:
        told.add(progress.doing)
        on_disk.append(sum(file.stat().st_size for file in scratch.folder.glob("*.arrow")))

    means = Means(100_000, scratch, tell, force="partitions")
    found = compare(Pair(Table.of(BASE), Table.of(HEAD)), OPTIONS, means)
    folder = scratch.folder
    assert found.summary.rows == RowCounts(ROWS, ROWS, 0, 0, ROWS // 10, ROWS - ROWS // 10)
    assert found.changed().collect()["id"].to_list() == list(range(0, ROWS, 10))
    assert found.summary.samples == compare(Pair(Table.of(BASE), Table.of(HEAD)), OPTIONS).summary.samples
    assert max(on_disk) > 100_000
    assert told >= {"parting base", "parting head", "comparing parts"}
    del means, found, tell  # and `scratch`, which `tell` closes over, is rebound
    scratch = Scratch()
    assert not folder.exists()


def test_one_key_value_that_does_not_fit_is_told() -> None:
    same = BASE.with_columns(id=pl.lit(7))
    with pytest.raises(DataError, match="too many rows have the same key") as problem:
        compare(Pair(Table.of(same), Table.of(same)), OPTIONS, Means(100_000, force="partitions"))
    assert "--memory-limit" in problem.value.hint


def test_rows_can_be_read_when_the_result_is_gone(tmp_path: Path) -> None:
    sides = [tmp_path / "base.csv", tmp_path / "head.csv"]
    for file, frame in zip(sides, (pl.concat([BASE] * 300).with_row_index("n"), BASE.with_row_index("n")), strict=True):
        frame.write_csv(file)
    removed = dc.diff(*sides, key=["n"], memory_limit=64 << 20).removed()
    gc.collect()
    assert removed.select("id").collect().height == 299 * ROWS
    assert removed.select(pl.len()).collect().item() == 299 * ROWS
