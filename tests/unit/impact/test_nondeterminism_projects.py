"""Instability that is handed from model to model, and what a plan says of it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from nondeterminism_cases import CONFIG, models

from datacanary import config as config_room
from datacanary import demo
from datacanary.impact.marking import Reading
from datacanary.impact.nondeterminism.inherited import ProjectMarks
from datacanary.impact.nondeterminism.marks import marks_of
from datacanary.impact.nondeterminism.news import news
from datacanary.impact.plan import make_plan
from datacanary.model.basic import Pair, Relation, Version
from datacanary.model.config import Policy
from datacanary.model.noise import Instability, NoiseMark
from datacanary.model.plan import Plan, PlannedTable
from datacanary.model.project import Project, Span

NYCFLIGHTS = Path(__file__).parents[2] / "e2e" / "nycflights" / "models"
DEMO = Path(demo.__file__).parent / "branches"

Told = list[tuple[str, tuple[str, ...] | None, str]]


def project(texts: Mapping[str, str]) -> Project:
    return Project(Version("main", "0" * 40), models(texts), {}, {})


def policy(tables: str) -> Policy:
    return config_room.parse(f"{CONFIG}tables:\n{tables}", "datacanary.yml", {}).policy


def plan(base: Mapping[str, str], head: Mapping[str, str], tables: str = "") -> Plan:
    policies = Pair(policy(tables), policy(tables)) if tables else None
    return make_plan(Pair(project(base), project(head)), "analytics", (), Reading("duckdb", policies))


def table(made: Plan, name: str) -> PlannedTable:
    return next(one for one in made.tables if one.name == name)


def told(marks: tuple[NoiseMark, ...]) -> Told:
    return [(mark.kind, mark.columns, mark.inherited_from) for mark in marks]


CHAIN = {
    "first": "SELECT id, random() AS r, uuid() AS u, now() AS at FROM raw.t",
    "second": "SELECT id, r AS score, upper(u) AS name FROM first",
    "third": "SELECT *, current_date AS day FROM second",
    "last": "SELECT day, max(score) AS best FROM third GROUP BY day",
    "picky": "SELECT id FROM second WHERE score > 0.5",
    "total": "SELECT count(*) AS n, 1 AS one FROM picky",
    "calm": "SELECT id FROM second",
}


def test_models_inherit_what_they_read() -> None:
    changed = {name: f"{text} " for name, text in CHAIN.items()} | {"first": f"{CHAIN['first']} WHERE true"}
    made = plan(CHAIN, changed)
    marks = {name: told(table(made, name).marks) for name in CHAIN}
    assert marks == {
        "first": [("clock", ("at",), ""), ("random", ("r",), ""), ("random", ("u",), "")],
        "second": [("random", ("score", "name"), "first")],
        "third": [("date", ("day",), ""), ("random", ("score", "name"), "first")],
        # Today decides which groups there are: to know that they are all one, one has to know the other model's text.
        "last": [("random", ("best",), "first"), ("date", None, "third")],
        "picky": [("random", None, "first")],
        "total": [("random", ("n",), "first")],
        "calm": [],
    }
    (inherited,) = table(made, "second").marks
    assert (inherited.path, inherited.line, inherited.quoted) == ("models/first.sql", 1, "random()")


def test_a_model_of_another_schema_is_called_by_its_schema() -> None:
    texts = {"staging.a": "SELECT random() AS r", "b": "FROM staging.a"}
    made = plan(texts, texts | {"staging.a": "SELECT random() AS r, 1 AS one"})
    assert told(table(made, "b").marks) == [("random", ("r",), "staging.a")]


def test_keys_are_those_of_the_config_and_of_the_models_that_are_read() -> None:
    texts = {
        "base": "SELECT id, g, v FROM raw.t",
        "groups": "SELECT g, sum(v) AS v FROM base GROUP BY g",
        "declared": "SELECT lag(v) OVER (ORDER BY g, id) AS l FROM base",
        "proven": "SELECT lag(v) OVER (ORDER BY g) AS l FROM groups",
        "sources": "SELECT lag(v) OVER (ORDER BY id) AS l FROM raw.t",
    }
    head = {name: f"{text} WHERE 1 > 0" for name, text in texts.items() if name != "groups"} | {
        "groups": texts["groups"]
    }
    without = plan(texts, head)
    assert {one.name for one in without.tables if one.marks} == {"declared", "sources"}
    assert {one.name for one in plan(texts, head, "  base: {key: [ID]}\n").tables if one.marks} == {"sources"}
    assert {one.name for one in plan(texts, head, "  b*: {key: [id]}\n").tables if one.marks} == {"sources"}


def test_a_table_on_one_side_only_has_no_marks() -> None:
    made = plan({"gone": "SELECT random() AS r", "same": "SELECT 1"}, {"new": "SELECT uuid() AS u", "same": "SELECT 1"})
    assert {one.name: one.effect for one in made.tables} == {"gone": "removed", "new": "added", "same": "unaffected"}
    assert not any(one.marks or one.notes for one in made.tables)


def test_the_old_name_of_a_renamed_table_has_the_marks() -> None:
    made = plan({"old": "SELECT random() AS r"}, {"new": "SELECT random() AS r"})
    assert [(one.effect, told(one.marks), one.notes) for one in made.tables] == [
        ("renamed", [("random", ("r",), "")], ())
    ]


NEWS = [
    ("random() AS r", "its query now uses random(): it gives other values each time"),
    ("now() AS r", "its query now uses now(): it gives other values each time"),
    ("today() AS r", "its query now uses today(): it gives other values on another day"),
    ("sum(v / 3) AS r", "its query now uses sum(v / 3) over floats: their last digits depend on the order of rows"),
]


@pytest.mark.parametrize(("column", "note"), NEWS)
def test_what_head_brings_is_a_note_and_no_noise(column: str, note: str) -> None:
    made = plan({"m": "SELECT\n v\nFROM raw.t"}, {"m": f"SELECT\n v, {column}\nFROM raw.t"})
    assert (table(made, "m").marks, table(made, "m").notes) == ((), (f"{note} (models/m.sql:2)",))


@pytest.mark.parametrize("kind", get_args(Instability))
def test_there_is_a_sentence_for_every_kind(kind: Instability) -> None:
    (told,) = news((), (NoiseMark(kind, None, "quoted()", "models/m.sql", 7),))
    assert told.startswith("its query now ")
    assert "quoted()" in told
    assert told.endswith("(models/m.sql:7)")


NO_NEWS = [
    ("random() AS r", "random() AS r, 1 AS one"),
    ("random() AS r", "1 AS r"),
    ("row_number() OVER (ORDER BY v) AS n", "row_number() OVER (ORDER BY v, w) AS n"),
    ("lag(v) OVER (ORDER BY w) AS n, random() AS r", "RANDOM() AS r, lag(v) OVER (ORDER BY at) AS n"),
    ("1 AS r", "sum(v) OVER (ORDER BY at) AS r"),
]


@pytest.mark.parametrize(("base", "head"), NO_NEWS)
def test_what_base_had_too_is_no_news(base: str, head: str) -> None:
    made = plan({"m": f"SELECT {base} FROM raw.t"}, {"m": f"SELECT {head} FROM raw.t"})
    assert table(made, "m").notes == ()


def test_what_head_only_inherits_is_no_news() -> None:
    base = {"a": "SELECT 1 AS r", "b": "FROM a"}
    made = plan(base, {"a": "SELECT random() AS r", "b": "SELECT r FROM a"})
    assert len(table(made, "a").notes) == 1
    assert table(made, "b").notes == ()


def test_a_chain_deeper_than_the_stack() -> None:
    texts = {"m0": "SELECT random() AS r"} | {f"m{n}": f"FROM m{n - 1}" for n in range(1, 1200)}
    found = models(texts)
    names = {relation: relation.name for relation in found}
    marks = ProjectMarks(found, names, "duckdb", {}).of(Relation("analytics", "m1199"))
    assert told(marks) == [("random", ("r",), "m0")]


UNREADABLE = [
    "SELECT random( FROM",
    "SELECT 'random()",
    "SELECT random() AS r FROM t WHERE (((",
    f"SELECT {'(' * 3000}random(){')' * 3000}",
    "",
]


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_cannot_be_read_has_no_marks(text: str) -> None:
    (model,) = models({"m": "SELECT random() AS r"}).values()
    broken = replace(model, text=text, query=Span(0, len(text)))
    assert marks_of(broken, "duckdb", {}) == ()


@pytest.mark.parametrize("branch", ["main", "add-refunds", "faster-orders"])
def test_the_demo_is_stable(branch: str) -> None:
    texts = {
        path.stem: path.read_text() for name in ("main", branch) for path in (DEMO / name / "models").glob("*.sql")
    }
    found = models(texts)
    assert len(found) == 5
    names = {relation: relation.name for relation in found}
    marks = ProjectMarks(found, names, "duckdb", {})
    assert [told(marks.of(relation)) for relation in found] == [[]] * 5


def test_the_flights_have_one_doubtful_place() -> None:
    """Which of two readings of the weather comes later is only known to be settled by looking at the data."""
    found = models({path.stem: path.read_text() for path in NYCFLIGHTS.glob("*.sql")})
    names = {relation: relation.name for relation in found}
    flights = (("carrier", "flight_number", "time_hour"),)
    weather = (("origin", "local_date", "local_hour"),)
    keys = {Relation("analytics", "stg_flights"): flights, Relation("analytics", "stg_weather"): weather}
    marks = ProjectMarks(found, names, "duckdb", keys)
    assert {relation.name: told(marks.of(relation)) for relation in found if marks.of(relation)} == {
        "stg_weather": [("window_ties", None, "")],
        "fct_flights": [("window_ties", ("temperature", "visibility"), "stg_weather")],
        "dim_airports": [("window_ties", ("has_weather",), "stg_weather")],
        "agg_destination": [("window_ties", ("cooler_than_hottest",), "stg_weather")],
    }
