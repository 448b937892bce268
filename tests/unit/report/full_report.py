"""A report in which every member that a report can have is there."""

from __future__ import annotations

from datacanary.model.basic import Pair, Version
from datacanary.model.cause import Cause
from datacanary.model.impact import Clause, ColumnImpact, Impact
from datacanary.model.noise import NoiseFloor, NoiseMark
from datacanary.model.run import Inputs, Report, TableReport
from datacanary.model.statistics import Distances, Lengths, Statistics, ValueCount
from datacanary.model.tablediff import Attribution, ColumnDiff, Key, RowCounts, SampleRow, TableDiff
from datacanary.model.verdict import Check, Verdict

QUANTILES = {"p1": 0.5, "p5": 1.0, "p25": 2.0, "p50": 3.0, "p75": 4.0, "p95": 5.0, "p99": 9.0}


def statistics() -> Statistics:
    """Make statistics as no one type has them all."""
    return Statistics(
        rows=90,
        nulls=3,
        distinct=40,
        distinct_estimated=True,
        minimum=0.5,
        maximum="9.50",
        mean=3.25,
        deviation=1.5,
        total="292.50",
        quantiles=QUANTILES,
        nan=1,
        positive_infinity=2,
        negative_infinity=4,
        zero=5,
        negative=6,
        blank=7,
        midnight=8,
        lengths=Lengths(1, 9, 3.5, {"p50": 3}),
        top=(ValueCount("x", 20), ValueCount(None, 3)),
        shapes=(ValueCount("a9", 12),),
    )


def distances() -> Distances:
    """Make distances as no one type has them all."""
    return Distances(
        largest_gap=0.25,
        largest_gap_at_most=0.28,
        earth_mover=4.5,
        earth_mover_in_spreads=1.5,
        variation=0.3,
        largest_move="x",
        largest_move_by=-0.125,
        new_share=0.0625,
        psi=0.4,
        jensen_shannon=0.2,
    )


def full_table() -> TableDiff:
    """Make a difference of which all is known."""
    rows = RowCounts(90, 95, 6, 1, 20, 69)
    column = ColumnDiff(
        "amount",
        "none",
        Pair("double", "double"),
        20,
        forgiven=2,
        nulls=Pair(3, 3),
        totals=Pair("292.50", "300.00"),
        increased=15,
        decreased=5,
        statistics=Pair(statistics(), statistics()),
        distances=distances(),
    )
    cause = Cause(
        kind="segment",
        about="added",
        columns=(),
        where=("status",),
        count=6,
        of=6,
        message="all 6 added rows have status = 'test'",
        estimated=True,
        shows=("status",),
        discreet="all 6 added rows have one value of status",
    )
    return TableDiff(
        "keyed",
        "its query changed",
        Key(("id",), "config", Pair(0, 0), Pair(0, 0)),
        rows,
        (column, ColumnDiff("gone", "removed", Pair("varchar", None))),
        (SampleRow("changed", {"id": 1}, {"amount": 1.0}, {"amount": 2.0}, ("amount",)),),
        notes=("a note",),
        causes=(cause,),
        marks=(NoiseMark("window_ties", ("amount",), "row_number()", "models/x.sql", 7, "stg_orders"),),
        noise=NoiseFloor(
            0.1, 0.2, {"amount": 0.3}, {"amount": 0.01}, {"amount": 0.02}, {"amount": 0.04}, {"amount": 2}
        ),
        attribution=Attribution(rows, rows, (("amount", 20),)),
    )


def full_impact() -> Impact:
    """Make an impact of which all is known; no real one can say all of this."""
    return Impact(
        own=("expression",),
        kinds=("expression", "columns_renamed"),
        rows=False,
        columns=(ColumnImpact("amount", "changed", through=("stg_orders.cents",)), ColumnImpact("b", "renamed", "a")),
        equal=("id", "day"),
        clauses=(Clause("column", "head", "cents / 100 as amount", "models/orders.sql", 3),),
        through=("stg_orders.cents",),
        paths=(("raw_orders", "stg_orders", "orders"),),
        unknown=("models/orders.sql:4: nobody knows what f() does",),
        fingerprints=Pair("0a", "0b"),
    )


def full_report(diff: TableDiff | None = None) -> Report:
    """Make a report of one table; of another difference than `full_table` if it is given."""
    check = Check(
        "orders",
        "amount",
        "values_changed",
        "warn",
        0.22,
        0.01,
        "datacanary.yml:7",
        "amount changed in 20 of 89 rows (22.5 %), more than declared: a rebate (ana)",
        estimated=True,
        dry_run=True,
        expected="a rebate (ana)",
        noise=0.3,
        unstable="now() gives another value each time",
    )
    return Report(
        run_id="20261120-101500-4f1c9e2",
        kind="check",
        versions=Pair(Version("main", "1a2b3c4" + "0" * 33), Version("work", "4f1c9e2" + "0" * 33)),
        started_at="2026-11-20T10:15:00Z",
        seconds=3.2,
        inputs=Inputs(pinned=True, how="duckdb file attached read-only"),
        verdict=Verdict("pass", "differences within the limits", (check,)),
        tables=(
            TableReport(
                "orders",
                "pass",
                "inherited",
                Pair("models/orders.sql", "models/orders.sql"),
                diff or full_table(),
                ("stg_orders",),
                full_impact(),
                ("dashboard Weekly revenue", "notebook Churn (owner Ana)"),
            ),
        ),
        tool_version="0.1.0",
    )
