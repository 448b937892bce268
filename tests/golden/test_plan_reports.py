"""What is read of a plan, word for word; after a wanted change: DATACANARY_GOLDEN=write pytest tests/golden."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from plans import ALIKE, CHANGE, HEAD, NOTHING, README, main, planned, version

from datacanary.model.basic import Pair
from datacanary.model.plan import Plan
from datacanary.model.project import Project
from datacanary.report.plan_json import as_json
from datacanary.report.plan_mermaid import as_mermaid
from datacanary.report.plan_text import as_text
from datacanary.report.style import Style

FOLDER = Path(__file__).parent / "plan"
FEW = planned(main(), version(HEAD, "half-price"), "weekly", "days")
NONE_OF_THEM = planned(main(), version(HEAD, "half-price"), "days")
TEXTS = {
    "change_80.txt": as_text(CHANGE[0], Style(width=80)),
    "change_pipe.txt": as_text(CHANGE[0], Style()),
    "alike_80.txt": as_text(ALIKE[0], Style(width=80)),
    "few_80.txt": as_text(FEW[0], Style(width=80)),
    "change.mmd": as_mermaid(*CHANGE),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_plan_reads_as_agreed(name: str) -> None:
    file = FOLDER / name
    if os.environ.get("DATACANARY_GOLDEN") == "write":
        file.write_text(f"{TEXTS[name]}\n", "utf-8")
    assert f"{TEXTS[name]}\n" == file.read_text("utf-8")


def test_at_80_columns_no_line_is_longer() -> None:
    lines = "\n".join(text for name, text in TEXTS.items() if name.endswith("_80.txt")).splitlines()
    assert [line for line in lines if len(line) > 80] == []


def test_the_readme_shows_a_real_one() -> None:
    readme = Path(__file__).parents[2].joinpath("README.md").read_text("utf-8")
    assert as_text(README[0], Style(width=80)) in readme


@pytest.mark.parametrize(
    ("plan", "first"),
    [
        (CHANGE, "9 of 13 tables can differ"),
        (ALIKE, "nothing can have changed: 1 table that the change touches is proven equal"),
        (NOTHING, "nothing can have changed: no table is affected"),
        (NONE_OF_THEM, "nothing that is selected can have changed"),
    ],
)
def test_the_first_line_says_whether_anything_can_differ(plan: tuple[Plan, Pair[Project]], first: str) -> None:
    assert as_text(plan[0], Style()).splitlines()[0] == first


def test_the_json_has_all_that_is_known() -> None:
    found = json.loads(as_json(CHANGE[0]))
    assert found["schema_version"] == "1.2"
    tables = {table["name"]: table for table in found["tables"]}
    stg_orders = tables["stg_orders"]["impact"]
    assert stg_orders["fingerprints"]["base"] != stg_orders["fingerprints"]["head"]
    assert (stg_orders["kinds"], stg_orders["rows"]) == (["expression", "columns_added"], False)
    assert stg_orders["equal"] == ["day", "id", "note"]
    assert {
        "kind": "column",
        "side": "head",
        "text": "cents * 2 as cents",
        "path": "models/stg_orders.sql",
        "line": 1,
    } in (stg_orders["clauses"])
    weekly = tables["weekly"]["impact"]
    assert weekly["columns"] == [{"name": "amount", "change": "changed", "was": "", "through": ["fct_orders.amount"]}]
    assert (weekly["own"], weekly["through"]) == (["none"], ["fct_orders.amount"])
    assert weekly["paths"] == [["stg_orders", "fct_orders", "weekly"]]
    assert tables["weekly"]["inherited_from"] == ["stg_orders"]
    assert tables["guesses"]["impact"]["unknown"] == ["models/guesses.sql:1: nobody knows what guess() does"]
    notes = tables["notes"]["impact"]
    assert notes["kinds"] == ["none"]
    assert notes["fingerprints"]["base"] == notes["fingerprints"]["head"] != ""
    assert tables["customers"]["impact"] is None
    assert [tables["days"][name] for name in ("effect", "compared")] == ["unaffected", False]


def test_the_json_keeps_every_member_that_it_had() -> None:
    found = json.loads(as_json(CHANGE[0]))
    members = {"schema_version", "base", "head", "tables", "builds", "sources", "unselected", "unpinned"}
    assert members <= found.keys()
    assert all({"name", "effect", "reason", "compared", "paths"} <= table.keys() for table in found["tables"])
    builds = [one["relation"] for one in found["builds"] if one["place"] == "head"]
    assert "analytics.weekly" in builds
    assert "analytics.days" not in builds
