"""What proves that an order leaves no ties: keys that are known, and keys that the query itself makes."""

import pytest
from nondeterminism_cases import Keys, kinds

A_AND_B: Keys = {"a": ("id",), "b": ("id",)}

TOTAL: list[tuple[str, Keys]] = [
    ("SELECT * FROM a ORDER BY id LIMIT 3", A_AND_B),
    ("SELECT * FROM a WHERE day = '2020-01-01' ORDER BY id LIMIT 3", {"a": ("id", "day")}),
    ("SELECT * FROM a WHERE is_current AND NOT gone ORDER BY id LIMIT 3", {"a": ("id", "is_current", "gone")}),
    ("WITH x AS (SELECT id AS k, v FROM a) SELECT * FROM x ORDER BY k LIMIT 3", A_AND_B),
    ("WITH x AS (SELECT * FROM a WHERE v > 1) SELECT * FROM x ORDER BY id LIMIT 3", A_AND_B),
    ("WITH x AS (SELECT * EXCLUDE (v) FROM a) SELECT * FROM x ORDER BY id LIMIT 3", A_AND_B),
    ("WITH x AS (SELECT g, k, count(*) AS n FROM a GROUP BY g, k) SELECT * FROM x ORDER BY k, g LIMIT 3", {}),
    ("WITH x AS (SELECT g, upper(k) AS k FROM a GROUP BY ALL) SELECT * FROM x ORDER BY k, g LIMIT 3", {}),
    ("WITH x AS (SELECT g AS h, count(*) AS n FROM a GROUP BY 1) SELECT * FROM x ORDER BY h LIMIT 3", {}),
    ("SELECT g, count(*) AS n FROM a GROUP BY g ORDER BY n, g LIMIT 3", {}),
    ("SELECT date_trunc('day', at) AS day, count(*) AS n FROM a GROUP BY 1 ORDER BY n, day LIMIT 3", {}),
    ("WITH x AS (SELECT DISTINCT g, k FROM a) SELECT * FROM x ORDER BY g, k LIMIT 3", {}),
    ("WITH x AS (SELECT DISTINCT ON (g) g, v FROM a ORDER BY g, v) SELECT * FROM x ORDER BY g LIMIT 3", {}),
    ("WITH x AS (SELECT g FROM a UNION SELECT g FROM b) SELECT * FROM x ORDER BY g LIMIT 3", {}),
    ("WITH x AS (SELECT id FROM a EXCEPT SELECT id FROM b) SELECT * FROM x ORDER BY id LIMIT 3", A_AND_B),
    ("WITH x AS (SELECT *, row_number() OVER (ORDER BY id) AS n FROM a) SELECT * FROM x ORDER BY n LIMIT 3", A_AND_B),
    ("WITH x AS (FROM a QUALIFY row_number() OVER (PARTITION BY g ORDER BY id) = 1) FROM x ORDER BY g LIMIT 3",
     A_AND_B),
    ("FROM a QUALIFY row_number() OVER (PARTITION BY g ORDER BY id) = 1 ORDER BY g LIMIT 3", A_AND_B),
    ("SELECT *, row_number() OVER (PARTITION BY g ORDER BY id) AS n FROM a QUALIFY n = 1 ORDER BY g LIMIT 3", A_AND_B),
    ("WITH x AS (SELECT g, k, max(v) AS m FROM a GROUP BY ALL) SELECT lag(m) OVER (ORDER BY g, k) AS l FROM x", {}),
    ("SELECT a.v, b.w FROM a JOIN b ON a.b_id = b.id ORDER BY a.id LIMIT 3", A_AND_B),
    ("SELECT a.v, b.w FROM a JOIN b USING (id) ORDER BY b.id LIMIT 3", A_AND_B),
    ("SELECT a.v, b.w FROM a, b WHERE a.b_id = b.id ORDER BY a.id LIMIT 3", A_AND_B),
    ("SELECT a.v, b.w FROM a, b ORDER BY b.id, a.id LIMIT 3", A_AND_B),
    ("SELECT a.v, b.w FROM a LEFT JOIN b ON b.id = a.b_id AND b.is_current ORDER BY a.id LIMIT 3",
     {"a": ("id",), "b": ("id", "is_current")}),
    ("SELECT a.v, b.w FROM b RIGHT JOIN a ON b.id = a.b_id ORDER BY a.id LIMIT 3", A_AND_B),
    ("SELECT a.v FROM a SEMI JOIN b ON a.b_id = b.g ORDER BY a.id LIMIT 3", A_AND_B),
    ("SELECT a.v, r.n FROM a, range(3) AS r (n) ORDER BY a.id, n LIMIT 3", A_AND_B),
    ("SELECT a.v, k FROM a, (VALUES ('x'), ('y')) AS v (k) ORDER BY a.id, k LIMIT 3", A_AND_B),
    ("SELECT a.id, any_value(a.v) AS v, sum(b.w) AS w FROM a JOIN b ON b.a_id = a.id GROUP BY a.id", A_AND_B),
    ("SELECT b.a_id, any_value(a.v) AS v, sum(b.w) AS w FROM a JOIN b ON b.a_id = a.id GROUP BY b.a_id", A_AND_B),
    ("SELECT a.id, (SELECT string_agg(b.v, ',') FROM b WHERE b.id = a.b_id) AS v FROM a", A_AND_B),
    ("SELECT count(*) AS n FROM a LIMIT 1", {}),
]  # fmt: skip

TIED: list[tuple[str, Keys]] = [
    ("SELECT * FROM a ORDER BY v LIMIT 3", A_AND_B),
    ("SELECT * FROM a ORDER BY id LIMIT 3", {"a": ("id", "day")}),
    ("SELECT * FROM a ORDER BY id % 7 LIMIT 3", A_AND_B),
    ("SELECT * FROM a WHERE day = '2020-01-01' OR v > 1 ORDER BY id LIMIT 3", {"a": ("id", "day")}),
    ("WITH x AS (SELECT v AS id, id AS k FROM a) SELECT * FROM x ORDER BY id LIMIT 3", A_AND_B),
    ("SELECT upper(id) AS id, v FROM a ORDER BY id LIMIT 3", A_AND_B),
    ("WITH x AS (SELECT g, k, count(*) AS n FROM a GROUP BY g, k) SELECT * FROM x ORDER BY g LIMIT 3", {}),
    ("WITH x AS (SELECT g, count(*) AS n FROM a GROUP BY g, k) SELECT * FROM x ORDER BY g LIMIT 3", {}),
    ("WITH x AS (SELECT g, k, v FROM a GROUP BY ROLLUP (g, k, v)) SELECT *, 1 AS e FROM x ORDER BY g, k LIMIT 3", {}),
    ("WITH x AS (SELECT DISTINCT g, k FROM a) SELECT * FROM x ORDER BY g LIMIT 3", {}),
    ("WITH x AS (SELECT id, 1 AS o FROM a UNION ALL SELECT id, 2 FROM b) SELECT * FROM x ORDER BY id LIMIT 3", A_AND_B),
    ("SELECT a.v, b.w FROM a JOIN b ON a.id = b.a_id ORDER BY a.id LIMIT 3", A_AND_B),
    ("SELECT a.v, b.w FROM a JOIN b ON a.b_id > b.id ORDER BY a.id LIMIT 3", A_AND_B),
    ("SELECT a.v, b.w FROM a LEFT JOIN b ON b.id = a.b_id ORDER BY b.id LIMIT 3", A_AND_B),
    ("SELECT a.v, b.w FROM a FULL JOIN b ON b.id = a.id ORDER BY a.id LIMIT 3", A_AND_B),
    ("SELECT a.v, b.w FROM a LEFT JOIN b ON b.id = a.b_id AND a.z > 1 ORDER BY a.b_id, a.v LIMIT 3", A_AND_B),
    ("SELECT a.v, u.x FROM a, unnest(a.l) AS u (x) ORDER BY a.id LIMIT 3", A_AND_B),
    ("SELECT a.v, k, o FROM a, (VALUES ('x', 1), ('x', 2)) AS v (k, o) ORDER BY a.id, k LIMIT 3", A_AND_B),
    ("WITH x AS (SELECT id, unnest(l) AS e FROM a) SELECT * FROM x ORDER BY id LIMIT 3", A_AND_B),
    ("WITH x AS (FROM a QUALIFY row_number() OVER (PARTITION BY g ORDER BY id) = 2) FROM x ORDER BY k LIMIT 3",
     A_AND_B),
    ("WITH x AS (FROM a QUALIFY rank() OVER (PARTITION BY g ORDER BY v) = 1) FROM x ORDER BY g LIMIT 3", A_AND_B),
    ("SELECT b.id, any_value(a.v) AS v FROM a JOIN b ON a.b_id = b.id GROUP BY b.id", A_AND_B),
    ("SELECT a.id, (SELECT string_agg(b.v, ',') FROM b WHERE b.g = a.id) AS v FROM a", A_AND_B),
    ("SELECT g, count(*) AS n FROM a GROUP BY g ORDER BY n LIMIT 3", {}),
]  # fmt: skip


@pytest.mark.parametrize(("query", "keys"), TOTAL)
def test_an_order_that_leaves_no_ties(query: str, keys: Keys) -> None:
    assert not kinds(query, keys)


@pytest.mark.parametrize(("query", "keys"), TIED)
def test_an_order_that_can_leave_ties(query: str, keys: Keys) -> None:
    assert kinds(query, keys)
