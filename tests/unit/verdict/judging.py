"""Differences made by hand, a config written as YAML, and the verdict on both."""

from __future__ import annotations

from dataclasses import replace

from datacanary.config import parse
from datacanary.model.basic import Pair, Relation
from datacanary.model.config import Config, Expectation, Policy
from datacanary.model.noise import Instability, NoiseMark
from datacanary.model.plan import Effect, PlannedTable
from datacanary.model.statistics import Distances, Statistics
from datacanary.model.tablediff import ColumnDiff, Key, RowCounts, TableDiff
from datacanary.model.verdict import Check, Subject, Verdict
from datacanary.verdict.judge import judge

HEAD = "version: 1\nwarehouse: duckdb:///w.duckdb\nproduction: analytics\n"


def config(rest: str = "") -> Config:
    return parse(HEAD + rest, "datacanary.yml", {})


def policy(rest: str = "") -> Policy:
    return config(rest).policy


def expected(*entries: str) -> tuple[Expectation, ...]:
    return config("expect:\n" + "".join(f"  - {entry}\n" for entry in entries)).expectations


def planned(name: str = "orders", effect: Effect = "changed", schema: str = "analytics") -> PlannedTable:
    relation = Relation(schema, name)
    shown = name if schema == "analytics" else f"{schema}.{name}"
    path = f"models/{name}.sql"
    return PlannedTable(shown, effect, "its query changed", Pair(relation, relation), Pair(path, path))


def counts(base: int = 1000, *, added: int = 0, removed: int = 0, changed: int = 0) -> RowCounts:
    return RowCounts(base, base - removed + added, added, removed, changed, base - removed - changed)


def column(name: str = "amount", changed: int = 0, kind: str = "double") -> ColumnDiff:
    return ColumnDiff(name, "none", Pair(kind, kind), changed, nulls=Pair(0, 0))


def moved(
    one: ColumnDiff, *, shape: float = 0.0, distance: float | None = 0.0, mean: float | None = None
) -> ColumnDiff:
    """Give a column distances; one spread is 10, and `mean` is how far the mean rose."""
    distances = Distances(
        largest_gap=shape, earth_mover=None if distance is None else distance * 10, earth_mover_in_spreads=distance
    )
    if mean is None:
        return replace(one, distances=distances)
    base, head = (Statistics(rows=1000, nulls=0, mean=100 + rise) for rise in (0.0, mean))
    return replace(one, distances=distances, statistics=Pair(base, head))


def keyed(rows: RowCounts, *columns: ColumnDiff) -> TableDiff:
    return TableDiff("keyed", "its query changed", Key(("id",), "config", Pair(0, 0), Pair(0, 0)), rows, columns)


def mark(
    kind: Instability = "clock", columns: tuple[str, ...] | None = ("amount",), quoted: str = "now()"
) -> NoiseMark:
    return NoiseMark(kind, columns, quoted, "models/orders.sql", 12)


def judged(
    diff: TableDiff, rules: str = "", *expectations: Expectation, name: str = "orders", effect: Effect = "changed"
) -> Verdict:
    return judge((Subject(planned(name, effect), diff),), policy(rules), expectations)


def found(verdict: Verdict, check: str, column: str | None = None) -> Check:
    (one,) = (one for one in verdict.checks if one.check == check and one.column == column)
    return one


def names(verdict: Verdict) -> set[tuple[str, str | None]]:
    return {(check.check, check.column) for check in verdict.checks}
