"""Functions that make rows, in SELECT and in FROM; PIVOT and UNPIVOT."""

import pytest
from pairs import NOTHING, differ, judged, read

SAME = [
    ("SELECT i FROM range(3) AS r (i)", "SELECT j AS i FROM range(3) AS s (j)"),
    ("SELECT id, i FROM t, range(t.id) AS r (i)", "SELECT id, i FROM t, LATERAL range(id) AS r (i)"),
    ("SELECT id, e FROM t, unnest(t.arr) AS v (e)", "SELECT id, f AS e FROM t, unnest(arr) AS w (f)"),
    ("SELECT id, unnest(arr) AS e FROM t", "SELECT id, unnest(t.arr) AS e FROM (SELECT id, arr FROM t) AS t"),
    ("SELECT id FROM t WHERE 1 IN (SELECT unnest(arr))", "SELECT id FROM t WHERE 1 IN (SELECT unnest(t.arr))"),
    ("SELECT * FROM t PIVOT (sum(a) FOR k IN (1, 2))", "FROM t PIVOT (sum(a) FOR k IN (1, 2))"),
    ("SELECT * FROM t PIVOT (sum(a) FOR k IN (1, 2)) AS p", "SELECT * FROM t PIVOT (sum(a) FOR k IN (1, 2)) AS q"),
]


@pytest.mark.parametrize(("base", "head"), SAME)
def test_the_same(base: str, head: str) -> None:
    assert judged(base, head) == NOTHING
    assert judged(head, base) == NOTHING


ROWS = [
    ("SELECT i FROM range(3) AS r (i)", "SELECT i FROM range(4) AS r (i)"),
    ("SELECT id, i FROM t, range(t.id) AS r (i)", "SELECT id, i FROM t, range(t.k) AS r (i)"),
    ("SELECT id FROM t, range(2)", "SELECT id FROM t, range(3)"),
    ("SELECT id FROM t, unnest(arr) AS v (e)", "SELECT id FROM t"),
    ("SELECT id, unnest(arr) AS e FROM t", "SELECT id, unnest(arr || [9]) AS e FROM t"),
    ("SELECT id, unnest(arr) AS e FROM t", "SELECT id, arr AS e FROM t"),
    ("SELECT id, unnest([1, 2]) AS e FROM t", "SELECT id, unnest([1, 2, 3]) AS e FROM t"),
    ("SELECT id, generate_subscripts(arr, 1) AS e FROM t", "SELECT id, 1 AS e FROM t"),
    ("SELECT id FROM wide UNPIVOT (v FOR q IN (q1, q2))", "SELECT id FROM wide UNPIVOT (v FOR q IN (q1, q3))"),
    (
        "SELECT id FROM wide UNPIVOT (v FOR q IN (q1, q2))",
        "SELECT id FROM wide UNPIVOT INCLUDE NULLS (v FOR q IN (q1, q2))",
    ),
    # PIVOT groups by whatever it does not name.
    (
        'SELECT "1" AS one FROM (SELECT k, a FROM t) PIVOT (sum(a) FOR k IN (1, 2))',
        'SELECT "1" AS one FROM (SELECT k, a, s FROM t) PIVOT (sum(a) FOR k IN (1, 2))',
    ),
    (
        'SELECT s, "1" AS one FROM (SELECT k, a, s FROM t) PIVOT (sum(a) FOR k IN (1, 2))',
        'SELECT s, "1" AS one FROM (SELECT k, a, s FROM t) PIVOT (count(a) FOR k IN (1, 2))',
    ),
]


@pytest.mark.parametrize(("base", "head"), ROWS)
def test_other_rows(base: str, head: str) -> None:
    # A struct of an unknown type is as many columns as it has fields, whatever they are called together.
    assert judged(base, head).split()[0] == "rows"
    assert differ(base, head)


OPEN = [
    ("PIVOT (SELECT k, a FROM t) ON k USING sum(a)", "PIVOT (SELECT k, b AS a FROM t) ON k USING sum(a)"),
    (
        "PIVOT (SELECT k, a, s FROM t) ON k USING sum(a) GROUP BY s",
        "PIVOT (SELECT k, a, s FROM t) ON k IN (1, 2) USING sum(a) GROUP BY s",
    ),
    ("UNPIVOT wide ON q1, q2 INTO NAME q VALUE v", "UNPIVOT wide ON q1, q3 INTO NAME q VALUE v"),
    ("UNPIVOT wide ON COLUMNS('q[12]') INTO NAME q VALUE v", "UNPIVOT wide ON COLUMNS('q[13]') INTO NAME q VALUE v"),
]


@pytest.mark.parametrize(("base", "head"), OPEN)
def test_other_columns_that_nobody_can_list(base: str, head: str) -> None:
    assert judged(base, base) == NOTHING
    assert judged(base, head) == "rows open"
    assert differ(base, head)


def test_a_table_function_that_looks_at_the_world_is_a_doubt() -> None:
    for function in ("duckdb_settings()", "glob('*')", "my_rows(1)"):
        assert read(f"SELECT * FROM {function}").doubts
