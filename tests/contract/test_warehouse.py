"""What every warehouse does, whatever it is made of: builds lie apart, and any name is only a name."""

from concurrent.futures import ThreadPoolExecutor

import duckdb
import pytest
from stores import ORDERS, Store, make, read, releases, swap_of, workspace

from datacanary.errors import DataError, StatementError
from datacanary.model.basic import Column, Pair, Relation
from datacanary.model.project import SourceData
from datacanary.model.release import LiveTable
from datacanary.model.tablediff import DiffOptions
from datacanary.pipeline.relations import table_of_relation
from datacanary.protocols.releases import Releases
from datacanary.protocols.warehouse import Warehouse
from datacanary.tablediff.compare import compare
from datacanary.tablediff.scratch import Scratch

pytest_plugins = ("postgres_server",)

HOSTILE = (
    'say "hi"',
    "it's",
    "a.b",
    "ünï 😀",
    "with space",
    "select",
    "x" * 100,
    "UPPER",
    "; drop table t; --",
    "two\nlines",
    "%s {x} $1 ?",
    "^a$",
    "back\\slash",
)


def read_again(release: Releases, live: LiveTable) -> bool:
    """Whether what was promoted has two rows."""
    found = release.fingerprint(live.relation)
    return found is not None and found.rows == 2


def test_relations_are_found_in_production_and_in_the_default_schema_and_misspelt_ones_have_a_neighbour(
    store: Store,
) -> None:
    store.execute(f"create table {store.main}.plain as select 1 as a")
    with workspace(store) as space:
        assert space.locate(Relation("", "orders")) == ORDERS
        assert space.locate(Relation("", "plain")) == Relation(store.main, "plain")
        assert space.locate(Relation("raw", "clicks")) == Relation("raw", "clicks")
        assert space.locate(Relation("", "clicks")) is None
        assert space.nearest(Relation("raw", "click")) == "raw.clicks"
        assert space.nearest(Relation("raw", "zzzzzz")) == ""
    assert set(map(str, store.open().relations())) == {
        "analytics.orders", "analytics.words", f"{store.main}.plain", "raw.clicks",
    }  # fmt: skip


def test_a_build_lies_apart_from_production_and_from_the_other_side(store: Store) -> None:
    with workspace(store) as space:
        tables = {place: make(space, "orders", f"select '{place}' as side", place) for place in ("base", "head")}
        assert len({*tables.values(), space.production(ORDERS)}) == 3
        for place, table in tables.items():
            assert space.columns(table) == (Column("side", store.text),)
            assert space.rows(table) == 1
            with space.reading(table) as reader:
                assert reader.read_all().to_pylist() == [{"side": place}]
        assert space.rows(space.production(ORDERS)) == 2
        assert space.columns(space.physical("head", Relation("analytics", "none"))) is None
        assert space.fingerprint(space.physical("head", Relation("analytics", "none"))) is None
        with pytest.raises(StatementError), space.reading(space.physical("head", Relation("analytics", "none"))):
            pass
    assert read(store, ORDERS) == [(1, "a"), (2, "b")]


def test_production_cannot_be_written_from_a_run(store: Store) -> None:
    with workspace(store) as space:
        with pytest.raises(StatementError):
            space.create(space.production(Relation("analytics", "new")), "table", (), "select 1 as a")
        with pytest.raises(StatementError):
            make(space, "x", f"select 1 as a; delete from {store.catalog}.analytics.orders")
        target = space.physical("head", Relation("analytics", "y"))
        with pytest.raises(StatementError):
            space.create(target, "table", (f"delete from {store.catalog}.analytics.orders",), "select 1 as a")
    assert read(store, ORDERS) == [(1, "a"), (2, "b")]


def test_a_build_that_fails_leaves_no_table(store: Store) -> None:
    with workspace(store) as space:
        for query in (
            f"select cast(word as int) as n from {store.catalog}.analytics.orders",
            "select nothing",
            "selec 1",
        ):
            with pytest.raises(StatementError):
                make(space, "broken", query)
        assert space.columns(space.physical("head", Relation("analytics", "broken"))) is None


def test_what_a_model_prepares_is_gone_for_the_next(store: Store) -> None:
    with workspace(store) as space:
        one, two = (space.physical("head", Relation("analytics", name)) for name in ("one", "two"))
        space.create(one, "table", ("create temp table t as select 1 as a",), "select * from t")
        with pytest.raises(StatementError):
            space.create(two, "table", (), "select * from t")


def test_many_builds_at_once_make_their_schema_together(store: Store) -> None:
    with workspace(store) as space, ThreadPoolExecutor(6) as pool:
        for attempt in range(60):
            places = [space.physical("head", Relation(f"s{attempt}", f"t{number}")) for number in range(6)]
            made = [pool.submit(space.create, place, "table", (), "select 1 as a") for place in places]
            assert [one.exception() for one in made] == [None] * 6


def test_sources_are_read_from_their_files_and_a_missing_or_strange_one_is_told(store: Store) -> None:
    duckdb.execute(f"copy (select range as id from range(5)) to '{store.folder}/a.parquet'")
    (store.folder / "b.csv").write_text("id,word\n1,x\n2,\n")
    (store.folder / "c.ndjson").write_text('{"id": 1}\n{"id": 2}\n')
    with workspace(store) as space:
        for name, rows in (("a.parquet", 5), ("b.csv", 2), ("c.ndjson", 2)):
            source = SourceData(Relation("raw", name), name, ())
            space.load("base", source, [store.folder / name])
            assert space.rows(space.physical("base", Relation("raw", name))) == rows
        with pytest.raises(DataError, match="No file matches"):
            space.load("base", SourceData(Relation("raw", "none"), "none/*.csv", (), 7), [])
        with pytest.raises(DataError, match="kind of"):
            space.load("base", SourceData(Relation("raw", "d"), "d.xlsx", ()), [store.folder / "d.xlsx"])
        with pytest.raises(StatementError):
            space.load("base", SourceData(Relation("raw", "e"), "e.csv", ()), [store.folder / "e.csv"])


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_is_only_a_name(store: Store, name: str) -> None:
    name = store.spelt(name)
    quoted = '"' + name.replace('"', '""') + '"'
    target = Relation(name, name)
    store.execute(
        f"create schema {quoted}",
        f"create table {quoted}.{quoted} ({quoted} int primary key)",
        f'create index "i{quoted[1:]} on {quoted}.{quoted} ({quoted})',
        f"comment on column {quoted}.{quoted}.{quoted} is 'kept'",
    )
    with workspace(store) as space:
        assert space.locate(target) == target
        place = space.physical("head", target)
        space.create(place, "table", (), f"select 1 as {quoted} union all select 2")
        assert space.columns(place) == (Column(name, "integer"),)
        assert space.fingerprint(place) is not None
        both = Pair(
            table_of_relation(space, place, Scratch(), 1 << 30), table_of_relation(space, place, Scratch(), 1 << 30)
        )
        assert compare(both, DiffOptions(key=(name,), tolerances={})).summary.rows.unchanged == 2
        space.keep((place,))
    with releases(store) as release:
        with release.transaction():
            (live,) = release.swap((swap_of(place, target),))
        assert live.promoted == release.identity(target)
        assert read_again(release, live)
        with release.transaction():
            release.restore((live,))
    assert store.execute(f"select count(*) from {quoted}.{quoted}") == [(0,)]
    assert store.indexes() == 1


def test_a_view_is_identified_by_its_query_and_not_by_its_rows(store: Store) -> None:
    words = Relation("analytics", "words")
    with workspace(store) as space:
        one, rows = space.identity(space.production(words)), space.fingerprint(space.production(words))
    assert one is not None
    assert rows is not None
    assert (one.rows, rows.rows) == (None, 2)
    store.execute("insert into analytics.orders values (3, 'c')")
    with workspace(store) as space:
        assert space.identity(space.production(words)) == one
        assert space.fingerprint(space.production(words)) != rows
    store.execute("create or replace view analytics.words as select upper(word) as word from analytics.orders")
    with workspace(store) as space:
        assert space.identity(space.production(words)) != one


def test_a_warehouse_says_what_it_is(store: Store) -> None:
    warehouse: Warehouse = store.open()
    assert warehouse.engine
    assert warehouse.dialect
    assert str(store.folder) not in warehouse.shown
    assert warehouse.write_obstacle() is None
