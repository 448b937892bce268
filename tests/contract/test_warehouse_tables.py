"""Tables of a warehouse are read again and again, from where they are, and nothing stays locked."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest
from stores import ORDERS, Store, make, workspace

from datacanary.errors import DataError, StatementError
from datacanary.model.basic import Column, Physical, Relation
from datacanary.pipeline.access import Access
from datacanary.pipeline.relations import table_of_lent, table_of_relation
from datacanary.protocols.workspace import Workspace
from datacanary.tablediff.scratch import Scratch
from datacanary.tablediff.table import Table

pytest_plugins = ("postgres_server",)

ROWS = 120_000
RANDOM_ID = {"duckdb": "uuid()", "postgres": "gen_random_uuid()"}
WIDE = {"duckdb": "hugeint", "postgres": "double precision"}


def many(store: Store) -> str:
    """Write a query of many rows, whose columns have odd names."""
    numbers, wide = store.numbers(ROWS), WIDE[store.kind]
    return f"""select range as id, range % 7 as "^a$", 'n' || range as "*", range::{wide} as "x.y" from {numbers}"""


MUCH = 1 << 30


@pytest.fixture
def space(store: Store) -> Iterator[Workspace]:
    with workspace(store) as opened:
        yield opened


def taken(space: Workspace, physical: Physical, memory: int = MUCH) -> Table:
    return table_of_relation(space, physical, Scratch(), memory)


def height(table: Table) -> int:
    return table.frame.collect().height


Step = Callable[[pl.LazyFrame], pl.LazyFrame]
FEW = pl.col("c1") == 3
STEPS: tuple[Step, ...] = (
    lambda frame: frame.filter(FEW).head(5),
    lambda frame: frame.head(200_000).filter(FEW),
    lambda frame: frame.slice(150_000, 10),
    lambda frame: frame.tail(3),
    lambda frame: frame.select(pl.len()),
    lambda frame: frame.select(pl.col("c0").filter(FEW).sum()),
)


def test_a_table_can_be_scanned_again_with_any_columns_in_the_same_order(store: Store, space: Workspace) -> None:
    table = taken(space, make(space, "many", many(store)))
    assert table.types == {"id": "bigint", "^a$": "bigint", "*": store.text, "x.y": WIDE[store.kind]}
    assert table.rows == ROWS
    whole = table.frame.collect()
    assert whole.schema == {
        "id": pl.Int64,
        "^a$": pl.Int64,
        "*": pl.String,
        "x.y": pl.Int128 if store.kind == "duckdb" else pl.Float64,
    }
    assert whole["id"].equals(pl.Series("id", range(ROWS)))
    assert table.frame.collect(engine="streaming").equals(whole)
    coded = table.frame.rename({name: f"c{place}" for place, name in enumerate(whole.columns)})
    plain = whole.rename({name: f"c{place}" for place, name in enumerate(whole.columns)})
    for some in itertools.permutations(plain.columns, 2):
        assert pl.concat(coded.select(some).collect_batches()).equals(plain.select(some))
    for steps in STEPS:
        assert steps(coded).collect(engine="streaming").equals(steps(plain.lazy()).collect())
        assert steps(coded).collect(engine="in-memory").equals(steps(plain.lazy()).collect())


def test_only_the_columns_that_are_asked_for_are_read(
    store: Store, space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = taken(space, make(space, "many", many(store)))
    asked: list[list[str]] = []
    reading = type(space).reading

    def noted(self: Workspace, relation: Physical, columns: list[Column]) -> object:
        asked.append([column.name for column in columns])
        return reading(self, relation, columns)

    monkeypatch.setattr(type(space), "reading", noted)
    table.frame.rename({"*": "c2"}).select("c2").collect()
    table.frame.select(pl.nth(3, 0)).collect(engine="streaming")
    assert [sorted(names) for names in asked] == [["*"], ["id", "x.y"]]


def test_what_has_no_order_is_read_once(store: Store, space: Workspace) -> None:
    target = space.physical("head", Relation("analytics", "v"))
    space.create(target, "view", (), f"select {RANDOM_ID[store.kind]} as u, random() as r from {store.numbers(1000)}")
    assert not space.in_order(target)
    for memory in (MUCH, 1 << 10):
        table = taken(space, target, memory)
        assert table.rows == 1000
        assert table.types == {"u": "uuid", "r": "double" if store.kind == "duckdb" else "double precision"}
        assert table.frame.collect().equals(table.frame.collect())
    words = taken(space, space.production(Relation("analytics", "words")))
    assert sorted(words.frame.collect()["word"]) == ["a", "b"]
    assert space.in_order(make(space, "many", many(store)))


def test_two_tables_are_read_at_once_in_one_query(store: Store, space: Workspace) -> None:
    one, other = (taken(space, make(space, name, many(store))) for name in ("one", "other"))
    renamed = other.frame.rename({name: f"{name}2" for name in other.types})
    for _ in range(3):
        both = pl.concat([one.frame, renamed], how="horizontal").collect(engine="streaming")
        assert both["id"].equals(both["id2"], check_names=False)
    for left, right in zip(one.frame.collect_batches(), other.frame.collect_batches(), strict=True):
        assert left.equals(right)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(height, [one, other] * 4)) == [ROWS] * 8


def test_who_stops_early_does_not_keep_a_reading_open(store: Store) -> None:
    for attempt in range(3):
        with workspace(store) as space:
            table = taken(space, make(space, f"many{attempt}", many(store)))
            for _ in range(5):
                next(iter(table.frame.collect_batches()))
        # The file is free: it can be opened for writing.
        with store.open().releases(store.folder / "run", "20261120-101500-4f1c9e2") as releases:
            assert releases.journal() == ()


def test_a_relation_that_is_not_there_is_told(space: Workspace) -> None:
    with pytest.raises(StatementError, match="does not exist"):
        taken(space, space.physical("head", Relation("analytics", "none")))


@contextmanager
def opened(store: Store, query: str = "") -> Iterator[tuple[Access, Table]]:
    """Open a relation the way that `diff` does."""
    scratch = Scratch()
    access = Access(store.open(), scratch, MUCH)
    with access.held():
        with access.lend() as space:
            relation = space.query(query) if query else space.production(ORDERS)
        yield access, table_of_lent(access.lend, relation, scratch, MUCH, access.unchanged)


def test_a_warehouse_is_closed_between_two_readings(store: Store) -> None:
    with opened(store) as (_, table):
        assert table.rows == 2
    store.execute("select 1")
    for _ in range(2):
        assert sorted(table.frame.collect()["id"]) == [1, 2]
        store.execute("select 1")
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(height, [table] * 8)) == [2] * 8
    store.execute(f"create table {store.main}.more as select 1 as a")
    if store.kind == "duckdb":
        with pytest.raises(DataError, match="changed"):
            table.unchanged()
        with pytest.raises(DataError, match="changed"):
            table.frame.collect()
    else:
        # From a server a table as small as this was read once.
        assert table.frame.collect().height == 2


def test_a_reading_that_is_left_open_ends_with_the_comparison(store: Store) -> None:
    rows = 2_000_000
    store.execute(f"create table {store.main}.big as select range as id from {store.numbers(rows)}")
    scratch = Scratch()
    access = Access(store.open(), scratch, MUCH)
    with access.held():
        with access.lend() as space:
            big = space.production(Relation(store.main, "big"))
        table = table_of_lent(access.lend, big, scratch, MUCH, access.unchanged)
        left = [iter(table.frame.collect_batches()) for _ in range(3)]
        # Who begins only after the end opens the warehouse anew, as anybody may.
        assert all(next(one).height for one in left)
    store.execute("select 1")
    assert height(table) == rows
    store.execute("select 1")


def test_a_query_is_read_once_with_the_names_of_production(store: Store) -> None:
    store.execute(f"create table {store.main}.plain as select 5 as n")
    query = 'with o as (select * from analytics.orders) select o.*, n as "^a$" from o, plain order by id desc; '
    with opened(store, query) as (_, table):
        pass
    store.execute(f"drop table {store.main}.plain")
    assert table.types == {"id": "integer", "word": store.text, "^a$": "integer"}
    assert table.frame.collect().rows() == [(2, "b", 5), (1, "a", 5)]
    table.unchanged()


NO_SELECTS = (
    "select 1; select 2",
    "select 1; drop table analytics.orders",
    "drop table analytics.orders",
    "selec 1",
    "with x as (select 1) insert into analytics.orders select 7, 'x'",
    "select nothing",
    "",
    "select 1 as a, 2 as a",
    "copy analytics.orders to 'x.csv'",
    "select * from nowhere",
    "(select 1",
    "attach 'x.duckdb'",
)


def test_what_is_not_one_select_is_refused(store: Store, tmp_path: Path) -> None:
    with workspace(store) as space:
        for text in NO_SELECTS:
            with pytest.raises(StatementError):
                space.query(text)
    assert store.execute("select count(*) from analytics.orders") == [(2,)]
    assert not list(tmp_path.glob("x.*"))
