"""What was proven equal and differs is a check of its own: never a pass, beside the others, and nothing forgives it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judging import column, counts, expected, keyed, mark, planned, policy

from datacanary.model.basic import Pair
from datacanary.model.config import Expectation
from datacanary.model.impact import ColumnImpact, Impact
from datacanary.model.noise import NoiseFloor
from datacanary.model.tablediff import ColumnDiff, Key, TableDiff
from datacanary.model.verdict import Check, Subject, Verdict
from datacanary.verdict.judge import judge

BOTH = ("id", "amount")


def impact(*equal: str, rows: bool = False, changed: tuple[str, ...] = ("fee",)) -> Impact:
    columns = tuple(ColumnImpact(name, "changed") for name in changed)
    return Impact(("expression",), ("rows",) if rows else ("expression",), rows, columns, equal)


def judged(diff: TableDiff, found: Impact | None, rules: str = "", *expectations: Expectation) -> Verdict:
    return judge((Subject(replace(planned(), impact=found), diff),), policy(rules), expectations)


def proofs(verdict: Verdict) -> list[Check]:
    return [check for check in verdict.checks if check.check == "proof"]


def columns(verdict: Verdict) -> list[str | None]:
    return [check.column for check in proofs(verdict)]


def table(changed: int = 0, fees: int = 0, added: int = 0, removed: int = 0) -> TableDiff:
    most = max(changed, fees)
    rows = counts(added=added, removed=removed, changed=most)
    return keyed(rows, ColumnDiff("id", "none", Pair("int", "int")), column("amount", changed), column("fee", fees))


def keyless(diff: TableDiff) -> TableDiff:
    none = Key((), "none", Pair(0, 0), Pair(0, 0))
    cells = tuple(replace(one, changed=None) for one in diff.columns)
    return replace(diff, comparison="keyless", key=none, columns=cells, rows=replace(diff.rows, changed=None))


def test_cells_of_a_column_that_nothing_can_reach() -> None:
    verdict = judged(table(changed=5, fees=7), impact(*BOTH))
    (check,) = proofs(verdict)
    assert (check.status, check.column, check.value, check.limit) == ("inconclusive", "amount", 0.005, None)
    assert check.message == (
        "amount changed in 5 of 1,000 rows (0.50 %), which this change of the code cannot do: it may be noise, which "
        "--noise-check measures, or input that moved; else it is a mistake of datacanary, please report it"
    )
    # Its limit judges it as it judges every column.
    assert {check.status for check in verdict.checks if check.column == "amount" and check.value} >= {"warn"}
    assert verdict.status == "inconclusive"
    assert verdict.summary.startswith("orders: amount changed in 5 of 1,000 rows (0.50 %), which this change")


@pytest.mark.parametrize("found", [None, impact(*BOTH, rows=True), impact("amount"), impact()])
def test_what_can_differ_contradicts_nothing(found: Impact | None) -> None:
    # Without its key proven, nobody knows which rows should have paired.
    assert proofs(judged(table(changed=5, fees=7, added=3), found)) == []


def test_a_column_that_is_not_proven_may_differ() -> None:
    assert proofs(judged(table(changed=5, fees=7), impact("id"))) == []


def test_nothing_differs_nothing_is_told() -> None:
    assert proofs(judged(table(fees=7), impact(*BOTH))) == []


@pytest.mark.parametrize("spelling", ["AMOUNT", "Amount"])
def test_names_are_folded(spelling: str) -> None:
    assert columns(judged(table(changed=5), impact("ID", spelling))) == ["amount"]
    diff = table(changed=5)
    spelled = replace(diff, columns=(diff.columns[0], column(spelling, 5)))
    assert columns(judged(spelled, impact(*BOTH))) == [spelling]


def test_two_columns_that_fold_alike_are_not_confused() -> None:
    diff = table(changed=5)
    twins = replace(diff, columns=(*diff.columns, column("AMOUNT", 3)))
    assert columns(judged(twins, impact(*BOTH))) == []
    assert columns(judged(diff, impact(*BOTH, changed=("AMOUNT",)))) == []


def test_ignored_and_forgiven_cells_are_no_difference() -> None:
    diff = table()
    ignored = replace(diff.columns[1], change="ignored", changed=None)
    forgiven = replace(diff.columns[1], changed=0, forgiven=9)
    for one in (ignored, forgiven):
        assert columns(judged(replace(diff, columns=(diff.columns[0], one)), impact(*BOTH))) == []


def test_rows_that_nothing_can_bring_or_take() -> None:
    (check,) = proofs(judged(table(added=3, removed=20), impact("id")))
    assert (check.status, check.column, check.value) == ("inconclusive", None, 0.02)
    assert check.message.startswith(
        "20 of 1,000 rows removed (2.00 %) and 3 rows added to 1,000 rows (0.30 %), which this change of the code "
        "cannot do: it may be noise, "
    )
    assert columns(judged(table(added=3, changed=2), impact(*BOTH))) == [None, "amount"]


def repeated(diff: TableDiff, base: int, head: int) -> TableDiff:
    return replace(diff, key=replace(diff.key, duplicates=Pair(base, head)))


def test_rows_of_a_key_that_repeats_are_whole_rows() -> None:
    # fee may differ: then such rows go and come again, as many of them.
    swapped, more = table(added=3, removed=3), table(added=4, removed=3)
    assert columns(judged(repeated(swapped, 2, 2), impact(*BOTH))) == []
    assert columns(judged(repeated(more, 2, 2), impact(*BOTH))) == [None]
    assert columns(judged(repeated(swapped, 2, 2), impact(*BOTH, "fee", changed=()))) == [None]


def test_without_a_key_all_columns_must_be_proven() -> None:
    diff = keyless(table(added=3, removed=3))
    assert columns(judged(diff, impact(*BOTH))) == []
    assert columns(judged(diff, impact(*BOTH, "fee", changed=()))) == [None]
    new = replace(diff, columns=(*diff.columns[:2], ColumnDiff("fee", "added", Pair(None, "double"))))
    assert columns(judged(new, impact(*BOTH, changed=()))) == [None]
    ignored = replace(diff, columns=(*diff.columns[:2], replace(diff.columns[2], change="ignored")))
    assert columns(judged(ignored, impact(*BOTH))) == [None]


def test_the_noise_mark_of_the_column_is_named() -> None:
    rows = mark("limit", None, "limit 5")
    ties = replace(mark("window_ties", ("Amount",), "row_number() over (order by day)"), line=7)
    diff = replace(table(changed=5), marks=(rows, ties))
    (check,) = proofs(judged(diff, impact(*BOTH)))
    assert "be noise (ties in row_number() over (order by day), models/orders.sql:7), which" in check.message
    keys = replace(table(added=5), marks=(mark("window_ties", ("fee",)), mark("window_ties", ("id",), "rank()")))
    (check,) = proofs(judged(keys, impact(*BOTH)))
    assert "be noise (ties in rank(), models/orders.sql:12), which" in check.message
    # Beyond the tolerance, the order of floats is the best guess still.
    floats = replace(table(changed=5), marks=(mark("float_sum", ("amount",), "sum(x)"),))
    (check,) = proofs(judged(floats, impact(*BOTH)))
    assert "be noise (the order of floats in sum(x), models/orders.sql:12), which" in check.message
    (check,) = proofs(judged(replace(table(changed=5), marks=(mark("window_ties", ("fee",)),)), impact(*BOTH)))
    assert "models/orders.sql" not in check.message
    (check,) = proofs(judged(replace(table(added=5), marks=(ties, rows)), impact(*BOTH)))
    assert "be noise (the rows that are left by limit 5, models/orders.sql:12), which" in check.message


@pytest.mark.parametrize(("noise", "told"), [(0.005, []), (0.001, ["amount"]), (0.0, ["amount"])])
def test_what_two_builds_of_base_differ_by_is_no_contradiction(noise: float, told: list[str]) -> None:
    found = judged(replace(table(changed=50), noise=NoiseFloor(cells={"amount": noise * 10})), impact(*BOTH))
    assert columns(found) == told
    for check in proofs(found):
        assert "cannot do: two builds of base do not differ so, it may be input that moved; else" in check.message
        assert "--noise-check" not in check.message


def test_no_limit_expectation_or_dry_run_forgives_it() -> None:
    rules = "tables: {orders: {dry_run: true, values_changed: {fail: '> 100%'}, columns: {amount: {dry_run: true}}}}"
    declared = expected("{table: orders, columns: [amount], values_changed: '0% .. 100%', reason: coupons}")
    verdict = judged(table(changed=5), impact(*BOTH), rules, *declared)
    (check,) = proofs(verdict)
    assert (check.status, check.dry_run, check.expected) == ("inconclusive", False, "")
    assert verdict.status == "inconclusive"


@given(
    changed=st.integers(0, 9),
    added=st.integers(0, 9),
    removed=st.integers(0, 9),
    proven=st.sets(st.sampled_from(["id", "amount", "fee"])),
    kind=st.sampled_from(["keyed", "keyless"]),
)
def test_it_comes_beside_the_other_checks_and_never_instead(
    changed: int, added: int, removed: int, proven: set[str], kind: str
) -> None:
    diff = table(changed=changed, added=added, removed=removed)
    diff = diff if kind == "keyed" else keyless(diff)
    without, with_proof = judged(diff, None), judged(diff, impact(*proven, changed=()))
    rest = tuple(check for check in with_proof.checks if check.check != "proof")
    assert rest == without.checks
    assert not any(check.status != "inconclusive" for check in proofs(with_proof))
