"""The laws once more, through files and the command."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from tablediff_tables import NUMBER, Drawn, drawn_tables, expect_keyed, expect_keyless
from typer.testing import CliRunner

from datacanary.cli.main import app

COUNTS = ("base", "head", "added", "removed", "changed", "unchanged")


def rows_told(drawn: Drawn, *options: str) -> list[int | None]:
    """Write both sides as Parquet, compare the files by the command, and return the counts that it tells."""
    with TemporaryDirectory() as folder:
        files = [str(Path(folder) / f"{side}.parquet") for side in ("base", "head")]
        for file, table in zip(files, drawn.tables(), strict=True):
            table.frame.collect().write_parquet(file, row_group_size=2)
        done = CliRunner().invoke(app, ["diff", *files, "--ignore", NUMBER, "--format", "json", *options])
    assert done.exit_code in {0, 1, 3}, done.output
    rows = json.loads(done.stdout)["tables"][0]["rows"]
    return [rows[name] for name in COUNTS]


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(drawn_tables())
def test_the_command_counts_as_plain_python_does(drawn: Drawn) -> None:
    heights = [len(drawn.rows.base), len(drawn.rows.head)]
    key = next(iter(drawn.kinds))
    expected = expect_keyed(drawn, [key])
    assert rows_told(drawn, "--key", key) == [
        *heights,
        expected.added.total(),
        expected.removed.total(),
        len(expected.pairs),
        expected.unchanged,
    ]


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(drawn_tables())
def test_the_python_function_counts_whole_rows_as_plain_python_does(drawn: Drawn) -> None:
    import datacanary as dc  # noqa: PLC0415 -- as users import it

    expected = expect_keyless(drawn)
    frames = [table.frame.collect() for table in drawn.tables()]
    found = dc.diff(*frames, key=[], ignore=[NUMBER])
    assert (found.rows.added, found.rows.removed) == (expected.added.total(), expected.removed.total())
    assert found.rows.unchanged == expected.unchanged


def test_the_command_works_within_the_memory_that_it_is_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del capsys
    base = pl.DataFrame({"id": range(2_000_000), "v": [0.5] * 2_000_000, "w": [1] * 2_000_000})
    head = base.with_columns(v=pl.when(pl.col("id") % 1_000 == 0).then(1.5).otherwise("v")).sample(
        fraction=1, shuffle=True, seed=1
    )
    files = [str(tmp_path / name) for name in ("base.parquet", "head.parquet")]
    base.write_parquet(files[0])
    head.write_parquet(files[1])
    done = CliRunner().invoke(app, ["diff", *files, "--memory-limit", "64MiB", "--format", "json", "--quiet"])
    rows = json.loads(done.stdout)["tables"][0]["rows"]
    assert [rows[name] for name in COUNTS] == [2_000_000, 2_000_000, 0, 0, 2_000, 1_998_000]
