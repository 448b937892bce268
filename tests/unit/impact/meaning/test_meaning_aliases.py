"""What a bare name means where an alias and a column of a source are called alike: by clause, as DuckDB does it."""

import pytest
from pairs import NOTHING, differ, judged

SAME = [
    ("SELECT a + 1 AS n, n * 2 AS m FROM t", "SELECT a + 1 AS n, (a + 1) * 2 AS m FROM t"),
    ("SELECT a AS p, p AS q, q AS r FROM t", "SELECT a AS p, a AS q, a AS r FROM t"),
    ("SELECT a + b AS a, a * 2 AS m FROM t", "SELECT a + b AS a, t.a * 2 AS m FROM t"),
    ("SELECT a AS b, b AS a FROM t", "SELECT a AS b, t.b AS a FROM t"),
    ("SELECT a + b AS n FROM t WHERE n > 3", "SELECT a + b AS n FROM t WHERE a + b > 3"),
    ("SELECT a + b AS a FROM t WHERE a > 10", "SELECT a + b AS a FROM t WHERE t.a > 10"),
    ("SELECT a % 2 AS g, count(*) AS n FROM t GROUP BY g", "SELECT a % 2 AS g, count(*) AS n FROM t GROUP BY a % 2"),
    ("SELECT a % 2 AS g, count(*) AS n FROM t GROUP BY 1", "SELECT a % 2 AS g, count(*) AS n FROM t GROUP BY ALL"),
    (
        "SELECT k, sum(a) AS n FROM t GROUP BY k HAVING n > 9",
        "SELECT k, sum(a) AS n FROM t GROUP BY k HAVING sum(a) > 9",
    ),
    ("SELECT id, -a AS a FROM t ORDER BY a, id LIMIT 2", "SELECT id, -a AS a FROM t ORDER BY 2, 1 LIMIT 2"),
    ("SELECT id, -a AS n FROM t ORDER BY n + 0, id LIMIT 2", "SELECT id, -a AS n FROM t ORDER BY -a + 0, id LIMIT 2"),
    (
        "SELECT id, row_number() OVER (ORDER BY id) AS n FROM t QUALIFY n = 1",
        "SELECT id, row_number() OVER (ORDER BY id) AS n FROM t QUALIFY row_number() OVER (ORDER BY id) = 1",
    ),
    (
        "SELECT DISTINCT ON (g) a % 2 AS g, id FROM t ORDER BY id",
        "SELECT DISTINCT ON (a % 2) a % 2 AS g, id FROM t ORDER BY id",
    ),
    ("SELECT id AS t, t.a AS z FROM t", "SELECT id AS t, a AS z FROM t"),
    ("SELECT id, a AS w, (SELECT w) AS z FROM t", "SELECT id, a AS w, (SELECT a) AS z FROM t"),
    ("SELECT max(a) AS m, m + 1 AS n FROM t", "SELECT max(a) AS m, max(a) + 1 AS n FROM t"),
    ("SELECT z.id FROM t AS z", "SELECT id FROM t"),
    ("SELECT w.p FROM t AS w (p)", "SELECT id AS p FROM t"),
    ("SELECT t.st.p FROM t", "SELECT st.p FROM t"),
    (
        "SELECT x.id, y.a FROM t AS x JOIN t AS y ON x.k = y.id",
        "SELECT l.id, r.a FROM t AS l JOIN t AS r ON l.k = r.id",
    ),
    ("SELECT x: a FROM t", "SELECT a AS x FROM t"),
]


@pytest.mark.parametrize(("base", "head"), SAME)
def test_the_same(base: str, head: str) -> None:
    assert judged(base, head) == NOTHING
    assert judged(head, base) == NOTHING


DIFFERENT = [
    # In SELECT and WHERE the column of a source wins,
    ("SELECT a + b AS a, a * 2 AS m FROM t", "SELECT a + b AS a, (a + b) * 2 AS m FROM t", "m"),
    ("SELECT a + b AS a FROM t WHERE a > 10", "SELECT a + b AS a FROM t WHERE a + b > 10", "rows"),
    (
        "SELECT id, b AS k, row_number() OVER (PARTITION BY k ORDER BY id) AS n FROM t",
        "SELECT id, b AS k, row_number() OVER (PARTITION BY b ORDER BY id) AS n FROM t",
        "n",
    ),
    ("SELECT id, -a AS a, (SELECT a) AS z FROM t", "SELECT id, -a AS a, (SELECT -t.a) AS z FROM t", "z"),
    # in ORDER BY the alias, but only as a name alone.
    ("SELECT id, -a AS a FROM t ORDER BY a LIMIT 2", "SELECT id, -a AS a FROM t ORDER BY t.a LIMIT 2", "rows"),
    (
        "SELECT id, -a AS a FROM t ORDER BY a + 0, id LIMIT 2",
        "SELECT id, -a AS a FROM t ORDER BY -t.a + 0, id LIMIT 2",
        "rows",
    ),
    ("SELECT a AS k, count(*) AS n FROM t GROUP BY k, a", "SELECT a AS k, count(*) AS n FROM t GROUP BY a", "rows"),
    # A table that is called as a column is.
    ("SELECT st.p AS z FROM t, (SELECT 7 AS p) AS st", "SELECT t.st.p AS z FROM t, (SELECT 7 AS p) AS st", "z"),
    ("SELECT a.a AS z FROM (SELECT {'a': 1} AS a) AS a", "SELECT a.a.a AS z FROM (SELECT {'a': 1} AS a) AS a", "z"),
    # Another table under the same name.
    ("WITH c AS (FROM t) SELECT a FROM c", "WITH c AS (SELECT *  REPLACE (b AS a) FROM t) SELECT a FROM c", "a"),
    ("WITH t AS (SELECT * FROM t WHERE a > 5) SELECT a FROM t", "SELECT a FROM t", "rows"),
]


@pytest.mark.parametrize(("base", "head", "expected"), DIFFERENT)
def test_not_the_same(base: str, head: str, expected: str) -> None:
    assert judged(base, head) == expected
    assert differ(base, head)
