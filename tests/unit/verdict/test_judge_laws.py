"""What holds for every verdict: to ask for less never makes it worse."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from judging import column, counts, keyed, mark, moved, planned, policy

from datacanary.model.basic import Pair
from datacanary.model.config import (
    ColumnPolicy,
    Direction,
    Expectation,
    Limit,
    MeasuredCheck,
    Policy,
    TablePolicy,
    Threshold,
)
from datacanary.model.noise import NoiseFloor
from datacanary.model.tablediff import ColumnDiff, TableDiff
from datacanary.model.verdict import Subject, severity
from datacanary.verdict.judge import judge

SHARES = st.sampled_from([0.0, 0.001, 0.05, 0.1, 0.3, 1.0])
CHECKS: tuple[MeasuredCheck, ...] = (
    "rows_removed",
    "rows_added",
    "values_changed",
    "null_rate",
    "total",
    "shape",
    "distance",
)
NAMES = ("a", "b")


@st.composite
def columns(draw: st.DrawFn, name: str, rows: int) -> ColumnDiff:
    changed = draw(st.integers(0, rows))
    one = replace(
        column(name, changed),
        increased=draw(st.integers(0, changed)),
        nulls=Pair(0, draw(st.integers(0, rows))),
        totals=Pair(100, draw(st.integers(90, 110))),
    )
    if draw(st.booleans()):
        one = moved(one, shape=draw(SHARES), distance=draw(SHARES), mean=draw(SHARES) * 10)
    return one


@st.composite
def differences(draw: st.DrawFn) -> TableDiff:
    rows = draw(st.integers(1, 60))
    diff = keyed(
        counts(rows, added=draw(st.integers(0, 20)), changed=rows), *(draw(columns(name, rows)) for name in NAMES)
    )
    shares = st.dictionaries(st.sampled_from(NAMES), SHARES)
    floors = st.builds(NoiseFloor, rows_added=SHARES, cells=shares, nulls=shares, shapes=shares, distances=shares)
    marks = st.builds(
        mark, st.sampled_from(["clock", "limit", "window_ties"]), st.sampled_from([None, ("a",), ("a", "b")])
    )
    return replace(
        diff,
        noise=draw(st.none() | floors),
        marks=tuple(draw(st.lists(marks, max_size=2))),
        fault=draw(st.sampled_from(["", "", "a fault"])),
    )


@st.composite
def limits(draw: st.DrawFn) -> Limit:
    warn, fail = sorted((draw(SHARES), draw(SHARES)))
    thresholds = [Threshold(value, "share", f"> {value}") for value in (warn, fail)]
    drawn = [draw(st.sampled_from([one, None])) for one in thresholds]
    return Limit(warn=drawn[0], fail=drawn[1])


DIRECTIONS: st.SearchStrategy[Direction | None] = st.sampled_from([None, "increase", "decrease"])
COLUMNS = st.builds(
    ColumnPolicy,
    measure=st.booleans(),
    direction=DIRECTIONS,
    limits=st.dictionaries(st.sampled_from(CHECKS[2:]), limits(), max_size=3),
)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    table = TablePolicy(
        limits=dict(draw(st.dictionaries(st.sampled_from(CHECKS), limits(), max_size=3))),
        columns=draw(st.dictionaries(st.sampled_from(["a", "b", "*"]), COLUMNS)),
    )
    return replace(policy(), tables={"orders": table}, max_warnings=draw(st.integers(0, 4)))


@st.composite
def declarations(draw: st.DrawFn) -> tuple[Expectation, ...]:
    low, high = sorted((draw(SHARES), draw(SHARES)))
    check = draw(st.sampled_from(CHECKS))
    named = () if check.startswith("rows_") else ("a",)
    direction = draw(DIRECTIONS) if check == "values_changed" else None
    one = Expectation("orders", named, check, low, high, "share", "x", "range", "datacanary.yml:1", "", direction)
    return draw(st.sampled_from([(), (one,)]))


def severity_of(diff: TableDiff, rules: Policy, declared: tuple[Expectation, ...]) -> int:
    return severity(judge((Subject(planned(), diff),), rules, declared).status)


def with_table(rules: Policy, table: TablePolicy) -> Policy:
    return replace(rules, tables={"orders": table})


@given(differences(), policies(), declarations(), st.sampled_from(["", "a", "b", "*"]))
def test_a_dry_run_never_worsens_a_verdict(
    diff: TableDiff, rules: Policy, declared: tuple[Expectation, ...], where: str
) -> None:
    table = rules.tables["orders"]
    if where:
        own = replace(table.columns.get(where, ColumnPolicy()), dry_run=True)
        dry = replace(table, columns={**table.columns, where: own})
    else:
        dry = replace(table, dry_run=True)
    assert severity_of(diff, with_table(rules, dry), declared) <= severity_of(diff, rules, declared)


def raised(limit: Limit, by: tuple[float, float]) -> Limit:
    def higher(threshold: Threshold | None, by: float) -> Threshold | None:
        return threshold and replace(threshold, value=threshold.value + by)

    return replace(limit, warn=higher(limit.warn, by[0]), fail=higher(limit.fail, by[1]))


@given(differences(), policies(), declarations(), st.tuples(SHARES, SHARES))
def test_a_higher_limit_never_worsens_a_verdict(
    diff: TableDiff, rules: Policy, declared: tuple[Expectation, ...], by: tuple[float, float]
) -> None:
    table = rules.tables["orders"]
    own = {
        name: replace(one, limits={check: raised(limit, by) for check, limit in one.limits.items()})
        for name, one in table.columns.items()
    }
    higher = replace(table, limits={check: raised(limit, by) for check, limit in table.limits.items()}, columns=own)
    assert severity_of(diff, with_table(rules, higher), declared) <= severity_of(diff, rules, declared)


@given(differences(), policies(), declarations())
def test_the_verdict_is_that_of_the_worst_check_that_counts(
    diff: TableDiff, rules: Policy, declared: tuple[Expectation, ...]
) -> None:
    verdict = judge((Subject(planned(), diff),), rules, declared)
    counted = [severity(check.status) for check in verdict.checks if not check.dry_run]
    assert severity(verdict.status) == max(counted)
    assert all(check.message and check.limit_origin for check in verdict.checks)
    assert all(check.status == "warn" for check in verdict.checks if check.unstable)
    assert not any(check.unstable for check in verdict.checks if diff.noise is not None)
