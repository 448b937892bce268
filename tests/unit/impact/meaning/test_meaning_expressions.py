"""Expressions: what commutes, what is another way to write the same, and what only looks like it."""

import pytest
from pairs import NOTHING, differ, judged, read

CONDITIONS = [
    ("a > 5 AND b > 1", "1 < b AND (a > 5)"),
    ("a = 10 OR b = 3", "b = 3 OR (10 = a)"),
    ("a > 5", "true AND a > 5 AND 1 = 1"),
    ("a BETWEEN 5 AND 10", "a >= 5 AND a <= 10"),
    ("NOT a BETWEEN 5 AND 10", "a NOT BETWEEN 5 AND 10"),
    ("a IN (10, 20)", "a IN (20, 10, 10)"),
    ("NOT (a = 10)", "a <> 10"),
    ("a != 10", "10 <> a"),
    ("NOT (s IS NULL)", "s IS NOT NULL"),
    ("a IS NOT DISTINCT FROM b", "b IS NOT DISTINCT FROM a"),
    ("true", "1 = 1"),
]


@pytest.mark.parametrize(("base", "head"), CONDITIONS)
def test_the_same_condition(base: str, head: str) -> None:
    assert judged(f"SELECT id FROM t WHERE {base}", f"SELECT id FROM t WHERE {head}") == NOTHING
    if base != "true":
        assert judged(f"SELECT id, {base} AS z FROM t", f"SELECT id, {head} AS z FROM t") in {NOTHING, "z"}


OTHER_CONDITIONS = [
    ("a = 10 OR b = 3 AND k = 1", "(a = 10 OR b = 3) AND k = 1"),
    ("a > 5", "a >= 5"),
    ("a < b", "b < a"),
    ("a IN (10, 20)", "a IN (10, 5)"),
    ("a NOT IN (10)", "a NOT IN (10, NULL)"),
    ("b BETWEEN 3 AND 5", "b BETWEEN 5 AND 3"),
    ("k = nullif(k, 2)", "k IS NOT DISTINCT FROM nullif(k, 2)"),
    ("NULL = NULL", "true"),
    ("b = b", "true"),
    ("s = 'a'", "s = 'A'"),
    ("s LIKE 'a%'", "s ILIKE 'a%'"),
    ("s COLLATE NOCASE = 'a'", "s = 'a'"),
    ("false", "true"),
]


@pytest.mark.parametrize(("base", "head"), OTHER_CONDITIONS)
def test_another_condition(base: str, head: str) -> None:
    one, other = f"SELECT id FROM t WHERE {base}", f"SELECT id FROM t WHERE {head}"
    assert judged(one, other) == "rows"
    assert differ(one, other)


VALUES = [
    ("x * 2 + 1", "1 + (2 * x)"),
    ("a + b", "b + a"),
    ("CASE WHEN a > 5 THEN 1 END", "CASE WHEN 5 < a THEN 1 ELSE NULL END"),
    ("CASE k WHEN 1 THEN 'x' ELSE 'y' END", "CASE WHEN k = 1 THEN 'x' ELSE 'y' END"),
    ("CASE WHEN a > 5 THEN 1 ELSE 2 END", "if(a > 5, 1, 2)"),
    ("a::VARCHAR", "CAST(a AS VARCHAR)"),
    ("1_000", "1000"),
    ("st.p", "ST.P"),
    ("substring(s FROM 1 FOR 1)", "substring(s, 1, 1)"),
    ("list_transform(arr, lambda e: a + 1)", "list_transform(arr, lambda e: t.a + 1)"),
    ("struct_pack(n := a)", "{'n': a}"),
]


@pytest.mark.parametrize(("base", "head"), VALUES)
def test_the_same_value(base: str, head: str) -> None:
    assert judged(f"SELECT id, {base} AS z FROM t", f"SELECT id, {head} AS z FROM t") == NOTHING


OTHER_VALUES = [
    ("a - b", "b - a"),
    ("b / a", "a / b"),
    ("a / b", "a // b"),
    ("s || 'x'", "'x' || s"),
    ("arr || [9]", "[9] || arr"),
    ("arr + [9]", "[9] + arr"),
    ("coalesce(b, a)", "coalesce(a, b)"),
    ("s || a", "concat(s, a)"),
    ("1", "1.5"),
    ("1", "'2'"),
    ("CASE WHEN a > 5 THEN 1 WHEN a > 15 THEN 2 END", "CASE WHEN a > 15 THEN 2 WHEN a > 5 THEN 1 END"),
    ("CASE k WHEN NULL THEN 1 ELSE 2 END", "CASE WHEN k IS NULL THEN 1 ELSE 2 END"),
    ("CAST(x AS DECIMAL(10, 0))", "CAST(x AS DECIMAL(10, 1))"),
    ("trunc(x)", "CAST(x AS INTEGER)"),
    ("d + INTERVAL 1 DAY", "CAST(d + INTERVAL 1 DAY AS DATE)"),
    ("d + INTERVAL 1 DAY", "d + INTERVAL 1 MONTH"),
    ("d + INTERVAL 1 DAY", "d + INTERVAL (id) DAY"),
    ("date_trunc('month', d)", "date_trunc('year', d)"),
    ("extract(month FROM d)", "extract(day FROM d)"),
    ("trim(s, 'a')", "trim(s, 'b')"),
    ("arr[1]", "arr[2]"),
    ("arr[1:1]", "arr[1:]"),
    ("s LIKE 'a%'", "s NOT LIKE 'a%'"),
    ("e'a\\nb'", "'a\\nb'"),
    ("'a  b'", "'a b'"),
    ("list_transform(arr, lambda e: e + a)", "list_transform(arr, lambda e: e + b)"),
    ("list_transform(arr, lambda a: a + 1)", "list_transform(arr, lambda e: a + 1)"),
    ("list_transform(arr, lambda e, i: e - i)", "list_transform(arr, lambda i, e: e - i)"),
    ("list_filter(arr, lambda e: e > 1)", "list_filter(arr, lambda e: e > 2)"),
    ("{'n': a, 'm': b}", "{'m': b, 'n': a}"),
    ("{'n': a}", "{'m': a}"),
    ("{'n': a}", "{'N': a}"),
    ("row(a, b)", "row(b, a)"),
    ("st.p", "st.q"),
    ("st['p']", "st['q']"),
    ("MAP {'a': 1}", "MAP {'a': 2}"),
    ("{'n': a}::STRUCT(n VARCHAR)", "{'n': a}::STRUCT(n DOUBLE)"),
    ("to_json(st)->'p'", "to_json(st)->'q'"),
    ("[e + 1 FOR e IN arr]", "[e + 2 FOR e IN arr]"),
]


@pytest.mark.parametrize(("base", "head"), OTHER_VALUES)
def test_another_value(base: str, head: str) -> None:
    one, other = f"SELECT id, {base} AS z FROM t", f"SELECT id, {head} AS z FROM t"
    assert differ(one, other)
    assert judged(one, other) in {"z", "rows"}


WHOLE = ["t", "CAST(t AS VARCHAR)", "to_json(t)", "hash(t)", "md5(CAST(t AS VARCHAR))"]


@pytest.mark.parametrize("row", WHOLE)
@pytest.mark.parametrize(
    "change", ["* REPLACE (a + 1 AS a)", "* RENAME (a AS q)", "* RENAME (a AS A)", "*, 1 AS more", "* EXCLUDE (x)"]
)
def test_a_whole_row_depends_on_every_column_and_its_name(row: str, change: str) -> None:
    base = f"SELECT id, {row} AS z FROM t"
    head = f"SELECT id, {row} AS z FROM (SELECT {change} FROM t) AS t"
    assert judged(base, head) == "z"
    if not row.startswith(("CAST", "md5")):
        assert differ(base, head) or "RENAME" in change


def test_a_whole_row_of_the_same_table_under_another_name() -> None:
    assert judged("SELECT to_json(t) AS z FROM t", "SELECT to_json(o) AS z FROM t AS o") == NOTHING
    assert (
        judged("SELECT to_json(t) AS z FROM t JOIN u USING (k)", "SELECT to_json(u) AS z FROM t JOIN u USING (k)")
        == "z"
    )


def test_a_column_within_a_lambda_is_followed() -> None:
    inner = "(SELECT * REPLACE (b AS a) FROM t) AS t"
    for lambda_ in ("list_transform(arr, lambda e: e + a)", "[e + a FOR e IN arr]"):
        base = f"SELECT id, {lambda_} AS z FROM t"
        assert judged(base, base.replace("FROM t", f"FROM {inner}")) in {"z", "rows"}
    own = "SELECT id, list_transform(arr, lambda a: a + 1) AS z FROM t"
    assert judged(own, own.replace("FROM t", f"FROM {inner}")) == NOTHING


def test_what_is_read_is_told_per_column() -> None:
    (_, total) = read("SELECT t.id, a + c AS total FROM t JOIN u ON t.k = u.k WHERE b > 1").table.columns
    assert total.value.reads == {("t", "a"), ("u", "c")}
    rows = read("SELECT t.id, a + c AS total FROM t JOIN u ON t.k = u.k WHERE b > 1").table.rows
    assert {("t", "k"), ("u", "k"), ("t", "b"), ("t", ""), ("u", "")} <= rows.reads
    assert not {("t", "a"), ("u", "c")} & rows.reads
