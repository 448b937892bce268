"""When two names are the same name: by dialect, quoted or not."""

import pytest
from pairs import NOTHING, compared, told

from datacanary.impact.meaning.names import names_of

SAME = [
    ("duckdb", "SELECT a AS z FROM t", 'SELECT "A" AS z FROM "T"'),
    ("duckdb", "WITH c AS (FROM t) SELECT a FROM c", 'WITH "C" AS (FROM T) SELECT "c".A AS a FROM c'),
    ("duckdb", 'SELECT "two words" AS z FROM (SELECT a AS "Two Words" FROM t)', "SELECT a AS z FROM t"),
    ("postgres", "SELECT a AS z FROM t", 'SELECT "a" AS Z FROM T'),
    ("postgres", 'SELECT "Z" FROM (SELECT a AS "Z", b AS z FROM t) AS v', 'SELECT a AS "Z" FROM t'),
    ("redshift", "SELECT a AS z FROM t", 'SELECT "A" AS z FROM "T"'),
    ("snowflake", "SELECT a AS z FROM t", 'SELECT "A" AS Z FROM "T"'),
    ("snowflake", "SELECT a AS z FROM t", 'SELECT A AS "Z" FROM T'),
    ("bigquery", "SELECT a AS z FROM t", "SELECT A AS z FROM t"),
    ("bigquery", "SELECT a AS z FROM t", "SELECT `a` AS z FROM `t`"),
    ("spark", "SELECT a AS z FROM t", "SELECT `A` AS z FROM T"),
    ("trino", "SELECT a AS z FROM t", 'SELECT "A" AS z FROM T'),
]


@pytest.mark.parametrize(("dialect", "base", "head"), SAME)
def test_the_same_name(dialect: str, base: str, head: str) -> None:
    assert told(compared(base, head, dialect)) == NOTHING


DIFFERENT = [
    ("duckdb", 'SELECT a AS "Z" FROM t', 'SELECT a AS "z" FROM t', "Z->z"),
    ("postgres", "SELECT a AS z FROM t", 'SELECT a AS "Z" FROM t', "z->Z"),
    (
        "postgres",
        'SELECT z FROM (SELECT a AS "Z", b AS z FROM t) AS v',
        'SELECT "Z" AS z FROM (SELECT a AS "Z", b AS z FROM t) AS v',
        "z",
    ),
    ("snowflake", "SELECT a AS z FROM t", 'SELECT a AS "z" FROM t', "Z->z"),
    (
        "snowflake",
        'SELECT "z" FROM (SELECT a AS "z", b AS z FROM t)',
        'SELECT z AS "z" FROM (SELECT a AS "z", b AS z FROM t)',
        "z",
    ),
]


@pytest.mark.parametrize(("dialect", "base", "head", "expected"), DIFFERENT)
def test_another_name(dialect: str, base: str, head: str, expected: str) -> None:
    assert told(compared(base, head, dialect)) == expected


UNKNOWN = [("postgres", 'SELECT "A" FROM t'), ("snowflake", 'SELECT "a" FROM t')]


@pytest.mark.parametrize(("dialect", "sql"), UNKNOWN)
def test_a_name_that_is_none_of_the_warehouse(dialect: str, sql: str) -> None:
    assert told(compared(sql, sql, dialect)).startswith("rows")


def test_only_the_letters_of_ascii_are_folded() -> None:
    names = names_of("duckdb")
    assert [names.stored(name) for name in ("ÄB", "äb", "Straße", "İ")] == ["Äb", "äb", "straße", "İ"]


DIALECTS = ["duckdb", "postgres", "snowflake", "bigquery", "spark", "databricks", "redshift", "trino"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_same_in_every_dialect(dialect: str) -> None:
    base = """
        SELECT t.k, upper(t.s) AS s, sum(u.c) AS total, count(*) AS n FROM t LEFT JOIN u ON t.k = u.k
        WHERE t.a > 5 AND t.b < 10 GROUP BY t.k, upper(t.s) HAVING count(*) > 1"""
    head = """
        WITH some AS (SELECT k, s, a AS p, b FROM t)
        SELECT some.k, upper(some.s) AS s, sum(v.c) AS total, count(*) AS n FROM some LEFT JOIN u AS v ON v.k = some.k
        WHERE 10 > some.b AND some.p > 5 GROUP BY upper(some.s), some.k HAVING 1 < count(*)"""
    assert told(compared(base, head, dialect)) == NOTHING
    up = str.upper if dialect == "snowflake" else str
    assert told(compared(base, head.replace("sum(v.c)", "sum(v.id)"), dialect)) == up("total")
    assert told(compared(base, head.replace("p > 5", "p > 6"), dialect)) == "rows"
    assert told(compared(base, head.replace("LEFT JOIN", "JOIN"), dialect)) == "rows"


def test_plus_commutes_only_where_it_adds() -> None:
    base, head = "SELECT s + 'x' AS z FROM t", "SELECT 'x' + s AS z FROM t"
    assert told(compared(base, head, "redshift")) == "z"
    assert told(compared("SELECT a + b AS z FROM t", "SELECT b + a AS z FROM t", "postgres")) == NOTHING


def test_a_list_of_values_names_its_columns_as_the_engine_does() -> None:
    for dialect, first in (
        ("postgres", "column1"),
        ("trino", "_col0"),
        ("snowflake", "COLUMN1"),
        ("spark", "col1"),
        ("databricks", "col1"),
    ):
        sql = f"SELECT {first} FROM (VALUES (1, 2)) AS v"
        assert told(compared(sql, sql, dialect)) == NOTHING, dialect
