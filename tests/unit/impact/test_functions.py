from collections.abc import Iterator

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from datacanary.impact.functions import unstable
from datacanary.impact.functions.classes import CLASSES
from datacanary.impact.functions.kinds import FunctionKind, kind_of
from datacanary.impact.functions.names import KINDS, NATIVE
from datacanary.impact.nondeterminism.nodes import call_name

STEADY = {"scalar", "aggregate", "window", "rows"}
UNSTEADY = (
    unstable.CLOCK | unstable.DATE | unstable.RANDOM | unstable.SEQUENCES | unstable.SESSION | unstable.SURROUNDINGS
    | unstable.STATE | unstable.BY_A_GENERATOR.keys()
)  # fmt: skip
CHANGING: tuple[tuple[FunctionKind, str, str], ...] = (
    *(
        ("clock", "duckdb", call)
        for call in ("now()", "current_localtime()", "ago(INTERVAL 1 DAY)", "today()", "age(a)")
    ),
    *(("random", "duckdb", call) for call in ("random()", "uuid()", "gen_random_uuid()", "uuidv7()")),
    *(
        ("session", "duckdb", call)
        for call in ("current_setting('a')", "getvariable('a')", "current_user()", "version()")
    ),
    *(("session", "duckdb", call) for call in ("user", "current_schema", "?", "$1", "$a")),
    *(("volatile", "duckdb", call) for call in ("nextval('s')", "currval('s')", "setseed(0.5)", "rowid", "t.rowid")),
    *(("clock", "postgres", call) for call in ("clock_timestamp()", "localtime", "now()", "age(a)", "timeofday()")),
    *(("clock", "postgres", call) for call in ("'now'::timestamp", "DATE 'today'", "' Tomorrow '::date", "'now'")),
    *(("clock", "postgres", call) for call in ("'tomorrow 10:00'::timestamp", "CURRENT_DATE")),
    *(
        ("random", "postgres", call)
        for call in ("random()", "gen_random_uuid()", "random_normal()", "array_shuffle(a)")
    ),
    *(("session", "postgres", call) for call in ("current_setting('a')", "a::regclass", "inet_client_addr()", "user")),
    *(
        ("volatile", "postgres", call)
        for call in ("nextval('s')", "lastval()", "txid_current()", "pg_sleep(1)", "ctid")
    ),
    *(("clock", "snowflake", call) for call in ("sysdate()", "getdate()", "current_time()", "systimestamp()")),
    *(("random", "snowflake", call) for call in ("random()", "uuid_string()", "random(3)")),
    *(("session", "snowflake", call) for call in ("current_account()", "$a", ":a", "is_role_in_session('A')")),
    *(("volatile", "snowflake", call) for call in ("seq4()", "s.nextval", "system_stream_has_data('a')")),
    *(("clock", "bigquery", call) for call in ("CURRENT_DATE('UTC')", "CURRENT_DATETIME()", "CURRENT_TIMESTAMP")),
    *(("random", "bigquery", call) for call in ("RAND()", "GENERATE_UUID()")),
    *(("session", "bigquery", call) for call in ("SESSION_USER()", "@a", "@@time_zone")),
    *(
        ("clock", "spark", call)
        for call in ("now()", "current_date()", "curdate()", "localtimestamp()", "DATE 'today'")
    ),
    *(
        ("random", "spark", call)
        for call in ("rand()", "randn(3)", "uuid()", "shuffle(a)", "uniform(1, 2)", "random()")
    ),
    *(
        ("session", "spark", call)
        for call in ("current_user()", "current_timezone()", "version()", "current_catalog()")
    ),
    *(("volatile", "spark", call) for call in ("monotonically_increasing_id()", "input_file_name()", "_metadata")),
    *(("clock", "redshift", call) for call in ("getdate()", "sysdate", "timeofday()", "'today'::date")),
    *(("random", "redshift", call) for call in ("random()",)),
    *(("session", "redshift", call) for call in ("pg_backend_pid()", "current_user_id", "current_setting('a')")),
    *(("clock", "trino", call) for call in ("now()", "current_timestamp", "localtime", "current_date")),
    *(("random", "trino", call) for call in ("rand()", "random(1, 2)", "uuid()", "shuffle(a)")),
    *(("session", "trino", call) for call in ("current_user", "current_timezone()", "version()", "?")),
)
OTHERS: tuple[tuple[FunctionKind, str, str], ...] = (
    *(("scalar", "duckdb", text) for text in ("a + 1", "a::INT", "[a, 1]", "{'b': a}", "a[1]", "a || b", "a IS NULL")),
    *(("scalar", "duckdb", text) for text in ("range(3)", "flatten(a)", "age(a, b)", "'now'::timestamp", "a LIKE 'b'")),
    *(("scalar", "duckdb", text) for text in ("CASE WHEN a THEN b END", "coalesce(a, b)", "INTERVAL 1 DAY", '"user"')),
    *(("scalar", "duckdb", text) for text in ("t.user", "STRFTIME(a, b)", "list_transform(a, lambda b: b + 1)")),
    *(("aggregate", "duckdb", text) for text in ("sum(a)", "histogram(a)", "Json_Group_Array(a)", "grouping(a)")),
    *(("aggregate", "duckdb", text) for text in ("weighted_avg(a, b)", "list(a)", "quantile_cont(a, 0.5)")),
    *(("rows", "duckdb", text) for text in ("unnest(a)", "regexp_split_to_table(a, b)", "generate_subscripts(a, 1)")),
    *(("window", "duckdb", text) for text in ("row_number()", "lag(a)", "fill(a)")),
    *(
        ("unknown", "duckdb", text)
        for text in ("f(a)", '"Histogram"(a)', "a::mood", "alias(a)", "list_aggregate(a, 'sum')")
    ),
    *(("unknown", "duckdb", text) for text in ("safe_divide(a, b)", "COLUMNS('a')", "regexp_split_to_arrays(a)")),
    *(("rows", "postgres", text) for text in ("generate_series(1, 2)", "unnest(a)", "jsonb_each(a)")),
    *(("rows", "postgres", text) for text in ("regexp_matches(a, b)", "regexp_split_to_table(a, b)")),
    *(("scalar", "postgres", text) for text in ("to_char(a, 'YYYY')", "age(a, b)", "a::timestamp", "concat(a, b)")),
    *(
        ("unknown", "postgres", text)
        for text in ("pg_read_file('a')", "lo_get(1)", "pg_get_viewdef(a)", "a OPERATOR(s.+) b")
    ),
    *(("unknown", "postgres", text) for text in ("query_to_xml(a, b, c, d)", "pg_stat_get_live_tuples(a)")),
    *(("aggregate", "postgres", text) for text in ("string_agg(a, b)", "jsonb_object_agg(a, b)", "every(a)")),
    *(("rows", "snowflake", text) for text in ("flatten(a)", "split_to_table(a, b)")),
    *(
        ("scalar", "snowflake", text)
        for text in ("array_flatten(a)", "uniform(1, 2, a)", "iff(a, b, c)", "zeroifnull(a)")
    ),
    *(("unknown", "snowflake", text) for text in ("IDENTIFIER($a)", "encrypt(a, b)", "ai_classify(a, b)")),
    *(("rows", "bigquery", text) for text in ("UNNEST(a)",)),
    *(("scalar", "bigquery", text) for text in ("GENERATE_ARRAY(1, 2)", "SAFE.SUBSTR(a, 1)", "NET.HOST(a)")),
    *(("rows", "spark", text) for text in ("explode(a)", "posexplode(a)", "stack(2, a, b)", "inline_outer(a)")),
    *(
        ("scalar", "spark", text)
        for text in ("flatten(a)", "sequence(1, 2)", "unix_timestamp(a)", "transform(a, b -> b)")
    ),
    *(("aggregate", "spark", text) for text in ("first_value(a)", "collect_set(a)", "count_if(a)")),
    *(("unknown", "spark", text) for text in ("any(a)", "reflect(a, b)", "java_method(a, b)", "raise_error(a)")),
    *(("rows", "trino", text) for text in ("UNNEST(a)",)),
    *(("scalar", "trino", text) for text in ("flatten(a)", "sequence(1, 2)", "zip_with(a, b, (x, y) -> x)")),
    *(("rows", "redshift", text) for text in ("generate_series(1, 2)",)),
    *(("unknown", "", text) for text in ("f(a)", "lower(a)")),
)


def parsed(text: str, dialect: str) -> exp.Expr:
    node = sqlglot.parse_one(f"SELECT {text}", dialect=dialect).expressions[0].unalias()
    while isinstance(node, exp.IgnoreNulls | exp.RespectNulls):
        node = node.this
    assert isinstance(node, exp.Expr)
    return node


def classes(root: type[exp.Expr]) -> Iterator[type[exp.Expr]]:
    for one in root.__subclasses__():
        yield one
        yield from classes(one)


@pytest.mark.parametrize(("kind", "dialect", "text"), [*CHANGING, *OTHERS])
def test_kind(kind: FunctionKind, dialect: str, text: str) -> None:
    assert kind_of(parsed(text, dialect), dialect) == kind


def test_every_class_of_sqlglot_has_one_kind() -> None:
    keys = {one.key for one in classes(exp.Func)}
    assert not keys - CLASSES.keys() - UNSTEADY
    assert not CLASSES.keys() - keys
    assert not CLASSES.keys() & UNSTEADY


@pytest.mark.parametrize("dialect", KINDS)
def test_a_name_and_its_class_are_of_one_kind(dialect: str) -> None:
    # sqlglot takes PostgreSQL's convert() for a cast, and Spark's any() for the word behind a comparison.
    odd = {("age", 1), ("convert", 2), *(("any", count) for count in range(7))}
    seen = 0
    for name, kind in KINDS[dialect].items():
        for count in range(7):
            try:
                node = parsed(f"{name}({', '.join('abcdef'[:count])})", dialect)
            except (sqlglot.errors.SqlglotError, TypeError, IndexError, AttributeError, ValueError):
                continue
            seen += isinstance(node, exp.Func)
            assert kind_of(node, dialect) == kind or (name, count) in odd, (name, node)
    assert seen > len(KINDS[dialect])


def test_what_a_dialect_has_no_function_for_is_not_taken_for_one() -> None:
    assert NATIVE.keys() == KINDS.keys()
    assert "safedivide" in NATIVE["bigquery"] - NATIVE["duckdb"]
    for names in KINDS.values():
        assert {name for name in names if name.replace("_", "") in UNSTEADY} <= {"unix_timestamp"}


def test_no_function_that_duckdb_calls_volatile_is_steady() -> None:
    query = "SELECT DISTINCT function_name FROM duckdb_functions() WHERE stability <> 'CONSISTENT'"
    names = [name for (name,) in duckdb.execute(query).fetchall()]
    assert len(names) > 20
    for name in names:
        assert kind_of(parsed(f"{name}()", "duckdb"), "duckdb") not in STEADY, name


def test_duckdbs_names_are_those_of_duckdb() -> None:
    query = """
        SELECT lower(function_name), list(DISTINCT function_type) FROM duckdb_functions()
        WHERE coalesce(stability, 'CONSISTENT') = 'CONSISTENT' AND function_type <> 'pragma' GROUP BY ALL"""
    known = dict(duckdb.execute(query).fetchall())
    words = {"coalesce", "ifnull", "try", "grouping", "grouping_id"}
    for name, kind in KINDS["duckdb"].items():
        assert name in words or kind in known[name] or "macro" in known[name] or "table" in known[name], name


def test_a_functions_dialect_decides() -> None:
    assert kind_of(parsed("div0(a, b)", "snowflake"), "snowflake") == "scalar"
    assert kind_of(parsed("div0(a, b)", "duckdb"), "duckdb") == "unknown"


@pytest.mark.parametrize("text", ["my.lower(a)", "db.my.sum(a)", "pg_catalog.now()", "a.lower()", "'a'.upper()"])
def test_functions_of_a_schema_are_unknown(text: str) -> None:
    calls = [node for node in parsed(text, "duckdb").walk() if call_name(node)]
    assert [kind_of(node, "duckdb") for node in calls] == ["unknown"]


@pytest.mark.parametrize(
    ("dialect", "text", "kind"),
    [
        ("duckdb", "nvl(a, b)", "unknown"),
        ("duckdb", "Is_NaN(a)", "unknown"),
        ("duckdb", "now()", "clock"),
        *(
            ("duckdb", text, "scalar")
            for text in ("coalesce(a, b)", "IFNULL(a, b)", "a::INT", "CAST(a AS INT)", "a || b")
        ),
        *(("duckdb", text, "scalar") for text in ("ARRAY(SELECT 1)", "EXTRACT(year FROM a)", "TRIM(a)", "a[1]", "[a]")),
        *(
            ("duckdb", text, "scalar")
            for text in ("CASE WHEN a THEN b END", "TRY_CAST(a AS INT)", "substring(a FROM 2)")
        ),
        *(("duckdb", text, "aggregate") for text in ('"sum"(a)', "percentile_cont(0.5) WITHIN GROUP (ORDER BY a)")),
        ("postgres", "nvl(a, b)", "unknown"),
        ("postgres", "btrim(a)", "scalar"),
        ("bigquery", "`SAFE_DIVIDE`(a, b)", "scalar"),
        ("bigquery", "STRUCT(a AS b)", "scalar"),
        ("snowflake", "nvl(a, b)", "scalar"),
    ],
)
def test_a_name_of_another_dialect_is_somebodys_own(dialect: str, text: str, kind: FunctionKind) -> None:
    query = f"SELECT {text}"
    node = sqlglot.parse_one(query, dialect=dialect).expressions[0]
    call = node.this if isinstance(node, exp.WithinGroup) else node
    assert kind_of(call, dialect, query) == kind


def test_a_cast_to_what_is_no_type_is_unknown() -> None:
    assert kind_of(parsed("J_S_O_N_CAST(a, b)", "duckdb"), "duckdb") == "unknown"


def test_a_function_in_from_makes_rows() -> None:
    for text in ("range(3)", "generate_series(1, 3)", "unnest([1])", "json_each(a)"):
        tree = sqlglot.parse_one(f"SELECT 1 FROM {text}", dialect="duckdb")
        (call,) = [node for node in tree.find_all(exp.Func) if not isinstance(node, exp.Array)]
        assert kind_of(call, "duckdb") == "rows"


def test_a_rank_within_a_group_is_an_aggregate() -> None:
    call = parsed("rank(1) WITHIN GROUP (ORDER BY a)", "postgres")
    assert kind_of(call.this, "postgres") == "aggregate"
