"""What the rules mark in the SQL of other warehouses, as sqlglot reads it."""

import pytest
from nondeterminism_cases import found, marks

from datacanary.model.noise import Instability

CALLS: dict[str, dict[Instability, tuple[str, ...]]] = {
    "postgres": {
        "clock": (
            *("now()", "clock_timestamp()", "statement_timestamp()", "current_timestamp", "current_timestamp(3)"),
            *("localtimestamp", "timeofday()", "'now'::timestamp", "timestamp 'now'"),
        ),
        "date": ("current_date", "'today'::date", "date 'yesterday'", "age(x)", "now()::date"),
        "random": (
            *("random()", "random(1, 10)", "random_normal()", "gen_random_uuid()", "uuidv7()", "uuid_generate_v4()"),
            *("nextval('s')", "txid_current()"),
        ),
        "session": ("current_user", "session_user", "user", "current_role", "current_schema", "current_setting('a')"),
        "unordered_aggregate": (
            *(
                "string_agg(x, ',')",
                "array_agg(x)",
                "json_agg(x)",
                "jsonb_agg(x)",
                "json_object_agg(k, v)",
                "xmlagg(x)",
            ),
            *("any_value(x)", "array(select x from u)", "string_agg(x, ',' order by y)"),
        ),
        "row_order": ("ctid",),
        "float_sum": ("sum(x::float8)", "avg(sqrt(x))"),
    },
    "snowflake": {
        "clock": (
            "current_timestamp()",
            "current_timestamp",
            "sysdate()",
            "systimestamp()",
            "getdate()",
            "localtimestamp()",
        ),
        "date": ("current_date()", "current_date"),
        "random": ("random()", "uuid_string()", "uniform(1, 10, random())", "randstr(5, random())", "s.nextval"),
        "session": ("current_user()", "current_role()", "current_warehouse()", "current_account()"),
        "unordered_aggregate": (
            *("any_value(x)", "listagg(x, ',')", "array_agg(x)", "array_unique_agg(x)", "max_by(a, b)", "mode(x)"),
            *("approx_percentile(x, 0.5)", "array_agg(x) within group (order by y)"),
        ),
        "row_order": ("seq4()", "seq8()", "random(42)"),
        "float_sum": ("sum(x::float)",),
    },
    "bigquery": {
        "clock": ("current_timestamp()", "current_datetime()", "current_time()", "unix_seconds(current_timestamp())"),
        "date": ("current_date('UTC')", "current_date", "extract(year from current_timestamp())"),
        "random": ("rand()", "generate_uuid()"),
        "session": ("session_user()", "@@session_id"),
        "unordered_aggregate": (
            *("any_value(x)", "any_value(x having max y)", "array_agg(x limit 3)", "array_agg(x order by y limit 3)"),
            *(
                "string_agg(x)",
                "array_concat_agg(x)",
                "approx_quantiles(x, 2)",
                "approx_top_count(x, 2)",
                "max_by(a, b)",
            ),
        ),
        "float_sum": ("sum(x / 3)", "stddev(x)", "avg(cast(x as float64))"),
    },
    "databricks": {
        "clock": ("current_timestamp()", "now()", "localtimestamp()", "unix_timestamp()"),
        "date": ("current_date()", "current_date", "curdate()", "year(now())"),
        "random": ("rand()", "randn()", "uuid()", "randstr(5)", "uniform(1, 2)", "shuffle(x)"),
        "session": ("current_user()", "session_user()", "current_database()", "current_timezone()"),
        "unordered_aggregate": (
            *("first(x)", "last(x)", "any_value(x)", "collect_list(x)", "collect_set(x)", "listagg(x)", "max_by(a, b)"),
            *("mode(x)", "percentile_approx(x, 0.5)"),
        ),
        "row_order": ("monotonically_increasing_id()", "spark_partition_id()", "rand(42)"),
        "float_sum": ("sum(x / 3)", "stddev(x)", "skewness(x)"),
    },
    "redshift": {
        "clock": ("getdate()", "sysdate", "timeofday()", "current_timestamp"),
        "date": ("current_date",),
        "random": ("random()",),
        "session": ("current_user", "user", "current_schema()", "current_user_id"),
        "unordered_aggregate": ("listagg(x, ',')", "any_value(x)"),
        "window_ties": ("first_value(x) over (partition by k order by b rows unbounded preceding)",),
    },
    "trino": {
        "clock": ("now()", "current_timestamp", "current_timestamp(6)", "localtimestamp", "localtime", "current_time"),
        "date": ("current_date", "date_diff('day', x, now())"),
        "random": ("random()", "random(10)", "uuid()", "shuffle(x)"),
        "session": ("current_user", "current_catalog", "current_schema"),
        "unordered_aggregate": (
            *("arbitrary(x)", "any_value(x)", "array_agg(x)", "max_by(a, b)", "max_by(a, b, 3)", "multimap_agg(a, b)"),
            *("approx_percentile(x, 0.5)", "numeric_histogram(3, x)", "listagg(x, ',') within group (order by y)"),
        ),
        "float_sum": ("geometric_mean(x)", "sum(cast(x as double))", "sum(ln(x))"),
    },
}

STABLE: dict[str, tuple[str, ...]] = {
    "postgres": (
        *("mode() within group (order by x)", "string_agg(x, ',' order by x)", "sum(x / 3)", "stddev(x)", "age(x, y)"),
        *(
            "jsonb_object_agg(k, v)",
            "array(select x from u order by x)",
            "'now'",
            "percentile_cont(0.5) within group (order by x)",
        ),
    ),
    "snowflake": ("listagg(x, ',') within group (order by x)", "sum(x / 3)", "uniform(1, 10, 42)", "object_agg(k, v)"),
    "bigquery": (
        "array_agg(x order by x limit 3)",
        "sum(x)",
        "current",
        "approx_count_distinct(x)",
        "parse_date('%F', x)",
    ),
    "databricks": ("sort_array(collect_set(x))", "size(collect_set(x))", "sum(x)", "unix_timestamp(x)", "to_date(x)"),
    "redshift": ("listagg(x, ',') within group (order by x)", "sum(x / 3)", "median(x)", "rank() over (order by k)"),
    "trino": (
        "array_sort(array_agg(x))",
        "cardinality(array_agg(x))",
        "sum(x / 3)",
        "approx_distinct(x)",
        "checksum(x)",
    ),
}

QUERIES: list[tuple[str, Instability, str]] = [
    ("postgres", "sample", "select x from t tablesample bernoulli (10) repeatable (3)"),
    ("postgres", "limit", "select x, y from t order by x fetch first 3 rows only"),
    ("postgres", "distinct_on", "select distinct on (x) * from t order by x, y desc"),
    ("snowflake", "sample", "select x from t sample row (10)"),
    ("snowflake", "limit", "select top 5 x, y from t order by y"),
    ("snowflake", "window_ties", "select x, y from t qualify row_number() over (partition by x order by y) = 1"),
    ("bigquery", "sample", "select x from t tablesample system (10 percent)"),
    ("bigquery", "limit", "select x, y from t order by x limit 3 offset 2"),
    (
        "bigquery",
        "window_ties",
        "select * except (n) from (select *, row_number() over (order by x) as n from t) where n = 1",
    ),
    ("databricks", "sample", "select x from t tablesample (10 percent)"),
    ("databricks", "limit", "select x, y from t order by x limit 3"),
    ("redshift", "limit", "select top 3 x, y from t order by x"),
    ("redshift", "window_ties", "select x, lag(y) over (order by x) as c from t"),
    ("trino", "limit", "select x, y from t order by x fetch first 3 rows only"),
    ("trino", "sample", "select x from t tablesample bernoulli (10)"),
]

SETTLED = [
    ("postgres", "select x, y from t order by x fetch first 3 rows with ties"),
    ("trino", "select x, y from t order by x fetch first 3 rows with ties"),
    ("snowflake", "select top 5 x from t order by x"),
    ("snowflake", "select x from t limit null"),
    ("bigquery", "select x from t order by x limit 3"),
]


@pytest.mark.parametrize(
    ("dialect", "kind", "call"),
    [(dialect, kind, call) for dialect, kinds in CALLS.items() for kind, calls in kinds.items() for call in calls],
)
def test_calls_of_other_dialects(dialect: str, kind: Instability, call: str) -> None:
    grouped = "" if "over" in call else " group by k"
    query = f"select k, {call} as c\nfrom t{grouped}"
    assert found(query, dialect=dialect) == {(kind, ("c",))}
    (mark,) = marks(query, dialect=dialect)
    assert mark.line == 1
    assert mark.quoted in call


@pytest.mark.parametrize(("dialect", "call"), [(dialect, call) for dialect, calls in STABLE.items() for call in calls])
def test_what_is_stable_there(dialect: str, call: str) -> None:
    assert not marks(f"select k, {call} as c from t group by k", dialect=dialect)


@pytest.mark.parametrize(("dialect", "kind", "query"), QUERIES)
def test_clauses_of_other_dialects(dialect: str, kind: Instability, query: str) -> None:
    assert found(query, dialect=dialect) == {(kind, None if kind != "window_ties" or "lag" not in query else ("c",))}


def test_a_variable_of_the_session_stands_in_its_line() -> None:
    (mark,) = marks("select\n  k,\n  concat(@@session_id, x) as c\nfrom t", dialect="bigquery")
    assert (mark.quoted, mark.line) == ("@@session_id", 3)


@pytest.mark.parametrize(("dialect", "query"), SETTLED)
def test_clauses_that_settle_which_rows_there_are(dialect: str, query: str) -> None:
    assert not marks(query, dialect=dialect)
