"""GROUP BY, HAVING, DISTINCT and aggregates."""

import pytest
from pairs import NOTHING, differ, judged

SAME = [
    ("SELECT k, s, count(*) AS n FROM t GROUP BY k, s", "SELECT k, s, count(*) AS n FROM t GROUP BY s, k, s"),
    ("SELECT k, s, count(*) AS n FROM t GROUP BY ALL", "SELECT k, s, count(*) AS n FROM t GROUP BY 1, 2"),
    (
        "SELECT k AS g, count(*) AS n FROM t GROUP BY ROLLUP (g)",
        "SELECT k AS g, count(*) AS n FROM t GROUP BY ROLLUP (k)",
    ),
    (
        "SELECT k, s, count(*) AS n FROM t GROUP BY GROUPING SETS ((k), (s))",
        "SELECT k, s, count(*) AS n FROM t GROUP BY GROUPING SETS (k, s)",
    ),
    (
        "SELECT k, max(a) AS m FROM t GROUP BY k HAVING max(a) > 9",
        "SELECT * FROM (SELECT k, max(a) AS m FROM t GROUP BY k) WHERE m > 9",
    ),
    ("SELECT count(*) AS n FROM t", "SELECT count(1) AS n FROM t"),
    ("SELECT sum(a) FILTER (WHERE b > 1) AS z FROM t", "SELECT sum(a) FILTER (WHERE 1 < b) AS z FROM t"),
    ("SELECT list(a ORDER BY id) AS z FROM t", "SELECT list(a ORDER BY id ASC) AS z FROM t"),
    (
        "SELECT k, count(*) AS n FROM t GROUP BY k",
        "SELECT k, count(*) AS n FROM (SELECT k, a AS unused FROM t) GROUP BY k",
    ),
    ("SELECT count(*) AS n FROM t", "SELECT count(*) AS n FROM (SELECT a + 1 AS p, upper(s) AS q FROM t)"),
]


@pytest.mark.parametrize(("base", "head"), SAME)
def test_the_same(base: str, head: str) -> None:
    assert judged(base, head) == NOTHING
    assert judged(head, base) == NOTHING


DIFFERENT = [
    ("SELECT k, max(a) AS m FROM t GROUP BY k", "SELECT k, max(a) AS m FROM t GROUP BY k, s", "rows"),
    ("SELECT k, count(*) AS n FROM t GROUP BY ALL", "SELECT k, s, count(*) AS n FROM t GROUP BY ALL", "rows +s"),
    ("SELECT k, count(*) AS n FROM t GROUP BY 1", "SELECT s, k, count(*) AS n FROM t GROUP BY 1, 2", "rows +s"),
    (
        "SELECT k, s, count(*) AS n FROM t GROUP BY ROLLUP (k, s)",
        "SELECT k, s, count(*) AS n FROM t GROUP BY ROLLUP (s, k)",
        "rows",
    ),
    (
        "SELECT k, s, count(*) AS n FROM t GROUP BY ROLLUP (k, s)",
        "SELECT k, s, count(*) AS n FROM t GROUP BY CUBE (k, s)",
        "rows",
    ),
    (
        "SELECT k, s, count(*) AS n FROM t GROUP BY k, ROLLUP (s)",
        "SELECT k, s, count(*) AS n FROM t GROUP BY ROLLUP (k, s)",
        "rows",
    ),
    (
        "SELECT k, s, grouping(k) AS n FROM t GROUP BY ROLLUP (k, s)",
        "SELECT k, s, grouping(s) AS n FROM t GROUP BY ROLLUP (k, s)",
        "rows open",
    ),
    ("SELECT k, max(a) AS m FROM t GROUP BY k", "SELECT k, max(a) AS m FROM t GROUP BY k HAVING max(a) > 10", "rows"),
    (
        "SELECT k, max(a) AS m FROM t GROUP BY k HAVING min(b) > 3",
        "SELECT k, max(a) AS m FROM t GROUP BY k HAVING min(b) > 4",
        "rows",
    ),
    ("SELECT count(*) AS n FROM t", "SELECT count(*) AS n FROM t WHERE a > 5", "n"),
    ("SELECT count(*) AS n FROM t", "SELECT count(*) AS n FROM t HAVING count(*) > 100", "rows"),
    ("SELECT count(*) AS n FROM t", "SELECT 7 AS n FROM t", "rows"),
    ("SELECT DISTINCT k FROM t", "SELECT k FROM t", "rows"),
    ("SELECT DISTINCT k FROM t", "SELECT DISTINCT k, s FROM t", "rows +s"),
    ("SELECT DISTINCT ON (k) k FROM t", "SELECT DISTINCT ON (k, s) k FROM t", "rows"),
    ("SELECT k, count(a) AS z FROM t GROUP BY k", "SELECT k, count(*) AS z FROM t GROUP BY k", "z"),
    ("SELECT k, count(a) AS z FROM t GROUP BY k", "SELECT k, count(DISTINCT a) AS z FROM t GROUP BY k", "z"),
    ("SELECT k, count(NULL) AS z FROM t GROUP BY k", "SELECT k, count(1) AS z FROM t GROUP BY k", "z"),
    ("SELECT k, count(DISTINCT 1) AS z FROM t GROUP BY k", "SELECT k, count(1) AS z FROM t GROUP BY k", "z"),
    ("SELECT k, sum(a) AS z FROM t GROUP BY k", "SELECT k, sum(a) FILTER (WHERE b > 1) AS z FROM t GROUP BY k", "z"),
    ("SELECT string_agg(s, ',' ORDER BY id) AS z FROM t", "SELECT string_agg(s, ';' ORDER BY id) AS z FROM t", "z"),
    ("SELECT max(a, 2) AS z FROM t", "SELECT max(a, 3) AS z FROM t", "z"),
    (
        "SELECT k, max(a) AS z FROM t GROUP BY k",
        "SELECT k, max(a) AS z FROM (SELECT * REPLACE (b AS a) FROM t) GROUP BY k",
        "z",
    ),
    (
        "SELECT k, max(a) AS z FROM t GROUP BY k",
        "SELECT k, max(a) AS z FROM (SELECT * REPLACE (id AS k) FROM t) GROUP BY k",
        "rows",
    ),
    (
        "SELECT k, max(a) AS z FROM t GROUP BY k HAVING count(*) > 1",
        "SELECT k, max(a) AS z FROM (SELECT DISTINCT * FROM t) GROUP BY k HAVING count(*) > 1",
        "rows",
    ),
]


@pytest.mark.parametrize(("base", "head", "expected"), DIFFERENT)
def test_not_the_same(base: str, head: str, expected: str) -> None:
    assert judged(base, head) == expected
    if "HAVING count(*) > 1" not in base:
        assert differ(base, head)


def test_a_column_more_does_not_change_the_others() -> None:
    base = "SELECT k, max(a) AS z FROM t GROUP BY k"
    assert judged(base, "SELECT k, max(a) AS z, count(*) AS n FROM t GROUP BY k") == "+n"
    assert judged("SELECT max(a) AS z FROM t", "SELECT max(a) AS z, min(b) AS n FROM t") == "+n"
