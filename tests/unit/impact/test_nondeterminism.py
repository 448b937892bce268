"""Each rule of instability: what it marks in DuckDB's SQL, and what it leaves alone."""

import importlib
import pkgutil
from typing import get_args

import pytest
from nondeterminism_cases import kinds, marks

from datacanary.impact.nondeterminism import registry, rules
from datacanary.model.noise import ALWAYS, Instability

ID = {"t": ("id",)}

MARKED: list[tuple[Instability, str]] = [
    *(("clock", f"SELECT {call} AS c FROM t") for call in ("now()", "current_timestamp", "get_current_timestamp()")),
    ("clock", "SELECT ago(INTERVAL 1 DAY) AS c FROM t"),
    *(("clock", f"SELECT {call} AS c FROM t") for call in ("localtime", "transaction_timestamp()", "current_time")),
    ("clock", "SELECT epoch(now()) AS c FROM t"),
    ("clock", "SELECT date_diff('second', at, now()) AS c FROM t"),
    ("clock", "SELECT strftime(now(), '%H:%M') AS c FROM t"),
    *(("date", f"SELECT {call} AS c FROM t") for call in ("current_date", "today()", "age(at)", "now()::date")),
    ("date", "SELECT date_diff('day', at, now()) AS c FROM t"),
    ("date", "SELECT date_trunc('month', now()) AS c FROM t"),
    ("date", "SELECT strftime(now(), '%Y-%m') AS c FROM t"),
    ("date", "SELECT at > now() - INTERVAL 3 DAY AS c FROM t"),
    ("date", "SELECT id FROM t WHERE at BETWEEN '2020-01-01' AND now()"),
    *(("random", f"SELECT {call} AS c FROM t") for call in ("random()", "uuid()", "gen_random_uuid()", "uuidv7()")),
    ("random", "SELECT nextval('numbers') AS c FROM t"),
    ("random", "SELECT id FROM t ORDER BY random() LIMIT 3"),
    *(
        ("session", f"SELECT {call} AS c FROM t")
        for call in ("current_user", "current_schema()", "current_setting('x')")
    ),
    ("session", "SELECT user AS c"),
    *(("sample", f"FROM t {clause}") for clause in ("TABLESAMPLE 10%", "USING SAMPLE 5", "TABLESAMPLE reservoir(3)")),
    ("sample", "FROM (SELECT id FROM t) TABLESAMPLE 10%"),
    ("sample", "FROM t USING SAMPLE 10% (bernoulli, 42)"),
    *(("limit", f"FROM t {clause}") for clause in ("LIMIT 3", "LIMIT 3 OFFSET 2", "OFFSET 2", "LIMIT 10%")),
    ("limit", "FROM t ORDER BY at LIMIT 3"),
    ("limit", "SELECT id FROM t ORDER BY at FETCH FIRST 3 ROWS ONLY"),
    ("limit", "FROM t ORDER BY 1 LIMIT 3"),
    ("limit", "SELECT *, id FROM t ORDER BY 2 LIMIT 3"),
    ("limit", "(SELECT at FROM t UNION ALL SELECT at FROM u) ORDER BY id LIMIT 3"),
    ("limit", "SELECT id, (SELECT v FROM u WHERE u.id = t.id LIMIT 1) AS v FROM t"),
    ("distinct_on", "SELECT DISTINCT ON (g) * FROM t"),
    ("distinct_on", "SELECT DISTINCT ON (g) g, v FROM t ORDER BY g, at"),
    *(
        ("window_ties", f"SELECT {call} OVER (PARTITION BY g ORDER BY at) AS c FROM t")
        for call in (
            "row_number()",
            "ntile(4)",
            "lag(v)",
            "lead(v)",
            "first_value(v)",
            "last_value(v)",
            "nth_value(v, 2)",
        )
    ),
    ("window_ties", "SELECT row_number() OVER () AS c FROM t"),
    ("window_ties", "SELECT row_number() OVER w AS c FROM t WINDOW w AS (PARTITION BY g ORDER BY at)"),
    ("window_ties", "SELECT lag(v IGNORE NULLS) OVER (ORDER BY at) AS c FROM t"),
    ("window_ties", "SELECT sum(v) OVER (PARTITION BY g ORDER BY at ROWS UNBOUNDED PRECEDING) AS c FROM t"),
    ("window_ties", "SELECT max(v) OVER (ORDER BY at ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS c FROM t"),
    ("window_ties", "SELECT sum(v) OVER (w ROWS 3 PRECEDING) AS c FROM t WINDOW w AS (ORDER BY at)"),
    ("window_ties", "SELECT nth_value(at, 2) OVER (ORDER BY at ROWS 3 PRECEDING) AS c FROM t"),
    ("window_ties", "SELECT list(v) OVER (PARTITION BY g ORDER BY at) AS c FROM t"),
    ("window_ties", "SELECT any_value(v) OVER (PARTITION BY g) AS c FROM t"),
    ("window_ties", "SELECT arg_max(v, at) OVER (PARTITION BY g) AS c FROM t"),
    ("window_ties", "FROM t QUALIFY row_number() OVER (PARTITION BY g ORDER BY at) = 1"),
    ("window_ties", "SELECT t.id, u.v FROM t ASOF JOIN u ON t.k = u.k AND t.at >= u.at"),
    *(
        ("unordered_aggregate", f"SELECT g, {call} AS c FROM t GROUP BY g")
        for call in (
            *("string_agg(v, ',')", "group_concat(v)", "list(v)", "array_agg(DISTINCT v)", "json_group_array(v)"),
            *("json_group_object(k, v)", "first(v)", "last(v)", "any_value(v)", "arbitrary(v)", "mode(v)"),
            *("arg_max(v, at)", "min_by(v, at)", "arg_max(v, at, 3)", "arg_min_null(v, at)", "approx_quantile(v, 0.5)"),
            *(
                "reservoir_quantile(v, 0.5)",
                "approx_top_k(v, 3)",
                "lttb(v, id, 5)",
                "list(v ORDER BY at)",
                "first(v ORDER BY at)",
            ),
            *("list(v) FILTER (v > 1)", "list_reverse(list(v))", "list(v)[1]"),
        )
    ),
    ("unordered_aggregate", "SELECT ARRAY(SELECT v FROM t) AS c"),
    ("unordered_aggregate", "SELECT list(v) AS c FROM (FROM t ORDER BY id)"),
    ("row_order", "SELECT rowid AS c FROM t"),
    ("row_order", "SELECT t.id, u.v FROM t POSITIONAL JOIN u"),
    *(
        ("float_sum", f"SELECT g, {call} AS c FROM t GROUP BY g")
        for call in (
            *(
                "sum(v::DOUBLE)",
                "avg(v::FLOAT)",
                "sum(v / 3)",
                "sum(sqrt(v))",
                "sum(1e-3 * v)",
                "sum(coalesce(v / 3, 0))",
            ),
            *("sum(CASE WHEN v > 0 THEN v / 3 ELSE 0 END)", "sum(round(v / 3, 2))", "stddev(v)", "corr(v, w)"),
            *("sum(v / 3)::VARCHAR", "sum(v / 3) * 2", "fsum(v)", "product(v)", "avg(v::DOUBLE) FILTER (v > 1)"),
        )
    ),
    ("float_sum", "SELECT sum(x) AS c FROM (SELECT v / 3 AS x FROM t)"),
    ("float_sum", "SELECT sum(m) AS c FROM (SELECT g, avg(v) AS m FROM t GROUP BY g)"),
    ("float_sum", "SELECT id, sum(v / 3) OVER (PARTITION BY g) AS c FROM t"),
    ("float_sum", "SELECT id, sum(v / 3) OVER (PARTITION BY g ORDER BY at) AS c FROM t"),
]

LEFT_ALONE = [
    "SELECT 'now()' AS c, \"random()\" FROM t -- uuid()",
    "SELECT date '2020-01-01' AS c, age(at, made_at) AS d, timestamp '2020-01-01' AS e FROM t",
    "SELECT count(now()) AS c, now() IS NULL AS d FROM t",
    "SELECT rowid FROM (SELECT id AS rowid FROM t)",
    "SELECT user, current_role FROM t",
    "FROM t TABLESAMPLE 100%",
    "FROM t LIMIT 0",
    "FROM t LIMIT ALL",
    "FROM t OFFSET 0",
    "FROM t ORDER BY id LIMIT 3",
    "SELECT id, v FROM t ORDER BY 1 LIMIT 3",
    "SELECT v AS score FROM t ORDER BY score DESC LIMIT 3",
    "SELECT g, v FROM t ORDER BY ALL LIMIT 3",
    "FROM t ORDER BY at, id DESC NULLS LAST LIMIT 3 OFFSET 2",
    "SELECT count(*) FROM t LIMIT 1",
    "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.id LIMIT 1)",
    "SELECT id FROM t ORDER BY random()",
    "SELECT DISTINCT ON (g) * FROM t ORDER BY g, id",
    "SELECT DISTINCT ON (g) g, at FROM t ORDER BY g, at",
    "SELECT DISTINCT ON (id) * FROM t",
    *(
        f"SELECT id, {call} OVER (PARTITION BY g ORDER BY at) AS c FROM t"
        for call in (
            "rank()",
            "dense_rank()",
            "percent_rank()",
            "cume_dist()",
            "sum(v)",
            "count(*)",
            "avg(v)",
            "max(v)",
        )
    ),
    *(
        f"SELECT id, {call} OVER (PARTITION BY g ORDER BY at, id) AS c FROM t"
        for call in ("row_number()", "ntile(4)", "lag(v)", "first_value(v)", "list(v)", "sum(v / 3)")
    ),
    "SELECT id, row_number() OVER (PARTITION BY id) AS c FROM t",
    "SELECT id, row_number() OVER (PARTITION BY g ORDER BY -v, (id)) AS c FROM t",
    "SELECT id, first_value(at) OVER (PARTITION BY g ORDER BY at) AS c FROM t",
    "SELECT id, last_value(at) OVER (ORDER BY at) AS c FROM t",
    "SELECT nth_value(at, 2) OVER (ORDER BY at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS c FROM t",
    "SELECT id, sum(v) OVER (ORDER BY at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS c FROM t",
    "SELECT id, sum(v) OVER (ORDER BY at RANGE BETWEEN INTERVAL 3 DAYS PRECEDING AND CURRENT ROW) AS c FROM t",
    "SELECT id, sum(v) OVER (ORDER BY at GROUPS 2 PRECEDING) AS c FROM t",
    "SELECT id, sum(v) OVER (ORDER BY id ROWS 3 PRECEDING) AS c FROM t",
    "SELECT id, any_value(g) OVER (PARTITION BY g) AS c FROM t",
    "FROM t QUALIFY rank() OVER (PARTITION BY g ORDER BY at) = 1",
    "SELECT u.id, t.v FROM u ASOF JOIN t ON t.id = u.id AND u.at >= t.at",
    "SELECT u.id, t.v FROM u ASOF JOIN t USING (id, at)",
    *(
        f"SELECT g, {call} AS c FROM t GROUP BY g"
        for call in (
            *(
                "string_agg(v, ',' ORDER BY v)",
                "list(v ORDER BY at, id)",
                "list(DISTINCT v ORDER BY v)",
                "any_value(g)",
            ),
            *(
                "list_sort(list(v))",
                "array_to_string(list_sort(list_distinct(list(v))), ',')",
                "len(list(v))",
                "list_unique(list(v))",
                "json_array_length(json_group_array(v))",
                "list(g)",
            ),
            *("arg_max(at, at)", "arg_max(v, id)", "arg_max(g, at)", "first(v ORDER BY id)", "max(v, 3)", "median(v)"),
            *("mode() WITHIN GROUP (ORDER BY v)", "histogram(v)", "quantile_cont(v, 0.3)", "approx_count_distinct(v)"),
            *("sum(v)", "avg(v)", "sum(v::DECIMAL(9, 2))", "sum(v // 3)", "sum(floor(v / 3))", "sum(round(v / 3))"),
            *("sum(v) / 3", "round(sum(v / 3), 2)", "avg(v / 3)::DECIMAL(9, 2)", "sum(v / 3) > 10", "max(v / 3)"),
            *("sum(v / 3 ORDER BY id)", "sum(v * 1.5)", "count(DISTINCT v)", "bool_or(v > 0)", "mad(v)"),
        )
    ),
    "SELECT id, list(v) AS l, sum(v / 3) AS s FROM t GROUP BY id",
    "SELECT ARRAY(SELECT v FROM t ORDER BY v) AS c",
    "SELECT unnest(list(v)) AS c FROM t GROUP BY g",
]


@pytest.mark.parametrize(("kind", "query"), MARKED)
def test_what_can_give_something_else_is_marked(kind: Instability, query: str) -> None:
    assert kinds(query, ID) == {kind}


@pytest.mark.parametrize("query", LEFT_ALONE)
def test_what_gives_the_same_is_left_alone(query: str) -> None:
    assert not marks(query, ID)


def test_without_the_key_nothing_proves_an_order() -> None:
    ordered = "SELECT id, row_number() OVER (ORDER BY at, id) AS c FROM t"
    assert kinds(ordered) == {"window_ties"}
    assert not kinds(ordered, ID)


def test_every_file_of_a_rule_is_in_the_registry() -> None:
    files = [one.name for one in pkgutil.iter_modules(rules.__path__)]
    listed = [importlib.import_module(f"{rules.__name__}.{name}").RULE for name in files]
    assert sorted(rule.kind for rule in listed) == sorted(get_args(Instability))
    assert set(listed) == set(registry.RULES)
    assert all(rule.kind == name for rule, name in zip(listed, files, strict=True))


def test_the_kinds_that_differ_always_are_kinds() -> None:
    assert set(get_args(Instability)) > ALWAYS


@pytest.mark.parametrize(
    "query",
    ["SELECT 1 AS one", "VALUES (1), (2)", "TABLE t", "FROM t", "PIVOT t ON g USING sum(v)", "SELECT * FROM range(3)"],
)
def test_queries_of_every_kind_are_read(query: str) -> None:
    assert not marks(query)
