"""What every warehouse says of the columns of its tables and of data files, before a run is begun."""

from pathlib import Path

import duckdb
import pytest
from stores import Store

from datacanary.errors import DataError, StatementError
from datacanary.model.basic import Column, Relation
from datacanary.model.project import SourceData

pytest_plugins = ("postgres_server",)

RATES = Relation("raw", "rates")


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("r.csv", "id,at,note\n1,2026-01-01,x\n2,2026-01-02,\n"),
        ("r.tsv", "a\tb\n1.5\ttrue\n"),
        ("r.ndjson", '{"id": 1, "in": {"a": [1]}}\n{"id": 2, "late": "x"}\n'),
        ("r.parquet", "SELECT 1::DECIMAL(9, 2) AS d, ['a'] AS l, 'x'::ENUM ('x') AS e, now() AS z"),
    ],
)
def test_a_source_has_the_columns_that_it_is_loaded_with(store: Store, tmp_path: Path, name: str, make: str) -> None:
    file = tmp_path / name
    if name.endswith("parquet"):
        duckdb.execute(f"COPY ({make}) TO '{file}'")
    else:
        file.write_text(make)
    warehouse, source = store.open(), SourceData(RATES, name, ())
    told = warehouse.columns_of_source(source, (file,))
    (tmp_path / "run").mkdir()
    with warehouse.workspace(tmp_path / "run", "20260101-000000-0000000", "main") as workspace:
        workspace.load("head", source, (file,))
        assert told == workspace.columns(workspace.physical("head", RATES))


def test_a_source_without_a_file_or_of_another_kind_is_refused(store: Store, tmp_path: Path) -> None:
    warehouse = store.open()
    with pytest.raises(DataError, match="No file matches"):
        warehouse.columns_of_source(SourceData(RATES, "*.csv", ()), ())
    with pytest.raises(DataError, match="not known"):
        warehouse.columns_of_source(SourceData(RATES, "*.doc", ()), (tmp_path / "a.doc",))
    (tmp_path / "a.parquet").write_text("no Parquet")
    with pytest.raises(StatementError):
        warehouse.columns_of_source(SourceData(RATES, "a.parquet", ()), (tmp_path / "a.parquet",))


def test_tables_are_found_by_the_names_in_queries(store: Store) -> None:
    main = store.main
    store.execute(
        "CREATE SCHEMA a",
        "CREATE SCHEMA b",
        f'CREATE TABLE a."Two Words" ("Id" INTEGER, "in" {store.text})',
        "CREATE TABLE a.twice (of_a DATE)",
        "CREATE TABLE b.twice (of_b DATE)",
        f"CREATE TABLE {main}.twice (of_main DATE)",
        f"CREATE VIEW {main}.seen AS SELECT 1::BIGINT AS half",
    )
    two, seen, gone = Relation("a", "two words"), Relation("", "seen"), Relation("a", "seen")
    found = store.open().columns_of_tables((two, seen, gone, Relation("", "twice"), Relation(main, "twice")), "b")
    assert found == {
        two: (Column("Id", "integer"), Column("in", store.text)),
        seen: (Column("half", "bigint"),),
        Relation("", "twice"): (Column("of_b", "date"),),
        Relation(main, "twice"): (Column("of_main", "date"),),
    }


@pytest.mark.parametrize("call", ["'nowhere.csv'", "read_csv('nowhere.csv')", "range(1); SELECT 1", "nowhere"])
def test_what_is_no_data_file_is_refused(store: Store, call: str) -> None:
    with pytest.raises(StatementError):
        store.open().columns_of_call(call)
