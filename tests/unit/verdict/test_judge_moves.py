"""`shape` and `distance`: judged where they were measured, undecided where somebody asked and they were not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from judging import column, counts, found, judged, keyed, moved, names

from datacanary.model.basic import Pair
from datacanary.model.statistics import Distances
from datacanary.model.tablediff import ColumnChange, Key

OWN = "tables: {orders: {columns: {amount: {%s}}}}"


@pytest.mark.parametrize(
    ("shape", "status", "message"),
    [
        (0.0, "pass", "shape of amount is the same"),
        (0.05, "pass", "shape of amount moved: 5.00 % of its values lie elsewhere"),
        (0.051, "warn", "shape of amount moved: 5.10 % of its values lie elsewhere, limit 5 %"),
        (0.1, "warn", "shape of amount moved: 10.0 % of its values lie elsewhere, limit 5 %"),
        (0.101, "fail", "shape of amount moved: 10.1 % of its values lie elsewhere, limit 10 %"),
    ],
)
def test_a_shape_is_judged_by_the_share_that_moved(shape: float, status: str, message: str) -> None:
    check = found(judged(keyed(counts(), moved(column(), shape=shape))), "shape", "amount")
    assert (check.status, check.value, check.message, check.limit_origin) == (status, shape, message, "default")
    assert check.limit == (0.05 if status == "warn" else 0.1)


@pytest.mark.parametrize(
    ("distance", "status", "message"),
    [
        (0.0, "pass", "values of amount did not move"),
        (0.1, "pass", "values of amount moved by 0.10 spreads of base"),
        (0.004, "pass", "values of amount moved by < 0.01 spreads of base"),
        (0.11, "warn", "values of amount moved by 0.11 spreads of base, limit 0.10 spreads"),
        (1200.5, "fail", "values of amount moved by 1,200.50 spreads of base, limit 0.25 spreads"),
    ],
)
def test_a_distance_is_judged_in_spreads_of_base(distance: float, status: str, message: str) -> None:
    check = found(judged(keyed(counts(), moved(column(), distance=distance))), "distance", "amount")
    assert (check.status, check.value, check.message) == (status, distance, message)


def test_limits_of_a_table_and_of_a_column_hold_and_say_where_they_stand() -> None:
    rules = (
        "tables:\n  orders:\n    shape: {fail: '> 50%'}\n    columns:\n"
        "      tax: {shape: {fail: '> 0.2'}, distance: pass}\n"
    )
    diff = keyed(counts(), moved(column(), shape=0.3), moved(column("tax"), shape=0.3, distance=9))
    verdict = judged(diff, rules)
    assert found(verdict, "shape", "amount").status == "pass"
    assert found(verdict, "shape", "amount").limit_origin == "datacanary.yml:6"
    tax = found(verdict, "shape", "tax")
    assert (tax.status, tax.limit, tax.limit_origin) == ("fail", 0.2, "datacanary.yml:8")
    assert tax.message.endswith(", limit 20 %")
    assert found(verdict, "distance", "tax").status == "pass"


def test_total_variation_is_the_shape_of_what_has_no_order() -> None:
    text = replace(column("status", kind="varchar"), distances=Distances(variation=0.3))
    verdict = judged(keyed(counts(), text))
    assert found(verdict, "shape", "status").status == "fail"
    assert ("distance", "status") not in names(verdict)


def test_without_statistics_nothing_is_judged_by_default() -> None:
    verdict = judged(keyed(counts(changed=5), column(changed=5)))
    assert not {"shape", "distance"} & {check for check, _ in names(verdict)}


@pytest.mark.parametrize("limit", ["shape: {fail: '> 0.2'}", "distance: {warn: '> 0.2'}"])
@pytest.mark.parametrize(("rows", "why"), [(29, "there are fewer than 30 rows"), (30, "there are no statistics of it")])
def test_a_limit_that_was_asked_for_and_cannot_be_judged_is_inconclusive(limit: str, rows: int, why: str) -> None:
    check_name = limit.partition(":")[0]
    verdict = judged(
        keyed(counts(rows, changed=1), column(changed=1)), f"defaults: {{values_changed: pass}}\n{OWN}" % limit
    )
    check = found(verdict, check_name, "amount")
    assert (check.status, check.value, check.limit, check.limit_origin) == (
        "inconclusive",
        None,
        0.2,
        "datacanary.yml:5",
    )
    assert check.message == f"{check_name} of amount has a limit but could not be measured: {why}"


def test_a_base_without_spread_has_no_distance_unless_nothing_moved() -> None:
    rules = OWN % "distance: {fail: '> 0.2'}"
    constant = moved(column(changed=5), distance=None)
    told = found(judged(keyed(counts(changed=5), constant), rules), "distance", "amount")
    assert told.status == "inconclusive"
    assert told.message.endswith("base has no spread: all its values are one")
    still = replace(constant, distances=Distances(largest_gap=0.0, earth_mover=0.0))
    assert found(judged(keyed(counts(changed=5), still), rules), "distance", "amount").status == "pass"


@pytest.mark.parametrize(
    ("rows", "changed", "status"),
    [(counts(10), 0, "pass"), (counts(10, removed=1), 0, "inconclusive"), (counts(10, changed=1), 1, "inconclusive")],
)
def test_what_is_the_same_row_by_row_needs_no_statistics(rows: object, changed: int, status: str) -> None:
    diff = replace(keyed(counts(10), column(changed=changed)), rows=rows)  # type: ignore[arg-type]  # from above
    assert found(judged(diff, OWN % "shape: {fail: '> 0.2'}"), "shape", "amount").status == status


CHANGES: tuple[ColumnChange, ...] = ("added", "removed", "ignored")


@pytest.mark.parametrize("change", CHANGES)
def test_an_explicit_limit_asks_nothing_of_a_column_that_was_not_compared(change: ColumnChange) -> None:
    one = replace(column(changed=1), change=change, changed=None)
    verdict = judged(keyed(counts(10, changed=1), one), OWN % "shape: {fail: '> 0.2'}")
    assert ("shape", "amount") not in names(verdict)


def test_an_explicit_limit_asks_nothing_of_an_empty_side() -> None:
    diff = keyed(counts(10, removed=10), column())
    assert ("shape", "amount") not in names(judged(diff, OWN % "shape: {fail: '> 0.2'}"))


def test_only_a_limit_of_the_very_column_asks_for_more_than_there_is() -> None:
    diff = keyed(counts(10, changed=1), column(changed=1), column("note", changed=1, kind="varchar"))
    for rules in (
        "tables: {orders: {shape: {fail: '> 0.2'}}}",
        "tables: {orders: {columns: {'*': {shape: {fail: '> 0.2'}, distance: {fail: '> 1'}}}}}",
        "tables: {'ord*': {columns: {note: {distance: {fail: '> 1'}}}}}",
        "tables: {orders: {columns: {amount: {shape: pass, distance: pass}}}}",
    ):
        assert not {"shape", "distance"} & {check for check, _ in names(judged(diff, rules))}, rules


def test_keys_are_not_measured_unless_somebody_asks() -> None:
    key = moved(column("id"), shape=0.5, distance=2)
    diff = replace(keyed(counts(), key, moved(column(), shape=0.5)), key=Key(("id",), "config", Pair(0, 0), Pair(0, 0)))
    assert ("shape", "id") not in names(judged(diff))
    assert found(judged(diff), "shape", "amount").status == "fail"
    asked = judged(diff, "tables: {orders: {columns: {id: {shape: {warn: '> 0.2'}}}}}")
    assert found(asked, "shape", "id").status == "warn"
    assert ("distance", "id") not in names(asked)


@pytest.mark.parametrize("odd", [float("nan"), float("inf")])
def test_a_distance_that_is_no_number_is_never_a_pass(odd: float) -> None:
    diff = keyed(counts(changed=5), moved(column(changed=5), shape=0.01, distance=odd))
    verdict = judged(diff, OWN % "distance: {fail: '> 0.2'}")
    assert found(verdict, "distance", "amount").status == "inconclusive"
