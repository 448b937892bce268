"""DuckDB's own parser: which tables a query names, where, and when two texts are otherwise the same query."""

import pytest

from datacanary.warehouse.duckdb.outline import outline_of
from datacanary.warehouse.duckdb.pivots import with_fixed_pivots


def named(query: str) -> list[str]:
    """Return the tables of a query with their aliases, each as it stands in the text."""
    found = outline_of(query)
    assert found is not None
    for table in found.tables:
        assert query[table.start :].lstrip("\"'").startswith(table.parts[0])
    return [" ".join(filter(None, (".".join(table.parts), table.alias))) for table in found.tables]


NAMES = [
    ("SELECT 1", []),
    ("SELECT x'41' FROM a, B AS c JOIN s.t ON true", ["a", "B c", "s.t"]),
    ("FROM shop.s.t SELECT 'ä', \"é\"", ["shop.s.t"]),
    ("SELECT 'äöü' FROM ä.\"Ü x\" AS y, z", ["ä.Ü x y", "z"]),
    ("SELECT (SELECT max(i) FROM a) FROM b WHERE EXISTS (FROM c)", ["a", "b", "c"]),
    ("WITH w AS (FROM a) FROM w, W, s.w", ["a", "s.w"]),
    ("WITH a AS (FROM a) FROM a", ["a"]),
    ("WITH v AS (FROM w), w AS (FROM v) FROM w", ["w"]),
    ("SELECT * FROM (WITH w AS (FROM a) FROM w) AS x, w", ["a", "w"]),
    ("WITH RECURSIVE r AS (SELECT 1 AS n FROM r UNION ALL SELECT n + 1 FROM r) FROM r", ["r"]),
    ("WITH RECURSIVE r(n) USING KEY (n) AS (SELECT 1 UNION SELECT n FROM recurring.r) FROM r", []),
    ("FROM a UNION ALL (FROM b EXCEPT FROM c) ORDER BY 1", ["a", "b", "c"]),
    ("PIVOT a ON k USING sum(v) GROUP BY g ORDER BY g LIMIT 3", ["a"]),
    ("WITH p AS (PIVOT ä.a ON year(d), b || c USING sum(v)) SELECT é FROM p JOIN q USING (k)", ["ä.a", "q"]),
    ("FROM (PIVOT (FROM a) ON k) AS x, (UNPIVOT b ON c, d) AS y", ["a", "b"]),
    ("PIVOT a ON k IN (1, 2), l USING sum(v)", ["a"]),
    ("SELECT 1 -- FROM b\nFROM a /* , c */", ["a"]),
    ("FROM 'x.csv'", ["x.csv"]),
]


@pytest.mark.parametrize(("query", "expected"), NAMES)
def test_the_tables_that_a_query_names(query: str, expected: list[str]) -> None:
    assert named(query) == expected


NONE = [
    *("nonsense", "SELECT FROM FROM a", "", "SELECT 1; SELECT 2", "SELECT 'open"),
    *("CREATE TABLE a AS SELECT 1", "DROP TABLE a", "INSERT INTO a SELECT 1", "ATTACH 'x.duckdb'", "PRAGMA version"),
    *("WITH g AS (DELETE FROM a RETURNING *) FROM g", "FROM (DESCRIBE a)", "SUMMARIZE a", "EXPLAIN SELECT 1"),
]


@pytest.mark.parametrize("query", NONE)
def test_what_is_no_query_or_more_than_one(query: str) -> None:
    assert outline_of(query) is None


def rest(query: str) -> str:
    found = outline_of(query)
    assert found is not None
    return found.rest


SAME = [
    ("SELECT a.i FROM a JOIN s.b AS c ON true", "SELECT  a.i\nFROM x.y AS a -- so\nJOIN z c ON (true)"),
    ("PIVOT a ON k USING sum(v) ORDER BY 1", "PIVOT db.s.b AS a ON k USING sum(v) ORDER BY 1"),
    ("WITH w AS (FROM a) FROM w", "WITH w AS (FROM b AS a) FROM w"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_but_for_its_tables(one: str, other: str) -> None:
    assert rest(one) == rest(other)


DIFFERENT = [
    ("SELECT i FROM a", "SELECT j FROM a"),
    ("SELECT i FROM a, a", "SELECT i FROM a"),
    ("SELECT i FROM a", "SELECT i FROM a LIMIT 1"),
    ("SELECT i FROM a", "SELECT i FROM a AS b (i)"),
    ("WITH w AS (FROM a) FROM w", "WITH w AS (FROM a) FROM v"),
    ("PIVOT a ON k USING sum(v)", "PIVOT a ON l USING sum(v)"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_another_query(one: str, other: str) -> None:
    assert rest(one) != rest(other)


def test_what_else_is_told() -> None:
    found = outline_of("SELECT s.a.i, (SELECT 1 FROM b) FROM s.a, my_rows(1), range(3)")
    assert found is not None
    assert (found.functions, found.columns, found.nameless) == (("my_rows", "range"), (("s", "a", "i"),), True)
    named_column = outline_of("SELECT (SELECT 1 FROM b) AS z, a.i FROM a")
    assert named_column is not None
    assert not named_column.nameless


def test_pivots_that_say_their_columns_or_are_none_stay() -> None:
    for query in ("PIVOT a ON k IN (1) USING sum(v)", "SELECT 'PIVOT a ON k'", "FROM a PIVOT (sum(v) FOR k IN (1))"):
        assert with_fixed_pivots(query) is None
