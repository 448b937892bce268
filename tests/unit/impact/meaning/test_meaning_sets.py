"""UNION, INTERSECT, EXCEPT and VALUES."""

import pytest
from pairs import NOTHING, differ, judged, read

SAME = [
    ("SELECT a FROM t UNION ALL SELECT c FROM u", "SELECT c AS a FROM u UNION ALL SELECT a FROM t"),
    ("SELECT a FROM t UNION SELECT c FROM u", "(SELECT c AS a FROM u) UNION (SELECT a FROM t)"),
    ("SELECT a, b FROM t UNION ALL BY NAME SELECT b, a FROM t", "SELECT a, b FROM t UNION ALL SELECT a, b FROM t"),
    (
        "SELECT a, b FROM t UNION ALL BY NAME SELECT b, s FROM t",
        "SELECT a, b, NULL AS s FROM t UNION ALL SELECT NULL, b, s FROM t",
    ),
    (
        "SELECT a FROM t UNION SELECT c FROM u INTERSECT SELECT q1 FROM wide",
        "SELECT a FROM t UNION (SELECT c FROM u INTERSECT SELECT q1 FROM wide)",
    ),
    ("SELECT a FROM t UNION ALL SELECT c FROM u ORDER BY a", "SELECT a FROM t UNION ALL SELECT c FROM u"),
    (
        "SELECT a FROM t UNION ALL SELECT c FROM u ORDER BY a LIMIT 3",
        "SELECT a FROM t UNION ALL SELECT c FROM u ORDER BY 1 LIMIT 3",
    ),
    ("SELECT a FROM t EXCEPT SELECT c FROM u", "SELECT t.a FROM t EXCEPT SELECT n FROM (SELECT c AS n FROM u)"),
    ("FROM wide UNION ALL FROM wide", "SELECT id, q1, q2, q3 FROM wide UNION ALL SELECT * FROM wide"),
    (
        "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v (x, y)",
        "SELECT w.x, w.y FROM (VALUES (1, 'a'), (2, 'b')) AS w (x, y)",
    ),
    ("VALUES (1, 2)", "FROM (VALUES (1, 2)) AS v"),
]


@pytest.mark.parametrize(("base", "head"), SAME)
def test_the_same(base: str, head: str) -> None:
    assert judged(base, head) == NOTHING
    assert judged(head, base) == NOTHING


DIFFERENT = [
    ("SELECT a FROM t UNION ALL SELECT c FROM u", "SELECT c FROM u UNION ALL SELECT a FROM t", "a->c"),
    ("SELECT a FROM t UNION ALL SELECT c FROM u", "SELECT a FROM t UNION SELECT c FROM u", "rows"),
    ("SELECT a FROM t EXCEPT SELECT c FROM u", "SELECT c AS a FROM u EXCEPT SELECT a FROM t", "rows"),
    ("SELECT a FROM t EXCEPT SELECT c FROM u", "SELECT a FROM t EXCEPT ALL SELECT c FROM u", "rows"),
    ("SELECT k FROM t INTERSECT SELECT k FROM u", "SELECT k FROM t INTERSECT ALL SELECT k FROM u", "rows"),
    ("SELECT a, b FROM t UNION ALL SELECT b, a FROM t", "SELECT a, b FROM t UNION ALL SELECT a, b FROM t", "a b"),
    (
        "SELECT a, b FROM t UNION ALL SELECT b, a FROM t",
        "SELECT a, b FROM t UNION ALL BY NAME SELECT b, a FROM t",
        "a b",
    ),
    (
        "SELECT a, 1 AS n FROM t UNION ALL SELECT c, 2 FROM u",
        "SELECT a, 1 AS n FROM t UNION ALL SELECT c, 3 FROM u",
        "n",
    ),
    ("SELECT a, 1 AS n FROM t UNION SELECT c, 2 FROM u", "SELECT a, 1 AS n FROM t UNION SELECT c, 3 FROM u", "rows"),
    (
        "SELECT id, a, b FROM t UNION ALL SELECT id, b, a FROM t",
        "SELECT id, b AS a, b FROM t UNION ALL SELECT id, a, a FROM t",
        "a",
    ),
    ("SELECT a FROM t UNION ALL SELECT c FROM u", "SELECT a FROM t UNION ALL SELECT c FROM u WHERE c > 3", "rows"),
    (
        "SELECT a FROM t UNION SELECT c FROM u EXCEPT SELECT q1 FROM wide",
        "SELECT a FROM t UNION (SELECT c FROM u EXCEPT SELECT q1 FROM wide)",
        "rows",
    ),
    (
        "SELECT a FROM t UNION ALL SELECT c FROM u ORDER BY a LIMIT 3",
        "SELECT a FROM t UNION ALL (SELECT c FROM u ORDER BY c LIMIT 3)",
        "rows",
    ),
    ("SELECT k FROM t UNION SELECT k FROM u", "SELECT k, s FROM t UNION SELECT k, s FROM u", "rows +s"),
    (
        "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v (x, y)",
        "SELECT * FROM (VALUES (1, 'a'), (2, 'c')) AS v (x, y)",
        "y",
    ),
    (
        "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v (x, y)",
        "SELECT * FROM (VALUES (1, 'b'), (2, 'a')) AS v (x, y)",
        "y",
    ),
    ("SELECT * FROM (VALUES (1), (2)) AS v (x)", "SELECT * FROM (VALUES (1), (2), (2)) AS v (x)", "rows"),
    (
        "SELECT x FROM (VALUES (1), (2)) AS v (x) WHERE x > 1",
        "SELECT x FROM (VALUES (3), (2)) AS v (x) WHERE x > 1",
        "rows",
    ),
    ("SELECT DISTINCT x FROM (VALUES (1), (2)) AS v (x)", "SELECT DISTINCT x FROM (VALUES (2), (2)) AS v (x)", "rows"),
    (
        "SELECT p.x, q.y FROM (VALUES (1), (2)) AS p (x), (VALUES (1), (2)) AS q (y)",
        "SELECT p.x, q.y FROM (VALUES (1), (2)) AS p (x), (VALUES (1), (3)) AS q (y)",
        "y",
    ),
    (
        "SELECT t.id, n FROM t JOIN (VALUES (1, 'x'), (2, 'y')) AS v (k, n) ON t.k = v.k",
        "SELECT t.id, n FROM t JOIN (VALUES (1, 'x'), (3, 'y')) AS v (k, n) ON t.k = v.k",
        "rows",
    ),
]


@pytest.mark.parametrize(("base", "head", "expected"), DIFFERENT)
def test_not_the_same(base: str, head: str, expected: str) -> None:
    assert judged(base, head) == expected
    assert differ(base, head)


def test_what_a_value_is_does_not_matter_where_only_rows_are_counted() -> None:
    base = "SELECT count(*) AS n FROM (VALUES (1), (2)) AS v (x)"
    assert judged(base, base.replace("2", "3")) == NOTHING
    assert judged(base, base.replace("(2)", "(2), (3)")) == "n"


def test_branches_of_different_widths_are_a_doubt() -> None:
    (doubt,) = read("SELECT a FROM t UNION ALL SELECT a, b FROM t").doubts
    assert doubt.why == "its branches have another number of columns"
