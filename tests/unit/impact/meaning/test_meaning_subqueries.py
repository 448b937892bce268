"""CTEs, recursive ones too, and subqueries that name columns of the queries around them."""

import pytest
from pairs import NOTHING, differ, judged

MAX = "SELECT id, (SELECT max(c) FROM u WHERE u.k = t.k) AS z FROM t"
SOME = "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.k = t.k)"
COUNT = "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r"
TREE = (
    "WITH RECURSIVE r AS (SELECT id, parent FROM tree WHERE parent IS NULL"
    " UNION ALL SELECT c.id, c.parent FROM tree AS c JOIN r ON c.parent = r.id) SELECT id FROM r"
)
LEVELS = (
    "SELECT o.id, (SELECT count(*) FROM t AS m WHERE m.id >= (SELECT min(i.id) FROM t AS i WHERE i.k = {}.k)) AS z"
    " FROM t AS o"
)

SAME = [
    ("WITH c AS (SELECT * FROM t WHERE a > 5) SELECT a FROM c", "SELECT a FROM t WHERE a > 5"),
    ("WITH c (z) AS (SELECT a FROM t) SELECT z FROM c", "SELECT a AS z FROM t"),
    ("WITH c AS MATERIALIZED (FROM t), unused AS (FROM u) SELECT a FROM c", "SELECT a FROM t"),
    ("WITH c AS (SELECT 1 AS a) FROM (WITH c AS (SELECT 2 AS a) FROM c)", "SELECT 2 AS a"),
    ("WITH RECURSIVE c AS (SELECT a FROM t) SELECT a FROM c", "SELECT a FROM t"),
    (
        "WITH l AS (SELECT 1 AS x), r AS (SELECT 2 AS y) SELECT x, y FROM l, r",
        "WITH r AS (SELECT 2 AS y), l AS (SELECT 1 AS x) SELECT x, y FROM l, r",
    ),
    (MAX, "SELECT o.id, (SELECT max(i.c) FROM u AS i WHERE o.k = i.k) AS z FROM t AS o"),
    (
        "SELECT id, (SELECT max(c) FROM u WHERE c < a) AS z FROM t",
        "SELECT id, (SELECT max(u.c) FROM u WHERE u.c < t.a) AS z FROM t",
    ),
    (SOME, "SELECT id FROM t WHERE EXISTS (FROM u WHERE k = t.k)"),
    (SOME, "SELECT id FROM t WHERE EXISTS (SELECT c, s FROM u WHERE t.k = u.k ORDER BY c)"),
    (
        "SELECT id FROM t WHERE k IN (SELECT k FROM u)",
        "SELECT id FROM t WHERE t.k IN (SELECT v.k AS other FROM u AS v)",
    ),
    ("SELECT id FROM t WHERE a IN (SELECT a FROM u)", "SELECT id FROM t WHERE a IN (SELECT t.a FROM u)"),
    (
        "SELECT o.id, (SELECT count(*) FROM (SELECT * FROM t AS i WHERE i.k = o.k) AS m) AS z FROM t AS o",
        "SELECT o.id, (SELECT count(*) FROM t AS i WHERE i.k = o.k) AS z FROM t AS o",
    ),
    (
        "SELECT o.id, z FROM t AS o, LATERAL (SELECT count(*) AS z FROM t AS i WHERE i.k = o.k) AS v",
        "SELECT o.id, v.z FROM t AS o, (SELECT count(*) AS z FROM t AS i WHERE i.k = o.k) AS v",
    ),
    (COUNT, COUNT),
    (TREE, TREE.replace("SELECT id FROM r", "SELECT id FROM (FROM r)")),
    (LEVELS.format("m"), LEVELS.replace(" AS o", " AS e").replace("o.id", "e.id").format("m")),
]


@pytest.mark.parametrize(("base", "head"), SAME)
def test_the_same(base: str, head: str) -> None:
    assert judged(base, head) == NOTHING
    assert judged(head, base) == NOTHING


DIFFERENT = [
    (COUNT, COUNT.replace("n < 5", "n < 6"), "rows"),
    (COUNT, COUNT.replace("n + 1", "n + 2"), "rows"),
    (COUNT, COUNT.replace("SELECT 1", "SELECT 2"), "rows"),
    (TREE, TREE.replace("FROM tree AS c", "FROM (SELECT * FROM tree WHERE id < 4) AS c"), "rows"),
    (TREE, TREE.replace("SELECT id FROM r", "SELECT parent AS id FROM r"), "id"),
    (
        "WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM t WHERE a < 3) SELECT a FROM t",
        "SELECT a FROM t",
        "rows",
    ),
    (MAX, MAX.replace("max", "min"), "z"),
    (MAX, MAX.replace("t.k", "t.id"), "z"),
    # A bare name is a column of the nearest query that has one.
    (MAX, MAX.replace("t.k", "k"), "z"),
    (MAX, MAX.replace("FROM u WHERE", "FROM (SELECT * FROM u WHERE c < 9) AS u WHERE"), "z"),
    (SOME, SOME.replace("EXISTS", "NOT EXISTS"), "rows"),
    (SOME, SOME.replace("SELECT 1", "SELECT count(*)"), "rows"),
    (SOME, SOME.replace("t.k)", "t.k LIMIT 0)"), "rows"),
    (SOME, SOME.replace("t.k)", "t.k AND c > 8)"), "rows"),
    (SOME, SOME.replace("FROM t", "FROM (SELECT * REPLACE (a AS k) FROM t) AS t"), "rows"),
    ("SELECT id FROM t WHERE k IN (SELECT k FROM u)", "SELECT id FROM t WHERE k NOT IN (SELECT k FROM u)", "rows"),
    ("SELECT id FROM t WHERE k IN (SELECT k FROM u)", "SELECT id FROM t WHERE k IN (SELECT id FROM u)", "rows"),
    ("SELECT id FROM t WHERE k IN (SELECT k FROM u)", "SELECT id FROM t WHERE k IN (SELECT t.k FROM u)", "rows"),
    (
        "SELECT id FROM t WHERE (k, id) IN (SELECT k, id FROM u)",
        "SELECT id FROM t WHERE (k, id) IN (SELECT id, k FROM u)",
        "rows",
    ),
    ("SELECT id FROM t WHERE a > ALL (SELECT c FROM u)", "SELECT id FROM t WHERE a > ANY (SELECT c FROM u)", "rows"),
    ("SELECT id FROM t WHERE a > (SELECT avg(c) FROM u)", "SELECT id FROM t WHERE a > (SELECT sum(c) FROM u)", "rows"),
    (
        "SELECT id, (SELECT c FROM u WHERE u.k = t.k ORDER BY c LIMIT 1) AS z FROM t",
        "SELECT id, (SELECT c FROM u WHERE u.k = t.k ORDER BY c DESC LIMIT 1) AS z FROM t",
        "z",
    ),
    # Of which of the queries around it a column is: each is told from the others, also where all read one table.
    (LEVELS.format("m"), LEVELS.format("o"), "z"),
    (LEVELS.format("m"), LEVELS.format("i"), "z"),
    (
        "SELECT o.id, y FROM t AS o, LATERAL (SELECT o.a + 1 AS w) AS p, LATERAL (SELECT p.w + 1 AS y) AS q",
        "SELECT o.id, y FROM t AS o, LATERAL (SELECT o.b + 1 AS w) AS p, LATERAL (SELECT p.w + 1 AS y) AS q",
        "y",
    ),
    (
        "SELECT o.id, z FROM t AS o, LATERAL (SELECT count(*) AS z FROM t AS i WHERE i.k = o.k) AS v",
        "SELECT o.id, z FROM t AS o, LATERAL (SELECT count(*) AS z FROM t AS i WHERE i.k = o.id) AS v",
        "z",
    ),
]


@pytest.mark.parametrize(("base", "head", "expected"), DIFFERENT)
def test_not_the_same(base: str, head: str, expected: str) -> None:
    assert judged(base, head) == expected
    assert differ(base, head)


def test_a_cte_reads_the_table_whose_name_it_takes() -> None:
    base = "WITH t AS (SELECT id, a FROM t WHERE a > 5) SELECT id FROM t"
    assert judged(base, "SELECT id FROM t WHERE a > 5") == NOTHING
    assert judged(base, base.replace("a > 5", "a > 10")) == "rows"
