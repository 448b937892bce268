"""Many columns that broke one limit are told as one."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from datacanary.model.basic import Pair
from datacanary.model.config import Tolerance
from datacanary.model.tablediff import DiffOptions
from datacanary.pipeline.adhoc import diff
from datacanary.report.style import Style
from datacanary.report.terminal import render


@pytest.mark.parametrize(("columns", "told"), [(3, 3), (5, 1)])
def test_columns_that_broke_one_limit_are_told_one_by_one_or_together(columns: int, told: int) -> None:
    base = pl.DataFrame({"id": range(1_000)} | {f"c{place}": [0] * 1_000 for place in range(columns)})
    worse = {
        f"c{place}": pl.when(pl.col("id") < 3 + place).then(1).otherwise(pl.col(f"c{place}"))
        for place in range(columns)
    }
    options = DiffOptions(key=("id",), tolerances={"c0": Tolerance()})
    report = replace(diff(Pair(base, base.with_columns(**worse)), options).report, seconds=1.0)
    text = render(report, Style(colour=False, width=None))
    lines = [line for line in text.splitlines() if line.startswith("  WARN")]
    assert len(lines) == told
    if told == 1:
        assert lines[0].startswith("  WARN  c4 changed in 7 of 1,000 rows")
        assert lines[0].endswith("; 4 more columns likewise, see below")
