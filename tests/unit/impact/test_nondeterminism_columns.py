"""Which of a model's columns a place can reach, and where in the text it stands."""

import pytest
from nondeterminism_cases import Found, Keys, found, marks

EXACT: list[tuple[str, Found]] = [
    ("SELECT id, random() AS r, now() AS Loaded_At FROM t", {("random", ("r",)), ("clock", ("Loaded_At",))}),
    ("SELECT random() AS a, 1 AS b, random() AS c FROM t", {("random", ("a", "c"))}),
    ("WITH a AS (SELECT id, random() AS r FROM t) SELECT id AS key, r AS score, r * 2 AS twice FROM a",
     {("random", ("score", "twice"))}),
    ("WITH a (k, s) AS (SELECT id, random() FROM t), b AS (SELECT * FROM a) SELECT * FROM b", {("random", ("s",))}),
    ("SELECT q.r FROM (SELECT id, random() AS r FROM t) AS q", {("random", ("r",))}),
    ("SELECT s FROM (SELECT id, random() FROM t) AS q (k, s)", {("random", ("s",))}),
    ("SELECT id FROM (SELECT id, random() AS r FROM t)", set()),
    ("WITH unused AS (SELECT random() AS r FROM t LIMIT 3) SELECT 1 AS one", set()),
    ("SELECT * EXCLUDE (r) FROM (SELECT id, random() AS r FROM t)", set()),
    ("SELECT * REPLACE (now() AS v) FROM t", {("clock", ("v",))}),
    ("SELECT * RENAME (r AS score) FROM (SELECT id, random() AS r FROM t)", {("random", ("score",))}),
    ("SELECT *, random() AS r FROM t", {("random", ("r",))}),
    ("SELECT x.*, y.v FROM (SELECT id, random() AS r FROM t) AS x JOIN u AS y ON x.id = y.id", {("random", ("r",))}),
    ("SELECT r + 1 AS more FROM (SELECT random() AS r)", {("random", ("more",))}),
    ("SELECT random() AS r, r > 0.5 AS high, 1 AS one FROM t", {("random", ("r", "high"))}),
    ("SELECT t FROM (SELECT random() AS r FROM u) AS t", {("random", ("t",))}),
    ("SELECT q.s.r AS field FROM (SELECT {'r': random()} AS s) AS q", {("random", ("field",))}),
    ("SELECT id, random() AS r FROM t UNION ALL SELECT id, 1 FROM u", {("random", ("r",))}),
    ("SELECT id, 1 AS one FROM t UNION ALL SELECT id, random() FROM u", {("random", ("one",))}),
    ("SELECT 1 AS a, random() AS b UNION ALL BY NAME SELECT random() AS a", {("random", ("a", "b"))}),
    ("SELECT *, now() AS at FROM t UNION ALL SELECT *, now() AS at FROM u", {("clock", ("at",))}),
    ("SELECT id, (SELECT max(v) FROM u WHERE day < current_date) AS m FROM t", {("date", ("m",))}),
    ("SELECT (SELECT t.r) AS same FROM (SELECT random() AS r) AS t", {("random", ("same",))}),
    ("SELECT count(*) AS n, max(v) AS m, 1 AS one FROM t WHERE day < current_date", {("date", ("n", "m"))}),
    ("SELECT max(r) AS m, count(r) AS n FROM (SELECT g, random() AS r FROM t) GROUP BY g", {("random", ("m",))}),
    ("SELECT current_date AS day, count(*) AS n FROM t GROUP BY ALL", {("date", ("day",))}),
    ("SELECT DISTINCT g, now() AS at FROM t", {("clock", ("at",))}),
    ("SELECT now()::DATE AS day, now() AS at FROM t", {("date", ("day",)), ("clock", ("at",))}),
    ("WITH run AS (SELECT now() AS at) SELECT at, at::DATE AS day FROM run", {("clock", ("at",)), ("date", ("day",))}),
    ("WITH s AS (SELECT sum(v / 3) AS x FROM t) SELECT x, round(x, 2) AS y FROM s", {("float_sum", ("x",))}),
    ("SELECT rank() OVER w AS place FROM (SELECT g, random() AS r FROM t) WINDOW w AS (ORDER BY r)",
     {("random", ("place",))}),
    ("SELECT current_date, random() FROM t", {("date", ("current_date",)), ("random", ("random()",))}),
    ("SELECT COLUMNS('r') FROM (SELECT random() AS r)", {("random", None)}),
    ("SELECT a1 FROM (SELECT COLUMNS('a.*') FROM (SELECT random() AS a1))", {("random", ("a1",))}),
    ("SELECT r, lower(r) FROM (SELECT uuid()::VARCHAR AS r)", {("random", None)}),
    ("SELECT x.* FROM (SELECT 1 AS id) AS x, (SELECT random() AS r) AS y", set()),
    ("SELECT * FROM (SELECT 1 AS id) AS x SEMI JOIN (SELECT 1 AS id, random() AS r) AS y USING (id)", set()),
    ("SELECT * FROM (SELECT 1 AS id, uuid() AS u) JOIN (SELECT 1 AS id, 2 AS v) USING (id) UNION ALL SELECT 1, 2, 3",
     {("random", ("u",))}),
    ("SELECT lower(uuid()::VARCHAR) FROM t", {("random", None)}),
    ("SELECT a.r, b.r FROM (SELECT 1 AS r) AS a, (SELECT random() AS r) AS b", {("random", None)}),
]  # fmt: skip

ROWS = [
    "SELECT id FROM t WHERE v > random()",
    "SELECT g, count(*) AS n FROM t GROUP BY g HAVING count(*) > random()",
    "SELECT count(*) AS n FROM t WHERE v > random() HAVING count(*) > 3",
    "SELECT t.id FROM t JOIN u ON t.v > random()",
    "SELECT t.id FROM t SEMI JOIN (SELECT random() AS r) AS s ON t.v > s.r",
    "SELECT id FROM t QUALIFY random() > row_number() OVER (ORDER BY id)",
    "SELECT random() AS r, count(*) AS n FROM t GROUP BY r",
    "SELECT DISTINCT id, random() AS r FROM t",
    "SELECT DISTINCT ON (random()) id FROM t ORDER BY id",
    "SELECT id FROM t ORDER BY random() LIMIT 3",
    "SELECT random() AS r UNION SELECT 1",
    "SELECT 1 AS r EXCEPT SELECT random()",
    "SELECT unnest(range((random() * 10)::INT)) AS n",
    "SELECT n FROM range((random() * 10)::INT) AS r (n)",
    "SELECT id FROM (SELECT id, random() AS r FROM t) WHERE r > 0.5",
    "SELECT id FROM t WHERE id IN (SELECT id FROM u WHERE v > random())",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE random() > n) SELECT n FROM r",
    "PIVOT (SELECT g, random() AS r FROM t) ON g USING max(r)",
    "SELECT * FROM (SELECT g, random() AS r FROM t) PIVOT (max(r) FOR g IN (1, 2))",
    "SELECT id FROM t TABLESAMPLE 10% WHERE random() > 0.5",
]

DEDUPED = "SELECT *, row_number() OVER (PARTITION BY id ORDER BY at DESC) AS n FROM t"
ONE_EACH = "SELECT * FROM t QUALIFY row_number() OVER (PARTITION BY id ORDER BY at DESC) = 1"

TIES: list[tuple[str, Keys, Found]] = [
    (f"WITH d AS ({DEDUPED}) SELECT * EXCLUDE (n) FROM d WHERE n = 1", {}, {("window_ties", None)}),
    (f"WITH d AS ({DEDUPED}) SELECT id, v FROM d WHERE n = 1", {"t": ("id", "at")}, set()),
    (f"WITH d AS ({DEDUPED}) SELECT id, v, n FROM d", {}, {("window_ties", ("n",))}),
    (ONE_EACH, {}, {("window_ties", None)}),
    # The left rows stay as they are: at most one row of the right side fits.
    (f"WITH d AS ({ONE_EACH}) SELECT u.id, d.v FROM u LEFT JOIN d ON d.id = u.id", {}, {("window_ties", ("v",))}),
    (f"WITH d AS ({ONE_EACH}) SELECT u.id, d.v FROM u LEFT JOIN d USING (id)", {}, {("window_ties", ("v",))}),
    (f"WITH d AS ({ONE_EACH}) SELECT u.id, d.v FROM u LEFT JOIN d ON d.g = u.g", {}, {("window_ties", None)}),
    (f"WITH d AS ({ONE_EACH}) SELECT u.id, d.v FROM u JOIN d ON d.id = u.id", {}, {("window_ties", None)}),
    # The inner v is that of d, or else the selected one: nobody knows whether d has it.
    (f"WITH d AS ({ONE_EACH}) SELECT 1 AS v, v + 1 AS w FROM (SELECT d.* FROM u LEFT JOIN d USING (id))", {},
     {("window_ties", ("w",))}),
    ("SELECT u.id, x.g FROM u LEFT JOIN (SELECT g FROM t LIMIT 3) AS x ON x.g = u.g", {}, {("limit", None)}),
    ("SELECT g, any_value(v) AS a, max(v) AS m FROM t GROUP BY g", {}, {("unordered_aggregate", ("a",))}),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), EXACT)
def test_the_columns_that_a_place_reaches(query: str, expected: Found) -> None:
    assert found(query) == expected


@pytest.mark.parametrize("query", ROWS)
def test_what_decides_which_rows_there_are_reaches_everything(query: str) -> None:
    assert ("random", None) in found(query)


@pytest.mark.parametrize(("query", "keys", "expected"), TIES)
def test_ties_reach_what_is_made_of_them(query: str, keys: Keys, expected: Found) -> None:
    assert found(query, keys) == expected


LONG = """\
-- now() is no call here
SET threads = 2;

CREATE TEMP TABLE seeds AS SELECT random() AS seed FROM t;

WITH ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY g -- the group
            ORDER BY at
        ) AS n
    FROM t
)
SELECT
    id, current_date,
    CURRENT_DATE AS day,
    string_agg( lower(v),
        ',') AS names, seed
FROM ranked, seeds
WHERE n = 1
    AND at < current_timestamp
GROUP BY ALL
LIMIT 10
"""


def test_places_are_those_of_the_file() -> None:
    assert [(mark.kind, mark.line, mark.quoted, mark.columns) for mark in marks(LONG)] == [
        ("random", 4, "random()", None),
        ("window_ties", 9, "row_number() OVER ( PARTITION BY g ORDER BY at )", None),
        ("date", 16, "current_date", ("current_date",)),
        ("date", 17, "CURRENT_DATE", ("day",)),
        ("unordered_aggregate", 18, "string_agg( lower(v), ',')", ("names",)),
        ("date", 22, "current_timestamp", None),
        ("limit", 24, "LIMIT 10", None),
    ]
    assert {mark.path for mark in marks(LONG)} == {"models/m.sql"}


@pytest.mark.parametrize(
    ("query", "quoted"),
    [
        ("SELECT id, row_number()  OVER () AS n FROM t", "row_number() OVER ()"),
        ("SELECT lag(v) IGNORE NULLS OVER w AS l FROM t WINDOW w AS (ORDER BY at)", "lag(v) IGNORE NULLS OVER w"),
        ("SELECT arg_max(cast(v AS INT), at) AS m FROM t", "arg_max(cast(v AS INT), at)"),
        ("SELECT string_agg((v), ',') AS m FROM t", "string_agg((v), ',')"),
        ("SELECT string_agg(v, ',') FILTER (v > 'a') AS m FROM t", "string_agg(v, ',')"),
        ("FROM t USING SAMPLE 10%", "USING SAMPLE 10%"),
        ("FROM t TABLESAMPLE reservoir(5 ROWS)", "TABLESAMPLE reservoir(5 ROWS)"),
        ("FROM t LIMIT 5%", "LIMIT 5%"),
        ("SELECT id FROM t FETCH FIRST 3 ROWS ONLY", "FETCH FIRST 3"),
        ("SELECT DISTINCT ON (g, k) * FROM t", "DISTINCT ON (g, k)"),
        ("FROM t ASOF JOIN u ON t.k = u.k AND t.at >= u.at", "ASOF JOIN u ON t.k = u.k AND t.at >= u.at"),
        ("SELECT rowid AS r FROM t", "rowid"),
        (f"SELECT list(v ORDER BY {' + '.join(['at'] * 40)}) AS l FROM t", f"list(v ORDER BY {'at + ' * 20}at …"),
    ],
)
def test_the_piece_of_the_query_that_is_quoted(query: str, quoted: str) -> None:
    assert [mark.quoted for mark in marks(query)] == [quoted]


CHAINED = [
    "SELECT id FROM t WHERE v > random() OR " + " OR ".join(f"v = {n}" for n in range(2000)),
    "SELECT random()" + "".join(f" + {n}" for n in range(2000)) + " AS c FROM t",
    "SELECT random() AS c0" + "".join(f", c{n} + c{n} + c{n} AS c{n + 1}" for n in range(40)) + " FROM t",
    "SELECT v / 3 AS c0" + "".join(f", c{n} + c{n} AS c{n + 1}" for n in range(40)) + ", sum(c40) OVER () AS s FROM t",
    "SELECT v AS c0" + "".join(f", c{n} + c{n} AS c{n + 1}" for n in range(40)) + " FROM t ORDER BY c0 LIMIT 3",
]


@pytest.mark.parametrize("query", CHAINED, ids=range(len(CHAINED)))
def test_long_chains_are_read_to_their_end(query: str) -> None:
    assert found(query) or "ORDER BY" in query


def test_macros_and_variables_bring_their_places_along() -> None:
    macro = "CREATE TEMP MACRO stamp(x) AS x || now()::VARCHAR;\nSELECT id, stamp(id) AS s FROM t"
    assert found(macro) == {("clock", ("s",))}
    assert [mark.line for mark in marks(macro)] == [1]
    table = "CREATE TEMP MACRO some(n) AS TABLE SELECT id, random() AS r FROM t LIMIT n;\nSELECT id, r FROM some(3)"
    assert found(table) == {("limit", None), ("random", ("r",))}
    variable = "SET VARIABLE day = current_date;\nSELECT getvariable('day') AS d FROM t"
    assert found(variable) == {("date", ("d",))}
