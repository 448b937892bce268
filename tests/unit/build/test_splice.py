"""A spliced query gives the rows and columns of the original, read from other places."""

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacanary.build.splice import Spliced, splice
from datacanary.errors import ProjectError, Where
from datacanary.model.basic import Physical, Relation, Version
from datacanary.model.config import Config, Policy, ProjectEntry
from datacanary.model.location import Warehouse
from datacanary.model.project import Model, Reference
from datacanary.project.plain_sql import parse

TABLES = {
    "analytics.orders": "SELECT i AS id, i % 3 AS status, i * 1.5 AS x, "
    "{'city': 'c' || i, 'zip': {'code': i}} AS address FROM range(12) t(i)",
    "raw.orders": "SELECT i AS id, i % 2 AS status, i * 10.0 AS x, {'city': 'r' || i, 'zip': {'code': -i}} AS address "
    "FROM range(3, 15) t(i)",
    "raw.items": "SELECT i AS id, i % 12 AS order_id, [i, i + 1] AS tags FROM range(40) t(i)",
    "main.dates": "SELECT i AS id, DATE '2026-01-01' + i::INT AS day FROM range(12) t(i)",
    'raw."größe 🦆"': "SELECT 1 AS id, 'ä' AS \"naïve col\"",
    'raw."Say ""hi"".v1"': "SELECT 7 AS id",
    'raw."from"': "SELECT 8 AS id",
}
PLACED = {"analytics": "head_analytics", "raw": "shared_raw", "main": "shared_main"}

QUERIES = [
    # Names.
    "SELECT * FROM orders",
    "SELECT * FROM ORDERS",
    'FROM "Orders" SELECT "Orders".id, orders.X',
    "SELECT id FROM raw.orders",
    "SELECT id FROM shop.raw.orders",
    "SELECT id FROM shop.dates",
    "TABLE raw.orders",
    "SELECT * FROM dates JOIN analytics.orders USING (id)",
    'SELECT * FROM raw."größe 🦆"',
    'SELECT g."naïve col" AS "ä 🦆" FROM raw."größe 🦆" g, orders',
    'SELECT * FROM raw."Say ""hi"".v1", raw."from"',
    'SELECT "from".id FROM raw."from"',
    "SELECT '🦆🦆🦆' AS duck, * FROM raw.orders -- 🦆\n WHERE id > 4 AND '🦆' = '🦆'",
    "SELECT *\r\nFROM raw.orders\r\n-- a comment; FROM orders\r\nJOIN\traw.items i\r\n\tON i.order_id = orders.id\r\n",
    "SELECT * FROM raw /* one */ . /* two; */ orders -- three\n AS o WHERE o.id > 5;",
    "SELECT ';' AS a, '-- FROM raw.orders' AS b, $$ raw.orders; $$ AS c FROM raw.orders;;",
    "SELECT*FROM raw.orders,(SELECT 1)one",
    'SELECT"o".id FROM raw.orders"o"',
    'SELECT raw.orders.id"n"FROM raw.orders',
    # Prefixes of columns.
    "SELECT raw.orders.id FROM raw.orders",
    "SELECT shop.raw.orders.id FROM raw.orders",
    "SELECT Raw.Orders.ID, RAW.orders.x FROM raw.orders WHERE raw . /* c */ orders . id > 4 ORDER BY raw.orders.x",
    "SELECT raw.orders.id AS a, analytics.orders.id AS b FROM raw.orders, analytics.orders",
    "SELECT raw.orders.id AS a, orders.x FROM raw.orders",
    "SELECT analytics.orders.id FROM orders",
    "SELECT shop.analytics.orders.id FROM orders",
    "SELECT main.dates.day, shop.dates.id FROM dates",
    "SELECT (SELECT sum(raw.orders.x + analytics.orders.x) FROM analytics.orders) AS s FROM raw.orders",
    "SELECT id, (SELECT max(x) FROM orders o WHERE o.id = raw.orders.id) AS m FROM raw.orders",
    "SELECT raw.orders.id FROM raw.orders WHERE EXISTS (FROM orders WHERE raw.orders.id = analytics.orders.id)",
    "SELECT raw.orders.status AS s FROM raw.orders GROUP BY raw.orders.status HAVING max(raw.orders.x) > 2",
    "SELECT o.id, raw.orders.id AS b FROM raw.orders o JOIN raw.orders ON o.id = raw.orders.id + 1",
    "SELECT raw.orders.address.city, raw.orders.address.zip.code FROM raw.orders",
    "SELECT orders.address.city, address.zip.code FROM raw.orders",
    "SELECT raw.items.tags[1] AS t FROM raw.items",
    "SELECT unnest(raw.items.tags) AS t FROM raw.items",
    "SELECT raw.orders FROM raw.orders",
    "SELECT orders FROM raw.orders",
    "SELECT raw.orders FROM (SELECT 1 AS orders) raw, raw.orders o",
    "SELECT raw.orders FROM (SELECT 1 AS orders) raw, raw.orders",
    "SELECT raw.orders AS o, raw.orders.id FROM (SELECT {'id': 1} AS orders) AS raw, raw.orders",
    "SELECT raw.orders.id FROM raw.orders UNION ALL SELECT raw.orders.id FROM (SELECT {'id': 3} AS orders) raw",
    "SELECT raw.orders.id, (SELECT raw.orders.id FROM (SELECT {'id': 3} AS orders) raw) AS b FROM raw.orders",
    "SELECT orders.* EXCLUDE (address) FROM raw.orders",
    "SELECT id FROM raw.orders QUALIFY row_number() OVER (PARTITION BY raw.orders.status ORDER BY raw.orders.id) = 1",
    "SELECT raw.orders.id FROM raw.orders JOIN raw.items ON raw.items.order_id = raw.orders.id ORDER BY ALL",
    "SELECT [raw.orders.id + y FOR y IN [1, 2]] AS l FROM raw.orders",
    # Shapes.
    "SELECT * FROM raw.orders JOIN orders USING (id)",
    "SELECT * FROM raw.orders NATURAL JOIN dates",
    "SELECT o.id, i.id AS item FROM orders o, LATERAL (SELECT * FROM raw.items i WHERE i.order_id = o.id) i",
    "SELECT * FROM raw.orders SEMI JOIN orders USING (id)",
    "SELECT * FROM raw.orders o ASOF JOIN dates d ON o.id >= d.id",
    "SELECT * FROM raw.orders POSITIONAL JOIN dates",
    "WITH orders AS (SELECT id FROM orders WHERE id > 3) SELECT * FROM orders",
    (
        "WITH RECURSIVE t AS (SELECT id FROM orders WHERE id = 1 UNION ALL SELECT t.id + 1 FROM t, raw.orders o "
        "WHERE o.id = t.id + 3) SELECT * FROM t"
    ),
    "WITH RECURSIVE orders AS (SELECT id FROM orders UNION SELECT id + 20 FROM orders WHERE id < 3) FROM orders",
    "PIVOT raw.orders ON status IN (0, 1) USING sum(x) GROUP BY id",
    "PIVOT raw.orders ON status USING sum(x) AS s, count(*) AS n GROUP BY id",
    "SELECT * FROM raw.orders PIVOT (sum(x) FOR status IN (0, 1) GROUP BY id)",
    "SELECT * FROM (PIVOT orders ON status IN (0, 1) USING count(*)) AS p",
    "UNPIVOT (SELECT id, status, x::INT AS x FROM raw.orders) ON status, x INTO NAME k VALUE v",
    "SELECT * FROM orders UNPIVOT (v FOR k IN (id, status)) u",
    "SELECT * FROM (DESCRIBE raw.orders)",
    "SELECT column_name, max FROM (SUMMARIZE raw.items)",
    "FROM raw.orders TABLESAMPLE 100%",
    "FROM raw.orders AS o TABLESAMPLE 100 PERCENT",
    "SELECT * FROM orders WHERE id IN (FROM raw.items SELECT order_id)",
    "SELECT (SELECT max(x) FROM raw.orders) AS m, ARRAY(SELECT id FROM dates ORDER BY id) AS l FROM orders",
    "SELECT * REPLACE ((SELECT max(id) FROM raw.orders) AS id) FROM orders",
    "FROM x: raw.orders SELECT x.id",
    "SELECT o.a FROM raw.orders AS o(a, b, c, d)",
    "SELECT id FROM raw.orders UNION ALL BY NAME SELECT id, day FROM dates",
    "SELECT id FROM orders EXCEPT SELECT (SELECT max(id) FROM raw.orders)",
    "VALUES ((SELECT max(id) FROM raw.orders))",
    "SELECT x IS DISTINCT FROM (SELECT min(x) FROM raw.orders) AS d FROM orders",
    "SELECT sum(x) AS s, status FROM orders GROUP BY ROLLUP (status)",
    "SELECT list_transform(tags, lambda orders: orders + 1) AS t FROM raw.items",
    # Statements around.
    "CREATE OR REPLACE VIEW m AS\nSELECT id FROM raw.orders",
    "CREATE TABLE analytics.m AS (SELECT raw.orders.id FROM raw.orders);",
    "CREATE TABLE m AS PIVOT raw.orders ON status IN (0, 1) USING sum(x) GROUP BY id",
    "create table if not exists shop.analytics.m as with o as (from raw.orders) from o",
    "CREATE TEMP TABLE top AS SELECT * FROM raw.orders ORDER BY id DESC LIMIT 3; SELECT * FROM top, orders",
    "CREATE TEMP TABLE orders AS SELECT * FROM raw.orders; SELECT main.orders.id FROM main.orders, temp.orders t",
    "CREATE TEMP VIEW v AS SELECT raw.orders.id FROM raw.orders; SELECT * FROM v",
    "CREATE TEMP MACRO big(y) AS y > (SELECT avg(x) FROM raw.orders); SELECT id, big(x) AS b FROM orders",
    "CREATE TEMP MACRO top(n) AS TABLE SELECT * FROM raw.orders WHERE id < n; SELECT id FROM top(6)",
    "SET VARIABLE top = (SELECT max(id) FROM raw.orders);\nSELECT id FROM orders WHERE id < getvariable('top') - 5",
    "SET TimeZone = 'Asia/Tokyo'; SELECT (TIMESTAMPTZ '2026-01-01 00:00:00Z')::VARCHAR AS t FROM orders LIMIT 1",
    "-- 🦆; the first\nSET integer_division = true /* ; */ ; -- ';\n\nSELECT 7 / 2 AS h, max(id) AS m FROM raw.orders",
]


def model_of(text: str) -> Model:
    config = Config(
        file="datacanary.yml",
        project=ProjectEntry(),
        warehouse=Warehouse("duckdb:///shop.duckdb", Where("datacanary.yml")),
        production="analytics",
        base="main",
        sources=(),
        policy=Policy(),
    )
    project = parse({"models/m.sql": text}, config, (), Version("main", "0" * 40), dialect="duckdb", catalog="shop")
    return project.models[Relation("analytics", "m")]


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """Make the tables where the original query finds them, and the same elsewhere."""
    connection = duckdb.connect()
    connection.execute("ATTACH ':memory:' AS shop; ATTACH ':memory:' AS dc_run")
    for schema, placed in PLACED.items():
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS shop.{schema}; CREATE SCHEMA dc_run.{placed}")
    for name, query in TABLES.items():
        schema, _, table = name.partition(".")
        connection.execute(f"CREATE TABLE shop.{name} AS {query}")
        connection.execute(f"CREATE TABLE dc_run.{PLACED[schema]}.{table} AS {query}")
    yield connection
    connection.close()


def placed(reference: Reference) -> Physical:
    """Find a table as a workspace does: production's schema first, then the default one."""
    assert reference.target is not None
    known = {name.replace('"', "").lower() for name in TABLES}
    schema = reference.target.schema or next(s for s in PLACED if f"{s}.{reference.target.name}" in known)
    return Physical("dc_run", PLACED[schema], reference.target.name)


def rows(connection: duckdb.DuckDBPyConnection, path: str, statements: list[str]) -> tuple[list[str], list[str]]:
    """Run statements on a connection of their own; return the last one's column names, and its rows in any order."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET search_path = '{path}'")
        for statement in statements:
            cursor.execute(statement)
        names = [column[0] for column in cursor.description or []]
        return names, sorted(map(repr, cursor.fetchall()))


def statements(spliced: Spliced) -> list[str]:
    return [*spliced.preamble, spliced.query]


@pytest.mark.parametrize("text", QUERIES)
def test_rows_and_column_names_stay(text: str, warehouse: duckdb.DuckDBPyConnection) -> None:
    model = model_of(text)
    spans = [*model.preamble, model.query]
    original = rows(warehouse, "shop.analytics,shop.main", [text[span.start : span.end] for span in spans])
    # The originals cannot be found from here, but for those that are named in full.
    assert rows(warehouse, "dc_run.main", statements(splice(model, placed, "duckdb"))) == original


@pytest.mark.parametrize("text", QUERIES)
def test_nothing_is_read_from_the_old_places(text: str) -> None:
    spliced = splice(model_of(text), placed, "duckdb")
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS dc_run")
        for name, query in TABLES.items():
            schema, _, table = name.partition(".")
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS dc_run.{PLACED[schema]}")
            connection.execute(f"CREATE TABLE dc_run.{PLACED[schema]}.{table} AS {query}")
        names, _ = rows(connection, "memory.main", statements(spliced))
    assert names


@pytest.mark.parametrize("text", QUERIES)
def test_each_statement_stays_one(text: str) -> None:
    for statement in statements(splice(model_of(text), placed, "duckdb")):
        # DuckDB itself runs a PIVOT over unknown values as several.
        expected = 1 if "ON status USING" not in text else len(duckdb.extract_statements(text))
        assert len(duckdb.extract_statements(statement)) == expected


def test_what_stands_around_the_names_stays_as_it_was_written() -> None:
    text = "SELECT  o.id ,\r\n\tx -- note\r\nFROM\traw /* a */ . orders  o , orders ;  -- end\r\n"
    spliced = splice(model_of(text), placed, "duckdb")
    assert spliced == Spliced(
        preamble=(),
        query='SELECT  o.id ,\r\n\tx -- note\r\nFROM\t"dc_run"."shared_raw"."orders"  o , '
        '"dc_run"."head_analytics"."orders"',
    )


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="'\0"), max_size=20))
def test_the_place_of_a_name_is_found_behind_any_text(junk: str) -> None:
    comment = junk.replace("*", "").replace("/", "")
    before, after = f"SELECT '{junk}' AS a, /* {comment} */ 1 AS b\r\n  FROM ", f" AS o WHERE o.id > 3 AND a = '{junk}'"
    query = splice(model_of(f"{before}raw.orders{after}"), placed, "duckdb").query
    assert query == f'{before}"dc_run"."shared_raw"."orders"{after}'


def test_a_name_that_ends_otherwise_gets_the_old_one_as_its_alias() -> None:
    model = model_of("SELECT raw.orders.id, Orders.x FROM raw.Orders JOIN raw.items i ON i.id = raw.orders.id")
    query = splice(model, lambda reference: Physical("", "run", f"t_{reference.target}"), "duckdb").query
    assert query == (
        'SELECT "Orders".id, Orders.x FROM "run"."t_raw.orders" AS "Orders" '
        'JOIN "run"."t_raw.items" i ON i.id = "Orders".id'
    )


def test_files_are_spliced_with_their_quotes() -> None:
    text = "SELECT * FROM 'a.csv' a, \"b.parquet\", read_csv('c.csv', header = true), read_json(['d.json', 'e.json'])"
    query = splice(model_of(text), lambda reference: f"/it's/{reference.path}", "duckdb").query
    assert query == (
        "SELECT * FROM '/it''s/a.csv' a, '/it''s/b.parquet', read_csv('/it''s/c.csv', header = true), "
        "read_json(['/it''s/d.json', '/it''s/e.json'])"
    )


HOSTILE = ['x"; DROP TABLE y; --', "x' ; DROP TABLE y", "x; DROP TABLE y", 'a"b', "a\nb", "/*", "--", "$$"]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_of_a_table_or_file_can_become_a_statement(name: str) -> None:
    model = model_of("SELECT orders.id FROM raw.orders, 'x.csv'")
    spliced = splice(model, lambda reference: name if reference.path else Physical(name, name, name), "duckdb")
    (statement,) = duckdb.extract_statements(spliced.query)
    assert statement.type == duckdb.StatementType.SELECT


NAMELESS = [
    ("SELECT id,\n  (SELECT max(id) FROM raw.items) FROM orders", "2:24"),
    ("SELECT raw.orders.id + 1 FROM raw.orders", "1:8"),
    ("SELECT 1 AS a, max(raw.orders.id) FROM raw.orders", "1:20"),
    ("SELECT * FROM (SELECT EXISTS (FROM raw.items) FROM orders)", "1:36"),
    ("WITH a AS (SELECT raw.items.tags[1] FROM raw.items) FROM a", "1:19"),
    ("SELECT id FROM orders UNION ALL BY NAME SELECT (SELECT max(id) FROM raw.items)", "1:69"),
    ("CREATE TEMP TABLE t AS SELECT (SELECT max(id) FROM raw.items); FROM t", "1:52"),
    ("SELECT (SELECT count(*) FROM 'x.csv')", "1:30"),
]


@pytest.mark.parametrize(("text", "place"), NAMELESS, ids=[text for text, _ in NAMELESS])
def test_a_column_that_would_be_called_after_the_run_is_refused(text: str, place: str) -> None:
    with pytest.raises(ProjectError) as caught:
        splice(model_of(text), lambda reference: reference.path or placed(reference), "duckdb")
    assert str(caught.value) == (
        f"models/m.sql:{place}: This column has no name of its own; it would be called after the place of the table "
        "in it. Write AS and a name behind its expression."
    )
