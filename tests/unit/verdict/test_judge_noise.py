"""Noise: what two builds of base differ by is no finding; where it was not measured, marks say what may be."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

import pytest
from judging import column, counts, expected, found, judged, keyed, mark, moved

from datacanary.model.basic import Pair
from datacanary.model.noise import Instability, NoiseFloor, NoiseMark
from datacanary.model.tablediff import TableDiff

ROWS = 100_000


def noisy(changed: int, noise: float, rows: int = ROWS) -> TableDiff:
    diff = keyed(counts(rows, changed=changed), column(changed=changed))
    return replace(diff, noise=NoiseFloor(cells={"Amount": noise}))


@pytest.mark.parametrize(
    ("changed", "noise", "status", "told"),
    [
        (36_900, 0.369, "pass", "which is noise: two builds of base differ in 36.9 %"),
        (55_350, 0.369, "pass", "which is noise: two builds of base differ in 36.9 %"),
        (60_000, 0.369, "fail", "; two builds of base differ in 36.9 %, so judged by 23.1 %, limit 1 %"),
        (1600, 0.01, "warn", "; two builds of base differ in 1.00 %, so judged by 0.60 %, limit 0"),
        (2001, 0.01, "fail", "; two builds of base differ in 1.00 %, so judged by 1.00 %, limit 1 %"),
        (1000, 0.0, "warn", "(1.00 %), limit 0"),
        (0, 0.369, "pass", "(0 %)"),
        (100_000, 1.0, "pass", "which is noise: two builds of base differ in 100 %"),
    ],
)
def test_only_what_goes_beyond_noise_is_judged(changed: int, noise: float, status: str, told: str) -> None:
    check = found(judged(noisy(changed, noise)), "values_changed", "amount")
    assert (check.status, check.value) == (status, changed / ROWS)
    assert check.noise == (noise or None)
    assert check.message.endswith(told)


def test_of_few_rows_more_is_chance() -> None:
    # Three deviations of a share of 10 % are 9 points of 100 rows and 0.9 points of 10,000.
    few, many = noisy(19, 0.1, 100), noisy(1900, 0.1, 10_000)
    assert found(judged(few), "values_changed", "amount").status == "pass"
    assert found(judged(many), "values_changed", "amount").status == "fail"
    assert found(judged(noisy(20, 0.1, 100)), "values_changed", "amount").status == "fail"


ALL = replace(moved(column(), shape=0.3, distance=0.6), nulls=Pair(0, 300), totals=Pair(100, 130))
FLOOR = NoiseFloor(
    rows_added=0.3,
    rows_removed=0.3,
    nulls={"amount": 0.3},
    totals={"amount": 0.3},
    shapes={"amount": 0.3},
    distances={"amount": 0.6},
)
SAID = {
    "rows_removed": "differ in 30.0 %",
    "rows_added": "differ in 30.0 %",
    "null_rate": "differ by 30.0 pp",
    "total": "differ by 30.0 %",
    "shape": "differ by 30.0 %",
    "distance": "differ by 0.60 spreads",
}


@pytest.mark.parametrize("check", SAID)
def test_every_check_of_a_number_has_its_own_floor(check: str) -> None:
    rules = "tables: {orders: {columns: {amount: {measure: true}}}}"
    diff = keyed(counts(added=300, removed=300), ALL)
    of = None if check.startswith("rows_") else "amount"
    assert found(judged(diff, rules), check, of).status == "fail"
    one = found(judged(replace(diff, noise=FLOOR), rules), check, of)
    assert (one.status, one.noise) == ("pass", 0.6 if check == "distance" else 0.3)
    assert one.message.endswith(f"which is noise: two builds of base {SAID[check]}")
    still = judged(replace(diff, noise=NoiseFloor(cells={"amount": 0.5})), rules)
    assert (found(still, check, of).status, found(still, check, of).noise) == ("fail", None)


def test_a_limit_that_is_a_count_is_judged_less_the_noise_too() -> None:
    rules = "tables: {orders: {values_changed: {fail: '> 500'}}}"
    check = found(judged(noisy(1600, 0.01), rules), "values_changed", "amount")
    assert (check.status, check.value, check.limit) == ("fail", 1600, 500)
    less = found(judged(noisy(1501, 0.01), rules.replace("500", "501")), "values_changed", "amount")
    assert (less.status, less.value, "so judged by 0.50 %" in less.message) == ("pass", 1501, True)


def test_what_was_declared_is_compared_with_what_goes_beyond_noise() -> None:
    entry = "{table: orders, columns: [amount], values_changed: '1% .. 12%', reason: x}"
    for changed, status in ((36_900, "warn"), (45_000, "warn"), (60_000, "fail")):
        check = found(judged(noisy(changed, 0.369), "", *expected(entry)), "values_changed", "amount")
        assert (check.status, check.noise) == (status, 0.369)
    inside = found(judged(noisy(20_000, 0.1), "", *expected(entry)), "values_changed", "amount")
    assert (inside.status, inside.value) == ("pass", 0.2)


def marked(*marks: NoiseMark, changed: int = 50) -> TableDiff:
    return replace(keyed(counts(added=20, changed=changed), column(changed=changed)), marks=marks)


UNSTABLE = "not judged: now() gives another value each time (models/orders.sql:12)"


@pytest.mark.parametrize("columns", [("amount",), ("id", "AMOUNT")])
def test_a_column_of_the_clock_warns_at_most_and_says_why(columns: tuple[str, ...]) -> None:
    check = found(judged(marked(mark(columns=columns))), "values_changed", "amount")
    assert (check.status, check.unstable, check.limit, check.value) == ("warn", UNSTABLE, 0.01, 0.05)
    assert check.message == f"amount changed in 50 of 1,000 rows (5.00 %), {UNSTABLE}"


def test_every_check_of_such_a_column_warns_at_most() -> None:
    rules = "tables: {orders: {columns: {amount: {measure: true}}}}"
    diff = replace(keyed(counts(), ALL), marks=(mark("random", quoted="random()"),))
    for check in ("null_rate", "total", "shape", "distance"):
        one = found(judged(diff, rules), check, "amount")
        assert (one.status, one.unstable[:28]) == ("warn", "not judged: random() gives a")


def test_a_check_that_passes_needs_no_excuse() -> None:
    check = found(judged(marked(mark(), changed=0)), "values_changed", "amount")
    assert (check.status, check.unstable) == ("pass", "")
    assert check.message == "amount changed in 0 of 1,000 rows (0 %)"


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (mark("window_ties", quoted="row_number()"), "ties in row_number()"),
        (mark("window_ties", columns=None, quoted="row_number()"), "ties in row_number()"),
        (mark("clock", columns=None), "the time in now()"),
        (mark("limit", columns=None, quoted="LIMIT\n   5"), "the rows that are left by LIMIT 5"),
        (mark("row_order", quoted="sum(" + "x" * 60), "the order of rows in sum(" + "x" * 43 + "…"),
    ],
)
def test_what_may_be_noise_is_judged_and_told_with_its_doubt(one: NoiseMark, told: str) -> None:
    check = found(judged(marked(one)), "values_changed", "amount")
    assert (check.status, check.unstable) == ("fail", "")
    assert check.message == (
        "amount changed in 50 of 1,000 rows (5.00 %), limit 1 %;"
        f" may be noise: {told} (models/orders.sql:12), --noise-check measures it"
    )


@pytest.mark.parametrize("kind", get_args(Instability))
def test_every_kind_of_mark_has_its_words(kind: Instability) -> None:
    marks = marked(mark(kind, columns=None, quoted="here"))
    message = found(judged(marks, "defaults: {float_tolerance: {rel: 0, abs: 0}}"), "rows_added").message
    assert re.search(r"; may be noise: [a-z ]+ here \(models/orders.sql:12\), --noise-check measures it$", message)


def test_the_rounding_of_floating_sums_is_no_doubt_where_it_was_forgiven() -> None:
    marks = marked(mark("float_sum", quoted="sum(x)"))
    assert "noise" not in found(judged(marks), "values_changed", "amount").message
    exact = judged(marks, "defaults: {float_tolerance: {rel: 0, abs: 0}}")
    assert "the order of floats in sum(x)" in found(exact, "values_changed", "amount").message


def test_marks_of_rows_doubt_rows_and_marks_of_columns_do_not() -> None:
    rows = found(judged(marked(mark("limit", columns=None, quoted="LIMIT 5"))), "rows_added")
    assert (rows.status, "; may be noise: the rows" in rows.message) == ("fail", True)
    assert "noise" not in found(judged(marked(mark())), "rows_added").message
    assert "noise" not in found(judged(marked(mark(columns=("tax",)))), "values_changed", "amount").message


def test_the_mark_of_the_column_is_told_before_that_of_rows() -> None:
    marks = (mark("limit", columns=None, quoted="LIMIT 5"), mark("window_ties", quoted="rank()"))
    assert "ties in rank()" in found(judged(marked(*marks)), "values_changed", "amount").message


def test_a_key_problem_is_never_noise() -> None:
    diff = marked(mark(columns=None))
    broken = replace(diff, key=replace(diff.key, duplicates=Pair(0, 3)))
    check = found(judged(broken), "key_problems")
    assert (check.status, check.message) == ("fail", "key (id): 3 duplicate key values in head, limit 0")


def test_where_noise_was_measured_marks_excuse_nothing() -> None:
    diff = replace(marked(mark(), mark("limit", columns=None)), noise=NoiseFloor())
    check = found(judged(diff), "values_changed", "amount")
    assert (check.status, check.unstable) == ("fail", "")
    assert check.message == "amount changed in 50 of 1,000 rows (5.00 %), limit 1 %"
