"""What the rules say is held to a real DuckDB: the same rows in another order, on another number of threads."""

from collections.abc import Iterator

import duckdb
import pytest
from nondeterminism_cases import kinds

from datacanary.model.noise import Instability

ROWS = 40_000
"""Few enough that DuckDB does nothing by chance here: what differs, differs by the order of rows."""

MAKE = f"""\
CREATE TABLE ordered.t AS
SELECT
    i AS id, (hash(i) % 2000)::INT AS g, (hash(i + 7) % 50)::INT AS k, (hash(i + 13) % 1000)::INT AS v,
    (hash(i + 17) % 100000) / 7.0 AS x, ((hash(i + 19) % 100000) / 100.0)::DECIMAL(12, 2) AS d
FROM range({ROWS}) AS r (i)
"""

UNSTABLE: list[tuple[Instability, str]] = [
    ("clock", "SELECT id, now()::VARCHAR AS c FROM t"),
    ("random", "SELECT id, random() AS c FROM t"),
    ("random", "SELECT id, uuid() AS c FROM t"),
    ("random", "SELECT id FROM t ORDER BY random() LIMIT 1000"),
    ("sample", "SELECT id FROM t USING SAMPLE 10%"),
    ("sample", "SELECT id FROM t USING SAMPLE 10% (bernoulli, 42)"),
    ("sample", "SELECT id FROM t TABLESAMPLE reservoir(500 ROWS) REPEATABLE (42)"),
    ("limit", "SELECT id FROM t LIMIT 1000"),
    ("limit", "SELECT id, v FROM t ORDER BY v LIMIT 1000"),
    ("limit", "SELECT id FROM t ORDER BY v OFFSET 20000"),
    ("distinct_on", "SELECT DISTINCT ON (g) g, v FROM t"),
    ("distinct_on", "SELECT DISTINCT ON (g) g, v FROM t ORDER BY g, k"),
    *(
        ("window_ties", f"SELECT id, {call} OVER (PARTITION BY g ORDER BY k) AS c FROM t")
        for call in ("row_number()", "ntile(4)", "lag(v)", "lead(v)", "first_value(v)", "last_value(v)", "list(v)")
    ),
    ("window_ties", "SELECT id, row_number() OVER () AS c FROM t"),
    ("window_ties", "SELECT id, nth_value(v, 2) OVER (PARTITION BY g ORDER BY k) AS c FROM t"),
    ("window_ties", "SELECT id, sum(v) OVER (PARTITION BY g ORDER BY k ROWS UNBOUNDED PRECEDING) AS c FROM t"),
    ("window_ties", "SELECT id, max(v) OVER (PARTITION BY g ORDER BY k ROWS 3 PRECEDING) AS c FROM t"),
    ("window_ties", "SELECT id, any_value(v) OVER (PARTITION BY g) AS c FROM t"),
    ("window_ties", "SELECT id, arg_max(v, k) OVER (PARTITION BY g) AS c FROM t"),
    ("window_ties", "SELECT g, v FROM t QUALIFY row_number() OVER (PARTITION BY g ORDER BY k) = 1"),
    ("window_ties", "SELECT t.id, u.v FROM t ASOF JOIN t AS u ON t.g = u.g AND t.k >= u.k"),
    *(
        ("unordered_aggregate", f"SELECT g, {call} AS c FROM t GROUP BY g")
        for call in (
            *(
                "list(v)",
                "list(DISTINCT v)",
                "string_agg(v, ',')",
                "string_agg(DISTINCT v, ',')",
                "first(v)",
                "last(v)",
            ),
            *("json_group_array(v)", "json_group_object(k, v)", "any_value(v)", "arbitrary(v)", "mode(v)"),
            *("arg_max(v, k)", "min_by(v, k)", "arg_max(v, k, 2)", "arg_min_null(v, k)", "list(v ORDER BY k)"),
            *("first(v ORDER BY k)", "list_reverse(list(v))"),
        )
    ),
    ("unordered_aggregate", "SELECT approx_quantile(x, 0.5) AS c FROM t"),
    ("unordered_aggregate", "SELECT reservoir_quantile(x, 0.5) AS c FROM t"),
    ("unordered_aggregate", "SELECT approx_top_k(v, 3) AS c FROM t"),
    ("unordered_aggregate", "SELECT ARRAY(SELECT v FROM t) AS c"),
    ("row_order", "SELECT id, rowid AS c FROM t"),
    ("row_order", "SELECT a.id, b.v FROM t AS a POSITIONAL JOIN (SELECT v FROM t ORDER BY id) AS b"),
    *(
        ("float_sum", f"SELECT g, {call} AS c FROM t GROUP BY g")
        for call in (
            *("sum(x::DOUBLE)", "avg(x::DOUBLE)", "sum(v / 7)", "sum(sqrt(v))", "sum(round(v / 7, 2))", "stddev(v)"),
            *("var_pop(d)", "corr(v, k)", "regr_slope(v, k)", "skewness(v)", "kurtosis(v)", "geomean(v + 1)"),
            *("product(1 + v / 1000)", "fsum(x)", "favg(x)", "sem(v)"),
        )
    ),
    ("float_sum", "SELECT id, sum(v / 7) OVER (PARTITION BY g) AS c FROM t"),
    ("float_sum", "SELECT id, sum(v / 7) OVER (PARTITION BY g ORDER BY k) AS c FROM t"),
]

STABLE = [
    "SELECT id FROM t ORDER BY v, id LIMIT 1000",
    "SELECT v FROM t ORDER BY v LIMIT 1000",
    "SELECT DISTINCT ON (g) g, v FROM t ORDER BY g, id",
    "SELECT DISTINCT ON (g) g, k FROM t ORDER BY g, k",
    "SELECT id, EXISTS (SELECT 1 FROM t AS u WHERE u.g = t.g AND u.v > 990 LIMIT 1) AS c FROM t",
    "SELECT id, count(now()) OVER () AS c FROM t",
    *(
        f"SELECT id, {call} OVER (PARTITION BY g ORDER BY k, id) AS c FROM t"
        for call in ("row_number()", "ntile(4)", "lag(v)", "first_value(v)", "list(v)", "sum(x)", "arg_max(v, id)")
    ),
    *(
        f"SELECT id, {call} OVER (PARTITION BY g ORDER BY k) AS c FROM t"
        for call in ("rank()", "dense_rank()", "percent_rank()", "cume_dist()", "sum(v)", "first_value(k)", "avg(d)")
    ),
    "SELECT id, nth_value(k, 2) OVER (PARTITION BY g ORDER BY k) AS c FROM t",
    "SELECT sum(v) OVER (ORDER BY k ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS c FROM t",
    "SELECT id, sum(v) OVER (PARTITION BY g ORDER BY k GROUPS 2 PRECEDING) AS c FROM t",
    "SELECT id, sum(v) OVER (PARTITION BY g ORDER BY k RANGE 5 PRECEDING EXCLUDE CURRENT ROW) AS c FROM t",
    "SELECT id, sum(v / 7) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) AS c FROM t",
    "FROM t QUALIFY rank() OVER (PARTITION BY g ORDER BY k) = 1",
    *(
        f"SELECT g, {call} AS c FROM t GROUP BY g"
        for call in (
            *("list(v ORDER BY v)", "list(v ORDER BY k, id)", "list_sort(list(v))", "len(list(v))", "any_value(g)"),
            *(
                "arg_max(v, id)",
                "arg_max(k, k)",
                "first(v ORDER BY id)",
                "max(v, 3)",
                "mode() WITHIN GROUP (ORDER BY v)",
            ),
            *("histogram(k)", "median(x)", "quantile_cont(x, 0.3)", "mad(x)", "sum(v)", "avg(v)", "sum(d)", "avg(d)"),
            *("sum(x ORDER BY id)", "round(sum(v / 7), 2)", "sum(v / 7)::DECIMAL(18, 2)", "sum(floor(v / 7))"),
            *("bit_xor(v)", "count(DISTINCT v)", "max(v / 7)", "approx_count_distinct(v)", "sum(v // 7)"),
        )
    ),
    "SELECT id, list(v) AS l, sum(v / 7) AS s FROM t GROUP BY id",
    "SELECT g, unnest(list(v)) AS c FROM t GROUP BY g",
]


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for schema in ("ordered", "shuffled"):
            connection.execute(f"CREATE SCHEMA {schema}")
        connection.execute(MAKE)
        connection.execute("CREATE TABLE shuffled.t AS FROM ordered.t ORDER BY hash(id * 31 + 5)")
        yield connection


def builds(query: str, connection: duckdb.DuckDBPyConnection) -> set[tuple[int, int]]:
    """Count and add up the rows of some builds, each as hashes."""
    found: set[tuple[int, int]] = set()
    for schema, threads in (("ordered", 1), ("shuffled", 2), ("shuffled", 1)):
        connection.execute(f"SET threads = {threads}")
        connection.execute(f"SET schema = '{schema}'")
        row = connection.execute(f"SELECT count(*), sum(hash(q)::HUGEINT) FROM ({query}) AS q").fetchone()
        assert row is not None
        found.add(row)
    return found


@pytest.mark.parametrize(("kind", "query"), UNSTABLE)
def test_what_is_marked_differs(kind: Instability, query: str, database: duckdb.DuckDBPyConnection) -> None:
    assert kind in kinds(query, {"t": ("id",)})
    assert len(builds(query, database)) > 1


@pytest.mark.parametrize("query", STABLE)
def test_what_is_not_marked_does_not_differ(query: str, database: duckdb.DuckDBPyConnection) -> None:
    assert not kinds(query, {"t": ("id",)})
    assert len(builds(query, database)) == 1
