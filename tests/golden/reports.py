"""A few reports as people meet them, made by hand so that the texts do not depend on a database."""

from __future__ import annotations

from datacanary.config import default_policy
from datacanary.model.basic import Pair, Relation, Version
from datacanary.model.config import SamplePolicy
from datacanary.model.impact import ColumnImpact, Impact
from datacanary.model.noise import NoiseMark
from datacanary.model.plan import Effect, PlannedTable
from datacanary.model.run import Inputs, Report, TableReport
from datacanary.model.tablediff import ColumnDiff, Key, RowCounts, SampleRow, TableDiff
from datacanary.model.verdict import Subject
from datacanary.report.masking import mask
from datacanary.verdict.judge import judge

NO_KEY = Key((), "none", Pair(0, 0), Pair(0, 0))
VERSIONS = Pair(Version("main", "1a2b3c4" + "0" * 33), Version("cheaper-orders", "4f1c9e2" + "0" * 33, dirty=True))


def subject(name: str, effect: Effect, diff: TableDiff, impact: Impact | None = None) -> Subject:
    relation, path = Relation("analytics", name), f"models/{name}.sql"
    relations = Pair(None if effect == "added" else relation, None if effect == "removed" else relation)
    paths = relations.map(lambda relation: path if relation else None)
    return Subject(PlannedTable(name, effect, diff.reason, relations, paths, impact=impact), diff)


def report(*subjects: Subject, notes: tuple[str, ...] = ()) -> Report:
    verdict = judge(subjects, default_policy())
    tables = tuple(
        TableReport(
            one.planned.name,
            verdict.of_table(one.planned.name),
            one.planned.effect,
            one.planned.paths,
            mask(one.diff, (one.planned.name,), SamplePolicy(), one.planned.declared),
            impact=one.planned.impact,
        )
        for one in subjects
    )
    return Report(
        run_id="20261120-101500-4f1c9e2",
        kind="check",
        versions=VERSIONS,
        started_at="2026-11-20T10:15:00Z",
        seconds=3.21,
        inputs=Inputs(pinned=True, how="duckdb file attached read-only"),
        verdict=verdict,
        tables=tables,
        notes=notes,
        tool_version="0.1.0",
    )


def orders() -> Subject:
    key = Key(("order_id",), "config", Pair(0, 0), Pair(0, 0))
    both: Pair[str | None] = Pair("decimal(12,2)", "decimal(12,2)")
    columns = (
        ColumnDiff("order_id", "none", Pair("bigint", "bigint"), 0, nulls=Pair(0, 0)),
        ColumnDiff("amount", "none", both, 1_150_000, nulls=Pair(0, 0)),
        ColumnDiff("discount", "type_changed", Pair("double", "decimal(5,2)"), 3, forgiven=12, nulls=Pair(10, 10)),
        ColumnDiff("coupon", "removed", Pair("varchar", None), nulls=Pair(900, None)),
        ColumnDiff("country", "none", Pair("varchar", "varchar"), 0, nulls=Pair(0, 0)),
    )
    samples = (
        *(SampleRow("removed", {"order_id": n}, {"amount": 1.5}, {}) for n in (17, 18, 19)),
        SampleRow("changed", {"order_id": 20}, {"amount": "19.90"}, {"amount": "1990.00"}),
        SampleRow(
            "changed", {"order_id": 21}, {"amount": "5.00", "discount": 0.1}, {"amount": "500.00", "discount": 0.2}
        ),
    )
    rows = RowCounts(1_204_881, 1_167_530, 0, 37_351, 1_150_000, 17_530)
    return subject("fct_orders", "changed", TableDiff("keyed", "its query changed", key, rows, columns, samples))


def daily() -> Subject:
    key = Key(("day", "country"), "inferred", Pair(0, 0), Pair(0, 0))
    columns = (ColumnDiff("revenue", "none", Pair("double", "double"), 9, nulls=Pair(0, 0)),)
    sample = SampleRow("changed", {"day": "2026-01-01", "country": "DE"}, {"revenue": 1.0}, {"revenue": 100.0})
    diff = TableDiff(
        "keyed", "it reads fct_orders, which can differ", key, RowCounts(1000, 1000, 0, 0, 9, 991), columns, (sample,)
    )
    return subject("agg_revenue_by_day_and_country_and_channel", "inherited", diff)


def unaffected(name: str) -> Subject:
    reason = "neither its query nor anything that it reads changed"
    return subject(name, "unaffected", TableDiff("unaffected", reason, NO_KEY, RowCounts(None, None), ()))


def failed() -> Report:
    problem = 'head could not be built: models/fct_orders.sql: Binder Error: Referenced column "amont" not found'
    broken = TableDiff("not_compared", f"its query changed; {problem}", NO_KEY, RowCounts(None, None), (), failed=True)
    cause = "analytics.fct_orders (models/fct_orders.sql)"
    because = f"it reads fct_orders, which can differ; head could not be built: it reads {cause}, which failed"
    waiting = TableDiff("not_compared", because, NO_KEY, RowCounts(None, None), (), failed=True, because_of=cause)
    return report(
        subject("agg_daily", "inherited", waiting),
        subject("fct_orders", "changed", broken),
        unaffected("dim_customers"),
    )


def new_and_gone() -> Report:
    new = TableDiff("not_compared", "new model", NO_KEY, RowCounts(None, 12), ())
    gone = TableDiff("not_compared", "its file was deleted", NO_KEY, RowCounts(None, None), ())
    return report(subject("dim_new", "added", new), subject("dim_old", "removed", gone))


def spared(name: str, why: str) -> Subject:
    diff = TableDiff("unaffected", why, NO_KEY, RowCounts(None, None), ())
    return subject(name, "unaffected", diff, Impact(("none",), ("none",), rows=False))


def proven() -> Report:
    """Ties of a row_number come out otherwise beside a change that cannot reach them."""
    key = Key(("order_id",), "config", Pair(0, 0), Pair(0, 0))
    columns = (
        ColumnDiff("order_id", "none", Pair("bigint", "bigint"), nulls=Pair(0, 0)),
        ColumnDiff("rank", "none", Pair("bigint", "bigint"), 6, nulls=Pair(0, 0)),
        ColumnDiff("fee", "none", Pair("double", "double"), 0, nulls=Pair(0, 0)),
    )
    impact = Impact(
        own=("none",),
        kinds=("expression",),
        rows=False,
        columns=(ColumnImpact("fee", "changed", through=("stg_orders.fee",)),),
        equal=("order_id", "rank"),
        through=("stg_orders.fee",),
        paths=(("raw_fees", "stg_orders", "ranks"),),
    )
    ties = NoiseMark("window_ties", ("rank",), "row_number() over (order by day)", "models/ranks.sql", 3)
    rows = RowCounts(10_000, 10_000, 0, 0, 6, 9_994)
    diff = TableDiff("keyed", "it reads stg_orders.fee, which can differ", key, rows, columns, marks=(ties,))
    return report(
        subject("ranks", "inherited", diff, impact),
        spared("dim_days", "it reads stg_orders, but nothing there that can differ"),
        unaffected("dim_customers"),
    )


ALIKE = "its query is written otherwise, and means the same"

REPORTS = {
    "proven": proven(),
    "nothing_can": report(*(spared(name, ALIKE) for name in ("a", "b", "c", "d")), unaffected("dim_customers")),
    "fail": report(daily(), orders(), unaffected("dim_customers"), notes=("not selected, so not compared: dim_dates",)),
    "build_failed": failed(),
    "new_and_gone": new_and_gone(),
    "nothing_changed": report(unaffected("dim_customers"), unaffected("fct_orders")),
}
