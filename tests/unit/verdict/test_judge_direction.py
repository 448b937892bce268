"""Directions: of totals and distances only one way is judged; of declared changes all must go one way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from judging import column, counts, expected, found, judged, keyed, moved

from datacanary.model.basic import Pair
from datacanary.model.tablediff import ColumnDiff

ONE_WAY = "tables: {orders: {columns: {amount: {measure: true, direction: %s}}}}"


@pytest.mark.parametrize(
    ("direction", "base", "head", "status", "told"),
    [
        ("decrease", 100, 103, "pass", "total of amount rose by 3.00 %; only a fall is judged"),
        ("decrease", 100, 97, "fail", "total of amount fell by 3.00 %, limit 1 %"),
        ("increase", 100, 97, "pass", "total of amount fell by 3.00 %; only a rise is judged"),
        ("increase", 100, 103, "fail", "total of amount rose by 3.00 %, limit 1 %"),
        ("increase", 100, 100, "pass", "total of amount is the same"),
        ("increase", "0", "1", "fail", "total of amount rose by 100 %, limit 1 %"),
        ("decrease", "-5", "-4", "pass", "total of amount rose by 20.0 %; only a fall is judged"),
        ("increase", "1", "NaN", "fail", "total of amount moved by 100 %, limit 1 %"),
        ("decrease", "1", "Infinity", "fail", "total of amount rose by 100 %, limit 1 %"),
    ],
)
def test_a_total_is_judged_only_in_its_direction(
    direction: str, base: int | str, head: int | str, status: str, told: str
) -> None:
    diff = keyed(counts(), replace(column(), totals=Pair(base, head)))
    check = found(judged(diff, ONE_WAY % direction), "total", "amount")
    assert (check.status, check.message) == (status, told)
    assert check.value or base == head


@pytest.mark.parametrize(
    ("direction", "mean", "status", "told"),
    [
        ("decrease", 5.0, "pass", "; only a fall is judged"),
        ("decrease", -5.0, "fail", "moved by 0.50 spreads of base, limit 0.25 spreads"),
        ("increase", -5.0, "pass", "; only a rise is judged"),
        ("increase", 5.0, "fail", "moved by 0.50 spreads of base, limit 0.25 spreads"),
        ("increase", 0.0, "warn", "; only a rise is judged, here 0.25 spreads, limit 0.10 spreads"),
        ("decrease", 4.0, "pass", "; only a fall is judged, here 0.05 spreads"),
        ("decrease", 4.6, "pass", "; only a fall is judged"),
        ("decrease", 4.4, "pass", "; only a fall is judged, here 0.03 spreads"),
        ("decrease", -4.6, "fail", "moved by 0.50 spreads of base, limit 0.25 spreads"),
        ("decrease", None, "fail", "moved by 0.50 spreads of base, limit 0.25 spreads"),
    ],
)
def test_only_the_part_of_a_distance_in_its_direction_is_judged(
    direction: str, mean: float | None, status: str, told: str
) -> None:
    diff = keyed(counts(), moved(column(), distance=0.5, mean=mean))
    check = found(judged(diff, ONE_WAY % direction), "distance", "amount")
    assert (check.status, check.value) == (status, 0.5)
    assert check.message.endswith(told)


def test_a_direction_changes_no_other_check() -> None:
    one = replace(moved(column(changed=50), shape=0.5), increased=50, decreased=0, nulls=Pair(0, 500))
    diff = keyed(counts(changed=50), one)
    for check in ("values_changed", "shape", "null_rate"):
        assert found(judged(diff, ONE_WAY % "decrease"), check, "amount").status == "fail"


def changed(rose: int | None, fell: int | None, total: int = 50) -> ColumnDiff:
    return replace(column(changed=total), increased=rose, decreased=fell)


def entry(direction: str, span: str = "1% .. 12%") -> str:
    return (
        f"{{table: orders, columns: [amount], values_changed: '{span}', direction: {direction},"
        " reason: DATA-412, owner: ana}"
    )


@pytest.mark.parametrize(
    ("rose", "fell", "direction", "status", "told"),
    [
        (50, 0, "increase", "pass", "as declared (1% .. 12%)"),
        (0, 50, "decrease", "pass", "as declared (1% .. 12%)"),
        (40, 10, "increase", "warn", "more than declared: 10 cells did not rise"),
        (39, 11, "increase", "fail", "more than declared: 11 cells did not rise"),
        (49, 0, "increase", "warn", "more than declared: 1 cell did not rise"),
        (50, 0, "decrease", "fail", "more than declared: 50 cells did not fall"),
        (None, None, "increase", "fail", "more than declared: 50 cells did not rise"),
    ],
)
def test_cells_that_moved_the_other_way_are_judged_by_the_limit(
    rose: int | None, fell: int | None, direction: str, status: str, told: str
) -> None:
    diff = keyed(counts(changed=50), changed(rose, fell))
    check = found(judged(diff, "", *expected(entry(direction))), "values_changed", "amount")
    assert (check.status, check.value, check.expected) == (status, 0.05, "DATA-412 (ana)")
    assert check.message == f"amount changed in 50 of 1,000 rows (5.00 %), {told}: DATA-412 (ana)"


def test_too_many_cells_are_too_many_whichever_way_they_moved() -> None:
    diff = keyed(counts(changed=200), changed(200, 0, 200))
    check = found(judged(diff, "", *expected(entry("increase"))), "values_changed", "amount")
    assert check.status == "fail"
    assert "more than the declared 1% .. 12%" in check.message
