"""Queries that our parser cannot read and the warehouse's can: their names are found, or the error says why not."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from datacanary import config as config_room
from datacanary.build.splice import splice
from datacanary.errors import ProjectError
from datacanary.model.basic import Physical, Relation, Version
from datacanary.model.outline import Outline, OutlineOf
from datacanary.model.project import Model, Project, Reference
from datacanary.project.facts import TextReader
from datacanary.project.plain_sql import project_of
from datacanary.warehouse.duckdb.outline import outline_of

CONFIG = config_room.parse(
    "version: 1\nwarehouse: duckdb:///shop.duckdb\nproduction: analytics\n", "datacanary.yml", {}
)
OTHERS = {"a": "SELECT 1 AS id", "staging.b": "SELECT 2 AS id"}


def project(texts: Mapping[str, str], outline: OutlineOf | None = outline_of) -> Project:
    paths = {f"models/{name}.sql": text for name, text in texts.items()}
    reader = TextReader("duckdb", outline=outline)
    return project_of(paths, CONFIG, (), Version("main", "0" * 40), reader, catalog="shop")


def model(text: str) -> Model:
    return project(OTHERS | {"m": text}).models[Relation("analytics", "m")]


def problem(text: str, outline: OutlineOf | None = outline_of) -> str:
    with pytest.raises(ProjectError) as caught:
        project(OTHERS | {"m": text}, outline)
    return str(caught.value)


def references(found: Model) -> list[tuple[str, str, str]]:
    return [(one.kind, str(one.target), found.text[one.span.start : one.span.end]) for one in found.references]


READ = [
    ("SELECT x'41' AS z FROM a", [("model", "analytics.a", "a")]),
    ("SELECT id! AS z\nFROM A AS x, staging.b", [("model", "analytics.a", "A"), ("model", "staging.b", "staging.b")]),
    ("PIVOT b ON id USING sum(id) ORDER BY 1", [("model", "staging.b", "b")]),
    (
        "SELECT a.id FROM a CROSS JOIN far.off AS o USING SAMPLE 3",
        [("model", "analytics.a", "a"), ("external", "far.off", "far.off")],
    ),
    ("WITH a AS (SELECT id, b'101' AS z FROM a) FROM a", [("model", "analytics.a", "a")]),
    ('SELECT x\'41\' AS z FROM shop."analytics" . "A"', [("model", "analytics.a", 'shop."analytics" . "A"')]),
    (
        "CREATE TEMP TABLE t AS SELECT id FROM a;\nSELECT x'41' AS z FROM t, staging.b;",
        [("model", "analytics.a", "a"), ("model", "staging.b", "staging.b")],
    ),
    ("SELECT x'41' AS z, 'äöü' AS ü FROM \"a\"", [("model", "analytics.a", '"a"')]),
    ("SELECT x'41' AS z FROM range(3)", []),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_its_names_are_found(text: str, expected: list[tuple[str, str, str]]) -> None:
    found = model(text)
    assert references(found) == expected
    assert found.unread is not None
    assert found.unread.why.startswith("The text does not parse near ")


def test_where_and_why_it_was_not_read() -> None:
    found = model("-- so\nSELECT\n  x'41' AS z FROM a").unread
    assert found is not None
    assert (found.line, found.column) == (3, 4)
    assert found.why == "The text does not parse near \"'41'\": x'41' AS z FROM a"


def test_what_stands_around_the_query_is_read_as_ever() -> None:
    found = model(
        "SET VARIABLE q = 1;\nCREATE OR REPLACE VIEW analytics.m AS\nSELECT x'41' AS z FROM a".partition("\n")[2]
    )
    assert found.materialized == "view"
    assert found.text[found.query.start : found.query.end] == "SELECT x'41' AS z FROM a"
    prepared = model("SET VARIABLE q = 1; SELECT x'41' AS z FROM a")
    assert [prepared.text[one.start : one.end] for one in prepared.preamble] == ["SET VARIABLE q = 1"]
    assert "cannot stand here" in problem("DROP TABLE a; SELECT x'41' AS z FROM a")
    assert "its CREATE names" in problem("CREATE TABLE other AS SELECT x'41' AS z FROM a")


def test_what_cannot_be_held_still_is_told() -> None:
    found = model("SELECT x'41' AS z FROM a, my_rows(1), information_schema.tables, range(3)")
    assert found.unpinned == ("my_rows()", "information_schema.tables")


def test_white_space_and_comments_are_no_change() -> None:
    one, other = model("SELECT x'41' AS z FROM a"), model("select x'41'  AS z -- so\nFROM a;")
    assert one.fingerprint == other.fingerprint
    assert one.fingerprint != model("SELECT x'42' AS z FROM a").fingerprint


SPLICED = [
    ("SELECT a.id, x'41' AS z FROM a", 'SELECT a.id, x\'41\' AS z FROM "run"."base"."t1" AS "a"'),
    ("PIVOT b ON id USING sum(id) ORDER BY 1", 'PIVOT "run"."base"."t1" AS "b" ON id USING sum(id) ORDER BY 1'),
    (
        "SELECT a.id FROM a CROSS JOIN staging.b AS o USING SAMPLE 3",
        'SELECT a.id FROM "run"."base"."t1" AS "a" CROSS JOIN "run"."base"."t2" AS o USING SAMPLE 3',
    ),
    (
        "SELECT b.id FROM a CROSS JOIN b USING SAMPLE 3",
        'SELECT b.id FROM "run"."base"."t1" AS "a" CROSS JOIN "run"."base"."t2" USING SAMPLE 3',
    ),
]


@pytest.mark.parametrize(("text", "expected"), SPLICED)
def test_its_names_are_replaced(text: str, expected: str) -> None:
    found = model(text)
    places = {one.span: f"t{number}" for number, one in enumerate(found.references, 1)}

    def place(reference: Reference) -> Physical:
        return Physical("run", "base", places[reference.span])

    assert splice(found, place, "duckdb").query in {expected, expected.replace(" USING", ' AS "b" USING')}


REFUSED = [
    ("SELECT x'41' AS z FROM 'x.csv'", "models/m.sql:1:24: ", "it names a data file", "Name the file under `sources:`"),
    (
        "SELECT x'41' AS z FROM \"x.parquet\"",
        "models/m.sql:1:24: ",
        "it names a data file",
        "Name the file under `sources:`",
    ),
    ("SELECT x'41' AS z FROM read_csv('x.csv')", "models/m.sql:1:9: ", "it reads files", "in a model of their own"),
    ("SELECT x'41' AS z FROM query_table('a')", "models/m.sql:1:9: ", "by a computed name", "in a model of their own"),
    ("SELECT (SELECT max(id) FROM a), x'41' AS z", "models/m.sql:1:34: ", "has no name", "Write AS and a name"),
    ("SELECT staging.b.id, x'41' AS z FROM staging.b", "models/m.sql:1:23: ", "schema in front", "only the table"),
]


@pytest.mark.parametrize(("text", "place", "why", "hint"), REFUSED)
def test_what_cannot_be_built_apart_is_an_error_that_says_why(text: str, place: str, why: str, hint: str) -> None:
    told = problem(text)
    assert told.startswith(f"{place}The text does not parse near ")
    assert "; the warehouse reads it, but " in told
    assert why in told
    assert hint in told


NEITHER = [
    "SELECT x'41' x'' FROM FROM a",
    "SELECT FROM WHERE a",
    "SELECT x'41' AS z FROM a; SELECT 2",
    "SELECT x'41' AS z FROM a; SELECT FROM FROM",
    "CREATE TABLE m AS SELECT x'41' x'' FROM FROM a",
    "WITH g AS (DELETE FROM a RETURNING id, x'41') FROM g",
]


@pytest.mark.parametrize("text", NEITHER)
def test_a_text_that_neither_reads_is_the_error_that_it_was(text: str) -> None:
    assert problem(text) == problem(text, None)
    assert problem(text).startswith("models/m.sql:1:")


def of_the_trial(change: Callable[[Outline], Outline | None]) -> OutlineOf:
    """Return a parser that says something else of a query once other tables stand in it."""

    def outline(query: str) -> Outline | None:
        found = outline_of(query)
        return change(found) if found is not None and '"trial"' in query else found

    return outline


CHANGED: list[Callable[[Outline], Outline | None]] = [
    lambda _: None,
    lambda found: replace(found, rest="another"),
    lambda found: replace(found, tables=found.tables[::-1]),
    lambda found: replace(found, tables=found.tables[:1]),
    lambda found: replace(found, tables=tuple(replace(one, alias="other") for one in found.tables)),
]


@pytest.mark.parametrize("change", CHANGED)
def test_what_putting_other_tables_into_it_changes_is_refused(change: Callable[[Outline], Outline | None]) -> None:
    told = problem("SELECT a.id, x'41' AS z FROM a, staging.b", of_the_trial(change))
    assert "putting other tables into it would change it" in told


def test_an_alias_is_added_only_where_the_query_takes_one() -> None:
    def outline(query: str) -> Outline | None:
        return None if " AS " in query else outline_of(query)

    text = "PIVOT b ON id USING sum(id) ORDER BY 1"
    (reference,) = project(OTHERS | {"m": text}, outline).models[Relation("analytics", "m")].references
    assert reference.alias == ""
    assert model(text).references[0].alias == '"b"'
