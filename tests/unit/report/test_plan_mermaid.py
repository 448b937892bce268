"""The chart of a plan is valid Mermaid whatever the names, always the same, and draws what carries the change."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacanary.config import parse as parse_config
from datacanary.impact.plan import make_plan
from datacanary.model.basic import Pair, Version
from datacanary.model.declared import Declared
from datacanary.model.plan import Plan
from datacanary.model.project import DataFile, Project, SourceData
from datacanary.project.plain_sql import parse
from datacanary.report.encoding import for_terminal
from datacanary.report.plan_mermaid import as_mermaid

CONFIG = parse_config("version: 1\nwarehouse: duckdb:///w.duckdb\nproduction: analytics\n", "datacanary.yml", {})

TEXT = r'"(?:[^\W\d_]|#[0-9]+;)(?:[\w ,./()…-]|#[0-9]+;)*"'
FORMS = (
    "flowchart LR",
    rf"  (?:n[0-9]+|more)(?:\[{TEXT}\]|\[\({TEXT}\)\])(?::::[a-z]+)?",
    rf"  r[0-9]+\(\[{TEXT}\]\):::reader",
    rf"  n[0-9]+ (?:-->|-\.->)(?:\|{TEXT}\|)? n[0-9]+",
    "  n[0-9]+ --> r[0-9]+",
    "  classDef [a-z]+ fill:#[0-9a-f]+,stroke:#[0-9a-f]+,color:#[0-9a-f]+",
)
LINE = re.compile("|".join(FORMS))
"""What of Mermaid's grammar is used, narrower than it is; a real parser took all of these forms."""


def version(texts: Mapping[str, str], files: str = "1") -> Project:
    paths = {f"models/{name}.sql": text for name, text in texts.items()}
    parsed = parse(paths, CONFIG, (), Version("main", "0" * 40), dialect="duckdb", catalog="w")
    named = {
        path: SourceData(None, path, (DataFile(path, tracked=True, identity=files),))
        for model in parsed.models.values()
        for path in model.files()
    }
    return replace(parsed, files=named)


def planned(base: Project, head: Project, *select: str) -> tuple[Plan, Pair[Project]]:
    projects = Pair(base, head)
    return make_plan(projects, "analytics", select), projects


def edges(chart: str) -> set[tuple[str, str, str]]:
    """Read the edges back, by the labels of their nodes: what is read, the arrow with its label, the reader."""
    labels = dict(re.findall(r"^  (\w+)\[\(?\"(.*?)\"\)?\]", chart, re.MULTILINE))
    found = re.findall(r"^  (n\d+) (\S+?) (n\d+)$", chart, re.MULTILINE)
    found += re.findall(r"^  (n\d+) (-->\|.*\|) (n\d+)$", chart, re.MULTILINE)
    return {(labels[read], arrow, labels[reader]) for read, arrow, reader in found}


BASE = {
    "stg": "select 1 as id, 2 as a, 3 as b",
    "fct": "select id, a from stg",
    "end": "select a from fct",
    "beside": "select id, b from stg",
    "far": "select b from beside",
    "other": "select 7 as x",
    "alike": "select x from other where x > 1 and x < 9",
    "read": "select a from fct, alike",
    "gone": "select 9 as y from stg",
    "guess": "select guess(b) as a from stg, alike",
}
HEAD = {name: text for name, text in BASE.items() if name != "gone"} | {
    "stg": "select 1 as id, 5 as a, 3 as b",
    "alike": "select x from other where x < 9 and x > 1",
    "new": "select a from stg, alike",
    "guess": "select guess(a) as a from stg, alike",
}


def test_it_draws_what_can_differ_and_what_is_spared_beside_it() -> None:
    chart = as_mermaid(*planned(version(BASE), version(HEAD)))
    assert edges(chart) == {
        ("stg", '-->|"a"|', "fct"),
        ("fct", '-->|"a"|', "end"),
        ("fct", '-->|"a"|', "read"),
        ("alike", "-.->", "read"),
        ("stg", "-.->", "beside"),
        ("stg", "-->", "gone"),
        ("stg", "-->", "new"),
        ("alike", "-.->", "new"),
        ("stg", "-->", "guess"),
        ("alike", "-.->", "guess"),
    }
    kinds = dict(re.findall(r"\[\"(\w+)\"\]:::(\w+)", chart))
    inherited = dict.fromkeys(("fct", "end", "read"), "inherited")
    spared = dict.fromkeys(("alike", "beside"), "unaffected")
    assert kinds == inherited | spared | {"stg": "changed", "guess": "changed", "new": "added", "gone": "removed"}


def test_rows_have_no_columns_to_write_and_many_columns_are_left_out() -> None:
    columns = ", ".join(f"{number} as c{number}" for number in range(4))
    base = {"a": f"select 1 as id, {columns}", "b": "select * from a", "c": "select id, c0 from a", "d": "from a"}
    wide = base | {"a": f"select 1 as id, {columns.replace(' as', ' + 1 as')}"}
    assert edges(as_mermaid(*planned(version(base), version(wide)))) == {
        ("a", "-->", "b"),
        ("a", '-->|"c0"|', "c"),
        ("a", "-->", "d"),
    }
    fewer = base | {"a": f"select 1 as id, {columns} where 1 > 2"}
    assert {arrow for _, arrow, _ in edges(as_mermaid(*planned(version(base), version(fewer))))} == {"-->"}


def test_a_changed_file_is_drawn_and_one_that_stayed_is_not() -> None:
    texts = {"rates": "select * from 'rates.csv'", "prices": "select * from read_csv('rates.csv', header = true)"}
    same = as_mermaid(*planned(version(texts), version(texts)))
    assert "rates.csv" not in same
    assert 'n0["nothing can have changed#58; no table is affected"]' in same
    moved = as_mermaid(*planned(version(texts), version(texts, "2")))
    assert edges(moved) == {("rates.csv", "-->", "prices"), ("rates.csv", "-->", "rates")}
    assert '[("rates.csv")]:::source' in moved


def test_a_renamed_table_says_its_old_name() -> None:
    base = {"a": "select 1 as id", "old": "select id from a"}
    chart = as_mermaid(*planned(version(base), version({"a": "select 2 as id", "new": "select id from a"})))
    assert edges(chart) == {("a", "-->", "new (was old)")}


def test_of_a_large_plan_a_part_is_drawn() -> None:
    base = {"a": "select 1 as id"} | {f"m{number}": "select id from a" for number in range(200)}
    chart = as_mermaid(*planned(version(base), version(base | {"a": "select 2 as id"})))
    assert len(re.findall(r"^  n\d+\[", chart, re.MULTILINE)) == 120
    assert 'more["and 81 more tables"]' in chart
    chain = {
        f"m{number}": "select "
        + " + ".join(["1", *(f"m{k}.x" for k in range(number))])
        + " as x"
        + (f" from {', '.join(f'm{k}' for k in range(number))}" if number else "")
        for number in range(40)
    }
    dense = as_mermaid(*planned(version(chain), version(chain | {"m0": "select 2 as x"})))
    assert len(edges(dense)) == 450
    assert all(LINE.fullmatch(line) for line in (*chart.splitlines(), *dense.splitlines()))


HOSTILE = [
    'x"]; click n0 href "javascript:alert(1)"',
    '%%{init: {"theme": "dark"}}%%',
    "a\n  subgraph s",
    "--> |x|",
    "`**bold**`",
    "<b>&amp;</b>",
    "1. first",
    "#9829;",
    "style: #35;",
    "\u202eltr",
    "",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_can_be_read_as_mermaid(name: str) -> None:
    check_name(name)


@given(name=st.text(max_size=40))
def test_no_text_at_all_can_be(name: str) -> None:
    check_name(name)


PLAN, PROJECTS = planned(version(BASE), version(HEAD))


def check_name(name: str) -> None:
    tables = tuple(
        replace(one, name=name, declared=Declared(readers=(f"{name} read",)))
        if one.name == "stg"
        else replace(one, impact=one.impact and replace(one.impact, through=(f"{name}.{name}",)))
        for one in PLAN.tables
    )
    chart = as_mermaid(replace(PLAN, tables=tables), PROJECTS)
    assert [line for line in chart.split("\n") if not LINE.fullmatch(line)] == []
    # What Mermaid shows is the name as a terminal shows it.
    shown = {html.unescape(re.sub(r"#([0-9]+);", r"&#\1;", label)) for label in re.findall(r'\["(.*)"\]', chart)}
    for told in (for_terminal(name) or " ", f"{for_terminal(name)} read"):
        assert (told if len(told) <= 60 else f"{told[:59]}…") in shown


def test_a_source_brings_the_change_even_if_it_is_called_otherwise() -> None:
    texts = {"rates": "select * from 'rates.csv'"}
    made, projects = planned(version(texts), version(texts, "2"))
    (rates,) = made.tables
    assert rates.impact is not None
    named = replace(rates, impact=replace(rates.impact, kinds=("rows",), through=("read_csv(rates.csv)",)))
    assert edges(as_mermaid(replace(made, tables=(named,)), projects)) == {("rates.csv", "-->", "rates")}


def test_it_is_always_the_same() -> None:
    names = [f"m{number}" for number in range(9)]
    texts = dict.fromkeys(names, "select 1 as x")
    reader = {"all": f"select {names[0]}.x from {', '.join(reversed(names))}"}
    chart = as_mermaid(*planned(version(texts | reader), version(dict.fromkeys(names, "select 2 as x") | reader)))
    assert re.findall(r"^  (n\d) \S+ n9$", chart, re.MULTILINE) == [f"n{number}" for number in range(9)]
    again = planned(version(dict(reversed(BASE.items()))), version(dict(reversed(HEAD.items()))))
    assert as_mermaid(*again) == as_mermaid(PLAN, PROJECTS)
