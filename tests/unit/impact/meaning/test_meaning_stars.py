"""Stars: what they stand for, what EXCLUDE, REPLACE and RENAME make of them, and columns that have no name."""

import pytest
from pairs import NOTHING, compared, differ, judged, read, told

from datacanary.impact.difference import difference
from datacanary.impact.meaning.query import read_sql
from datacanary.impact.meaning.table import source_table

SAME = [
    ("SELECT * FROM wide", "SELECT id, q1, q2, q3 FROM wide"),
    ("FROM wide", "SELECT wide.* FROM wide"),
    ("SELECT * EXCLUDE (q1) FROM wide", "SELECT id, q2, q3 FROM wide"),
    ("SELECT * EXCLUDE q1 FROM wide", "SELECT * EXCLUDE (Q1) FROM wide"),
    ("SELECT * REPLACE (q1 + 1 AS q1) FROM wide", "SELECT id, q1 + 1 AS q1, q2, q3 FROM wide"),
    ("SELECT * REPLACE (q2 AS q1, q1 AS q2) FROM wide", "SELECT id, q2 AS q1, q1 AS q2, q3 FROM wide"),
    ("SELECT * RENAME (q1 AS first) FROM wide", "SELECT id, q1 AS first, q2, q3 FROM wide"),
    ("SELECT * EXCLUDE (q3) REPLACE (q3 AS q1) FROM wide", "SELECT id, q3 AS q1, q2 FROM wide"),
    ("SELECT * EXCLUDE (q1) RENAME (q2 AS q1) FROM wide", "SELECT id, q2 AS q1, q3 FROM wide"),
    ("SELECT *, 1 AS one FROM wide", "SELECT wide.*, 1 AS one FROM wide"),
    ("SELECT tree.*, q1 FROM wide JOIN tree USING (id)", "SELECT tree.id, parent, q1 FROM wide JOIN tree USING (id)"),
    ("SELECT * FROM wide JOIN tree USING (id)", "SELECT wide.id, q1, q2, q3, parent FROM wide JOIN tree USING (id)"),
    ("SELECT * FROM wide NATURAL JOIN tree", "SELECT * FROM wide JOIN tree USING (id)"),
    (
        "SELECT * FROM wide RIGHT JOIN tree USING (id)",
        "SELECT tree.id, q1, q2, q3, parent FROM wide RIGHT JOIN tree USING (id)",
    ),
    (
        "SELECT t.*, c FROM t JOIN u ON t.id = u.id",
        "SELECT * EXCLUDE (u.id, u.k, u.s, ts) FROM t JOIN u ON t.id = u.id",
    ),
]


@pytest.mark.parametrize(("base", "head"), SAME)
def test_the_same(base: str, head: str) -> None:
    assert judged(base, head) == NOTHING
    assert judged(head, base) == NOTHING


DIFFERENT = [
    ("SELECT * FROM wide", "SELECT * EXCLUDE (q1) FROM wide", "-q1"),
    ("SELECT * FROM wide", "SELECT * REPLACE (q1 + 1 AS q1) FROM wide", "q1"),
    ("SELECT * FROM wide", "SELECT * RENAME (q1 AS first) FROM wide", "q1->first"),
    ("SELECT * RENAME (q1 AS p) FROM wide", "SELECT * RENAME (q2 AS p) FROM wide", "p +q1 -q2"),
    ("SELECT * FROM wide", "SELECT id, q2, q1, q3 FROM wide", "order"),
    ("SELECT * FROM wide JOIN tree USING (id)", "SELECT * FROM tree JOIN wide USING (id)", "id order"),
    (
        "SELECT * FROM wide NATURAL JOIN tree",
        "SELECT * FROM wide NATURAL JOIN (SELECT *, 10 AS q1 FROM tree) AS tree",
        "rows",
    ),
    ("SELECT COLUMNS('q[12]') FROM wide", "SELECT COLUMNS('q[13]') FROM wide", "rows open"),
    ("SELECT DISTINCT * EXCLUDE (id) FROM wide", "SELECT DISTINCT * FROM wide", "rows +id"),
]


@pytest.mark.parametrize(("base", "head", "expected"), DIFFERENT)
def test_not_the_same(base: str, head: str, expected: str) -> None:
    assert judged(base, head) == expected
    assert differ(base, head)


ITSELF = [
    "SELECT * FROM t JOIN u USING (k)",
    "SELECT *, c FROM t JOIN u ON t.k = u.k",
    "SELECT t.k, u.k, t.id AS k FROM t JOIN u ON t.k = u.k",
    "SELECT a, a, a_1 FROM (SELECT a, b AS a_1 FROM t)",
    "SELECT COLUMNS('q.') + 1 FROM wide",
    "SELECT max(COLUMNS(*)) FROM wide",
    "SELECT coalesce(*COLUMNS('q.')) AS c FROM wide",
    "SELECT * LIKE 'q%' FROM wide",
    "SELECT * NOT LIKE 'q%' FROM wide",
    "SELECT id, unnest(st) FROM t",
    "SELECT id, st.* FROM t",
]


@pytest.mark.parametrize("sql", ITSELF)
def test_every_column_is_known_by_the_name_that_the_warehouse_gives_it(sql: str) -> None:
    assert judged(sql, sql) == NOTHING


WITHOUT_A_NAME = [
    ("strpos(s, 'a')", "instr(s, 'a')"),
    ("length(s)", "len(s)"),
    ("substr(s, 1)", "substring(s, 1)"),
    ("ceil(x)", "ceiling(x)"),
    ("pow(x, 2)", "power(x, 2)"),
    ("a % 2", "mod(a, 2)"),
    ("if(a > 1, 1, 2)", "CASE WHEN a > 1 THEN 1 ELSE 2 END"),
    ("array_agg(s)", "list(s)"),
    ("d + INTERVAL 1 DAY", "d + INTERVAL '1' DAY"),
    ("date_trunc('month', d)", "datetrunc('month', d)"),
    ("count(*)", "count(1)"),
    ("CAST(a AS TEXT)", "CAST(a AS VARCHAR)"),
    ("a::BIGINT", "a::INT8"),
    ("NOT (a IS NULL)", "a IS NOT NULL"),
    ("d + INTERVAL 1 DAY", "d + INTERVAL '1 day'"),
]


@pytest.mark.parametrize(("base", "head"), WITHOUT_A_NAME)
def test_a_column_without_a_name_is_called_after_its_words(base: str, head: str) -> None:
    assert judged(f"SELECT {base} AS z FROM t", f"SELECT {head} AS z FROM t") == NOTHING
    one, other = f"SELECT {base} FROM t", f"SELECT {head} FROM t"
    assert differ(one, other)
    assert told(compared(one, other)) != NOTHING


@pytest.mark.parametrize(
    "sql", ["SELECT a+1, COUNT( * ) FROM t GROUP BY 1", "SELECT (a + 1), count(*) FROM t GROUP BY 1"]
)
def test_blanks_case_and_parentheses_are_not_in_such_a_name(sql: str) -> None:
    base = "SELECT a + 1, count(*) FROM t GROUP BY 1"
    assert not differ(base, sql)
    assert told(compared(base, sql)) == NOTHING


@pytest.mark.parametrize("nameless", ["-a", "a IS NULL", "a::BIGINT", "arr[1]"])
def test_a_column_without_a_name_hides_no_other(nameless: str) -> None:
    name = "arr" if "arr" in nameless else "a"
    base = f"SELECT {name} FROM (SELECT {nameless}, {name} FROM t)"
    head = f"SELECT {name} FROM (SELECT {nameless}, [b] AS {name} FROM t)"
    assert differ(base, head)
    assert told(compared(base, head)) == name


def test_a_column_without_a_name_is_called_the_same_wherever_it_stands() -> None:
    for nameless in ("CAST(a AS INTEGER)", "-a", "upper(s)"):
        base, head = f"SELECT {nameless}, id FROM t", f"SELECT id, {nameless} FROM t"
        assert told(compared(base, head)) == "order"


def test_the_spelling_of_a_new_name_counts() -> None:
    assert judged("SELECT a AS z FROM t", "SELECT a AS Z FROM t") == "z->Z"
    one, other = "SELECT * REPLACE (q1 + 1 AS q1) FROM wide", "SELECT * REPLACE (q1 + 1 AS Q1) FROM wide"
    assert differ(one, other)
    assert judged(one, other) == "q1->Q1"


def test_a_star_over_columns_that_nobody_knows() -> None:
    assert not read("SELECT * FROM range(3)").table.complete
    assert judged("SELECT * FROM range(3)", "FROM range(3)") == NOTHING
    assert judged("SELECT *, 1 AS one FROM range(3)", "SELECT *, 2 AS one FROM range(3)") == "one"
    assert "open" in judged("SELECT * FROM repeat('a', 3)", "SELECT * FROM repeat('b', 3)")


def test_a_column_that_is_not_there_is_a_doubt() -> None:
    for sql in ("SELECT * EXCLUDE (nope) FROM wide", "SELECT * REPLACE (1 AS nope) FROM wide"):
        (doubt,) = read(sql).doubts
        assert doubt.why == "there is no column nope"


def test_a_name_behind_columns_that_nobody_knows_can_be_one_of_theirs() -> None:
    tables = {"t": source_table("t", None), "u": source_table("u", [("k", "integer"), ("c", "integer")])}
    joined = "FROM t JOIN u ON t.k = u.k"
    base, behind, alone = (
        read_sql(sql, tables, salt=sql).table
        for sql in (
            f"SELECT t.*, u.c AS uc {joined}",
            f"SELECT t.*, u.c AS k {joined}",
            f"SELECT u.c AS k {joined}",
        )
    )
    # DuckDB calls it k_1 if t has a k.
    assert difference(base, behind).renamed == ()
    assert "k" not in difference(behind, alone).equal
