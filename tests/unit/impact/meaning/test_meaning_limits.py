"""LIMIT, OFFSET and ORDER BY: an order matters only where it decides which rows there are, or stays in a value."""

import pytest
from pairs import NOTHING, differ, judged

SAME = [
    ("SELECT id, a FROM t ORDER BY a", "SELECT id, a FROM t"),
    ("SELECT id FROM (SELECT id, b FROM t ORDER BY b)", "SELECT id FROM t"),
    ("SELECT sum(a) AS z FROM (SELECT a FROM t ORDER BY b)", "SELECT sum(a) AS z FROM t"),
    ("SELECT id FROM t ORDER BY id LIMIT 2", "SELECT id FROM t ORDER BY 1 ASC LIMIT 2"),
    ("SELECT id FROM t ORDER BY id LIMIT 40 PERCENT", "SELECT id FROM t ORDER BY id LIMIT 40%"),
    ("SELECT a FROM t ORDER BY b, id LIMIT 1", "SELECT a FROM t ORDER BY b NULLS LAST, id LIMIT 1"),
    ("SELECT id FROM (SELECT id FROM t ORDER BY id LIMIT 2) ORDER BY id DESC", "SELECT id FROM t ORDER BY id LIMIT 2"),
    (
        "SELECT k, sum(a) AS z FROM t GROUP BY k ORDER BY sum(a), k LIMIT 2",
        "SELECT k, sum(a) AS z FROM t GROUP BY k ORDER BY z, k LIMIT 2",
    ),
    (
        "SELECT DISTINCT ON (k) k AS j, a FROM t ORDER BY a, id",
        "SELECT DISTINCT ON (k) k AS j, a FROM t ORDER BY 2, id",
    ),
]


@pytest.mark.parametrize(("base", "head"), SAME)
def test_the_same(base: str, head: str) -> None:
    assert judged(base, head) == NOTHING
    assert judged(head, base) == NOTHING


ROWS = [
    ("SELECT id FROM t ORDER BY id LIMIT 2", "SELECT id FROM t ORDER BY id LIMIT 3"),
    ("SELECT id FROM t ORDER BY id LIMIT 2", "SELECT id FROM t ORDER BY id DESC LIMIT 2"),
    ("SELECT id FROM t ORDER BY id LIMIT 2", "SELECT id FROM t ORDER BY a, id LIMIT 2"),
    ("SELECT id FROM t ORDER BY id LIMIT 2", "SELECT id FROM t ORDER BY id LIMIT 2 OFFSET 1"),
    ("SELECT id FROM t ORDER BY id OFFSET 2", "SELECT id FROM t ORDER BY id OFFSET 3"),
    ("SELECT id FROM t ORDER BY id LIMIT 2", "SELECT id FROM t ORDER BY id LIMIT 50%"),
    ("SELECT id FROM t ORDER BY id LIMIT (SELECT 2)", "SELECT id FROM t ORDER BY id LIMIT (SELECT 3)"),
    ("SELECT id FROM t ORDER BY b NULLS FIRST LIMIT 1", "SELECT id FROM t ORDER BY b NULLS LAST LIMIT 1"),
    ("SELECT s FROM t ORDER BY s COLLATE NOCASE, id LIMIT 1", "SELECT s FROM t ORDER BY s, id LIMIT 1"),
    ("SELECT id, a FROM t ORDER BY ALL LIMIT 2", "SELECT id, a FROM t ORDER BY ALL DESC LIMIT 2"),
    ("SELECT id, a FROM t ORDER BY 1 LIMIT 2", "SELECT id, a FROM t ORDER BY 2, 1 LIMIT 2"),
    (
        "SELECT id FROM t ORDER BY b, id LIMIT 2",
        "SELECT id FROM (SELECT * REPLACE (a AS b) FROM t) ORDER BY b, id LIMIT 2",
    ),
    ("SELECT DISTINCT ON (k) k, id FROM t ORDER BY id", "SELECT DISTINCT ON (k) k, id FROM t ORDER BY id DESC"),
]


@pytest.mark.parametrize(("base", "head"), ROWS)
def test_other_rows(base: str, head: str) -> None:
    assert judged(base, head) == "rows"
    assert differ(base, head)


KEPT = [
    (
        "SELECT id FROM (SELECT id FROM t ORDER BY b) LIMIT 1",
        "SELECT id FROM (SELECT id FROM t ORDER BY b DESC) LIMIT 1",
    ),
    (
        "SELECT list(a) AS z FROM (SELECT a FROM t ORDER BY b)",
        "SELECT list(a) AS z FROM (SELECT a FROM t ORDER BY b DESC)",
    ),
    (
        "WITH o AS (FROM t ORDER BY id) SELECT string_agg(s) AS z FROM o",
        "WITH o AS (FROM t ORDER BY id DESC) SELECT string_agg(s) AS z FROM o",
    ),
    (
        "SELECT first(a) AS z FROM (SELECT a FROM t ORDER BY id)",
        "SELECT first(a) AS z FROM (SELECT a FROM t ORDER BY a)",
    ),
    (
        "SELECT id, row_number() OVER () AS z FROM (SELECT id FROM t ORDER BY b)",
        "SELECT id, row_number() OVER () AS z FROM (SELECT id FROM t ORDER BY b DESC)",
    ),
    (
        "SELECT id, ARRAY(SELECT c FROM u WHERE u.k = t.k ORDER BY c) AS z FROM t",
        "SELECT id, ARRAY(SELECT c FROM u WHERE u.k = t.k ORDER BY c DESC) AS z FROM t",
    ),
    ("SELECT list(a ORDER BY id) AS z FROM t", "SELECT list(a ORDER BY id DESC) AS z FROM t"),
    (
        "SELECT t.id, c FROM t POSITIONAL JOIN (FROM u ORDER BY c) AS u",
        "SELECT t.id, c FROM t POSITIONAL JOIN (FROM u ORDER BY c DESC) AS u",
    ),
]


@pytest.mark.parametrize(("base", "head"), KEPT)
def test_an_order_that_stays_in_what_is_made_of_it(base: str, head: str) -> None:
    assert differ(base, head)
    assert judged(base, head) != NOTHING
