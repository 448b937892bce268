"""What a file may hold, and how everything else is told."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacanary.errors import ProjectError
from datacanary.project.fingerprint import text_fingerprint
from datacanary.project.statements import read_script
from datacanary.sql.trees import tokens_of

ALLOWED = (
    "A model is one query (SELECT, or CREATE TABLE or VIEW … AS SELECT); "
    "only SET and CREATE TEMP statements may stand before it."
)
GAP = "If the warehouse accepts it, our parser (sqlglot) has a gap: please report it."
TEMPLATE = "A plain-SQL project has plain SQL only; put the SQL that the template makes into the file."
SETTINGS = (
    "Allowed are SET VARIABLE, and SET of binary_as_string, calendar, disable_timestamptz_casts, "
    "error_on_division_by_zero, ieee_floating_point_ops, integer_division, max_expression_depth, max_memory, "
    "memory_limit, order_by_non_integer_literal, pivot_filter_threshold, pivot_limit, preserve_identifier_case, "
    "scalar_subquery_error_on_multiple_rows, threads, timezone."
)
MORE_THAN_A_NAME = (
    "CREATE must name a table or view and nothing more: columns, types and options come from the query. "
    "Write CREATE TABLE name AS SELECT …, or only the SELECT."
)

BAD = [
    ("", f"m.sql:1:1: The file has no query. {ALLOWED}"),
    ("-- SELECT 1\n;;\n/* x */", f"m.sql:1:1: The file has no query. {ALLOWED}"),
    ("SELECT 1;\n\n  SELECT 2", f"m.sql:3:3: A second query begins here; a model is one query. {ALLOWED}"),
    ("SELECT 1; VIEW x", f"m.sql:1:11: VIEW cannot stand behind the query. {ALLOWED}"),
    (
        "SELECT 1;\nCREATE TABLE t AS SELECT 2;",
        f"m.sql:2:1: A second query begins here; a model is one query. {ALLOWED}",
    ),
    ("SELECT 1;\r\nSET threads = 1;", f"m.sql:2:1: SET cannot stand behind the query. {ALLOWED}"),
    ("FROM a; DROP TABLE b", f"m.sql:1:9: DROP TABLE cannot stand behind the query. {ALLOWED}"),
    ("SET threads = 1;", f"m.sql:1:1: The file ends with SET, not with a query. {ALLOWED}"),
    (
        "CREATE TEMP TABLE t AS SELECT 1",
        f"m.sql:1:1: The file ends with CREATE TEMP TABLE, not with a query. {ALLOWED}",
    ),
    ("CREATE TABLE t (id INT)", f"m.sql:1:1: The file ends with CREATE TABLE, not with a query. {ALLOWED}"),
    ("CREATE SCHEMA s", f"m.sql:1:1: The file ends with CREATE SCHEMA, not with a query. {ALLOWED}"),
    ("CREATE MACRO m(a) AS a", f"m.sql:1:1: The file ends with CREATE MACRO, not with a query. {ALLOWED}"),
    ("CREATE INDEX i ON t (a); SELECT 1", f"m.sql:1:1: CREATE INDEX cannot stand here. {ALLOWED}"),
    ("CREATE TEMP TYPE t AS ENUM ('a'); SELECT 1", f"m.sql:1:1: CREATE TEMP TYPE cannot stand here. {ALLOWED}"),
    ("INSERT INTO t SELECT 1", f"m.sql:1:1: The file ends with INSERT INTO, not with a query. {ALLOWED}"),
    ("\n UPDATE t SET a = 1; SELECT 1", f"m.sql:2:2: UPDATE cannot stand here. {ALLOWED}"),
    ("DELETE FROM t", f"m.sql:1:1: The file ends with DELETE FROM, not with a query. {ALLOWED}"),
    (
        "MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE",
        f"m.sql:1:1: The file ends with MERGE, not with a query. {ALLOWED}",
    ),
    ("TRUNCATE t; SELECT 1", f"m.sql:1:1: TRUNCATE cannot stand here. {ALLOWED}"),
    ("COPY t TO 'x.csv'", f"m.sql:1:1: The file ends with COPY, not with a query. {ALLOWED}"),
    ("COPY (SELECT 1) TO 'x.csv'; SELECT 1", f"m.sql:1:1: COPY cannot stand here. {ALLOWED}"),
    ("ATTACH 'x.duckdb'; SELECT 1", f"m.sql:1:1: ATTACH cannot stand here. {ALLOWED}"),
    ("DETACH x; SELECT 1", f"m.sql:1:1: DETACH cannot stand here. {ALLOWED}"),
    ("USE s; SELECT 1", f"m.sql:1:1: USE cannot stand here. {ALLOWED}"),
    ("PRAGMA threads = 3; SELECT 1", f"m.sql:1:1: PRAGMA cannot stand here. {ALLOWED}"),
    ("INSTALL httpfs; SELECT 1", f"m.sql:1:1: INSTALL cannot stand here. {ALLOWED}"),
    ("LOAD httpfs; SELECT 1", f"m.sql:1:1: LOAD cannot stand here. {ALLOWED}"),
    ("CALL f(); SELECT 1", f"m.sql:1:1: CALL cannot stand here. {ALLOWED}"),
    ("BEGIN; SELECT 1; COMMIT", f"m.sql:1:1: BEGIN cannot stand here. {ALLOWED}"),
    ("CHECKPOINT; SELECT 1", f"m.sql:1:1: CHECKPOINT cannot stand here. {ALLOWED}"),
    ("EXPLAIN SELECT 1", f"m.sql:1:1: EXPLAIN cannot stand here. {ALLOWED}"),
    ("DESCRIBE t", f"m.sql:1:1: The file ends with DESCRIBE, not with a query. {ALLOWED}"),
    ("EXECUTE p", f"m.sql:1:1: EXECUTE cannot stand here. {ALLOWED}"),
    # What writes inside a query: DuckDB runs the first two.
    (
        "WITH gone AS (\n  DELETE FROM t RETURNING *\n)\nSELECT * FROM gone",
        f"m.sql:2:15: The query writes: there is DELETE inside. {ALLOWED}",
    ),
    (
        "CREATE TABLE x AS WITH n AS (INSERT INTO t VALUES (1) RETURNING *) FROM n",
        f"m.sql:1:42: The query writes: there is INSERT inside. {ALLOWED}",
    ),
    (
        "CREATE TEMP TABLE x AS WITH n AS (UPDATE t SET a = 1 RETURNING *) FROM n; FROM x",
        f"m.sql:1:42: The query writes: there is UPDATE inside. {ALLOWED}",
    ),
    ("SELECT 1 AS a INTO t", f"m.sql:1:20: The query writes: there is INTO inside. {ALLOWED}"),
    # CREATE with more than a name.
    ("CREATE TABLE m (a) AS SELECT 1", f"m.sql:1:1: {MORE_THAN_A_NAME}"),
    ("CREATE TABLE m AS SELECT 1 WITH NO DATA", f"m.sql:1:1: {MORE_THAN_A_NAME}"),
    ("CREATE TABLE m PARTITIONED BY (a) AS SELECT 1 AS a", f"m.sql:1:1: {MORE_THAN_A_NAME}"),
    ("\nCREATE MATERIALIZED VIEW m AS SELECT 1", f"m.sql:2:1: {MORE_THAN_A_NAME}"),
    # What does not parse.
    ("SELECT 'abc\nFROM t", "m.sql:1:8: The text does not parse: ' is opened and never closed."),
    ('SELECT 1,\n  "abc FROM t', 'm.sql:2:3: The text does not parse: " is opened and never closed.'),
    ("SELECT 'it''s' /* a\n", "m.sql:1:16: The text does not parse: /* is opened and never closed."),
    ("SELECT 1 -- it's\n, 'x", "m.sql:2:3: The text does not parse: ' is opened and never closed."),
    ("SELECT 'é🦆' AS a,\r\n\tFROM\r\n\tWHERE", f"m.sql:3:2: The text does not parse near 'WHERE': WHERE {GAP}"),
    ("SELECT (1 + 2", f"m.sql:1:13: The text does not parse near '2': SELECT (1 + 2 {GAP}"),
    ("SELECT 1\nFROM t\nGRUOP BY 1", f"m.sql:3:7: The text does not parse near 'BY': GRUOP BY 1 {GAP}"),
    ("SELECT a b c FROM t", f"m.sql:1:12: The text does not parse near 'c': SELECT a b c FROM t {GAP}"),
    ("SELECT 1; SELEC 2 FROM t", f"m.sql:1:17: The text does not parse near '2': SELECT 1; SELEC 2 FROM t {GAP}"),
    # DuckDB accepts these two.
    (
        "PIVOT t ON a USING sum(b)\nORDER BY ALL",
        f"m.sql:2:1: The text does not parse near 'ORDER BY': ORDER BY ALL {GAP}",
    ),
    ("SELECT x'41' AS a", f"m.sql:1:9: The text does not parse near \"'41'\": SELECT x'41' AS a {GAP}"),
    (
        f"SELECT {'(' * 3000}1{')' * 3000}",
        "m.sql:1:1: The statement is nested too deeply. Split it, for instance into WITH clauses.",
    ),
    # sqlglot splits the name of a type once more.
    ('SELECT 1::"\'"', f"m.sql:1:11: The text does not parse near '\"\\'\"': SELECT 1::\"'\" {GAP}"),
    ("SELECT\n  a, `b c` FROM t", 'm.sql:2:6: Names in backticks cannot be read. Use double quotes: "name".'),
    # Templates.
    ("SELECT *\nFROM {{ ref('orders') }}", f"m.sql:2:6: The file is a template: it has {{{{. {TEMPLATE}"),
    ("SELECT {{ x }}", f"m.sql:1:8: The file is a template: it has {{{{. {TEMPLATE}"),
    ("SELECT 1\n  {% if x %} , 2 {% endif %}", f"m.sql:2:3: The file is a template: it has {{%. {TEMPLATE}"),
    ("{# a note #}\nSELECT 1", f"m.sql:1:1: The file is a template: it has {{#. {TEMPLATE}"),
    ("SELECT 1 {# a note #}", f"m.sql:1:10: The file is a template: it has {{#. {TEMPLATE}"),
    (
        "SELECT {{ x | default(\"it's\") }}, 'y",
        f"m.sql:1:35: The text does not parse: ' is opened and never closed. {TEMPLATE}",
    ),
    # Settings.
    (
        "SET GLOBAL threads = 1; SELECT 1",
        f"m.sql:1:1: SET GLOBAL is not for this model alone. {SETTINGS}",
    ),
    (
        "\nSET schema = 's'; SELECT 1",
        (
            "m.sql:2:1: SET schema would change which tables the names in the query mean. "
            "Write the schema in front of the names."
        ),
    ),
    (
        "SET SESSION Search_Path TO 'a,b'; SELECT 1",
        (
            "m.sql:1:1: SET search_path would change which tables the names in the query mean. "
            "Write the schema in front of the names."
        ),
    ),
    *(
        (
            f"SET {setting}; SELECT 1",
            (
                f"m.sql:1:1: SET {setting.split()[0]} is not allowed: it could change other models, or what "
                "keeps a run "
                f"apart. {SETTINGS}"
            ),
        )
        for setting in (
            "enable_external_access = false",
            "lock_configuration = true",
            "python_enable_replacements = true",
            "default_null_order = 'nulls_first'",
            "default_collation = 'nocase'",
            "temp_directory = '/tmp'",
            "enable_progress_bar = true",
            "s3_region = 'x'",
            "a.b = 3",
        )
    ),
    ("SET TIME ZONE 'UTC'; SELECT 1", f"m.sql:1:1: SET cannot stand here. {ALLOWED}"),
    ("RESET threads; SELECT 1", f"m.sql:1:1: RESET cannot stand here. {ALLOWED}"),
    ("SELECT 1; RESET ALL", f"m.sql:1:11: RESET cannot stand here. {ALLOWED}"),
]


@pytest.mark.parametrize(("text", "message"), BAD, ids=[text[:60] for text, _ in BAD])
def test_what_is_no_model_is_told_with_its_place(text: str, message: str) -> None:
    with pytest.raises(ProjectError) as caught:
        read_script(text, "m.sql", "duckdb")
    assert str(caught.value) == message
    assert caught.value.exit_code == 2


GOOD = [
    "SELECT 1",
    "FROM t",
    "VALUES (1)",
    "TABLE t",
    "(SELECT 1) UNION ALL (SELECT 2)",
    "PIVOT t ON a USING sum(b)",
    "WITH a AS (SELECT 1) FROM a;",
    ";;SELECT 1;;",
    "CREATE OR REPLACE VIEW v AS SELECT 1",
    "CREATE TABLE IF NOT EXISTS s.t AS FROM x",
    "CREATE TABLE t AS (WITH a AS (SELECT 1) FROM a)",
    "CREATE TABLE t AS PIVOT x ON a USING sum(b)",
    "SET threads = 2; SET VARIABLE a = [1, 2]; SET SESSION TimeZone TO 'UTC'; SELECT 1",
    (
        "CREATE TEMP TABLE a AS SELECT 1; CREATE OR REPLACE TEMPORARY VIEW b AS FROM a; CREATE TEMP "
        "MACRO c(x) AS x; FROM b"
    ),
    "SELECT {'a': {'b': 1}} AS s",
    "SELECT '{{ x }}' AS a, $${% y %}$$ AS b -- {{ z }} {# w #}\n/* {# v #} */",
    "SELECT [x FOR x IN [1, 2]] AS l",
    "SELECT '`' AS \"a`b\", $$`$$ AS b, e'`' AS c -- `",
    " UNION ALL ".join(["SELECT 1 AS x"] * 2000),
    f"SELECT {' AND '.join(['a'] * 3000)} AS x FROM t",
]


@pytest.mark.parametrize("text", GOOD, ids=[text[:60] for text in GOOD])
def test_what_is_a_model_is_read_whole(text: str) -> None:
    script = read_script(text, "m.sql", "duckdb")
    spans = [*(statement.span for statement in script.preamble), script.query_span]
    for span in spans:
        duckdb.extract_statements(text[span.start : span.end])
    ends = text[script.query_span.end :].strip()
    assert not ends.strip(";") or ends.startswith(("--", "/*"))


TRICKS = (
    r"SELECT '\'; SELECT 2 --'",
    r'SELECT "\"; SELECT 2 --"',
    r"SELECT E'\'; SELECT 2 --'",
    r"SELECT E'\\'; SELECT 2 --'",
    r"SELECT r'\'; SELECT 2 --'",
    r"SELECT N'\'; SELECT 2 --'",
    r"SELECT U&'\'; SELECT 2 --'",
    "SELECT 1 --\r; SELECT 2",
    "SELECT 1 --\v; SELECT 2",
    "SELECT 1 --\f; SELECT 2",
    "SELECT 1 --\u0085; SELECT 2",
    "SELECT 1 --\u2028; SELECT 2",
    "SELECT 1 -- x\\\n; SELECT 2",
    "SELECT 1 /* /* */ ; SELECT 2 -- */",
    "SELECT 1 /* */ */ ; SELECT 2",
    "SELECT 1 /*! ; SELECT 2 */",
    "SELECT 1 /*+ ; SELECT 2 */ AS a",
    "SELECT $$a; SELECT 2 --$$",
    "SELECT $a$ $$ ; SELECT 2 -- $a$",
    "SELECT $a$ $b$ ; SELECT 2 -- $a$",
    "SELECT a$$b ; SELECT 2 --$$ FROM t",
    "SELECT $1$ ; SELECT 2 --$1$",
    "SELECT $é$ ; SELECT 2 --$é$",
    "SELECT `a; SELECT 2 --`",
    "SELECT `--`; SELECT 2 --\n, 1 AS b",
    "SELECT 1 AS a`'`; SELECT 2 --' AS b",
    "SELECT [a; SELECT 2 --]",
    'SELECT 1 AS "a""; SELECT 2 --"',
    "SELECT 'a''; SELECT 2 --'",
    "SELECT 'a'\n'b; SELECT 2 --'",
    'SELECT """a"; SELECT 2 --"""',
    "SELECT '''a'; SELECT 2 --'''",
    "SELECT x'41; SELECT 2 --'",
    "SELECT 1 # ; SELECT 2\n",
    "SELECT 1 // ; SELECT 2\n",
    "SELECT 1 {# ; SELECT 2 #}",
    "SELECT 1\0; SELECT 2",
    "SELECT 1\ufeff; SELECT 2",
    "SELECT 1\uff1b SELECT 2",
    "SELECT 1\u037e SELECT 2",
)


@pytest.mark.parametrize("text", TRICKS)
def test_no_trick_hides_a_second_statement_from_us(text: str) -> None:
    assert counted(text) in {"refused", 1}


OPENERS = ("'", '"', "`", "--", "/*", "*/", "$$", "$a$", "E'", "e'", "x'", "b'", "U&'", "N'", "r'", "{#", "#}")
PIECES = (*OPENERS, *" \n\r\v\f\u00a0\u2028\ufeff\\1aé🦆{}@?:,().", "''", '""', "\\'", "\\\\", "$1", "::", " AS ")
SNIPPETS = st.lists(st.sampled_from(PIECES), max_size=4).map("".join)


@given(SNIPPETS, st.sampled_from(OPENERS), SNIPPETS, st.sampled_from(["", "1 AS b", ", 1 AS b", "--", "/*", "*/ AS b"]))
def test_no_text_or_comment_hides_a_second_statement_from_us(before: str, opener: str, inside: str, after: str) -> None:
    # Whoever takes more of it for a text or comment than the other does not see the second one.
    assert counted(f"SELECT {before}{opener}{inside}; SELECT 2 AS a {opener}\n{after}") in {"refused", 1}


def counted(text: str) -> int | str:
    """Let DuckDB count the statements in what we take for one query."""
    try:
        script = read_script(text, "m.sql", "duckdb")
        return len(duckdb.extract_statements(text[script.query_span.start : script.query_span.end]))
    except (ProjectError, duckdb.Error):
        return "refused"


SAME = [
    ("SELECT a FROM t WHERE b AND c", "select a from t where b and c"),
    ("SELECT a\n\n  FROM t -- note", "/* x */ SELECT a FROM t;;"),
    ("SELECT a FROM t GROUP BY a ORDER  BY a DESC", "Select a From t Group\n By a Order By a desc"),
    ("SELECT sum(a) OVER (PARTITION BY b) AS s FROM t", "select sum(a) over (partition by b) as s from t"),
    (
        "SELECT CASE WHEN a THEN 1 ELSE NULL END AS x FROM t LEFT JOIN u USING (a)",
        "select case when a then 1 else null end as x from t left join u using (a)",
    ),
    ("SELECT a::INT AS a FROM t", "SELECT a::int AS a FROM t"),
    ("SELECT 1\r\n", "SELECT 1\n"),
]
DIFFERENT = [
    ("SELECT 1 AS total", "SELECT 1 AS Total"),
    ("SELECT 1 AS date", "SELECT 1 AS Date"),
    ("SELECT 1 date", "SELECT 1 DATE"),
    ("SELECT 1 AS left", "SELECT 1 AS Left"),
    ('SELECT 1 AS "select"', 'SELECT 1 AS "SELECT"'),
    ("SELECT date: 1", "SELECT Date: 1"),
    ("SELECT struct_pack(end := 1) AS s", "SELECT struct_pack(End := 1) AS s"),
    ("SELECT value FROM t", "SELECT Value FROM t"),
    ("SELECT 'a'", "SELECT 'A'"),
    ("SELECT $$a$$ AS b", "SELECT $$A$$ AS b"),
    ("SELECT e'a' AS b", "SELECT e'A' AS b"),
    ("SELECT 'a b' AS x", "SELECT 'a  b' AS x"),
    ('SELECT "a" FROM t', "SELECT 'a' FROM t"),
    ("SELECT a FROM t", "SELECT a FROM t LIMIT 1"),
    ("SELECT 1 - -1 AS x", "SELECT 1 --1 AS x"),
    ("SELECT ab FROM t", "SELECT a b FROM t"),
    ("SET VARIABLE a = 1; SELECT 1", "SET VARIABLE a = 2; SELECT 1"),
]


def print_of(text: str) -> str:
    return text_fingerprint(tokens_of(text, "duckdb"))


@pytest.mark.parametrize(("one", "other"), SAME)
def test_white_space_comments_and_the_case_of_keywords_are_no_change(one: str, other: str) -> None:
    assert print_of(one) == print_of(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_whatever_could_change_a_value_or_a_name_is_a_change(one: str, other: str) -> None:
    assert print_of(one) != print_of(other)
