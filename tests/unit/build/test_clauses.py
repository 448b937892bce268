"""Whether a query says the order of its rows, and whether a file stands where a table may."""

import pytest

from datacanary import config as config_room
from datacanary.build.clauses import is_ordered, stands_in_from
from datacanary.model.basic import Version
from datacanary.model.project import Model
from datacanary.project.plain_sql import parse

CONFIG = config_room.parse(
    "version: 1\nwarehouse: duckdb:///shop.duckdb\nproduction: analytics\n", "datacanary.yml", {}
)


def model(text: str) -> Model:
    made = parse({"models/a.sql": text}, CONFIG, (), Version("main", "0" * 40), dialect="duckdb", catalog="shop")
    (found,) = made.models.values()
    return found


@pytest.mark.parametrize(
    ("text", "ordered"),
    [
        ("select * from t order by id", True),
        ("from t order by all", True),
        ("create table a as select * from t order by id limit 5", True),
        ("create temp table x as select 1 as id; select * from x order by id", True),
        ("select 1 as id union all select 2 order by id", True),
        ("with o as (select * from t order by id) select * from o", False),
        ("select * from (select * from t order by id)", False),
        ("select row_number() over (order by id) from t", False),
        ("create temp table x as select 1 as id order by id; select * from x", False),
        ("select * from t", False),
        ("select 1 union all (select 2 order by 1)", False),
    ],
)
def test_only_the_order_of_the_whole_query_is_that_of_its_rows(text: str, ordered: bool) -> None:  # noqa: FBT001 -- expected
    assert is_ordered(model(text), "duckdb") is ordered


def test_a_file_in_from_is_told_from_the_argument_of_a_function() -> None:
    text = (
        "create temp table x as from 'in_temp.csv'; set threads = 2;\n"
        "select 'x.csv' as name from 'plain.csv' join \"quoted.csv\" q using (id), 'listed.csv', read_csv('read.csv'),"
        " read_parquet(['one.parquet', 'two.parquet']) where id in (from 'within.csv')"
    )
    made = model(text)
    assert {one.path for one in made.references if stands_in_from(made, one, "duckdb")} == {
        "in_temp.csv", "plain.csv", "quoted.csv", "listed.csv", "within.csv",
    }  # fmt: skip
    assert {one.path for one in made.references if not stands_in_from(made, one, "duckdb")} == {
        "read.csv", "one.parquet", "two.parquet",
    }  # fmt: skip
