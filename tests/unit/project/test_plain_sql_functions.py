"""Files and functions in FROM: found, told as not to be held still, or refused with their place."""

import pytest

from datacanary.errors import ProjectError
from datacanary.project.references import Reads, reads_of
from datacanary.project.statements import read_script


def read(query: str) -> Reads:
    return reads_of(read_script(query, "m.sql", "duckdb").query, query, "m.sql", "duckdb")


FILES = [
    ("SELECT * FROM 'data/orders.csv'", ["data/orders.csv"]),
    ("FROM \"data/orders.parquet\" AS o, 'b.json'", ["data/orders.parquet", "b.json"]),
    ("WITH o AS (SELECT * FROM 'o.parquet') SELECT * FROM o", ["o.parquet"]),
    (
        "FROM read_csv('a.csv', header = true), read_parquet(['b.parquet', 'c.parquet'])",
        ["a.csv", "b.parquet", "c.parquet"],
    ),
    ("FROM read_json_auto('a.json') JOIN READ_NDJSON('b.ndjson') USING (id)", ["a.json", "b.ndjson"]),
    ("FROM orders, LATERAL read_csv('x.csv') r", ["x.csv"]),
    ("PIVOT 'x.csv.gz' ON a IN (1) USING sum(b)", ["x.csv.gz"]),
    ("SELECT (SELECT count(*) FROM 'it''s.csv') AS n", ["it's.csv"]),
    ("FROM read_text('notes/*.md')", ["notes/*.md"]),
]


@pytest.mark.parametrize(("query", "expected"), FILES, ids=[query for query, _ in FILES])
def test_data_files_are_found_with_their_quotes(query: str, expected: list[str]) -> None:
    paths = read(query).paths
    assert [found.text for found in sorted(paths, key=lambda found: found.span.start)] == expected
    for found in paths:
        assert query[found.span.start : found.span.end].strip("'\"").replace("''", "'") == found.text


UNPINNED = [
    ("FROM range(3), generate_series(1, 2), unnest([1]), json_each('[1]'), repeat(1, 2)", ()),
    ("FROM duckdb_settings()", ("duckdb_settings()",)),
    ("FROM s.my_macro(1)", ("my_macro()",)),
    ("FROM orders, LATERAL my_macro(1)", ("my_macro()",)),
    ("FROM sniff_csv('a.csv')", ("sniff_csv()",)),
    ("FROM information_schema.tables, pg_catalog.pg_class", ("information_schema.tables", "pg_catalog.pg_class")),
]


@pytest.mark.parametrize(("query", "expected"), UNPINNED, ids=[query for query, _ in UNPINNED])
def test_what_nobody_can_hold_still_is_told(query: str, expected: tuple[str, ...]) -> None:
    assert tuple(sorted(read(query).unpinned)) == expected


REFUSED = [
    (
        "SELECT 1\nFROM read_csv('a' || '.csv')",
        (
            "m.sql:2:6: The file that this function reads is computed; datacanary must know it beforehand. "
            "Write its path as plain text, or name it under `sources:`."
        ),
    ),
    (
        "FROM read_parquet(['a.parquet', getvariable('b')])",
        (
            "m.sql:1:6: The file that this function reads is computed; datacanary must know it beforehand. "
            "Write its path as plain text, or name it under `sources:`."
        ),
    ),
    (
        "FROM orders,\r\n  query_table('x' || 'y')",
        (
            "m.sql:2:3: query_table() reads tables that are named while the query runs; datacanary must know them "
            "beforehand. Name the tables in FROM."
        ),
    ),
    (
        "FROM query('FROM orders')",
        (
            "m.sql:1:6: query() reads tables that are named while the query runs; datacanary must know them "
            "beforehand. "
            "Name the tables in FROM."
        ),
    ),
    (
        "FROM 's3://bucket/x.parquet'",
        (
            "m.sql:1:6: The query reads a file behind a URL; that is not supported yet. "
            "Bring the data into the warehouse, or keep the file beside the project."
        ),
    ),
    (
        "FROM read_csv('https://example.org/x.csv')",
        (
            "m.sql:1:15: The query reads a file behind a URL; that is not supported yet. "
            "Bring the data into the warehouse, or keep the file beside the project."
        ),
    ),
    (
        "SELECT *\nFROM a.b.c.d",
        (
            "m.sql:2:6: A name in FROM has more parts than database, schema and table. "
            "Put a name that has dots in it into quotes."
        ),
    ),
]


@pytest.mark.parametrize(("query", "message"), REFUSED, ids=[query for query, _ in REFUSED])
def test_what_cannot_be_known_beforehand_is_refused(query: str, message: str) -> None:
    with pytest.raises(ProjectError) as caught:
        read(query)
    assert str(caught.value) == message
