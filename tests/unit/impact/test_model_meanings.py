"""What stands around a model's query: statements before it, the kind of model, files and tables from outside."""

import inspect
import sys

import pytest
from planned import effects, impact_of, impacts, plan, relation, version

from datacanary.impact.leaves import leaves_of
from datacanary.impact.plan import make_plan
from datacanary.model.basic import Column, Pair
from datacanary.model.impact import Impact
from datacanary.model.leaf import LeafColumns

SAME = [
    ("SELECT id FROM src", "CREATE TABLE m AS SELECT id FROM src"),
    ("CREATE OR REPLACE TABLE m AS SELECT id FROM src", "CREATE TABLE m AS FROM src SELECT id;"),
    ("CREATE VIEW m AS SELECT id FROM src", "CREATE OR REPLACE VIEW m AS SELECT src.id FROM src"),
    ("CREATE TEMP TABLE x AS SELECT id FROM src; SELECT id FROM x", "SELECT id FROM src"),
    ("CREATE TEMP VIEW x AS SELECT id FROM src; SELECT id FROM x", "CREATE TEMP TABLE y AS FROM src; SELECT id FROM y"),
    (
        "CREATE TEMP TABLE x AS SELECT id FROM src; CREATE TEMP TABLE y AS SELECT id + 1 AS id FROM x; FROM y",
        "SELECT id + 1 AS id FROM src",
    ),
    ("CREATE TEMP TABLE src AS SELECT 1 AS id; SELECT id FROM src", "SELECT 1 AS id"),
    (
        "CREATE TEMP MACRO twice(q) AS q * 2; SELECT twice(id) AS z FROM src",
        "CREATE TEMP MACRO TWICE(q) AS (q * 2); SELECT Twice(src.id) AS z FROM src",
    ),
    (
        "CREATE TEMP MACRO twice(q) AS q * 2; SELECT id FROM src",
        "CREATE TEMP MACRO twice(q) AS q * 2; SELECT src.id FROM src",
    ),
    ("SET VARIABLE q = 1; SELECT id FROM src", "SET VARIABLE q = 1; SELECT src.id FROM src"),
]


@pytest.mark.parametrize(("base", "head"), SAME)
def test_the_same(base: str, head: str) -> None:
    assert impact_of(base, head).kinds == ("none",)


ROWS = [
    (
        "CREATE TEMP TABLE x AS SELECT id FROM src; SELECT id FROM x",
        "CREATE TEMP TABLE x AS SELECT id FROM src WHERE v > 1; SELECT id FROM x",
    ),
    (
        "CREATE TEMP TABLE x AS SELECT 5 AS id LIMIT 1; SELECT id FROM x",
        "CREATE TEMP TABLE x AS SELECT 5 AS id LIMIT 0; SELECT id FROM x",
    ),
    (
        "CREATE TEMP MACRO some() AS TABLE SELECT 1 AS z; SELECT z FROM some()",
        "CREATE TEMP MACRO some() AS TABLE SELECT 2 AS z; SELECT z FROM some()",
    ),
    (
        "SET VARIABLE q = 1; SELECT id FROM src WHERE id > getvariable('q')",
        "SET VARIABLE q = 2; SELECT id FROM src WHERE id > getvariable('q')",
    ),
]


@pytest.mark.parametrize(("base", "head"), ROWS)
def test_other_rows(base: str, head: str) -> None:
    assert impact_of(base, head).rows


CHANGED = [
    ("CREATE TEMP MACRO twice(q) AS q * 2; SELECT twice(id) AS z FROM src", "q * 2", "q * 3"),
    ("CREATE TEMP MACRO lower(q) AS upper(q); SELECT lower(s) AS z FROM src", "upper(q)", "q"),
    ("CREATE TEMP MACRO f(q) AS (SELECT max(v) FROM src WHERE id = q); SELECT f(id) AS z FROM src", "max", "min"),
    ("CREATE TEMP MACRO f(q) AS lower(q); CREATE TEMP MACRO g(q) AS f(q); SELECT g(s) AS z FROM src", "lower", "upper"),
    ("CREATE TEMP MACRO f(q) AS sum(q); SELECT f(v) AS z FROM src", "sum", "max"),
    ("CREATE TEMP MACRO f(q) AS unnest(q); SELECT f([v]) AS z FROM src", "[v]", "[v, v]"),
    ("SET VARIABLE q = 1; SELECT getvariable('q') AS z FROM src", "= 1", "= 2"),
    ("SET integer_division = true; SELECT v / 2 AS z FROM src", "true", "false"),
    ("CREATE TEMP TABLE src AS SELECT 5 AS z; SELECT z FROM src", "5", "6"),
]


@pytest.mark.parametrize(("base", "old", "new"), CHANGED)
def test_what_stands_before_the_query_matters(base: str, old: str, new: str) -> None:
    assert old in base
    assert not impact_of(base, base.replace(old, new)).nothing


def over(base: str, head: str, columns: tuple[Column, ...] | None = None) -> Impact:
    """Return what a change can do to a model that reads a table of the warehouse, its columns known or not."""
    projects = Pair(version({"m": base}), version({"m": head}))
    (leaf,) = leaves_of(projects.base.models[relation("m")], "duckdb").values()
    known = {leaf: LeafColumns(columns)} if columns else {}
    return impacts(make_plan(projects, "analytics", columns=Pair(known, known)))["m"]


def test_a_table_whose_columns_nobody_knows() -> None:
    assert over("FROM far", "SELECT * FROM far WHERE true").nothing
    assert over("SELECT q FROM far", "SELECT f.q FROM far AS f").equal == ("q",)
    assert over("SELECT q FROM far", "SELECT q, r FROM far").kinds == ("columns_added",)
    assert over("SELECT q, r FROM far", "SELECT q, r + 1 AS r FROM far").equal == ("q",)
    assert over("FROM far", "SELECT * FROM far WHERE q > 1").kinds == ("rows",)
    assert not over("FROM far", "SELECT q FROM far").nothing
    assert not over("SELECT * FROM far", "SELECT * EXCLUDE (q) FROM far").nothing


def test_a_table_whose_columns_are_known() -> None:
    columns = (Column("q", "integer"), Column("r", "varchar"))
    assert over("FROM far", "SELECT q, r FROM far", columns).nothing
    assert over("SELECT * FROM far", "SELECT * EXCLUDE (q) FROM far", columns).kinds == ("columns_removed",)
    assert over("SELECT q FROM far", "SELECT z FROM far", columns).unknown == ("models/m.sql:1: there is no column z",)


def test_a_data_file_is_read_with_its_options() -> None:
    base = "SELECT id FROM read_csv('x.csv', header = true)"
    assert over(base, "SELECT x.id FROM read_csv('x.csv', header = true) AS x").nothing
    assert over(base, base.replace("true", "false")).rows


def test_a_data_file_that_changed_is_other_rows() -> None:
    texts = {"a": "SELECT id FROM 'x.csv'", "b": "SELECT 1 AS one FROM a", "c": "SELECT id FROM 'y.csv'"}
    files = {"x.csv": "1", "y.csv": "1"}
    made = plan(version(texts, files=files), version(texts, files=files | {"x.csv": "2"}))
    assert effects(made) == {"a": "changed", "b": "inherited", "c": "unaffected"}
    assert impacts(made)["b"].through == ("a",)


def test_what_nobody_can_hold_still_is_unknown_once_its_text_changes() -> None:
    base = {"m": "SELECT * FROM duckdb_settings()", "n": "FROM m"}
    assert not plan(version(base), version(base)).builds
    found = impacts(plan(version(base), version(base | {"m": "SELECT * FROM duckdb_settings() WHERE true"})))
    assert found["m"].kinds == ("unknown",)
    assert found["m"].unknown[0] == "models/m.sql:1: it reads duckdb_settings(), which nobody can hold still"
    assert not found["n"].nothing


def test_a_volatile_column_is_the_same_while_neither_text_nor_input_differs() -> None:
    base = {"a": "SELECT 1 AS id, 2 AS v", "m": "SELECT id, random() AS r FROM a", "n": "SELECT r FROM m"}
    assert not plan(version(base), version(base)).builds
    made = plan(version(base), version(base | {"m": "SELECT id, random() AS r, 1 AS more FROM a"}))
    assert impacts(made)["m"].equal == ("id",)
    assert impacts(made)["n"].kinds == ("expression",)
    made = plan(version(base), version(base | {"a": "SELECT 1 AS id, 3 AS v"}))
    assert [(one.name, one.change) for one in impacts(made)["m"].columns] == [("r", "changed")]


def test_two_models_of_the_same_words_are_random_each_for_itself() -> None:
    twins = dict.fromkeys(("a", "b"), "SELECT uuid() AS id, 1 AS one")
    plain = dict.fromkeys(("a", "b"), "SELECT 1 AS one")
    for texts, effect in ((twins, "changed"), (plain, "unaffected")):
        made = plan(version(texts | {"m": "SELECT * FROM a"}), version(texts | {"m": "SELECT * FROM b"}))
        assert effects(made)["m"] == effect


def test_a_temporary_table_is_random_once() -> None:
    base = "CREATE TEMP TABLE x AS SELECT random() AS r; SELECT p.r - q.r AS z FROM x AS p, x AS q"
    assert not impact_of(base, base + " WHERE 1 = 1").nothing


def test_models_that_read_each_other_the_other_way_round() -> None:
    base = {"a": "SELECT 1 AS id", "b": "SELECT id + 1 AS id FROM a"}
    made = plan(version(base), version({"a": "SELECT id + 1 AS id FROM b", "b": "SELECT 1 AS id"}))
    assert effects(made) == {"a": "changed", "b": "changed"}


def test_a_project_deeper_than_the_stack() -> None:
    count = 400
    base = {"m0": "SELECT 1 AS id"} | {f"m{index}": f"SELECT id FROM m{index - 1}" for index in range(1, count)}
    projects = version(base), version(base | {"m0": "SELECT 2 AS id"})
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + count // 2)
    try:
        made = plan(*projects)
    finally:
        sys.setrecursionlimit(limit)
    assert set(effects(made).values()) == {"changed", "inherited"}
    assert impacts(made)[f"m{count - 1}"].kinds == ("expression",)
