"""What stands around the paths of data files in a query."""

import pytest

from datacanary import config as config_room
from datacanary.impact.leaves import leaves_of
from datacanary.model.basic import Relation, Version
from datacanary.model.leaf import Leaf
from datacanary.model.project import Model
from datacanary.project.plain_sql import parse

CONFIG = "version: 1\nwarehouse: duckdb:///shop.duckdb\nproduction: analytics\n"


def model(text: str) -> Model:
    config = config_room.parse(CONFIG, "datacanary.yml", {})
    parsed = parse({"models/m.sql": text}, config, (), Version("main", "0" * 40), dialect="duckdb", catalog="shop")
    return parsed.models[Relation("analytics", "m")]


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("SELECT * FROM 'a.csv'", "<a.csv>"),
        ('SELECT * FROM "a.csv" AS t', "<a.csv>"),
        ("FROM (SELECT * FROM 'a.csv') AS t", "<a.csv>"),
        ("WITH t AS (FROM 'a.csv') FROM t WHERE EXISTS (SELECT 1)", "<a.csv>"),
        ("SELECT count(*) FROM t WHERE f((SELECT x FROM 'a.csv'))", "<a.csv>"),
        ("SELECT 1 AS one FROM read_csv('a.csv')", "read_csv(<a.csv>)"),
        ("SELECT 1 AS one FROM READ_CSV( 'a.csv' , delim = ')' ) AS t", "READ_CSV( <a.csv> , delim = ')' )"),
        ("FROM read_csv('a.csv', columns = {'a': 'INT', 'b': 'DATE'})", "{columns}"),
        ("FROM read_parquet(['a.parquet', 'b.parquet'], union_by_name = true)", "{two}"),
        ("SET threads = 2; FROM read_json_auto('a.json')", "read_json_auto(<a.json>)"),
        ("SELECT 'é' AS e FROM read_json_auto('a.json')", "read_json_auto(<a.json>)"),
    ],
)
def test_a_call_is_told_from_a_path_alone(text: str, call: str) -> None:
    wanted = {
        "{columns}": "read_csv(<a.csv>, columns = {'a': 'INT', 'b': 'DATE'})",
        "{two}": "read_parquet([<a.parquet>, <b.parquet>], union_by_name = true)",
    }.get(call, call)
    leaves = [leaf for leaf in leaves_of(model(text), "duckdb").values() if leaf.kind == "file"]
    assert {leaf.written(tuple(f"<{path}>" for path in leaf.paths)) for leaf in leaves} == {wanted}


def test_one_file_read_in_two_ways_is_two_leaves() -> None:
    found = leaves_of(model("FROM read_csv('a.csv') UNION ALL FROM 'a.csv' UNION ALL FROM 'a.csv'"), "duckdb")
    assert len(found) == 3
    assert set(found.values()) == {
        Leaf("file", None, ("a.csv",), ("read_csv(", ")")),
        Leaf("file", None, ("a.csv",), ("", "")),
    }


def test_relations_are_leaves_and_models_are_not() -> None:
    config = config_room.parse(CONFIG, "datacanary.yml", {})
    texts = {"models/a.sql": "SELECT 1 AS one", "models/b.sql": "FROM a JOIN raw.orders USING (one) JOIN other ON true"}
    parsed = parse(texts, config, (), Version("main", "0" * 40), dialect="duckdb", catalog="shop")
    leaves = set(leaves_of(parsed.models[Relation("analytics", "b")], "duckdb").values())
    assert leaves == {Leaf("external", Relation("raw", "orders")), Leaf("external", Relation("", "other"))}
