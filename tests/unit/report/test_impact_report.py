"""What was proven, in the report of a run: stored, as JSON, and in few lines at a terminal."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from full_report import full_impact, full_report

from datacanary.model.basic import Pair
from datacanary.model.impact import Clause, ColumnImpact, Impact
from datacanary.model.noise import NoiseFloor
from datacanary.model.run import Report, TableReport
from datacanary.model.tablediff import Key, RowCounts, TableDiff
from datacanary.model.verdict import Check, Verdict
from datacanary.report.json import encode
from datacanary.report.next_step import next_step
from datacanary.report.style import Style
from datacanary.report.terminal import render
from datacanary.runs import Runs, StoredRun

SPARED = Impact(("none",), ("none",), rows=False)
NO_KEY = Key((), "none", Pair(0, 0), Pair(0, 0))


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    """Give an empty place for runs."""
    return Runs(tmp_path / "runs")


def with_impact(impact: Impact | None) -> Report:
    report = full_report()
    return replace(report, tables=tuple(replace(one, impact=impact) for one in report.tables))


def unaffected(name: str, impact: Impact | None) -> TableReport:
    diff = TableDiff("unaffected", f"proof of {name}", NO_KEY, RowCounts(None, None), ())
    return TableReport(name, "pass", "unaffected", Pair("m.sql", "m.sql"), diff, impact=impact)


PROOF = Check("orders", "amount", "proof", "inconclusive", 0.1, None, "default", "amount changed")


def test_it_is_stored_and_read_again(runs: Runs) -> None:
    folder = runs.start()
    stored = StoredRun("0.1.0", full_report(), None, "analytics")
    runs.finish(folder, stored)
    assert runs.load(folder) == stored
    assert runs.load(folder).report.tables[0].impact == full_impact()


def test_a_run_that_was_stored_before_there_was_any_is_still_read(runs: Runs) -> None:
    folder = runs.start()
    runs.finish(folder, StoredRun("0.1.0", full_report(), None, "analytics"))
    (file,) = folder.path.glob("run.json")
    old = json.loads(file.read_text("utf-8"))
    for table in old["report"]["tables"]:
        del table["impact"]
    file.write_text(json.dumps(old), "utf-8")
    report = runs.load(folder).report
    assert [table.impact for table in report.tables] == [None]
    assert json.loads(json.dumps(encode(report)))["tables"][0]["impact"] is None


def test_the_json_has_every_member() -> None:
    (table,) = json.loads(json.dumps(encode(full_report())))["tables"]
    assert table["impact"] == {
        "own": ["expression"],
        "kinds": ["expression", "columns_renamed"],
        "rows": False,
        "columns": [
            {"name": "amount", "change": "changed", "was": "", "through": ["stg_orders.cents"]},
            {"name": "b", "change": "renamed", "was": "a", "through": []},
        ],
        "equal": ["id", "day"],
        "clauses": [
            {
                "kind": "column",
                "side": "head",
                "text": "cents / 100 as amount",
                "path": "models/orders.sql",
                "line": 3,
            }
        ],
        "through": ["stg_orders.cents"],
        "paths": [["raw_orders", "stg_orders", "orders"]],
        "unknown": ["models/orders.sql:4: nobody knows what f() does"],
        "fingerprints": {"base": "0a", "head": "0b"},
    }


def lines(report: Report, *begin: str) -> list[str]:
    return [line for line in render(report, Style()).splitlines() if line.startswith(begin)]


def test_columns_and_the_way_are_told_where_that_helps() -> None:
    impact = full_impact()
    assert lines(with_impact(impact), "  can ", "  path") == [
        "  can   only amount can differ; a is now called b; the rows and 2 other columns cannot",
        "  path  raw_orders -> stg_orders -> orders",
    ]
    assert lines(with_impact(None), "  can ", "  path") == []
    # Where all can differ, or nobody knows, and the way is one step, there is nothing to add.
    rows = replace(impact, kinds=("rows",), rows=True, paths=(("stg_orders", "orders"),))
    unknown = replace(impact, kinds=("unknown",), paths=())
    assert lines(with_impact(rows), "  can ", "  path") == lines(with_impact(unknown), "  can ", "  path") == []


def test_it_stays_short_whatever_the_query() -> None:
    columns = tuple(ColumnImpact(f"a_long_name_of_column_{number}", "changed") for number in range(500))
    clauses = tuple(Clause("filter", "head", "x" * 90, "m.sql", number) for number in range(500))
    paths = tuple((f"t{number}", "stg_orders", "orders") for number in range(5))
    impact = replace(full_impact(), kinds=("expression",), columns=columns, clauses=clauses, paths=paths)
    told = lines(with_impact(impact), "  can ", "  path")
    assert told[1:] == [
        "  path  t0 -> stg_orders -> orders",
        "  path  t1 -> stg_orders -> orders",
        "  path  and 3 more",
    ]
    assert len(told[0]) < 200


def test_names_cannot_steer_the_terminal() -> None:
    name = "\x1b[31m"
    impact = replace(
        full_impact(), columns=(ColumnImpact(name, "changed"),), kinds=("expression",), paths=((name, name, name),)
    )
    report = with_impact(impact)
    report = replace(report, tables=(*report.tables, unaffected(name, SPARED)))
    assert "\x1b" not in render(report, Style())


def test_what_the_proof_spared_is_told_beside_the_number_of_the_rest() -> None:
    report = with_impact(None)
    some = (unaffected("a", SPARED), unaffected("b", None), unaffected("c", SPARED))
    text = render(replace(report, tables=(*report.tables, *some)), Style())
    assert (
        "3 more tables are unaffected: not compared, since nothing can differ.\n  a: proof of a\n  c: proof of c\n\n"
    ) in text
    many = tuple(unaffected(f"t{number}", SPARED) for number in range(9))
    alone = render(replace(report, tables=many), Style())
    assert alone.endswith(
        "\n\n  t0: proof of t0\n  t1: proof of t1\n  t2: proof of t2\n"
        "  6 more tables likewise, `datacanary plan` tells why"
    )
    assert "proof" not in render(replace(report, tables=(unaffected("b", None),)), Style())


@pytest.mark.parametrize(
    ("checks", "noise", "step"),
    [
        ((PROOF,), None, "find out whether that is noise: datacanary check --noise-check"),
        ((PROOF,), NoiseFloor(), "see below what differs although this change of the code cannot do it"),
        (
            (PROOF, Check("orders", None, "compared", "inconclusive", None, None, "default", "not compared")),
            None,
            "see below what could not be compared, and why",
        ),
    ],
)
def test_the_next_step_is_to_measure_the_noise(checks: tuple[Check, ...], noise: NoiseFloor | None, step: str) -> None:
    report = full_report()
    (table,) = report.tables
    tables = (replace(table, status="inconclusive", diff=replace(table.diff, noise=noise)),)
    verdict = Verdict("inconclusive", "orders: amount changed", checks)
    assert next_step(replace(report, verdict=verdict, tables=tables)) == step
