"""Joins: which rows come out, which side may be unique, and what does not matter about them."""

import pytest
from pairs import NOTHING, differ, judged

T = "SELECT t.id, t.a FROM t"
NUMBERED = "SELECT k, c, row_number() OVER (PARTITION BY k ORDER BY c) AS n FROM u"

AT_MOST_ONE = [
    "LEFT JOIN (SELECT k, max(c) AS c FROM u GROUP BY k) AS v ON t.k = v.k",
    "LEFT JOIN (SELECT k, max(c) AS c FROM u GROUP BY k) AS v USING (k)",
    "LEFT JOIN (SELECT k, max(c) AS c FROM u GROUP BY ALL) AS v ON v.k = t.k AND v.c > 3",
    "LEFT JOIN (SELECT DISTINCT k FROM u) AS v ON (v.k = t.k)",
    "LEFT JOIN (SELECT DISTINCT ON (k) k, c FROM u ORDER BY c) AS v ON v.k = t.k",
    "LEFT JOIN (SELECT k, c FROM u QUALIFY row_number() OVER (PARTITION BY k ORDER BY c) = 1) AS v ON v.k = t.k",
    f"LEFT JOIN (FROM ({NUMBERED}) WHERE n = 1) AS v ON v.k = t.k",
    "LEFT JOIN (SELECT count(*) AS n FROM u) AS v ON true",
    "LEFT JOIN (SELECT k, s, count(*) AS n FROM u GROUP BY k, s) AS v ON v.k = t.k AND v.s = t.s",
    "LEFT JOIN (SELECT s, count(*) AS n FROM u GROUP BY s) AS v ON v.s = t.s",
    "LEFT JOIN (SELECT CAST(ts AS DATE) AS d, count(*) AS n FROM u GROUP BY 1) AS v ON v.d = t.d",
    "LEFT JOIN (SELECT v.k FROM (SELECT DISTINCT k FROM u) AS v WHERE v.k > 1) AS v ON v.k = t.k",
    "LEFT JOIN (SELECT v.k FROM (SELECT DISTINCT k FROM u) AS v SEMI JOIN codes ON true) AS v ON v.k = t.k",
    "LEFT JOIN (SELECT DISTINCT k FROM u) AS v ON v.k = t.k LEFT JOIN (SELECT DISTINCT k FROM u) AS w ON w.k = v.k",
]


@pytest.mark.parametrize("join", AT_MOST_ONE)
def test_a_left_join_that_finds_at_most_one_row_changes_nothing_but_its_own_columns(join: str) -> None:
    assert judged(T, f"{T} {join}") == NOTHING


PERHAPS_SEVERAL = [
    "LEFT JOIN u AS v ON v.k = t.k",
    "LEFT JOIN (SELECT DISTINCT k, c FROM u) AS v ON v.k = t.k",
    "LEFT JOIN (SELECT k, c FROM u QUALIFY row_number() OVER (PARTITION BY k ORDER BY c) <= 2) AS v ON v.k = t.k",
    f"LEFT JOIN (FROM ({NUMBERED}) WHERE n = 1 OR c > 1) AS v ON v.k = t.k",
    "LEFT JOIN (SELECT k, max(c) AS c FROM u GROUP BY k) AS v ON t.k <= v.k",
    "LEFT JOIN (SELECT k, max(c) AS c FROM u GROUP BY k) AS v ON t.k = v.k OR t.id > v.c",
    "LEFT JOIN (SELECT DISTINCT k FROM u) AS v ON v.k = v.k",
    "LEFT JOIN (SELECT k, s, count(*) AS n FROM u GROUP BY k, s) AS v ON v.k = t.k",
    "LEFT JOIN (SELECT k, unnest([1, 2]) AS n FROM u GROUP BY k) AS v ON v.k = t.k",
    "LEFT JOIN (SELECT k % 2 AS k, count(*) AS n FROM u GROUP BY u.k) AS v ON v.k = t.k",
    "LEFT JOIN (SELECT k, 0 AS n FROM u GROUP BY k UNION SELECT id, 1 FROM u) AS v ON v.k = t.k",
    "LEFT JOIN (SELECT v.k FROM (SELECT DISTINCT k FROM u) AS v, codes) AS v ON v.k = t.k",
    "LEFT JOIN LATERAL (SELECT c FROM u WHERE u.k = t.k) AS v ON true",
    # '1' and '01' are two texts and one number; a and A are two texts and one where case does not count.
    "LEFT JOIN (SELECT code AS k, max(value) AS n FROM codes GROUP BY code) AS v ON v.k = t.k",
    "LEFT JOIN (SELECT s, count(*) AS n FROM t GROUP BY s) AS v ON v.s = t.s COLLATE NOCASE",
    "LEFT JOIN (SELECT s COLLATE NOCASE AS s, count(*) AS n FROM t GROUP BY t.s) AS v ON v.s = t.s",
    # These keep no row, or others, where none is found.
    "JOIN (SELECT k, max(c) AS c FROM u GROUP BY k) AS v ON t.k = v.k",
    "RIGHT JOIN (SELECT k, max(c) AS c FROM u GROUP BY k) AS v ON t.k = v.k",
    "FULL JOIN (SELECT k, max(c) AS c FROM u GROUP BY k) AS v ON t.k = v.k",
]


@pytest.mark.parametrize("join", PERHAPS_SEVERAL)
def test_a_join_that_can_find_several_rows_or_none_changes_the_rows(join: str) -> None:
    assert judged(T, f"{T} {join}") == "rows"
    assert differ(T, f"{T} {join}")


UNSURE = [
    "LEFT JOIN (SELECT k, c FROM u QUALIFY rank() OVER (PARTITION BY k ORDER BY c) = 1) AS v ON v.k = t.k",
    "LEFT JOIN (SELECT k, c FROM u QUALIFY row_number() OVER (PARTITION BY k ORDER BY c) = 2) AS v ON v.k = t.k",
    "LEFT JOIN (SELECT k, max(c) AS c FROM u GROUP BY ROLLUP (k)) AS v ON v.k = t.k",
    "LEFT JOIN (SELECT ts AS d, count(*) AS n FROM u GROUP BY 1) AS v ON v.d = t.d",
    "LEFT JOIN (SELECT word AS s, count(*) AS n FROM blind GROUP BY 1) AS v ON v.s = t.s",
    "ASOF LEFT JOIN u AS v ON v.k = t.k AND t.d >= v.ts",
]


@pytest.mark.parametrize("join", UNSURE)
def test_where_nobody_can_be_sure_the_rows_can_differ(join: str) -> None:
    assert judged(T, f"{T} {join}") == "rows"


SAME = [
    ("SELECT t.id, c FROM t JOIN u ON t.k = u.k", "SELECT t.id, c FROM u JOIN t ON u.k = t.k"),
    ("SELECT t.id, c FROM t JOIN u ON t.k = u.k", "SELECT t.id, c FROM t, u WHERE t.k = u.k"),
    (
        "SELECT t.id, c FROM t INNER JOIN u ON t.k = u.k AND c > 3",
        "SELECT t.id, c FROM t CROSS JOIN u WHERE c > 3 AND u.k = t.k",
    ),
    ("SELECT t.id, c FROM t JOIN u USING (k)", "SELECT t.id, c FROM t JOIN u ON t.k = u.k"),
    (
        "SELECT id, a FROM wide NATURAL JOIN (SELECT id, a FROM t) AS v",
        "SELECT wide.id, a FROM wide JOIN (SELECT id, a FROM t) AS v USING (id)",
    ),
    ("SELECT k, c FROM t LEFT JOIN u USING (k)", "SELECT t.k, c FROM t LEFT OUTER JOIN u ON t.k = u.k"),
    ("SELECT k, c FROM t RIGHT JOIN u USING (k)", "SELECT u.k, c FROM t RIGHT JOIN u ON t.k = u.k"),
    (
        "SELECT k, a FROM t JOIN u USING (k) JOIN (SELECT id AS k FROM wide) AS w USING (k)",
        "SELECT t.k, a FROM t JOIN u ON t.k = u.k JOIN wide AS w ON w.id = t.k",
    ),
    ("SELECT t.id FROM t SEMI JOIN u ON t.k = u.k", "SELECT t.id FROM t SEMI JOIN u USING (k)"),
    (
        "SELECT t.id FROM t SEMI JOIN u ON t.k = u.k",
        "SELECT t.id FROM t SEMI JOIN (SELECT *, c + 1 AS z FROM u) AS u ON t.k = u.k",
    ),
    ("SELECT t.id FROM t ANTI JOIN u ON t.k = u.k", "SELECT o.id FROM t AS o ANTI JOIN u AS i ON i.k = o.k"),
    (
        "SELECT t.id, c FROM t ASOF JOIN u ON t.k = u.k AND t.d >= u.ts",
        "SELECT t.id, c FROM t ASOF JOIN u ON t.d >= u.ts AND t.k = u.k",
    ),
    (
        "SELECT id, c FROM (SELECT id, k FROM t) AS v JOIN u AS w (i, k, c) USING (k)",
        "SELECT t.id, c FROM t JOIN u USING (k)",
    ),
    ("SELECT t.id, e FROM t, unnest(t.arr) AS v (e)", "SELECT t.id, e FROM t CROSS JOIN unnest(t.arr) AS v (e)"),
]


@pytest.mark.parametrize(("base", "head"), SAME)
def test_the_same(base: str, head: str) -> None:
    assert judged(base, head) == NOTHING
    assert judged(head, base) == NOTHING


DIFFERENT = [
    ("SELECT t.id, c FROM t JOIN u ON t.k = u.k", "SELECT t.id, c FROM t JOIN u ON t.id = u.k", "rows"),
    ("SELECT t.id, c FROM t JOIN u ON t.k = u.k", "SELECT t.id, c FROM t LEFT JOIN u ON t.k = u.k", "rows"),
    ("SELECT t.id, c FROM t JOIN u ON t.k = u.k", "SELECT t.id, c FROM t CROSS JOIN u", "rows"),
    (
        "SELECT t.id, c FROM t LEFT JOIN u ON t.k = u.k AND c > 3",
        "SELECT t.id, c FROM t LEFT JOIN u ON t.k = u.k WHERE c > 3",
        "rows",
    ),
    (
        "SELECT t.id, c FROM t LEFT JOIN u ON t.k = u.k AND a > 9",
        "SELECT t.id, c FROM t LEFT JOIN u ON t.k = u.k WHERE a > 9",
        "rows",
    ),
    ("SELECT l.id FROM t AS l JOIN t AS r ON l.k = r.id", "SELECT r.id FROM t AS l JOIN t AS r ON l.k = r.id", "id"),
    ("SELECT l.id, l.a FROM t AS l, t AS r", "SELECT l.id, r.a FROM t AS l, t AS r", "a"),
    ("SELECT t.k FROM t FULL JOIN u USING (k)", "SELECT k FROM t FULL JOIN u USING (k)", "k"),
    ("SELECT k, c FROM t LEFT JOIN u USING (k)", "SELECT u.k, c FROM t LEFT JOIN u USING (k)", "k"),
    ("SELECT t.id FROM t SEMI JOIN u ON t.k = u.k", "SELECT t.id FROM t ANTI JOIN u ON t.k = u.k", "rows"),
    ("SELECT t.id FROM t ANTI JOIN u ON t.k = u.k", "SELECT t.id FROM t ANTI JOIN u ON t.k = u.k AND u.c > 8", "rows"),
    (
        "SELECT t.id FROM t SEMI JOIN u ON t.k = u.k",
        "SELECT t.id FROM t SEMI JOIN (SELECT * FROM u WHERE c > 8) AS u ON t.k = u.k",
        "rows",
    ),
    (
        "SELECT t.id, c FROM t ASOF JOIN u ON t.k = u.k AND t.d >= u.ts",
        "SELECT t.id, c FROM t JOIN u ON t.k = u.k AND t.d >= u.ts",
        "rows",
    ),
    (
        "SELECT t.id, c FROM t ASOF JOIN u ON t.k = u.k AND t.d >= u.ts",
        "SELECT t.id, c FROM t ASOF JOIN u ON t.k = u.k AND t.d <= u.ts",
        "rows",
    ),
    (
        "SELECT t.id, c FROM t POSITIONAL JOIN u",
        "SELECT t.id, c FROM t POSITIONAL JOIN (SELECT * FROM u ORDER BY c) AS u",
        "rows",
    ),
    (
        "SELECT t.id, q1 FROM t LEFT JOIN u ON t.k = u.k JOIN wide ON wide.id = u.id",
        "SELECT t.id, q1 FROM t LEFT JOIN (u JOIN wide ON wide.id = u.id) ON t.k = u.k",
        "rows",
    ),
    (
        "SELECT t.id, e FROM t, unnest(t.arr) AS v (e)",
        "SELECT t.id, e FROM t LEFT JOIN unnest(t.arr) AS v (e) ON true",
        "rows",
    ),
    (
        "SELECT t.id, v.c FROM t LEFT JOIN (SELECT k, max(c) AS c FROM u GROUP BY k) AS v ON t.k = v.k",
        "SELECT t.id, v.c FROM t LEFT JOIN (SELECT k, min(c) AS c FROM u GROUP BY k) AS v ON t.k = v.k",
        "c",
    ),
    (
        "SELECT t.id, v.c FROM t LEFT JOIN (SELECT k, max(c) AS c FROM u GROUP BY k) AS v ON t.k = v.k",
        "SELECT t.id, v.c FROM t LEFT JOIN (SELECT k, max(c) AS c FROM u GROUP BY k) AS v ON t.k = v.k AND v.c > 8",
        "c",
    ),
    (
        "SELECT t.id, v.c FROM t LEFT JOIN (SELECT k, max(c) AS c FROM u GROUP BY k) AS v ON t.k = v.k",
        "SELECT t.id, v.c FROM t LEFT JOIN (SELECT k, max(c) AS c FROM u WHERE id < 3 GROUP BY k) AS v ON t.k = v.k",
        "c",
    ),
]


@pytest.mark.parametrize(("base", "head", "expected"), DIFFERENT)
def test_not_the_same(base: str, head: str, expected: str) -> None:
    assert judged(base, head) == expected
    assert differ(base, head)


def test_what_filters_on_a_joined_column_filters_the_rows() -> None:
    joined = f"{T} LEFT JOIN (SELECT k, max(c) AS c FROM u GROUP BY k) AS v ON t.k = v.k"
    assert judged(f"{joined} WHERE v.c > 3", T) == "rows"
    assert judged(f"{joined} WHERE v.c > 3", f"{joined} WHERE v.c > 7") == "rows"
    assert differ(f"{joined} WHERE v.c > 3", f"{joined} WHERE v.c > 7")


COLLATED = "SELECT w.n FROM (SELECT n, {word} AS word FROM blind) AS w"


@pytest.mark.parametrize("word", ["word", "CAST(word AS VARCHAR)", "(word)", "word || ''"])
def test_a_collation_stays_with_a_text(word: str) -> None:
    base = COLLATED.format(word=word)
    head = f"{base} LEFT JOIN (SELECT s, count(*) AS m FROM t GROUP BY s) AS v ON v.s = w.word"
    assert differ(base, head)
    assert judged(base, head) == "rows"
