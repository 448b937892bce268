"""datacompy on Polars frames: compare, and render its report."""

from __future__ import annotations

import datacompy  # type: ignore[import-not-found,unused-ignore] # it lives in an environment of its own
import polars as pl
from contender import Counts, Task, answer


def compare(task: Task) -> Counts:
    """Call PolarsCompare on the two frames, which it wants to have in memory; tolerances are 0 by default."""
    base, head = (pl.read_parquet(path) for path in task.files)
    report = datacompy.PolarsCompare(base, head, join_columns=list(task.key)).build_report_data()
    report.render()
    rows = report.row_summary
    return Counts(
        removed=rows.df1_unique,
        added=rows.df2_unique,
        changed=rows.unequal_rows,
        cells={stat.column: stat.unequal_cnt for stat in report.mismatch_stats.stats},
        samples=len(report.mismatch_stats.samples),
    )


if __name__ == "__main__":
    answer(compare, f"datacompy {datacompy.__version__}, Polars {pl.__version__}")
