"""The verdict: the worst check wins, limits come from where the config says, what was not compared is no pass."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacanary.config import default_policy
from datacanary.model.basic import Pair, Relation
from datacanary.model.config import ColumnPolicy, Expectation, Limit, Policy, TablePolicy, Threshold
from datacanary.model.plan import Effect, PlannedTable
from datacanary.model.tablediff import ColumnDiff, Comparison, Key, KeyOrigin, RowCounts, TableDiff
from datacanary.model.verdict import Check, Status, Subject, Verdict, severity
from datacanary.verdict.judge import judge

STRICT: tuple[KeyOrigin, ...] = ("config", "inferred", "constraint", "tests unique and not_null", "unique_key")
NULLABLE: tuple[KeyOrigin, ...] = (
    "dbt_utils.unique_combination_of_columns",
    "dbt_expectations.expect_compound_columns_to_be_unique",
)
NAME = Relation("analytics", "orders")


def planned(effect: Effect = "changed", name: str = "orders") -> PlannedTable:
    relation = Relation("analytics", name)
    return PlannedTable(
        name, effect, "its query changed", Pair(relation, relation), Pair("models/o.sql", "models/o.sql")
    )


def keyed(rows: RowCounts, *columns: ColumnDiff, duplicates: Pair[int] | None = None) -> TableDiff:
    key = Key(("id",), "config", duplicates or Pair(0, 0), Pair(0, 0))
    return TableDiff("keyed", "its query changed", key, rows, columns)


def counts(base: int, *, added: int = 0, removed: int = 0, changed: int = 0) -> RowCounts:
    return RowCounts(base, base - removed + added, added, removed, changed, base - removed - changed)


def column(name: str = "amount", *, changed: int | None = 0, nulls: Pair[int | None] | None = None) -> ColumnDiff:
    return ColumnDiff(name, "none", Pair("double", "double"), changed, nulls=nulls or Pair(0, 0))


def judged(
    diff: TableDiff, policy: Policy | None = None, *expectations: Expectation, effect: Effect = "changed"
) -> Verdict:
    return judge((Subject(planned(effect), diff),), policy or default_policy(), expectations)


def found(verdict: Verdict, check: str, column: str | None = None) -> Check:
    return next(one for one in verdict.checks if one.check == check and one.column == column)


def limited(policy: Policy, **limits: Limit) -> Policy:
    return replace(policy, tables={"orders": TablePolicy(limits=limits)})  # type: ignore[arg-type]  # names of checks


def test_equal_tables_pass_and_say_that_there_is_no_difference() -> None:
    verdict = judged(keyed(counts(1000), column()))
    assert verdict.status == "pass"
    assert verdict.summary == "no difference in 1 compared table"


@pytest.mark.parametrize(
    ("rows", "status", "message"),
    [
        (counts(1000, removed=1), "warn", "1 of 1,000 rows removed (0.10 %), limit 0"),
        (counts(1000, removed=2), "fail", "2 of 1,000 rows removed (0.20 %), limit 0.1 %"),
        (counts(10_000, added=10), "pass", "10 rows added to 10,000 rows (0.10 %)"),
        (counts(10_000, added=11), "warn", "11 rows added to 10,000 rows (0.11 %), limit 0.1 %"),
        (counts(1000, added=11), "fail", "11 rows added to 1,000 rows (1.10 %), limit 1 %"),
    ],
)
def test_rows_are_judged_by_their_share_of_base(rows: RowCounts, status: str, message: str) -> None:
    verdict = judged(keyed(rows, column()))
    assert verdict.status == status
    assert message in [check.message for check in verdict.checks]


def test_cells_are_judged_by_their_share_of_the_paired_rows() -> None:
    verdict = judged(keyed(counts(1000, removed=1, changed=50), column(changed=50)))
    check = found(verdict, "values_changed", "amount")
    assert (check.status, check.value, check.limit, check.limit_origin) == ("fail", 50 / 999, 0.01, "default")
    assert verdict.summary == "orders: amount changed in 50 of 999 rows (5.01 %), limit 1 %"


def test_a_key_problem_fails_and_counts_both_sides() -> None:
    check = found(judged(keyed(counts(10), column(), duplicates=Pair(0, 3))), "key_problems")
    assert (check.status, check.value, check.limit) == ("fail", 3, 0)
    assert check.message == "key (id): 3 duplicate key values in head, limit 0"


@pytest.mark.parametrize(
    ("origin", "status"), [(origin, "fail") for origin in STRICT] + [(o, "pass") for o in NULLABLE]
)
def test_a_null_in_the_key_is_a_problem_unless_the_project_allows_it(origin: KeyOrigin, status: Status) -> None:
    diff = keyed(counts(10), column())
    check = found(judged(replace(diff, key=Key(("a", "b"), origin, Pair(0, 0), Pair(1, 2)))), "key_problems")
    assert (check.status, check.value) == (status, 3 if status == "fail" else 0)
    if status == "pass":
        assert check.message == "key (a, b) is unique, and its project lets it be NULL"
    twice = found(judged(replace(diff, key=Key(("a", "b"), origin, Pair(0, 2), Pair(1, 2)))), "key_problems")
    assert twice.status == "fail"


def test_more_nulls_fail_although_few_cells_changed() -> None:
    diff = keyed(counts(1000, changed=20), column(changed=None, nulls=Pair(10, 30)))
    check = found(judged(diff), "null_rate", "amount")
    assert check.status == "fail"
    assert check.message == "NULLs in amount went from 1.00 % to 3.00 %, limit 1 pp"
    assert check.value == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("change", "status"), [("added", "pass"), ("removed", "fail"), ("type_changed", "fail"), ("ignored", "pass")]
)
def test_schema_changes_have_their_default_statuses(change: str, status: str) -> None:
    one = ColumnDiff("n", change, Pair("integer", "bigint"), 0)  # type: ignore[arg-type]  # from the table above
    assert judged(keyed(counts(10), one)).status == status


def test_what_cannot_be_compared_is_inconclusive_even_where_its_type_may_change() -> None:
    one = ColumnDiff("n", "type_changed", Pair("integer", "text"), None, incomparable="integer and text differ in kind")
    policy = limited(default_policy(), type_changed=Limit(status="pass"))
    verdict = judged(keyed(counts(10), one), policy)
    assert verdict.status == "inconclusive"
    assert verdict.summary == "orders: n could not be compared: integer and text differ in kind"


@pytest.mark.parametrize(("effect", "status"), [("added", "warn"), ("removed", "fail"), ("changed", "inconclusive")])
def test_a_table_that_was_not_compared_is_never_a_pass(effect: Effect, status: str) -> None:
    diff = TableDiff("not_compared", "no reason", Key((), "none", Pair(0, 0), Pair(0, 0)), RowCounts(None, 5), ())
    assert judged(diff, effect=effect).status == status


def test_a_new_model_that_fails_to_build_is_inconclusive() -> None:
    key = Key((), "none", Pair(0, 0), Pair(0, 0))
    diff = TableDiff("not_compared", "head could not be built", key, RowCounts(None, None), (), failed=True)
    assert judged(diff, effect="added").status == "inconclusive"


def test_a_renamed_table_fails_since_its_old_name_is_gone() -> None:
    verdict = judged(keyed(counts(10), column()), effect="renamed")
    assert [check.check for check in verdict.checks if check.status == "fail"] == ["table_removed"]


def test_an_unaffected_table_has_no_checks_and_passes() -> None:
    diff = TableDiff("unaffected", "", Key((), "none", Pair(0, 0), Pair(0, 0)), RowCounts(None, None), ())
    verdict = judged(diff, effect="unaffected")
    assert (verdict.status, verdict.checks) == ("pass", ())
    assert verdict.summary == "nothing can have changed: no table is affected"


def test_tables_that_are_empty_on_both_sides_are_inconclusive() -> None:
    assert judged(keyed(counts(0), column())).status == "inconclusive"


def test_losing_all_rows_fails_and_filling_an_empty_table_fails() -> None:
    assert judged(keyed(counts(10, removed=10), column())).status == "fail"
    verdict = judged(keyed(RowCounts(0, 5, 5, 0, 0, 0), column()))
    assert found(verdict, "rows_added").value == 1.0
    assert verdict.status == "fail"


def test_the_nearest_limit_wins_column_before_table_before_default() -> None:
    diff = keyed(counts(100, changed=50), column("a", changed=50), column("B", changed=50))
    never, origin = Threshold(0.9, "share", "> 90%"), "datacanary.yml:9"
    table = TablePolicy(
        limits={"values_changed": Limit(fail=never, origin=origin)},
        columns={"b": ColumnPolicy(limits={"values_changed": Limit(fail=Threshold(0.4, "share", "> 40%"))})},
    )
    policy = replace(default_policy(), tables={"analytics.Orders": table})
    verdict = judged(diff, policy)
    assert found(verdict, "values_changed", "a").status == "pass"
    assert found(verdict, "values_changed", "a").limit_origin == origin
    assert found(verdict, "values_changed", "B").status == "fail"


def test_a_limit_can_be_a_count() -> None:
    policy = limited(default_policy(), rows_removed=Limit(fail=Threshold(5, "count", "> 5")))
    assert judged(keyed(counts(10, removed=5), column()), policy).status == "pass"
    check = found(judged(keyed(counts(10, removed=6), column()), policy), "rows_removed")
    assert (check.status, check.value, check.limit) == ("fail", 6, 5)


def test_totals_are_judged_only_where_they_are_measured() -> None:
    moved = replace(column(changed=1), totals=Pair(100, 103))
    diff = keyed(counts(1000, changed=1), moved)
    assert "total" not in {check.check for check in judged(diff).checks}
    table = TablePolicy(columns={"amount": ColumnPolicy(measure=True)})
    verdict = judged(diff, replace(default_policy(), tables={"orders": table}))
    check = found(verdict, "total", "amount")
    assert check.status == "fail"
    assert check.value == pytest.approx(0.03)


@pytest.mark.parametrize(
    ("base", "head", "status"),
    [
        ("0", "0", "pass"),
        ("0", "1", "fail"),
        ("NaN", "NaN", "pass"),
        ("NaN", "1", "fail"),
        ("Infinity", "-Infinity", "fail"),
    ],
)
def test_totals_never_divide_by_nothing(base: str, head: str, status: str) -> None:
    table = TablePolicy(columns={"amount": ColumnPolicy(measure=True)})
    diff = keyed(counts(1000), replace(column(), totals=Pair(base, head)))
    assert found(judged(diff, replace(default_policy(), tables={"orders": table})), "total", "amount").status == status


def expectation(minimum: float, maximum: float) -> Expectation:
    text = f"{minimum:.0%} .. {maximum:.0%}"
    return Expectation(
        "orders",
        ("amount",),
        "values_changed",
        minimum,
        maximum,
        "share",
        "DATA-412 coupon fix",
        text,
        "datacanary.yml:30",
    )


@pytest.mark.parametrize(
    ("changed", "status", "told"),
    [
        (50, "pass", "as declared (1% .. 12%): DATA-412 coupon fix"),
        (5, "warn", "less than the declared 1% .. 12%: DATA-412 coupon fix"),
        (200, "fail", "more than the declared 1% .. 12%: DATA-412 coupon fix"),
    ],
)
def test_an_expectation_is_a_floor_and_a_ceiling(changed: int, status: str, told: str) -> None:
    diff = keyed(counts(1000, changed=changed), column(changed=changed))
    check = found(judged(diff, None, expectation(0.01, 0.12)), "values_changed", "amount")
    assert (check.status, check.limit_origin) == (status, "datacanary.yml:30")
    assert check.message.endswith(told)


def test_an_expectation_does_not_cover_other_columns() -> None:
    diff = keyed(counts(1000, changed=50), column(changed=50), column("tax", changed=50))
    assert judged(diff, None, expectation(0.01, 0.12)).status == "fail"


def test_too_many_warnings_want_a_person() -> None:
    diff = keyed(counts(1000, changed=1), *(column(f"c{n}", changed=1) for n in range(21)))
    verdict = judged(diff)
    assert verdict.status == "inconclusive"
    assert verdict.summary == "21 warnings, more than max_warnings (20): a person should look"


def test_the_summary_tells_of_the_changed_table_before_those_that_inherit_it() -> None:
    worse = Subject(planned("inherited", "totals"), keyed(counts(10, changed=10), column(changed=10)))
    cause = Subject(planned("changed", "orders"), keyed(counts(1000, changed=20), column(changed=20)))
    assert judge((worse, cause), default_policy()).summary.startswith("orders: amount changed in 20 of 1,000 rows")


@st.composite
def differences(draw: st.DrawFn) -> TableDiff:
    base = draw(st.integers(0, 50))
    removed = draw(st.integers(0, base))
    changed = draw(st.integers(0, base - removed))
    rows = counts(base, removed=removed, changed=changed, added=draw(st.integers(0, 50)))
    return keyed(rows, column(changed=draw(st.integers(0, changed))))


@given(st.lists(differences(), max_size=4))
def test_the_verdict_is_the_worst_check(diffs: list[TableDiff]) -> None:
    subjects = tuple(Subject(planned("changed", f"t{n}"), diff) for n, diff in enumerate(diffs))
    verdict = judge(subjects, replace(default_policy(), max_warnings=1000))
    assert severity(verdict.status) == max((severity(check.status) for check in verdict.checks), default=0)
    for check in verdict.checks:
        broken = check.value is not None and check.limit is not None and check.value > check.limit
        assert broken == (check.status != "pass") or check.limit is None


@given(differences())
def test_a_table_that_differs_in_rows_never_passes_with_zero_limits(diff: TableDiff) -> None:
    none = Limit(fail=Threshold(0, "share", "> 0"))
    policy = limited(default_policy(), rows_added=none, rows_removed=none, values_changed=none)
    differs = bool(diff.rows.added or diff.rows.removed or diff.columns[0].changed)
    empty = diff.rows.base == 0 and diff.rows.head == 0
    assert (judged(diff, policy).status == "fail") == differs or empty


COMPARISONS: tuple[Comparison, ...] = ("keyed", "keyless")


@pytest.mark.parametrize("comparison", COMPARISONS)
def test_keyless_rows_are_judged_and_have_no_key_check(comparison: Comparison) -> None:
    diff = replace(keyed(RowCounts(10, 10, 1, 1, None, 9), column(changed=None)), comparison=comparison)
    verdict = judged(diff)
    assert found(verdict, "rows_removed").status == "fail"
    assert ("key_problems" in {check.check for check in verdict.checks}) == (comparison == "keyed")
