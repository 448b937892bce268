"""A DuckDB warehouse is a file, whatever it is called."""

from pathlib import Path

import polars as pl
import pytest
from duckdb_store import DuckDBStore
from stores import ORDERS, built, make, read, releases, swap_of, workspace

from datacanary.errors import StatementError
from datacanary.model.basic import Relation
from datacanary.pipeline.relations import table_of_relation
from datacanary.tablediff.scratch import Scratch

ROWS = 300_000

FILE_NAMES = ("memory.duckdb", "temp.duckdb", "main.db", "it's 😀.duckdb", "a.b.duckdb", '"q",x')


@pytest.mark.parametrize("file_name", FILE_NAMES)
def test_a_warehouse_file_may_have_any_name(tmp_path: Path, file_name: str) -> None:
    store = DuckDBStore(tmp_path, file_name)
    store.execute("create schema analytics", "create table analytics.orders as select 1 as id")
    (called,) = store.execute("select current_database()")
    assert store.open().catalog == called[0]
    assert list(map(str, store.open().relations())) == ["analytics.orders"]
    place = built(store, orders=f"""select id + 1 as id from "{called[0].replace('"', '""')}".analytics.orders""")[
        "orders"
    ]
    with releases(store) as release, release.transaction():
        release.swap((swap_of(place, ORDERS),))
    assert read(store, ORDERS) == [(2,)]


def test_the_engine_keeps_to_its_memory(tmp_path: Path) -> None:
    with workspace(DuckDBStore(tmp_path)) as space:
        many = make(space, "many", f"select range as id, 'n' || range as name from range({ROWS})")
        space.limit_memory(64 << 20)
        table = table_of_relation(space, many, Scratch(), 1 << 30)
        assert table.frame.select(pl.col("id").sum()).collect().item() == ROWS * (ROWS - 1) // 2
        space.limit_memory(1 << 20)
        with pytest.raises(StatementError):
            make(space, "more", "select range % 100000 as a, list(range) as b from range(3000000) group by 1")


def test_collations_are_told(tmp_path: Path) -> None:
    store = DuckDBStore(tmp_path)
    store.execute(
        "CREATE TABLE t (a VARCHAR COLLATE nocase.noaccent NOT NULL, b VARCHAR, c INTEGER, "
        "d VARCHAR GENERATED ALWAYS AS (a), e VARCHAR DEFAULT 'collate', PRIMARY KEY (a))",
        "CREATE TABLE plain (a VARCHAR)",
        "CREATE VIEW v AS SELECT a, b, c, [b] AS l FROM t",
    )
    names = tuple(Relation("main", name) for name in ("t", "plain", "v"))
    found = store.open().columns_of_tables(names, "main")
    types = {name.name: [column.type for column in columns] for name, columns in found.items()}
    assert types == {
        "t": ["varchar collate nocase.noaccent", "varchar", "integer", "varchar collate unknown", "varchar"],
        "plain": ["varchar"],
        "v": ["varchar collate unknown", "varchar collate unknown", "integer", "varchar[] collate unknown"],
    }
