"""What gives other results each time, and what nobody knows: equal to nothing, not even to itself."""

import pytest
from pairs import NOTHING, compared, read, told

NEVER = [
    *("random()", "uuid()", "gen_random_uuid()", "nextval('s')", "now()", "current_timestamp", "current_date"),
    *("today()", "current_user", "getvariable('v')", "current_setting('threads')", "txid_current()", "rowid"),
    *("d > current_date", "a + random()", "CASE WHEN random() > 0.5 THEN a END", "(SELECT random())"),
    *("row_number() OVER (ORDER BY random())", "list(a ORDER BY random()) OVER ()"),
]


@pytest.mark.parametrize("expression", NEVER)
def test_a_volatile_column_is_never_the_same_and_the_others_are(expression: str) -> None:
    sql = f"SELECT id, {expression} AS z FROM t"
    assert told(compared(sql, sql)) == "z"
    assert read(sql).doubts == ()
    assert not read(sql).table.settled


ROWS = [
    "SELECT id FROM t WHERE random() > 0.5",
    "SELECT id FROM t WHERE d < current_date",
    "SELECT id FROM t ORDER BY random() LIMIT 1",
    "SELECT DISTINCT ON (k) id FROM t ORDER BY k, random()",
    "SELECT DISTINCT random() FROM t",
    "SELECT random() AS z, count(*) AS n FROM t GROUP BY z",
    "SELECT t.id FROM t JOIN u ON t.k = u.k AND u.ts < now()",
    "SELECT id FROM t WHERE k IN (SELECT k FROM u WHERE random() > 0.5)",
    "SELECT a FROM t USING SAMPLE 10%",
    "SELECT a FROM t TABLESAMPLE 10%",
    "SELECT id, unnest(generate_series(1, (10 * random())::INT)) AS n FROM t",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < random()) SELECT n FROM r",
]


@pytest.mark.parametrize("sql", ROWS)
def test_volatile_rows_are_never_the_same(sql: str) -> None:
    assert told(compared(sql, sql)).startswith("rows")
    assert read(sql).doubts == ()


def test_what_is_volatile_is_the_same_where_the_salt_is() -> None:
    sql = "SELECT id, random() AS z FROM t WHERE d < current_date"
    one, other = read(sql, "one").table, read(sql, "one").table
    assert one.identity == other.identity
    assert one.identity != read(sql, "two").table.identity


def test_two_that_are_volatile_are_two() -> None:
    first, second = read("SELECT random() AS p, random() AS q FROM t").table.columns
    assert first.value.fingerprint != second.value.fingerprint


def test_an_order_that_decides_nothing_may_be_random() -> None:
    assert told(compared("SELECT id FROM t ORDER BY random()", "SELECT id FROM t")) == NOTHING


DOUBTS = [
    ("SELECT id FROM nope", "nope is no table that is known"),
    ("SELECT id FROM other.t", "other.t is no table that is known"),
    ("SELECT nope FROM t", "there is no column nope"),
    ("SELECT t.nope FROM t", "there is no column t.nope"),
    ("SELECT id FROM t WHERE nope > 1", "there is no column nope"),
    ("SELECT id FROM t ORDER BY nope", "there is no column nope"),
    ("SELECT id FROM t GROUP BY id, nope", "there is no column nope"),
    ("SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.k = nope)", "there is no column nope"),
    ("SELECT k FROM t, u", "k can be a column of several tables"),
    ("SELECT t.id FROM t, u WHERE k = 1", "k can be a column of several tables"),
    ("SELECT sum(a) OVER nope FROM t", "there is no window nope"),
    ("SELECT my_function(a) AS z FROM t", "nobody knows what my_function() does"),
    ("SELECT my_schema.lower(s) AS z FROM t", "nobody knows what my_schema.lower(s) does"),
    ("SELECT id FROM t WHERE my_function(a)", "nobody knows what my_function() does"),
    ("SELECT id FROM t, my_rows(1)", "nobody knows what my_rows() does"),
]


@pytest.mark.parametrize(("sql", "why"), DOUBTS)
def test_what_nobody_knows_is_a_doubt_and_never_the_same(sql: str, why: str) -> None:
    result = read(sql)
    assert {doubt.why for doubt in result.doubts} == {why}
    assert told(compared(sql, sql)).startswith("rows")
    assert not result.table.settled


CERTAIN = [
    "SELECT x.id FROM t AS x, t AS y",
    "SELECT t.id, c FROM t POSITIONAL JOIN u",
    "SELECT k FROM t JOIN u USING (k)",
    "SELECT t.k, u.k AS j FROM t, u",
    "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE c = a)",
    "SELECT list_transform(arr, lambda nope: nope + 1) AS z FROM t",
    "SELECT struct_pack(nope := a) AS z FROM t",
    'SELECT "A" FROM "T"',
]


@pytest.mark.parametrize("sql", CERTAIN)
def test_what_is_clear_is_no_doubt(sql: str) -> None:
    assert [doubt.why for doubt in read(sql).doubts] == []
    assert told(compared(sql, sql)) == NOTHING
