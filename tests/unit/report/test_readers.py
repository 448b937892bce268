"""Who reads a table that can differ is told wherever the table is."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from full_report import full_report, full_table
from pydantic import TypeAdapter

from datacanary.config import parse as parse_config
from datacanary.impact.plan import make_plan
from datacanary.model.basic import Pair, Version
from datacanary.model.declared import Declared
from datacanary.model.plan import Plan
from datacanary.model.project import Project
from datacanary.model.run import Report
from datacanary.model.tablediff import Key, KeyOrigin
from datacanary.project.plain_sql import parse
from datacanary.report.plan_json import as_json
from datacanary.report.plan_mermaid import as_mermaid
from datacanary.report.plan_text import as_text
from datacanary.report.style import Style
from datacanary.report.terminal import render

CONFIG = parse_config("version: 1\nwarehouse: duckdb:///w.duckdb\nproduction: analytics\n", "datacanary.yml", {})
BASE = {
    "stg": "select 1 as id, 2 as a",
    "fct": "select id, a from stg",
    "end": "select a from fct",
    "far": "select 7 as x",
    "old": "select 9 as y",
}
HEAD = {name: text for name, text in BASE.items() if name != "old"} | {
    "stg": "select 1 as id, 3 as a",
    "new": "select 4 as z",
}
WEEKLY, CHURN, LEDGER = "dashboard Weekly", 'notebook "Churn"]; click', "application Ledger\x1b"
READERS = {
    "stg": (),
    "fct": (WEEKLY, CHURN),
    "end": (WEEKLY,),
    "far": ("dashboard Far",),
    "old": (LEDGER,),
    "new": (LEDGER,),
}


def version(texts: dict[str, str]) -> Project:
    paths = {f"models/{name}.sql": text for name, text in texts.items()}
    return parse(paths, CONFIG, (), Version("main", "0" * 40), dialect="duckdb", catalog="w")


PROJECTS = Pair(version(BASE), version(HEAD))


def planned(readers: dict[str, tuple[str, ...]]) -> Plan:
    plan = make_plan(PROJECTS, "analytics", ())
    tables = (replace(one, declared=Declared(readers=readers.get(one.name, ()))) for one in plan.tables)
    return replace(plan, tables=tuple(tables))


def test_a_plan_says_who_reads_what_can_differ() -> None:
    text = as_text(planned(READERS), Style())
    assert text.count("    read by: dashboard Weekly") == 2
    assert text.count("    read by: application Ledger\\x1b") == 2
    assert "Far" not in text
    assert "read by" not in as_text(planned({}), Style())


def test_the_json_of_a_plan_says_who_reads_what_can_differ() -> None:
    found = {table["name"]: table["read_by"] for table in json.loads(as_json(planned(READERS)))["tables"]}
    assert found == {name: list(readers) for name, readers in READERS.items()} | {"far": []}


def test_the_chart_of_a_plan_draws_who_reads_what_can_differ() -> None:
    chart = as_mermaid(planned(READERS), PROJECTS)
    tables = {name: number for number, name in re.findall(r'^  (n\d+)\["(\w+)"\]', chart, re.MULTILINE)}
    readers = {name: number for number, name in re.findall(r'^  (r\d+)\(\["(.*)"\]\):::reader$', chart, re.MULTILINE)}
    assert sorted(readers) == [
        "application Ledger#92;x1b",
        "dashboard Weekly",
        "notebook #34;Churn#34;#93;#59; click",
    ]
    edges = {tuple(edge) for edge in re.findall(r"^  (n\d+) --> (r\d+)$", chart, re.MULTILINE)}
    ids = {name: readers[found] for name in ("Weekly", "Churn", "Ledger") for found in readers if name in found}
    assert edges == {
        (tables["end"], ids["Weekly"]),
        (tables["fct"], ids["Weekly"]),
        (tables["fct"], ids["Churn"]),
        (tables["old"], ids["Ledger"]),
        (tables["new"], ids["Ledger"]),
    }
    assert "  classDef reader " in chart
    assert "reader" not in as_mermaid(planned({}), PROJECTS)


def test_of_many_readers_some_are_drawn_and_no_edge_leads_nowhere() -> None:
    many = tuple(f"dashboard {number}" for number in range(500))
    chart = as_mermaid(planned(dict.fromkeys(BASE, many)), PROJECTS)
    drawn = set(re.findall(r"^  (r\d+)\(", chart, re.MULTILINE))
    read = [found for _, found in re.findall(r"^  (n\d+) --> (r\d+)$", chart, re.MULTILINE)]
    assert (len(drawn), set(read)) == (40, drawn)


def told(*, origin: KeyOrigin = "config", **changes: object) -> str:
    report = full_report(replace(full_table(), key=Key(("id",), origin, Pair(0, 0), Pair(0, 0))))
    (table,) = report.tables
    return render(replace(report, tables=(replace(table, **changes),)), Style())  # type: ignore[arg-type]  # by name


def test_a_report_says_who_reads_a_table() -> None:
    assert "\n  read by: dashboard Weekly revenue, notebook Churn (owner Ana)\n" in told()
    assert "read by" not in told(read_by=())
    assert "read by: a\\x1b[31m" in told(read_by=("a\x1b[31m",))
    failed = replace(full_table(), comparison="not_compared", failed=True)
    assert "\n  read by: dashboard" in told(diff=failed)


def test_a_report_that_was_stored_before_has_no_readers() -> None:
    adapter = TypeAdapter(Report)
    stored = json.loads(adapter.dump_json(full_report()))
    assert adapter.validate_python(stored) == full_report()
    del stored["tables"][0]["read_by"]
    assert adapter.validate_python(stored).tables[0].read_by == ()


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        ("config", ""),
        ("option", ""),
        ("unique_key", "  key   (id), unique_key"),
        ("constraint", "  key   (id), constraint"),
        ("tests unique and not_null", "  key   (id), tests unique and not_null"),
        ("inferred", "  key   (id), inferred; to fix it, put into datacanary.yml: tables: {orders: {key: [id]}}"),
    ],
)
def test_a_report_says_who_chose_the_key_unless_the_user_did(origin: KeyOrigin, line: str) -> None:
    assert [one for one in told(origin=origin).splitlines() if one.startswith("  key ")] == ([line] if line else [])
