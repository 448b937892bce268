"""Window functions: their arguments, windows and frames, and the rows that they look at."""

import pytest
from pairs import NOTHING, differ, judged

FIRST = "row_number() OVER (PARTITION BY k ORDER BY id)"

SAME = [
    (
        f"SELECT id, {FIRST} AS z FROM t",
        "SELECT id, row_number() OVER w AS z FROM t WINDOW w AS (PARTITION BY k ORDER BY id)",
    ),
    (
        f"SELECT id, {FIRST} AS z FROM t",
        "SELECT id, row_number() OVER (W ORDER BY id) AS z FROM t WINDOW w AS (PARTITION BY k)",
    ),
    (f"SELECT id, {FIRST} AS z FROM t", "SELECT id, row_number() OVER (PARTITION BY t.k ORDER BY id ASC) AS z FROM t"),
    (
        "SELECT id, sum(a) OVER (PARTITION BY k, s) AS z FROM t",
        "SELECT id, sum(a) OVER (PARTITION BY s, k, s) AS z FROM t",
    ),
    (
        "SELECT k, sum(sum(a)) OVER () AS z FROM t GROUP BY k",
        "SELECT k, sum(n) OVER () AS z FROM (SELECT k, sum(a) AS n FROM t GROUP BY k)",
    ),
    (f"SELECT id, a FROM t QUALIFY {FIRST} = 1", f"SELECT id, a FROM (SELECT *, {FIRST} AS n FROM t) WHERE n = 1"),
    (f"SELECT id, a FROM t QUALIFY {FIRST} = 1", f"SELECT id, a FROM t QUALIFY 1 = {FIRST}"),
    (f"SELECT id FROM t WHERE a > 5 QUALIFY {FIRST} = 1", f"SELECT id FROM (FROM t WHERE 5 < a) QUALIFY {FIRST} = 1"),
    ("SELECT id, a FROM t", "SELECT id, a FROM t WINDOW w AS (ORDER BY a)"),
    (f"SELECT id FROM (SELECT id, {FIRST} AS n FROM t)", "SELECT id FROM t"),
]


@pytest.mark.parametrize(("base", "head"), SAME)
def test_the_same(base: str, head: str) -> None:
    assert judged(base, head) == NOTHING
    assert judged(head, base) == NOTHING


COLUMNS = [
    (FIRST, "row_number() OVER (PARTITION BY k ORDER BY id DESC)"),
    (FIRST, "row_number() OVER (PARTITION BY a ORDER BY id)"),
    (FIRST, "row_number() OVER (ORDER BY id)"),
    ("sum(a) OVER (PARTITION BY k ORDER BY s)", "sum(a) OVER (PARTITION BY k, s)"),
    ("sum(a) OVER (PARTITION BY k)", "sum(a) OVER (ORDER BY k)"),
    ("sum(a) OVER (ORDER BY k, s)", "sum(a) OVER (ORDER BY s, k)"),
    ("sum(a) OVER (ORDER BY id ROWS 1 PRECEDING)", "sum(a) OVER (ORDER BY id ROWS 2 PRECEDING)"),
    ("sum(a) OVER (ORDER BY id ROWS 1 PRECEDING)", "sum(a) OVER (ORDER BY id RANGE 1 PRECEDING)"),
    ("sum(a) OVER (ORDER BY id ROWS 1 PRECEDING)", "sum(a) OVER (ORDER BY id GROUPS 1 PRECEDING)"),
    ("sum(a) OVER (ORDER BY id ROWS 1 PRECEDING)", "sum(a) OVER (ORDER BY id ROWS 1 PRECEDING EXCLUDE CURRENT ROW)"),
    (
        "sum(a) OVER (ORDER BY id RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING)",
        "sum(a) OVER (ORDER BY id RANGE BETWEEN 1 FOLLOWING AND 2 FOLLOWING)",
    ),
    ("sum(a) OVER (ORDER BY id)", "sum(a) OVER ()"),
    ("last_value(a ORDER BY a) OVER (ORDER BY id)", "last_value(a) OVER (ORDER BY id)"),
    ("last_value(a IGNORE NULLS) OVER (ORDER BY id)", "last_value(a) OVER (ORDER BY id)"),
    ("lag(a) OVER (ORDER BY id)", "lead(a) OVER (ORDER BY id)"),
    ("lag(a) OVER (ORDER BY id)", "lag(a, 2) OVER (ORDER BY id)"),
    ("lag(a) OVER (ORDER BY id)", "lag(a, 1, 0) OVER (ORDER BY id)"),
    ("count(DISTINCT a) OVER (PARTITION BY k)", "count(a) OVER (PARTITION BY k)"),
    ("count(*) FILTER (WHERE a > 5) OVER (PARTITION BY k)", "count(*) OVER (PARTITION BY k)"),
    ("rank() OVER (ORDER BY a)", "dense_rank() OVER (ORDER BY a)"),
    ("ntile(2) OVER (ORDER BY id)", "ntile(3) OVER (ORDER BY id)"),
    ("first_value(id) OVER (ORDER BY b NULLS FIRST)", "first_value(id) OVER (ORDER BY b)"),
    ("sum(a) OVER v", "sum(a) OVER w"),
]


@pytest.mark.parametrize(("base", "head"), COLUMNS)
def test_another_window_is_another_column_of_the_same_rows(base: str, head: str) -> None:
    rest = "FROM t WINDOW v AS (PARTITION BY k), w AS (PARTITION BY s)"
    one, other = f"SELECT id, {base} AS z {rest}", f"SELECT id, {head} AS z {rest}"
    assert judged(one, other) == "z"
    assert differ(one, other)


LOOKED_AT = [
    # A filter before or behind the window: the rows are the same, the numbers are not.
    (
        f"SELECT id, {FIRST} AS z FROM t WHERE b > 2",
        f"SELECT id, z FROM (SELECT *, {FIRST} AS z FROM t) WHERE b > 2",
        "z",
    ),
    (
        "SELECT id, count(*) OVER () AS z FROM t WHERE a > 9",
        "SELECT id, count(*) OVER () AS z FROM t QUALIFY a > 9",
        "z",
    ),
    (
        "SELECT k, rank() OVER (ORDER BY sum(a)) AS z FROM t GROUP BY k",
        "SELECT k, rank() OVER (ORDER BY min(b)) AS z FROM t GROUP BY k",
        "z",
    ),
    # Only the first of each is kept, by another measure.
    (
        f"SELECT id, a FROM t QUALIFY {FIRST} = 1",
        "SELECT id, a FROM t QUALIFY row_number() OVER (PARTITION BY k ORDER BY id DESC) = 1",
        "rows",
    ),
    (f"SELECT id, a FROM t QUALIFY {FIRST} = 1", f"SELECT id, a FROM t QUALIFY {FIRST} = 2", "rows"),
    (
        f"SELECT id FROM t WHERE a > 10 QUALIFY {FIRST} = 1",
        f"SELECT id FROM (FROM t QUALIFY {FIRST} = 1) WHERE a > 10",
        "rows",
    ),
    # A column that only a window reads.
    (f"SELECT id, {FIRST} AS z FROM t", f"SELECT id, {FIRST} AS z FROM (SELECT * REPLACE (a AS k) FROM t)", "z"),
    (
        f"SELECT id FROM t QUALIFY {FIRST} = 1",
        f"SELECT id FROM (SELECT * REPLACE (a AS k) FROM t) QUALIFY {FIRST} = 1",
        "rows",
    ),
]


@pytest.mark.parametrize(("base", "head", "expected"), LOOKED_AT)
def test_a_window_depends_on_the_rows_that_it_looks_at(base: str, head: str, expected: str) -> None:
    assert judged(base, head) == expected
    assert differ(base, head)
