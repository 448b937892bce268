"""How long the reports of a large run take, and how large they are: 1,000 tables of 200 columns each.

python benchmarks/large_reports.py [--tables 1000] [--columns 200] [--profile html]
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import resource
import time
from collections.abc import Callable
from dataclasses import replace

from datacanary.model.basic import Pair, Version
from datacanary.model.cause import Cause
from datacanary.model.impact import ColumnImpact, Impact
from datacanary.model.run import Inputs, Report, TableReport
from datacanary.model.statistics import Distances, Lengths, Statistics, ValueCount
from datacanary.model.tablediff import ColumnDiff, Key, RowCounts, SampleRow, TableDiff
from datacanary.model.verdict import Check, Status, Verdict
from datacanary.report import html, junit, markdown

_STATUSES: tuple[Status, ...] = ("fail", "warn", "pass", "inconclusive")
_QUANTILES = {"p1": 1.0, "p5": 2.0, "p25": 5.0, "p50": 9.0, "p75": 14.0, "p95": 40.0, "p99": 90.0}
_ROWS = 100_000


def large_report(tables: int, columns: int) -> Report:
    """Make a run in which every column of every table differs, and every value may be shown: the largest there is."""
    made = tuple(_table(number, columns) for number in range(tables))
    checks = tuple(check for table in made for check in _checks(table))
    return Report(
        run_id="20261120-101500-4f1c9e2",
        kind="check",
        versions=Pair(Version("main", "1a2b3c4" + "0" * 33), Version("wide", "4f1c9e2" + "0" * 33)),
        started_at="2026-11-20T10:15:00Z",
        seconds=60.0,
        inputs=Inputs(pinned=True, how="duckdb file attached read-only"),
        verdict=Verdict("fail", checks[0].message, checks),
        tables=made,
        tool_version="1.0.0",
        secret="0" * 32,
    )


def _table(number: int, columns: int) -> TableReport:
    name, root = f"fct_orders_by_region_{number}", f"fct_orders_by_region_{number // 10}"
    names = tuple(f"measure_{place}_eur" for place in range(columns))
    paths = ((root, name),) if number else ()
    return TableReport(
        name=name,
        status=_STATUSES[number % len(_STATUSES)],
        effect="changed" if number % 3 else "inherited",
        paths=Pair(f"models/{name}.sql", f"models/{name}.sql"),
        diff=TableDiff(
            "keyed",
            "its query changed: the filter `status <> 'test'` is gone (line 14)",
            Key(("order_id",), "inferred", Pair(0, 0), Pair(0, 0)),
            RowCounts(_ROWS, _ROWS - 10, 5, 15, 500, _ROWS - 515),
            tuple(_column(one, place) for place, one in enumerate(names)),
            tuple(_sample(place, names) for place in range(15)),
            causes=tuple(_cause(one) for one in names[:5]),
        ),
        inherited_from=(root,) if number else (),
        impact=Impact(("expression",), ("expression",), False, (ColumnImpact(names[0], "changed"),), paths=paths),
        shown=frozenset(names),
    )


def _column(name: str, place: int) -> ColumnDiff:
    side = Statistics(
        rows=_ROWS,
        nulls=place,
        distinct=4000,
        minimum=0.5,
        maximum=99.0,
        mean=12.5,
        deviation=3.5,
        total="1250000.00",
        quantiles=_QUANTILES,
        zero=3,
        negative=1,
        lengths=Lengths(1, 9, 3.5, {}),
        top=tuple(ValueCount(f"value {one}", 9_000 - one) for one in range(10)),
        shapes=(ValueCount("a9", 12),),
    )
    moved = replace(side, quantiles={name: cell * 1.5 for name, cell in _QUANTILES.items()})
    found = Distances(largest_gap=0.2, largest_gap_at_most=0.25, earth_mover=2.5, variation=0.2)
    types: Pair[str | None] = Pair("double", "double")
    return ColumnDiff(name, "none", types, 500 - place, statistics=Pair(side, moved), distances=found)


def _sample(place: int, names: tuple[str, ...]) -> SampleRow:
    base = dict.fromkeys(names[:6], 1.5)
    return SampleRow("changed", {"order_id": place}, base, dict.fromkeys(base, 2.5), tuple(base))


def _cause(name: str) -> Cause:
    told = f"all 500 changed cells of {name} are base x 100: another unit?"
    return Cause(kind="ratio", about="changed", columns=(name,), count=500, of=500, message=told)


def _checks(table: TableReport) -> list[Check]:
    told = "changed in 500 of 99,985 rows (0.50 %), limit 0.1 %"
    return [
        Check(table.name, column.name, "values_changed", table.status, 0.005, 0.001, "default", f"{column.name} {told}")
        for column in table.diff.columns
    ]


def main() -> None:
    """Print seconds of CPU and bytes for each kind of report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--columns", type=int, default=200)
    parser.add_argument("--profile", default="")
    asked = parser.parse_args()
    report = large_report(asked.tables, asked.columns)
    writers: dict[str, Callable[[], str]] = {
        "markdown": lambda: markdown.render(report),
        "bitbucket": lambda: markdown.render(report, markdown.MarkdownTarget.of("bitbucket")),
        "summary": lambda: markdown.render(report, markdown.MarkdownTarget.of("summary")),
        "html": lambda: html.render(report),
        "junit": lambda: junit.render(report),
    }
    if asked.profile:
        with cProfile.Profile() as profile:
            writers[asked.profile]()
        pstats.Stats(profile).sort_stats("cumulative").print_stats(25)
        return
    print(f"{asked.tables:,} tables of {asked.columns:,} columns, all different")
    for name, write in writers.items():
        started = time.process_time()
        size = len(write().encode())
        print(f"{name:<10} {time.process_time() - started:6.2f} s {size:>12,} bytes")
    print(f"memory     {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MiB")


if __name__ == "__main__":
    main()
