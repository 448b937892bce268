"""Reports of tables that differ for a reason that can be told: a cause, noise, a declaration, another table.

Their checks are written out here, so that the texts depend on the report alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from reports import NO_KEY, VERSIONS

from datacanary.model.basic import Pair
from datacanary.model.cause import Cause, Differing
from datacanary.model.config import SamplePolicy
from datacanary.model.declared import Declared
from datacanary.model.noise import NoiseFloor, NoiseMark
from datacanary.model.plan import Effect
from datacanary.model.run import Inputs, Report, TableReport
from datacanary.model.statistics import Distances
from datacanary.model.tablediff import Attribution, ColumnDiff, Key, RowCounts, SampleRow, TableDiff
from datacanary.model.verdict import Check, Status, Verdict, worst
from datacanary.model.words import percent
from datacanary.report.masking import mask

MONEY = "decimal(12,2)"
LONG_NAME = "dim_customers_with_what_they_spent"


@dataclass(frozen=True, slots=True)
class Made:
    """A table with the checks of it."""

    name: str
    effect: Effect
    diff: TableDiff
    checks: tuple[Check, ...] = ()
    inherited_from: tuple[str, ...] = ()


def run(summary: str, *tables: Made, samples: SamplePolicy | None = None) -> Report:
    """Put tables into a report; without `samples` all values are shown."""
    checks = tuple(check for table in tables for check in table.checks)
    verdict = Verdict(worst(check.status for check in checks if not check.dry_run), summary, checks)
    return Report(
        run_id="20261120-101500-4f1c9e2",
        kind="check",
        versions=VERSIONS,
        started_at="2026-11-20T10:15:00Z",
        seconds=3.21,
        inputs=Inputs(pinned=True, how="duckdb file attached read-only"),
        verdict=verdict,
        tables=tuple(
            TableReport(
                table.name,
                verdict.of_table(table.name),
                table.effect,
                Pair(f"models/{table.name}.sql", f"models/{table.name}.sql"),
                mask(table.diff, (table.name,), samples, Declared()) if samples else table.diff,
                table.inherited_from,
            )
            for table in tables
        ),
        tool_version="0.1.0",
    )


def key(*columns: str) -> Key:
    return Key(columns, "config", Pair(0, 0), Pair(0, 0))


def column(name: str, type_: str, changed: int, moved: float | None = None) -> ColumnDiff:
    distances = None if moved is None else Distances(largest_gap=moved)
    return ColumnDiff(name, "none", Pair(type_, type_), changed, nulls=Pair(0, 0), distances=distances)


def check(
    table: str, name: str, status: Status, message: str, *, column: str | None = None, origin: str = "default"
) -> Check:
    return Check(table, column, name, status, 0.5, 0.01, origin, message)


def changed(table: str, name: str, message: str, status: Status = "fail") -> Check:
    return check(table, "values_changed", status, message, column=name)


def ratio(name: str, cells: int) -> Cause:
    message = f"all {cells:,} changed cells of {name} are base x 100: another unit?"
    return Cause(kind="ratio", about="changed", columns=(name,), count=cells, of=cells, message=message)


def segment(about: Differing, message: str, discreet: str, *shows: str) -> Cause:
    return Cause(
        kind="segment", about=about, columns=(), count=201, of=201, message=message, shows=shows, discreet=discreet
    )


def wrong_orders() -> Made:
    lost = segment(
        "added",
        "all 201 added rows have status = 'test', and no row of base has: a filter that got lost?",
        "all 201 added rows have one value of status, and no row of base has it: a filter that got lost?",
        "status",
    )
    columns = (
        column("order_id", "bigint", 0, 0.002),
        column("status", "varchar", 0, 0.0251),
        column("amount_eur", MONEY, 7799, 0.9831),
    )
    samples = (
        *(SampleRow("added", {"order_id": number}, {}, {}, ("status",)) for number in (10029, 10128, 10174)),
        SampleRow("changed", {"order_id": 10001}, {"amount_eur": "56.70"}, {"amount_eur": "5670.00"}),
    )
    rows = RowCounts(7799, 8000, 201, 0, 7799, 0)
    causes = (ratio("amount_eur", 7799), lost)
    diff = TableDiff("keyed", "its query changed", key("order_id"), rows, columns, samples, causes=causes)
    checks = (
        check("fct_orders", "rows_added", "fail", "201 rows added to 7,799 rows (2.58 %), limit 1 %"),
        changed("fct_orders", "amount_eur", "amount_eur changed in 7,799 of 7,799 rows (100 %), limit 1 %"),
    )
    return Made("fct_orders", "changed", diff, checks)


def reader(name: str, column_name: str, cells: int, of: int, reads: tuple[str, ...]) -> Made:
    """Make a table that only shows the change of what it reads."""
    rows = RowCounts(of, of, 0, 0, cells, of - cells)
    sample = SampleRow("changed", {"id": 1}, {column_name: "1.00"}, {column_name: "100.00"})
    columns = (column(column_name, MONEY, cells, 0.9 * cells / of),)
    diff = TableDiff(
        "keyed",
        f"it reads {reads[0]}, which can differ",
        key("id"),
        rows,
        columns,
        (sample,),
        causes=(ratio(column_name, cells),),
    )
    message = f"{column_name} changed in {cells:,} of {of:,} rows ({percent(cells / of)}), limit 1 %"
    checks = (changed(name, column_name, message), check(name, "shape", "fail", "shape moved", column=column_name))
    return Made(name, "inherited", diff, checks, reads)


def a_wrong_unit_and_a_lost_filter() -> tuple[str, tuple[Made, ...]]:
    tables = (
        reader("daily_revenue", "revenue_eur", 3701, 3744, ("fct_orders",)),
        reader(LONG_NAME, "spent_eur", 1881, 2000, ("fct_orders", "stg_coupons")),
        wrong_orders(),
        Made(
            "refund_reasons",
            "unaffected",
            TableDiff("unaffected", "nothing changed", NO_KEY, RowCounts(None, None), ()),
        ),
    )
    return "fct_orders: amount_eur changed in 7,799 of 7,799 rows (100 %), limit 1 %; and 5 more findings", tables


def noise() -> Report:
    ties = NoiseMark(
        "window_ties",
        ("rank_in_day",),
        "row_number() over (partition by day\n  order by amount desc)",
        "models/r.sql",
        7,
    )
    clock = NoiseMark("clock", ("loaded_at",), "now()", "models/r.sql", 3)
    columns = (
        column("rank_in_day", "bigint", 412, 0.004),
        column("loaded_at", "timestamp", 1000),
        column("amount", MONEY, 31, 0.01),
    )
    rows = RowCounts(1000, 1000, 0, 0, 1000, 0)
    floor = NoiseFloor(cells={"rank_in_day": 0.369, "loaded_at": 1.0})
    measured = TableDiff("keyed", "its query changed", key("id"), rows, columns, marks=(ties, clock), noise=floor)
    unmeasured = replace(measured, noise=None)
    told = "amount changed in 31 of 1,000 rows (3.10 %), limit 1 %"
    return run(
        f"ranks: {told}; and 1 more finding like it",
        Made("ranks", "changed", measured, (changed("ranks", "amount", told),)),
        Made("ranks_by_month", "changed", unmeasured, (changed("ranks_by_month", "amount", told),)),
    )


def declared() -> Report:
    columns = (
        column("discount", MONEY, 612, 0.02),
        column("score", "double", 900, 0.4),
        column("status", "varchar", 3),
    )
    diff = TableDiff("keyed", "its query changed", key("id"), RowCounts(10_000, 10_000, 0, 0, 1400, 8600), columns)
    coupons = changed(
        "fct_orders",
        "discount",
        "discount changed in 612 of 10,000 rows (6.12 %), as declared (1% .. 12%): DATA-412 coupon fix (ana)",
        "pass",
    )
    score = changed("fct_orders", "score", "score changed in 900 of 10,000 rows (9.00 %), limit 1 %")
    status = changed("fct_orders", "status", "status changed in 3 of 10,000 rows (0.03 %), limit 0", "warn")
    checks = (
        status,
        replace(score, dry_run=True, limit_origin="datacanary.yml:18"),
        replace(coupons, expected="DATA-412 coupon fix (ana)", limit_origin="datacanary.yml:31"),
    )
    return run(
        "fct_orders: status changed in 3 of 10,000 rows (0.03 %), limit 0", Made("fct_orders", "changed", diff, checks)
    )


def two_reasons() -> Report:
    rows = RowCounts(1000, 1010, 10, 0, 140, 860)
    attribution = Attribution(
        RowCounts(1000, 1000, 0, 0, 120, 880), RowCounts(1000, 1010, 10, 0, 20, 980), (("tax", 120), ("net", 80))
    )
    columns = (column("tax", MONEY, 140, 0.06), column("net", MONEY, 80, 0.02))
    diff = TableDiff("keyed", "its query changed", key("id"), rows, columns, attribution=attribution)
    told = "tax changed in 140 of 1,000 rows (14.0 %), limit 1 %"
    table = Made("fct_invoices", "changed", diff, (changed("fct_invoices", "tax", told),), ("stg_rates",))
    return run(f"fct_invoices: {told}", table)


def root_not_selected() -> Report:
    table = reader("daily_revenue", "revenue_eur", 110, 3744, ("fct_orders",))
    return run("daily_revenue: revenue_eur changed in 110 of 3,744 rows (2.94 %), limit 1 %", table)


def reformatted() -> Report:
    diff = TableDiff(
        "keyed", "its query changed", key("id"), RowCounts(10, 10, 0, 0, 0, 10), (column("id", "bigint", 0),)
    )
    other = Made(
        "dim_days", "unaffected", TableDiff("unaffected", "nothing changed", NO_KEY, RowCounts(None, None), ())
    )
    passed = Check("fct_orders", None, "rows_added", "pass", 0.0, 0.01, "default", "0 rows added to 10 rows (0 %)")
    return run("no difference in 1 compared table", Made("fct_orders", "changed", diff, (passed,)), other)


def declared_in_vain() -> Report:
    diff = TableDiff("unaffected", "nothing changed", NO_KEY, RowCounts(None, None), ())
    told = "rows_added of dim_days was declared (> 0), but nothing of the table can differ: DATA-7 more days"
    missed = replace(
        check("dim_days", "rows_added", "warn", told, origin="datacanary.yml:31"),
        limit=None,
        expected="DATA-7 more days",
    )
    return run(f"dim_days: {told}", Made("dim_days", "unaffected", diff, (missed,)))


SUMMARY, WRONG = a_wrong_unit_and_a_lost_filter()
EXPLAINED = {
    "explained": run(SUMMARY, *WRONG),
    "explained_masked": run(SUMMARY, *WRONG, samples=SamplePolicy("allowed", ("fct_orders.amount_eur",))),
    "noise": noise(),
    "declared": declared(),
    "declared_in_vain": declared_in_vain(),
    "two_reasons": two_reasons(),
    "root_not_selected": root_not_selected(),
    "reformatted": reformatted(),
}
