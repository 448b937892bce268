"""DuckDB tells what results depend on, and lends the tables of earlier runs without writing to them."""

import shutil
from pathlib import Path

import duckdb
import pytest
from duckdb_store import DuckDBStore
from stores import RUN, Store, built, make, make_store, workspace

from datacanary.errors import StatementError
from datacanary.model.basic import Physical, Relation
from datacanary.warehouse.duckdb.conditions import conditions

LATER = "20261120-111500-0a1b2c3"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Give a DuckDB with two tables and a view."""
    return make_store(DuckDBStore(tmp_path))


def later(store: Store) -> Path:
    """Make a folder for another run."""
    folder = store.folder / "later"
    folder.mkdir(exist_ok=True)
    return folder


def numbers(store: Store) -> Physical:
    """Leave a table of numbers in a finished run."""
    return built(store, numbers="select range as id from range(300_000)")["numbers"]


def test_the_tables_of_a_run_are_read_where_they_are_and_survive_its_end(store: Store) -> None:
    made = numbers(store)
    with store.open().workspace(later(store), LATER, "analytics") as space:
        assert space.columns(made) is None
        assert space.open_run(store.folder / "run", RUN)
        assert space.rows(made) == 300_000
        shutil.rmtree(store.folder / "run")
        copy = make(space, "copy", f'select * from "{made.catalog}"."{made.schema}"."{made.name}"')
        assert space.fingerprint(copy) == space.fingerprint(made)
    # What was made of it is whole without it.
    with store.open().workspace(later(store), LATER, "analytics") as space:
        assert space.rows(copy) == 300_000
        assert not space.open_run(store.folder / "run", RUN)


def test_many_read_one_run_at_once_and_none_writes_to_it(store: Store) -> None:
    made = numbers(store)
    (file,) = (store.folder / "run").glob("*.duckdb")
    before = file.read_bytes()
    other = store.folder / "another"
    other.mkdir()
    warehouse = store.open()
    with (
        warehouse.workspace(later(store), LATER, "analytics") as one,
        warehouse.workspace(other, f"{LATER}x", "analytics") as two,
    ):
        for space in (one, two):
            assert space.open_run(store.folder / "run", RUN)
            assert space.rows(made) == 300_000
            with pytest.raises(StatementError):
                space.create(made, "table", (), "select 1 as id")
    assert file.read_bytes() == before
    assert [path.name for path in (store.folder / "run").iterdir()] == [file.name]


def test_a_run_that_somebody_writes_or_that_is_damaged_is_not_lent(store: Store) -> None:
    numbers(store)
    (file,) = (store.folder / "run").glob("*.duckdb")
    with store.open().workspace(later(store), LATER, "analytics") as space:
        file.write_bytes(b"nothing of the kind")
        assert not space.open_run(store.folder / "run", RUN)
        file.unlink()
        assert not space.open_run(store.folder / "run", RUN)
        assert not file.exists()


def test_only_a_table_without_collations_is_told_by_its_fingerprint(store: Store) -> None:
    store.execute("create table raw.names (name varchar collate nocase)")
    with workspace(store) as space:
        told = {
            name: space.told_by_fingerprint(space.production(Relation(schema, name)))
            for schema, name in (("analytics", "orders"), ("analytics", "words"), ("raw", "names"))
        }
        assert told == {"orders": True, "words": False, "names": False}
        assert space.told_by_fingerprint(make(space, "plain", "select 1 as id"))


def test_what_was_promoted_is_known_where_nothing_was(store: Store) -> None:
    with workspace(store) as space:
        assert space.promotions() == ()


@pytest.mark.parametrize(
    ("change", "other"),
    [
        ("insert into raw.clicks values (7)", False),
        ("create table raw.more as select 1 as id", False),
        ("create macro raw.half(x) as x / 2", True),
        ("create or replace macro analytics.twice(x) as x + x + x", True),
        ("create type raw.mood as enum ('good')", True),
    ],
)
def test_conditions_are_the_functions_and_types_of_production_and_not_its_rows(
    store: Store,
    change: str,
    other: bool,  # noqa: FBT001 -- given by name
) -> None:
    store.execute("create macro analytics.twice(x) as x + x")

    def told() -> str:
        with workspace(store) as space:
            return space.conditions()

    before = told()
    assert told() == before
    store.execute(change)
    assert (told() != before) == other


def test_a_function_that_reads_a_table_makes_every_row_count(tmp_path: Path) -> None:
    store = DuckDBStore(tmp_path)
    store.execute("create table t as select 1 as id", "create macro newest() as (select max(id) from t)", "checkpoint")
    with workspace(store) as space:
        before = space.conditions()
    store.execute("insert into t select range from range(100_000)", "checkpoint")
    with workspace(store) as space:
        assert space.conditions() != before


def test_the_time_zone_is_a_condition() -> None:
    with duckdb.connect() as connection:
        found = set()
        for zone in ("Asia/Tokyo", "Europe/Vienna"):
            connection.execute(f"set timezone = '{zone}'")
            found.add(conditions(connection, "memory"))
    assert len(found) == 2
