"""Each version has a copy of the database for itself; production is only read."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pytest

from datacanary.model.basic import Pair, Physical, Relation, Side
from datacanary.warehouse.duckdb.contained import DuckDBContained

SIDES: dict[str, Side] = {"base": "base", "head": "head"}
ORDERS, SUMS, FRESH = Relation("marts", "orders"), Relation("main", "sums"), Relation("main", "fresh")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Make production: a table in a schema of its own, and a view of it that names the database."""
    file = tmp_path / "user" / "shop.duckdb"
    file.parent.mkdir()
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts; create table marts.orders as select range as id from range(3)")
        connection.execute("create view sums as select sum(id) as n from shop.marts.orders")
    return file


@pytest.fixture
def folders(tmp_path: Path) -> Pair[Path]:
    """Return the folders of both versions, inside a run's own."""
    return Pair(tmp_path / "run" / "base", tmp_path / "run" / "head")


@pytest.fixture
def contained(file: Path, folders: Pair[Path]) -> DuckDBContained:
    """Give both copies."""
    found = DuckDBContained(file, folders)
    found.prepare()
    return found


def build(folder: Path, contained: DuckDBContained, *statements: str) -> None:
    """Do what a version's dbt does: it stands in its project's folder and opens what the profile says."""
    project = folder / "project"
    project.mkdir(parents=True, exist_ok=True)
    path = (project / str(contained.connection(SIDES[folder.name], project)["path"])).resolve()
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)


def read(contained: DuckDBContained, where: Physical) -> list[int]:
    """Read one column."""
    with contained.built("main") as tables, tables.reading(where) as reader:
        return [value for batch in reader for value in batch.column(0).to_pylist()]


def test_what_a_version_builds_is_its_own_and_names_with_the_database_mean_its_copy(
    file: Path, folders: Pair[Path], contained: DuckDBContained
) -> None:
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    build(folders.base, contained, "insert into shop.marts.orders values (10)")
    build(folders.head, contained, "delete from shop.marts.orders where id > 0", "create table fresh as select 1 as a")
    assert read(contained, contained.physical("base", SUMS)) == [13]
    assert read(contained, contained.physical("head", SUMS)) == [0]
    with contained.built("main") as tables:
        assert tables.rows(contained.physical("base", ORDERS)) == 4
        assert tables.rows(contained.physical("head", ORDERS)) == 1
        assert tables.columns(contained.physical("base", FRESH)) is None
        assert tables.columns(contained.physical("head", FRESH)) is not None
        assert tables.view(contained.physical("head", ORDERS)) == ""
        assert "orders" in tables.view(contained.physical("head", SUMS))
        assert not tables.in_order(contained.physical("head", SUMS))
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before


def test_relations_are_those_of_before(contained: DuckDBContained) -> None:
    assert contained.relations() == {ORDERS, SUMS}


def test_both_can_begin_with_what_base_has_built(folders: Pair[Path], contained: DuckDBContained) -> None:
    build(folders.base, contained, "create table fresh as select 42 as a")
    contained.begin_alike()
    assert read(contained, contained.physical("head", FRESH)) == [42]
    build(folders.head, contained, "update fresh set a = 43")
    assert read(contained, contained.physical("base", FRESH)) == [42]


def test_where_production_is_not_there_yet_both_begin_empty(tmp_path: Path, folders: Pair[Path]) -> None:
    contained = DuckDBContained(tmp_path / "none.duckdb", folders)
    contained.prepare()
    assert contained.relations() == frozenset()
    assert contained.how == "none.duckdb is not there yet: both versions begin with an empty database"
    with contained.there("main") as there:
        assert there.locate(ORDERS) is None
    build(folders.head, contained, "create table fresh as select 1 as a")
    with contained.built("main") as tables:
        assert tables.columns(contained.physical("base", FRESH)) is None
        assert tables.rows(contained.physical("head", FRESH)) == 1
    assert not (tmp_path / "none.duckdb").exists()


def test_kept_tables_lie_in_the_runs_own_file_with_their_rows_and_types(
    tmp_path: Path, folders: Pair[Path], contained: DuckDBContained
) -> None:
    build(folders.head, contained, 'create table "Odd ""name" as select 1::decimal(9, 2) as "a b", {\'x\': [1]} as s')
    odd = Relation("main", 'Odd "name')
    kept = contained.keep([ORDERS, odd], "20260101-000000-abcdef0", tmp_path / "run")
    assert kept.keys() == {ORDERS, odd}
    contained.drop()
    assert not any((folder / "database").exists() for folder in folders)
    [run_file] = (tmp_path / "run").glob("*.duckdb")
    assert run_file.stat().st_mode & 0o077 == 0
    with duckdb.connect(str(run_file), read_only=True) as connection:
        held = {
            where.name: connection.execute(
                f'describe "{where.schema}"."{where.name.replace(chr(34), chr(34) * 2)}"'
            ).fetchall()
            for where in kept.values()
        }
    assert [(name, kind) for name, kind, *_ in held['Odd "name']] == [
        ("a b", "DECIMAL(9,2)"),
        ("s", "STRUCT(x INTEGER[])"),
    ]


def test_dropping_twice_or_before_anything_is_there_is_no_error(file: Path, folders: Pair[Path]) -> None:
    contained = DuckDBContained(file, folders)
    contained.drop()
    contained.drop()
    assert file.exists()
