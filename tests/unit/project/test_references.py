"""What a query reads, held against DuckDB's own answer."""

import re
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacanary.project.naming import fold
from datacanary.project.references import Reads, reads_of
from datacanary.project.scopes import made_by
from datacanary.project.statements import read_script

QUERIES = r"""
SELECT 1
SELECT * FROM orders
SELECT * FROM s.orders
SELECT * FROM c.s.orders
FROM orders
FROM s.orders SELECT id
FROM orders o WHERE o.id > 1
SELECT * FROM Orders, ORDERS o2
SELECT * FROM "Orders"
SELECT * FROM "my schema"."my table"
SELECT * FROM "a.b"."c.d"
SELECT * FROM "say ""hi"" twice" AS "x y"
SELECT * FROM "größe"."naïve 🦆"
SELECT * FROM größe.straße
WITH orders AS (SELECT * FROM orders) SELECT * FROM orders
WITH orders AS (SELECT * FROM s.orders) SELECT * FROM orders
WITH orders AS (SELECT 1) SELECT * FROM s.orders
WITH a AS (SELECT 1), b AS (SELECT * FROM a) SELECT * FROM b
WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a, b
WITH A AS (SELECT 1) SELECT * FROM a
WITH "A" AS (SELECT 1) SELECT * FROM a
WITH a AS (WITH b AS (SELECT * FROM a) SELECT * FROM b) SELECT * FROM a, b
WITH a AS (SELECT 1) SELECT * FROM (WITH a AS (SELECT * FROM a) SELECT * FROM a)
WITH a AS (SELECT 1) SELECT * FROM (WITH b AS (SELECT * FROM a) SELECT * FROM b, c)
WITH a AS (SELECT 1) SELECT (SELECT max(x) FROM a), (SELECT max(x) FROM b)
WITH a AS MATERIALIZED (SELECT * FROM x) SELECT * FROM a
WITH a AS NOT MATERIALIZED (SELECT * FROM x) SELECT * FROM a
WITH a AS (VALUES (1), (2)) FROM a
WITH a AS (FROM a) FROM a
WITH a(b, c) AS (SELECT 1, 2) FROM a
(WITH a AS (SELECT 1) SELECT * FROM a) UNION ALL SELECT * FROM a
WITH a AS (SELECT 1) (SELECT * FROM a UNION SELECT * FROM b) EXCEPT SELECT * FROM c
WITH x AS (SELECT 1) SELECT * FROM y WHERE id IN (WITH y AS (SELECT * FROM x) SELECT * FROM y)
WITH x AS (SELECT 1) SELECT * FROM y UNION ALL SELECT * FROM x UNION ALL SELECT * FROM s.x
SELECT * FROM a JOIN b ON a.id = b.id AND b.x = (WITH a AS (SELECT 1 AS id) SELECT id FROM a)
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT * FROM t
WITH RECURSIVE t(n) AS (SELECT id FROM seed UNION ALL SELECT n + 1 FROM t, other WHERE n < 5) SELECT * FROM t
WITH RECURSIVE t(n) USING KEY (n) AS (SELECT 1 UNION SELECT n + 1 FROM t WHERE n < 5) SELECT * FROM t
WITH RECURSIVE t(n) USING KEY (n) AS (SELECT 1 UNION SELECT n + 1 FROM recurring.t WHERE n < 5) SELECT * FROM t
WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a
WITH RECURSIVE a AS (SELECT * FROM a) SELECT * FROM a
WITH RECURSIVE a AS (SELECT * FROM a UNION ALL SELECT * FROM a) SELECT * FROM a
WITH RECURSIVE a AS ((SELECT * FROM a UNION ALL SELECT 1) UNION ALL SELECT * FROM a) SELECT * FROM a
WITH RECURSIVE a AS (SELECT 1 UNION ALL (SELECT 2 FROM a UNION ALL SELECT 3 FROM a)) SELECT * FROM a
WITH RECURSIVE a AS ((SELECT 1 UNION ALL SELECT 2 FROM a)) SELECT * FROM a
WITH RECURSIVE a AS (SELECT * FROM a INTERSECT SELECT * FROM a) SELECT * FROM a
WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL BY NAME SELECT n FROM a) SELECT * FROM a
WITH RECURSIVE a AS (WITH b AS (SELECT * FROM a) SELECT 1 UNION ALL SELECT 2 FROM b) SELECT * FROM a
WITH RECURSIVE a AS (SELECT 1 UNION ALL (WITH b AS (SELECT * FROM a) SELECT 2 FROM b)) SELECT * FROM a
WITH RECURSIVE a AS (SELECT * FROM b UNION ALL SELECT * FROM a), b AS (SELECT 1) SELECT * FROM a
WITH RECURSIVE a AS (SELECT 1 UNION ALL SELECT 2 FROM (SELECT * FROM a)) SELECT * FROM a
SELECT * FROM a UNION ALL BY NAME SELECT * FROM b
SELECT * FROM a INTERSECT SELECT * FROM b
SELECT * FROM a EXCEPT ALL SELECT * FROM b
SELECT * FROM (SELECT * FROM (SELECT * FROM s.deep))
SELECT * FROM (((a)))
SELECT * FROM a POSITIONAL JOIN b
SELECT * FROM a ANTI JOIN b ON a.id = b.id
SELECT * FROM a SEMI JOIN b ON a.id = b.id
SELECT * FROM a CROSS JOIN b
SELECT * FROM (a CROSS JOIN b) AS j
SELECT * FROM a LEFT JOIN (b JOIN c ON b.id = c.id) ON a.id = b.id
SELECT * FROM a FULL OUTER JOIN s.b AS x ON a.id = x.id
SELECT * FROM a JOIN b ON (a.id = b.id) JOIN c ON EXISTS (SELECT 1 FROM d WHERE d.id = c.id)
SELECT * FROM a, LATERAL (SELECT * FROM b WHERE b.id = a.id) l
SELECT * FROM a, (SELECT * FROM b WHERE b.id = a.id) l
SELECT * FROM a LEFT JOIN LATERAL (SELECT * FROM s.b WHERE b.id = a.id LIMIT 1) ON true
SELECT * FROM range(10) r(i), orders
SELECT * FROM generate_series(1, 3)
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) v(id, name)
VALUES ((SELECT max(id) FROM orders))
SELECT (SELECT max(id) FROM other) AS m FROM orders
SELECT * FROM orders WHERE id IN (SELECT id FROM other)
SELECT * FROM orders WHERE id IN (FROM other)
SELECT * FROM orders o WHERE EXISTS (SELECT 1 FROM other x WHERE x.id = o.id)
SELECT * FROM orders o WHERE NOT EXISTS (FROM s.other)
SELECT * FROM orders WHERE id = ANY (SELECT id FROM other) AND id > ALL (SELECT id FROM third)
SELECT ARRAY(SELECT id FROM other)
SELECT * FROM orders ORDER BY (SELECT max(id) FROM other)
SELECT count(*) FROM orders GROUP BY id HAVING count(*) > (SELECT avg(id) FROM other)
SELECT * FROM orders LIMIT (SELECT count(*) FROM other)
SELECT * FROM orders QUALIFY row_number() OVER (PARTITION BY id ORDER BY t) <= (SELECT n FROM limits)
SELECT sum(x) OVER w FROM orders WINDOW w AS (PARTITION BY id)
SELECT COLUMNS(*) FROM orders
SELECT orders FROM orders
SELECT orders.* FROM orders
SELECT s.orders FROM s.orders
SELECT s.orders.id FROM s.orders
SELECT c.s.orders.id FROM c.s.orders
SELECT orders.address.city FROM s.orders
SELECT address.city.name FROM s.orders
SELECT s.orders.address.city FROM s.orders
SELECT s1.orders.id, s2.orders.id FROM s1.orders, s2.orders
SELECT list_transform(items, lambda x: x + 1) FROM orders
SELECT [x + 1 FOR x IN items IF x > 1] FROM orders
SELECT [x FOR x IN (SELECT list(id) FROM other)] FROM orders
SELECT {'a': 1, 'b': (SELECT 2 FROM other)} FROM orders
SELECT MAP {'a': id} FROM orders
SELECT CASE WHEN id IN (SELECT id FROM x) THEN (SELECT 1 FROM y) ELSE (SELECT 2 FROM z) END FROM orders
SELECT CAST((SELECT max(id) FROM x) AS VARCHAR) FROM orders
SELECT coalesce((SELECT id FROM x LIMIT 1), 0)
SELECT * FROM orders TABLESAMPLE 10%
SELECT * FROM orders o TABLESAMPLE reservoir(20)
SELECT * FROM orders USING SAMPLE 5
SELECT * FROM (PIVOT orders ON status IN ('a', 'b') USING sum(x))
SELECT * FROM orders PIVOT (sum(x) FOR status IN ('a', 'b'))
SELECT * FROM s.orders PIVOT (sum(x) FOR status IN ('a', 'b') GROUP BY id) AS p
PIVOT orders ON status IN ('a', 'b') USING sum(x)
PIVOT s.orders ON status IN ('a', 'b') USING sum(x) GROUP BY id
PIVOT (SELECT * FROM orders, other) ON status IN ('a') USING sum(x)
UNPIVOT s.orders ON COLUMNS(* EXCLUDE (id)) INTO NAME k VALUE v
WITH p AS (PIVOT orders ON status IN ('a') USING sum(x)) SELECT * FROM p
WITH orders AS (SELECT 1 AS a) PIVOT orders ON a IN (1) USING sum(a)
WITH orders AS (SELECT 1 AS a) UNPIVOT orders ON a INTO NAME k VALUE v
SELECT DISTINCT ON (id) * FROM orders
SELECT id, sum(x) FROM orders GROUP BY GROUPING SETS ((id), ())
SELECT sum(x) FILTER (WHERE x IN (SELECT x FROM other)) FROM orders
SELECT string_agg(x, ',' ORDER BY (SELECT 1 FROM other)) FROM orders
SELECT (SELECT b.id FROM b WHERE b.id = (SELECT c.id FROM c WHERE c.id = a.id)) FROM a
SELECT * FROM a WHERE id NOT IN (SELECT id FROM b) AND NOT EXISTS (SELECT * FROM c)
SELECT a: id, b: 2 FROM orders
SELECT x.* FROM x: orders
FROM (FROM orders SELECT id) SELECT *
SELECT * FROM orders AS o(a, b, c)
SELECT extract(year FROM t) FROM orders
SELECT substring(x FROM 2 FOR 3), trim(BOTH ' ' FROM x), position('a' IN x) FROM orders
SELECT x IS DISTINCT FROM (SELECT y FROM other) FROM orders
SELECT $$from nothing$$ FROM orders
SELECT 'FROM x' AS "FROM y" FROM orders -- FROM z
SELECT /* FROM z */ * FROM /* here */ s /* and */ . /* there */ orders
TABLE s.orders
SELECT * FROM (DESCRIBE orders)
SELECT * FROM (SUMMARIZE s.orders)
SELECT * FROM duckdb_tables()
SELECT * FROM information_schema.tables
SELECT * FROM s.a JOIN s.b ON s.a.id = s.b.id WHERE s.a.x > 3
SELECT * FROM ((SELECT * FROM a) UNION (SELECT * FROM b)) u
SELECT unnest(orders) FROM orders
SELECT * FROM orders o1 JOIN orders o2 ON o1.id = o2.parent
""".strip().splitlines()

WITH_COLUMNS = r"""
SELECT * FROM a JOIN s.b USING (id)
SELECT * FROM a NATURAL JOIN b
SELECT * FROM a ASOF JOIN b ON a.id = b.id AND a.x >= b.x
SELECT * FROM a ASOF LEFT JOIN b USING (id, x)
SELECT * FROM a SEMI JOIN s.b USING (id)
SELECT * FROM a, unnest(a.items) AS u(item)
SELECT * FROM a JOIN LATERAL unnest(a.items) u(item) ON true
SELECT COLUMNS('i.*') FROM a
SELECT COLUMNS(lambda c: c LIKE 'i%') FROM a
SELECT * REPLACE ((SELECT max(id) FROM s.b) AS id) FROM a
SELECT * LIKE 'i%' FROM a
SELECT * FROM s.b UNPIVOT (v FOR k IN (id, x))
SELECT * FROM a UNPIVOT INCLUDE NULLS (v FOR k IN (id, x))
UNPIVOT a ON id, x INTO NAME k VALUE v
UNPIVOT (FROM s.b) ON id, x INTO NAME k VALUE v
PIVOT (SELECT * FROM a JOIN b USING (id)) ON x IN (1) USING count(*)
SELECT * FROM a WHERE (id, x) IN (SELECT (id, x) FROM b)
SELECT * FROM (a JOIN b USING (id))
WITH t AS (SELECT * FROM s.t), u AS (SELECT * FROM t JOIN s.u USING (id)) SELECT * FROM u LEFT JOIN t USING (id)
SELECT a.items.len() FROM a
FROM b AS a, s.a AS b SELECT a.id, b.id
SELECT * FROM a GROUP BY ALL ORDER BY ALL
""".strip().splitlines()
"""DuckDB lists the names of a query without looking tables up; these need to know their columns even for that."""

PIVOTS = r"""
PIVOT a ON x USING sum(id)
PIVOT s.b ON x USING sum(id) GROUP BY id
FROM (PIVOT s.b ON x USING sum(id))
WITH p AS (PIVOT a ON x USING sum(id)) FROM p
""".strip().splitlines()
"""DuckDB runs these as several statements, and lists no names of such."""


def read(query: str) -> Reads:
    return reads_of(read_script(query, "m.sql", "duckdb").query, query, "m.sql", "duckdb")


def ours(query: str) -> set[tuple[str, ...]]:
    return {name.parts for name in read(query).names}


def theirs(query: str) -> set[tuple[str, ...]]:
    with duckdb.connect() as connection:
        return {parts(name) for name in connection.get_table_names(query, qualified=True)}


def parts(listed: str) -> tuple[str, ...]:
    """Read a name as DuckDB lists it: what stands behind it, as ` AS o` or ` TABLESAMPLE 1%`, is no part of it."""
    found = re.match(r'(?:"(?:[^"]|"")*"|[^\s".]+)(?:\.(?:"(?:[^"]|"")*"|[^\s".]+))*', listed)
    assert found
    written = re.findall(r'"(?:[^"]|"")*"|[^\s".]+', found[0])
    return tuple(fold(part[1:-1].replace('""', '"') if part[0] == '"' else part) for part in written)


@pytest.mark.parametrize("query", QUERIES)
def test_the_names_are_those_that_duckdb_finds(query: str) -> None:
    assert ours(query) == theirs(query)


@pytest.mark.parametrize("query", [*WITH_COLUMNS, *PIVOTS])
def test_the_query_runs_with_the_tables_found_and_without_none_of_them(query: str) -> None:
    names = ours(query)
    runs(query, names)
    for missing in names:
        with pytest.raises(duckdb.CatalogException, match=f"Table with name {missing[-1]} does not exist"):
            runs(query, names - {missing})


def runs(query: str, names: set[tuple[str, ...]]) -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA s")
        for name in names:
            connection.execute(f"CREATE TABLE {'.'.join(name)} AS SELECT 1 AS id, 2 AS x, [3] AS items")
        connection.execute(query)


@pytest.mark.parametrize("query", [query for query in QUERIES if "FROM z" not in query])
def test_the_spans_hold_the_names_as_they_are_written(query: str) -> None:
    names = read(query).names
    for name in names:
        written = query[name.span.start : name.span.end]
        assert parts(written) == name.parts
        assert query[: name.span.start].count("\n") + 1 == name.line


NAMES = st.sampled_from(["a", "b", "A", '"b"', "s.a", "c"])
BARE = st.sampled_from(["a", "b", "A", '"b"', "c"])


@st.composite
def queries(draw: st.DrawFn, depth: int = 3) -> str:
    """Draw a query of one column x, whose CTEs, subqueries and tables share few names."""
    if depth == 0:
        return f"SELECT 1 AS x FROM {draw(NAMES)}"
    inner = queries(depth=depth - 1)
    forms = [
        lambda: f"SELECT 1 AS x FROM {draw(NAMES)}, {draw(NAMES)} AS o",
        lambda: f"SELECT 1 AS x FROM ({draw(inner)}) q",
        lambda: f"({draw(inner)}) {draw(st.sampled_from(['UNION ALL', 'EXCEPT', 'INTERSECT']))} ({draw(inner)})",
        lambda: f"SELECT ({draw(inner)} LIMIT 1) AS x FROM {draw(NAMES)} AS o",
        lambda: f"SELECT 1 AS x FROM {draw(NAMES)} AS o WHERE EXISTS ({draw(inner)}) AND 1 IN ({draw(inner)})",
        lambda: f"FROM {draw(NAMES)} AS o, LATERAL ({draw(inner)}) l SELECT 1 AS x",
        lambda: draw(with_ctes(depth - 1)),
        lambda: draw(with_recursive_ctes(depth - 1)),
    ]
    return draw(st.sampled_from(forms))()


DISTINCT_NAMES = st.lists(BARE, min_size=1, max_size=3, unique_by=lambda name: name.strip('"').lower())


@st.composite
def with_ctes(draw: st.DrawFn, depth: int) -> str:
    names = draw(DISTINCT_NAMES)
    ctes = ", ".join(f"{name} AS ({draw(queries(depth=depth))})" for name in names)
    return f"WITH {ctes} ({draw(queries(depth=depth))}) {used(names)}"


@st.composite
def with_recursive_ctes(draw: st.DrawFn, depth: int) -> str:
    names = draw(DISTINCT_NAMES)
    ctes = []
    for name in names:
        anchor, union = draw(queries(depth=depth)), draw(st.sampled_from(["", "UNION", "UNION ALL"]))
        # A WITH in front of a UNION could make a CTE that its own recursion hides: nobody would read that one.
        step = f"{union} SELECT 1 AS x FROM {name}" if union else ""
        ctes.append(f"{name} AS (SELECT 1 AS x FROM ({anchor}) q {step})")
    return f"WITH RECURSIVE {', '.join(ctes)} ({draw(queries(depth=depth))}) {used(names)}"


def used(names: list[str]) -> str:
    """Read every CTE: DuckDB leaves out those that nobody reads, and what they read; we are on the safe side."""
    return " ".join(f"UNION ALL (SELECT 1 AS x FROM {name})" for name in names)


@given(queries())
def test_shadowing_is_resolved_as_duckdb_does(query: str) -> None:
    assert ours(query) == theirs(query)


PREPARED = [
    ("CREATE TEMP TABLE a AS FROM b; FROM a", {("b",)}),
    ("CREATE TEMP TABLE a AS FROM a; FROM a", {("a",)}),
    ("CREATE TEMP TABLE A (id INT); FROM a AS w, temp.a AS x, temp.main.a AS y, main.a AS z", set()),
    ("CREATE TEMP TABLE a AS FROM s.a; FROM s.a, a", {("s", "a")}),
    ("CREATE TEMPORARY VIEW v AS SELECT * FROM a; CREATE TEMP TABLE w AS FROM v; FROM w", {("a",)}),
    ("CREATE OR REPLACE TEMP TABLE a AS TABLE s.b; FROM a", {("s", "b")}),
    ("CREATE TEMP MACRO m(x) AS TABLE SELECT * FROM a WHERE id > x; FROM m(3)", {("a",)}),
    ("CREATE TEMP MACRO m() AS (SELECT max(id) FROM s.a); SELECT m() AS id FROM b", {("s", "a"), ("b",)}),
    ("CREATE TEMP MACRO m(x) AS x + 1, (x, y) AS x + y + (SELECT max(id) FROM a); SELECT m(1)", {("a",)}),
    ("SET VARIABLE top = (SELECT max(id) FROM s.a); SELECT getvariable('top') AS id", {("s", "a")}),
    ("CREATE TEMP TABLE p AS PIVOT a ON x IN (1) USING sum(id); FROM p", {("a",)}),
]


@pytest.mark.parametrize(("text", "expected"), PREPARED, ids=[text for text, _ in PREPARED])
def test_temporary_tables_shadow_from_where_they_are_made(text: str, expected: set[tuple[str, ...]]) -> None:
    found = set(names_of_script(text))
    assert found == expected
    # And DuckDB runs it with the tables found, and nothing else.
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA s")
        for name in found:
            connection.execute(f"CREATE TABLE memory.{name[0] if name[1:] else 'main'}.{name[-1]} AS SELECT 1 id, 1 x")
        connection.execute(text)


def test_a_macro_looks_its_names_up_when_it_is_used() -> None:
    text = "CREATE TEMP MACRO m() AS TABLE FROM a; CREATE TEMP TABLE a AS FROM b; FROM m()"
    assert set(names_of_script(text)) == {("b",)}
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE a AS SELECT 'a' AS x; CREATE TABLE b AS SELECT 'b' AS x")
        assert connection.execute(text).fetchall() == [("b",)]


def names_of_script(text: str) -> Iterator[tuple[str, ...]]:
    script = read_script(text, "m.sql", "duckdb")
    trees = [statement.tree for statement in script.preamble]
    for index, tree in enumerate([*trees, script.query]):
        known = made_by(trees if "MACRO" in text else trees[:index])
        for name in reads_of(tree, text, "m.sql", "duckdb", known).names:
            yield name.parts
