"""diffly: its summary, with the most frequent changes of each column and a few rows of either side."""

from __future__ import annotations

import json
from importlib.metadata import version

import polars as pl
from contender import Counts, Task, answer
from diffly import compare_frames  # type: ignore[import-not-found,unused-ignore] # it has an environment of its own


def compare(task: Task) -> Counts:
    """Ask for one summary, with rel_tol=0 because it forgives 1e-9 otherwise, and take the counts out of it.

    It is faster with frames that are read already than with scans, which it collects several times.
    """
    base, head = (pl.scan_parquet(path).collect(engine="streaming") for path in task.files)
    comparison = compare_frames(base, head, primary_key=list(task.key), rel_tol=0.0)
    summary = comparison.summary(top_k_column_changes=3, sample_k_rows_only=5)
    str(summary)
    told = json.loads(summary.to_json())
    if told["equal"]:
        return Counts(removed=0, added=0, changed=0, cells={}, samples=0)
    rows = told["rows"]
    joined = rows["n_joined_equal"] + rows["n_joined_unequal"]
    return Counts(
        removed=rows["n_left_only"],
        added=rows["n_right_only"],
        changed=rows["n_joined_unequal"],
        cells={column["name"]: round((1 - column["match_rate"]) * joined) for column in told["columns"]},
        samples=sum(len(column["changes"] or ()) for column in told["columns"])
        + len(told["sample_rows_left_only"])
        + len(told["sample_rows_right_only"]),
    )


if __name__ == "__main__":
    answer(compare, f"diffly {version('diffly')}, Polars {pl.__version__}")
