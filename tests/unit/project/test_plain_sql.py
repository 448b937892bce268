"""A folder of .sql files becomes a project; what cannot is told with file, line and column."""

from collections.abc import Mapping

import duckdb
import pytest

from datacanary import config as config_room
from datacanary.errors import ConfigError, ProjectError
from datacanary.model.basic import Relation, Version
from datacanary.model.project import Project, SourceData
from datacanary.project.naming import fold
from datacanary.project.plain_sql import parse

MINIMAL = "version: 1\nwarehouse: duckdb:///shop.duckdb\nproduction: analytics\n"


def project(
    texts: Mapping[str, str], settings: str = "", sources: tuple[str, ...] = (), catalog: str = "shop"
) -> Project:
    config = config_room.parse(f"{MINIMAL}{settings}", "datacanary.yml", {})
    data = tuple(SourceData(relation(name), f"data/{name}.csv", (), 7) for name in sources)
    return parse(texts, config, data, Version("main", "0" * 40), dialect="duckdb", catalog=catalog)


def relation(name: str) -> Relation:
    schema, _, table = name.rpartition(".")
    return Relation(schema or "analytics", table)


def kinds(found: Project, name: str) -> list[tuple[str, str]]:
    return [(reference.kind, str(reference.target)) for reference in found.models[relation(name)].references]


def layout(pattern: str) -> str:
    return f"project: {{kind: sql, path: models, layout: '{pattern}'}}\n"


PLACES = [
    ("", "models/orders.sql", "analytics.orders"),
    ("", "models/staging/Orders.sql", "staging.orders"),
    ("", "models/deep/down/orders.sql", "down.orders"),
    ("", "models/raw.orders.sql", "raw.orders"),
    ("", "models/ignored/raw.orders.sql", "raw.orders"),
    ("", "models/with space.sql", "analytics.with space"),
    ("", "models/größe.SQL.sql", "größe.sql"),
    (layout("{schema}/{table}/query.sql"), "models/raw/orders/query.sql", "raw.orders"),
    (layout("{team}/{schema}/sql/{table}.sql"), "models/x y/raw/sql/orders.sql", "raw.orders"),
    (layout("{table}.sql"), "models/orders.sql", "analytics.orders"),
    (layout("{schema}__{table}.sql"), "models/a__b.sql", "a.b"),
    ("project: {kind: sql, path: ./models/}\n", "models/orders.sql", "analytics.orders"),
    ("project: {kind: sql, path: .}\n", "orders.sql", "analytics.orders"),
    ("project: {kind: sql, path: .}\n", "staging/orders.sql", "staging.orders"),
    ("project: {kind: sql, path: a//b}\n", "a/b/orders.sql", "analytics.orders"),
]


@pytest.mark.parametrize(("settings", "path", "name"), PLACES)
def test_the_path_of_a_file_names_its_table(settings: str, path: str, name: str) -> None:
    assert [str(made) for made in project({path: "SELECT 1"}, settings).models] == [name]


def test_what_the_layout_does_not_fit_is_left_out() -> None:
    found = project(
        {"models/raw/a.sql": "SELECT 1", "models/notes.sql": "not SQL at all '"}, layout("{schema}/{table}.sql")
    )
    assert [str(made) for made in found.models] == ["raw.a"]


def test_a_name_without_schema_means_the_nearest_model_or_source() -> None:
    texts = {
        "models/staging/reader.sql": (
            "FROM orders, items, customers, dates, raw.orders AS r, elsewhere, shop.analytics.items AS i"
        ),
        "models/staging/orders.sql": "SELECT 1",
        "models/orders.sql": "SELECT 2",
        "models/items.sql": "SELECT 3",
        "models/raw/customers.sql": "SELECT 4",
        "models/raw/items.sql": "SELECT 5",
    }
    assert kinds(project(texts, sources=("dates", "raw.orders")), "staging.reader") == [
        ("model", "staging.orders"),
        ("model", "analytics.items"),
        ("model", "raw.customers"),
        ("source", "analytics.dates"),
        ("source", "raw.orders"),
        ("external", "elsewhere"),
        ("model", "analytics.items"),
    ]


def test_the_catalog_in_front_of_a_name_is_understood() -> None:
    texts = {"models/a.sql": "FROM shop.b, SHOP.analytics.b AS c, shop.raw.x", "models/b.sql": "SELECT 1"}
    expected = [("model", "analytics.b"), ("model", "analytics.b"), ("external", "raw.x")]
    assert kinds(project(texts), "a") == expected


def test_without_the_name_of_the_catalog_every_one_is_taken_for_it() -> None:
    texts = {"models/a.sql": "FROM shop.analytics.b", "models/b.sql": "SELECT 1"}
    assert kinds(project(texts, catalog=""), "a") == [("model", "analytics.b")]


def test_an_edge_that_the_config_cuts_reads_the_previous_state() -> None:
    texts = {
        "models/a.sql": "SELECT * FROM a UNION ALL FROM b",
        "models/b.sql": "WITH a AS (SELECT 1) SELECT * FROM a, analytics.a AS o",
    }
    found = project(texts, 'project: {kind: sql, cut: ["a -> a", "b -> a"]}\n')
    assert kinds(found, "a") == [("previous", "analytics.a"), ("model", "analytics.b")]
    assert kinds(found, "b") == [("previous", "analytics.a")]


def test_a_cte_of_the_models_own_name_is_no_self_reference() -> None:
    found = project({"models/a.sql": "WITH a AS (SELECT 1 AS id) SELECT * FROM a"})
    assert kinds(found, "a") == []


def test_a_table_or_a_view() -> None:
    texts = {
        "models/a.sql": "CREATE VIEW a AS SELECT 1",
        "models/b.sql": "SELECT 1",
        "models/c.sql": "SELECT 1",
        "models/d.sql": "CREATE OR REPLACE TABLE shop.analytics.D AS SELECT 1",
        "models/raw/e.sql": "CREATE VIEW raw.e AS SELECT 1",
    }
    found = project(texts, "tables:\n  c: {materialized: view}\n")
    made = {str(name): model.materialized for name, model in found.models.items()}
    assert made == {
        "analytics.a": "view",
        "analytics.b": "table",
        "analytics.c": "view",
        "analytics.d": "table",
        "raw.e": "view",
    }


BREAK = 'Break it, or let one edge read production\'s present table: project: {{cut: ["{0}"]}}.'
BAD: list[tuple[str, dict[str, str], str, tuple[str, ...], str]] = [
    (
        "another name in CREATE",
        {"models/a.sql": "-- a\nCREATE TABLE b AS SELECT 1"},
        "",
        (),
        (
            "models/a.sql:2:14: The file makes analytics.a by its path, but its CREATE names analytics.b. "
            "Rename the file, or write only the SELECT."
        ),
    ),
    (
        "another schema in CREATE",
        {"models/raw/a.sql": "CREATE VIEW analytics.a AS SELECT 1"},
        "",
        (),
        (
            "models/raw/a.sql:1:13: The file makes raw.a by its path, but its CREATE names analytics.a. "
            "Rename the file, or write only the SELECT."
        ),
    ),
    (
        "another database in CREATE",
        {"models/a.sql": "CREATE TABLE other.analytics.a AS SELECT 1"},
        "",
        (),
        (
            "models/a.sql:1:14: The file makes analytics.a by its path, but its CREATE names other.analytics.a. "
            "Rename the file, or write only the SELECT."
        ),
    ),
    (
        "a view with a preamble",
        {"models/a.sql": "\n  CREATE TEMP TABLE t AS SELECT 1;\nCREATE VIEW a AS FROM t"},
        "",
        (),
        (
            "models/a.sql:2:3: A view cannot have statements before its query: they would not be there when "
            "it is read. "
            "Make it a table, or move them into the query."
        ),
    ),
    (
        "a view by the config with a preamble",
        {"models/a.sql": "SET threads = 1; SELECT 1"},
        "tables:\n  a: {materialized: view}\n",
        (),
        (
            "models/a.sql:1:1: A view cannot have statements before its query: they would not be there when "
            "it is read. "
            "Make it a table, or move them into the query."
        ),
    ),
    (
        "self-reference",
        {"models/a.sql": "SELECT 1 AS id\nUNION ALL\nSELECT id FROM analytics.A"},
        "",
        (),
        (
            "models/a.sql:3:16: analytics.a reads itself, that is, its previous state; a comparison of versions cannot "
            "build that yet. To read production's present table there, add to the config: project: {cut: "
            '["analytics.a -> '
            'analytics.a"]}.'
        ),
    ),
    (
        "the anchor of a recursion is the table itself",
        {"models/a.sql": "WITH RECURSIVE a AS (SELECT * FROM a UNION ALL SELECT * FROM a) FROM a"},
        "",
        (),
        (
            "models/a.sql:1:36: analytics.a reads itself, that is, its previous state; a comparison of versions cannot "
            "build that yet. To read production's present table there, add to the config: project: {cut: "
            '["analytics.a -> '
            'analytics.a"]}.'
        ),
    ),
    (
        "a circle of two",
        {"models/a.sql": "SELECT *\nFROM b", "models/b.sql": "FROM a"},
        "",
        (),
        (
            "models/a.sql:2: Models read one another in a circle: analytics.a -> analytics.b -> analytics.a "
            f"(models/a.sql:2, models/b.sql:1). {BREAK.format('analytics.a -> analytics.b')}"
        ),
    ),
    (
        "a circle of four, beside models that are in none",
        {
            "models/a.sql": "FROM b, x",
            "models/b.sql": "SELECT *\n\nFROM c",
            "models/raw/c.sql": "FROM analytics.d",
            "models/d.sql": "FROM x JOIN a USING (id)",
            "models/x.sql": "SELECT 1 AS id",
            "models/y.sql": "FROM a",
        },
        "",
        (),
        (
            "models/a.sql:1: Models read one another in a circle: analytics.a -> analytics.b -> raw.c -> "
            "analytics.d -> "
            "analytics.a (models/a.sql:1, models/b.sql:3, models/raw/c.sql:1, models/d.sql:1). "
            f"{BREAK.format('analytics.a -> analytics.b')}"
        ),
    ),
    (
        "a name that could be two",
        {"models/a.sql": "SELECT *\r\nFROM x", "models/r/x.sql": "SELECT 1", "models/s/x.sql": "SELECT 1"},
        "",
        (),
        "models/a.sql:2:6: The name x could be r.x or s.x. Write its schema in front.",
    ),
    (
        "a model or a source",
        {"models/a.sql": "FROM x", "models/r/x.sql": "SELECT 1"},
        "",
        ("s.x",),
        "models/a.sql:1:6: The name x could be r.x or s.x. Write its schema in front.",
    ),
    (
        "another database",
        {"models/a.sql": "SELECT 1 FROM other.raw.orders"},
        "",
        (),
        (
            "models/a.sql:1:15: The query reads other.raw.orders, which is in another database than the "
            "warehouse (shop). "
            "Bring that table into the warehouse, or export it to a file and name it under `sources:`."
        ),
    ),
    (
        "twins by case",
        {"models/orders.sql": "SELECT 1", "models/Orders.sql": "SELECT 2"},
        "",
        (),
        (
            "models/orders.sql: models/Orders.sql and models/orders.sql both make analytics.orders. "
            "Rename one of them; names are told apart without regard to case."
        ),
    ),
    (
        "twins by folder and name",
        {"models/raw/a.sql": "SELECT 1", "models/raw.a.sql": "SELECT 2"},
        "",
        (),
        (
            "models/raw/a.sql: models/raw.a.sql and models/raw/a.sql both make raw.a. "
            "Rename one of them; names are told apart without regard to case."
        ),
    ),
    (
        "a model that is a source, too",
        {"models/a.sql": "SELECT 1"},
        "",
        ("a",),
        "datacanary.yml:7: analytics.a is made by models/a.sql and is also a source. Rename one of them.",
    ),
    (
        "a file name with two dots",
        {"models/a.b.c.sql": "SELECT 1"},
        "",
        (),
        (
            "models/a.b.c.sql: The file name 'a.b.c.sql' is not of the form table.sql or schema.table.sql. "
            "Rename it, or describe your paths with project.layout."
        ),
    ),
    (
        "a file name without a table",
        {"models/raw..sql": "SELECT 1"},
        "",
        (),
        (
            "models/raw..sql: The file name 'raw..sql' is not of the form table.sql or schema.table.sql. "
            "Rename it, or describe your paths with project.layout."
        ),
    ),
    (
        "a layout that fits nothing",
        {"models/b.sql": "SELECT 1", "models/a.sql": "SELECT 1"},
        layout("{schema}/{table}.sql"),
        (),
        (
            "datacanary.yml: project.layout '{schema}/{table}.sql' fits none of the 2 .sql files below 'models', "
            "as models/a.sql. It describes the whole path below project.path."
        ),
    ),
    (
        "a cut that names no model",
        {"models/orders.sql": "SELECT 1"},
        'project: {kind: sql, cut: ["orders -> order"]}\n',
        (),
        "datacanary.yml: project.cut names analytics.order, which no model makes. Did you mean analytics.orders?",
    ),
    (
        "a text that does not parse",
        {"models/a.sql": "SELECT 1", "models/b.sql": "SELECT 1\n FROM\nWHERE"},
        "",
        (),
        (
            "models/b.sql:3:1: The text does not parse near 'WHERE': WHERE "
            "If the warehouse accepts it, our parser (sqlglot) has a gap: please report it."
        ),
    ),
]


@pytest.mark.parametrize(
    ("texts", "settings", "sources", "message"), [case[1:] for case in BAD], ids=[c[0] for c in BAD]
)
def test_what_is_no_project_is_told_with_its_place(
    texts: dict[str, str], settings: str, sources: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ProjectError) as caught:
        project(texts, settings, sources)
    assert str(caught.value) == message


@pytest.mark.parametrize("path", ["../models", "models/../..", "a/../../b", "/srv/models", "~/models"])
def test_a_folder_outside_of_the_config_is_refused(path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        project({"models/a.sql": "SELECT 1"}, f"project:\n  kind: sql\n  path: {path}\n")
    assert str(caught.value).startswith("datacanary.yml:6")
    assert "relative to this file" in str(caught.value)


@pytest.mark.parametrize("name", ["orders", "ORDERS", "Größe", "GRÖSSE", "İstanbul", "ẞ", "日本", "K"])
def test_names_are_folded_as_duckdb_folds_them(name: str) -> None:

    with duckdb.connect() as connection:
        connection.execute(f'CREATE TABLE "{name}" AS SELECT 1')
        for other in {name, name.lower(), name.upper(), name.casefold(), fold(name)}:
            if fold(other) == fold(name):
                connection.execute(f'FROM "{other}"')
            else:
                with pytest.raises(duckdb.CatalogException):
                    connection.execute(f'FROM "{other}"')


def test_every_read_remembers_its_line() -> None:
    text = "-- 🦆\r\nSET VARIABLE v = (SELECT max(id) FROM raw.a);\r\nSELECT *\r\n\r\nFROM raw.b,\n 'c.csv'"
    references = project({"models/m.sql": text}).models[relation("m")].references
    assert [(reference.line, str(reference.target or reference.path)) for reference in references] == [
        (2, "raw.a"),
        (5, "raw.b"),
        (6, "c.csv"),
    ]
