"""Statistics, causes and noise in JSON: all that is known is there by its name, and what is broken does not fit."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest
from full_report import QUANTILES, full_report, full_table
from json_fitting import Node, problems, put
from pydantic import TypeAdapter

from datacanary.model.basic import Pair
from datacanary.model.run import Report
from datacanary.model.statistics import Distances, Statistics
from datacanary.report.json import encode
from datacanary.report.json_columns import encode_column


@pytest.fixture
def full() -> Node:
    return cast("Node", json.loads(json.dumps(encode(full_report()), allow_nan=False)))


def test_every_statistic_has_its_name() -> None:
    encoded = cast("Node", encode_column(full_table().columns[0])["statistics"])
    side = {
        "rows": 90,
        "nulls": 3,
        "distinct": 40,
        "distinct_estimated": True,
        "min": 0.5,
        "max": "9.50",
        "mean": 3.25,
        "deviation": 1.5,
        "total": "292.50",
        "quantiles": QUANTILES,
        "nan": 1,
        "positive_infinity": 2,
        "negative_infinity": 4,
        "zero": 5,
        "negative": 6,
        "blank": 7,
        "midnight": 8,
        "lengths": {"min": 1, "max": 9, "mean": 3.5, "quantiles": {"p50": 3}},
        "top": [{"value": "x", "count": 20}, {"value": None, "count": 3}],
        "shapes": [{"shape": "a9", "count": 12}],
    }
    assert encoded["base"] == encoded["head"] == side
    assert encoded["distance"] == {
        "shape": 0.25,
        "largest_gap": 0.25,
        "largest_gap_at_most": 0.28,
        "earth_mover": 4.5,
        "earth_mover_in_spreads": 1.5,
        "variation": 0.3,
        "largest_move": "x",
        "largest_move_by": -0.125,
        "new_share": 0.0625,
        "psi": 0.4,
        "jensen_shannon": 0.2,
    }


def test_what_is_not_known_is_left_out_and_so_is_what_json_cannot_say() -> None:
    few = Statistics(rows=9, nulls=0, mean=float("inf"), zero=0)
    column = replace(
        full_table().columns[0], statistics=Pair(few, None), distances=Distances(variation=0.0, psi=float("nan"))
    )
    encoded = cast("Node", encode_column(column)["statistics"])
    assert encoded == {
        "base": {"rows": 9, "nulls": 0, "zero": 0},
        "head": {"nulls": 3},
        "distance": {"shape": 0.0, "variation": 0.0},
    }


def test_a_table_says_what_explains_it(full: Node) -> None:
    table = cast("list[Node]", full["tables"])[0]
    assert table["inherited_from"] == ["stg_orders"]
    assert table["causes"] == [
        {
            "kind": "segment",
            "about": "added",
            "columns": [],
            "where": ["status"],
            "count": 6,
            "of": 6,
            "share": 1.0,
            "estimated": True,
            "message": "all 6 added rows have status = 'test'",
        }
    ]
    assert cast("Node", table["noise"])["cells"] == {"amount": 0.3}
    assert cast("Node", table["attribution"])["columns_own"] == {"amount": 20}
    check = cast("list[Node]", full["checks"])[0]
    assert (check["dry_run"], check["expected"], check["noise"]) == (True, "a rebate (ana)", 0.3)


def test_a_stored_run_comes_back_as_it_was() -> None:
    stored = TypeAdapter(Report)
    assert stored.validate_json(stored.dump_json(full_report())) == full_report()


def test_a_run_that_was_stored_before_there_were_statistics_is_still_read() -> None:
    stored = TypeAdapter(Report)
    written = cast("Node", json.loads(stored.dump_json(full_report())))
    verdict = cast("Node", written["verdict"])
    for check in cast("list[Node]", verdict["checks"]):
        for name in ("dry_run", "expected", "noise", "unstable"):
            del check[name]
    for table in cast("list[Node]", written["tables"]):
        del table["inherited_from"]
        diff = cast("Node", table["diff"])
        for name in ("causes", "marks", "noise", "fault", "attribution"):
            del diff[name]
        for column in cast("list[Node]", diff["columns"]):
            for name in ("increased", "decreased", "statistics", "distances"):
                del column[name]
    read = stored.validate_json(json.dumps(written))
    encoded = cast("Node", json.loads(json.dumps(encode(read))))
    assert problems(encoded) == []
    column = cast("list[Node]", cast("list[Node]", encoded["tables"])[0]["columns"])[0]
    assert column["statistics"] == {"base": {"nulls": 3}, "head": {"nulls": 3}, "distance": {}}


def put_in_full(value: object, *path: str | int) -> Callable[[Node], None]:
    return put(value, "tables", 0, *path)


BASE_SIDE = ("columns", 0, "statistics", "base")
DISTANCE = ("columns", 0, "statistics", "distance")


@pytest.mark.parametrize(
    "breaks",
    [
        pytest.param(put_in_full(-1, *BASE_SIDE, "rows"), id="negative rows"),
        pytest.param(put_in_full(1.5, *BASE_SIDE, "distinct"), id="half a value"),
        pytest.param(put_in_full("3.25", *BASE_SIDE, "mean"), id="mean as text"),
        pytest.param(put_in_full(None, *BASE_SIDE, "deviation"), id="unknown as null"),
        pytest.param(put_in_full({"50": 1}, *BASE_SIDE, "quantiles"), id="quantile without its p"),
        pytest.param(put_in_full({"min": 1}, *BASE_SIDE, "lengths"), id="half of the lengths"),
        pytest.param(put_in_full([{"value": 1}], *BASE_SIDE, "top"), id="a value without its count"),
        pytest.param(put_in_full([], *BASE_SIDE, "top"), id="no values instead of none"),
        pytest.param(put_in_full([{"shape": 9, "count": 1}], *BASE_SIDE, "shapes"), id="a shape that is no text"),
        pytest.param(put_in_full(1.5, *DISTANCE, "shape"), id="more than all moved"),
        pytest.param(put_in_full(-0.1, *DISTANCE, "earth_mover"), id="negative distance"),
        pytest.param(put_in_full(-1.5, *DISTANCE, "largest_move_by"), id="fell by more than all"),
        pytest.param(put_in_full("moved", "causes", 0, "about"), id="a cause of an unknown difference"),
        pytest.param(put_in_full("", "causes", 0, "message"), id="a cause without a sentence"),
        pytest.param(put_in_full(1.5, "causes", 0, "share"), id="a cause for more than all"),
        pytest.param(put_in_full("id", "causes", 0, "columns"), id="a column instead of columns"),
        pytest.param(put_in_full(0, "marks", 0, "line"), id="line 0"),
        pytest.param(put_in_full(0.3, "noise", "cells"), id="noise of no column"),
        pytest.param(put_in_full({"a": -0.3}, "noise", "cells"), id="negative noise"),
        pytest.param(put_in_full({}, "noise"), id="noise without members"),
        pytest.param(put_in_full({"a": 1.5}, "attribution", "columns_own"), id="half a cell"),
        pytest.param(put_in_full(-1, "columns", 0, "increased"), id="negative cells rose"),
        pytest.param(put_in_full("stg", "inherited_from"), id="a name instead of names"),
    ],
)
def test_broken_statistics_and_causes_do_not_fit(full: Node, breaks: Callable[[Node], None]) -> None:
    broken = copy.deepcopy(full)
    breaks(broken)
    assert broken != full
    assert problems(broken) != []


def test_noise_that_was_not_measured_is_null(full: Node) -> None:
    quiet = copy.deepcopy(full)
    for name in ("noise", "attribution"):
        put_in_full(None, name)(quiet)
    assert problems(quiet) == []
