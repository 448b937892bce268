"""Production is swapped wholly or not at all, and comes back as it was."""

from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from duckdb_store import DuckDBStore
from stores import ORDERS, RUN, Store, built, make_store, read, releases, swap_of

from datacanary.errors import Refused, RunError, StatementError
from datacanary.model.basic import Relation
from datacanary.model.release import LiveTable, PromotionRecord, Swap
from datacanary.protocols.releases import Releases


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Give a DuckDB with two tables and a view."""
    return make_store(DuckDBStore(tmp_path))


def record(*tables: LiveTable, at: str = "2026-11-20T10:15:00Z") -> PromotionRecord:
    """Write down a promotion."""
    return PromotionRecord(RUN, at, "ada", "b" * 40, "h" * 40, "pass", tables)


def test_a_table_is_swapped_and_restored_and_both_are_on_record(store: Store) -> None:
    new, extra = built(store, orders="select 7 as id, 'z' as word", extra="select 8 as id").values()
    before = store.execute("select table_name, sql from duckdb_tables() order by all")
    schemas = store.execute("select schema_name from duckdb_schemas() order by all")
    assert store.open().promotions() == ()
    with releases(store) as release:
        with release.transaction():
            live = release.swap(
                (
                    swap_of(new, ORDERS),
                    swap_of(extra, Relation("marts", "extra")),
                    Swap(Relation("raw", "clicks"), None, "table", "", "__dc_prev__clicks"),
                )
            )
            release.record(record(*live))
        assert [one.action for one in live] == ["replaced", "created", "removed"]
        assert [one.promoted for one in live] == [release.identity(one.relation) for one in live]
        assert release.promotions() == (record(*live),)
        assert [one.new_schema for one in live] == [False, True, False]
    assert read(store, ORDERS) == [(7, "z")]
    assert read(store, Relation("marts", "extra")) == [(8,)]
    assert list(map(str, store.open().relations())) == ["analytics.orders", "analytics.words", "marts.extra"]
    assert store.open().promotions() == (record(*live),)
    with releases(store) as release:
        with release.transaction():
            release.restore(live[::-1])
            release.mark_rolled_back(record(*live), "2026-11-20T11:00:00Z")
        assert [one.rolled_back_at for one in release.promotions()] == ["2026-11-20T11:00:00Z"]
    assert store.execute(
        "select table_name, sql from duckdb_tables() where schema_name <> 'datacanary' order by all"
    ) == before  # fmt: skip
    left = store.execute("select schema_name from duckdb_schemas() where schema_name <> 'datacanary' order by all")
    assert left == schemas


@pytest.mark.parametrize("other", ["table marts.b as select 1 as a", "sequence marts.s", "macro marts.m() as 1"])
def test_a_new_schema_that_somebody_else_uses_meanwhile_stays(store: Store, other: str) -> None:
    (extra,) = built(store, extra="select 8 as id").values()
    with releases(store) as release, release.transaction():
        (live,) = release.swap((swap_of(extra, Relation("marts", "extra")),))
    store.execute(f"create {other}")
    with releases(store) as release, release.transaction():
        release.restore((live,))
    assert ("marts",) in store.execute("select schema_name from duckdb_schemas()")


def test_a_view_is_swapped_and_follows_the_tables_that_it_reads(store: Store) -> None:
    (new,) = built(store, orders="select 7 as id, 'z' as word").values()
    view = Swap(
        Relation("analytics", "words"), None, "view", 'select word as w from "analytics"."orders"', "__dc_prev__words"
    )
    with releases(store) as release, release.transaction():
        orders, words = release.swap((swap_of(new, ORDERS), view))
    assert read(store, words.relation) == [("z",)]
    assert (words.materialized, words.kept_kind) == ("view", "view")
    with releases(store) as release, release.transaction():
        release.restore((words, orders))
    assert read(store, words.relation) == [("a",), ("b",)]


class _StopError(Exception):
    """Stops a transaction."""


def stop() -> None:
    """Fail for a reason of our own."""
    raise _StopError


def test_a_transaction_happens_wholly_or_not_at_all(store: Store) -> None:
    new, more = built(store, orders="select 7 as id, 'z' as word", more="select 1 as a").values()
    before = store.execute("select schema_name, table_name, sql from duckdb_tables() order by all")
    broken = Swap(Relation("analytics", "words"), None, "view", "select nothing from nowhere", "__dc_prev__words")

    def fail(release: Releases) -> None:
        with release.transaction():
            live = release.swap((swap_of(new, ORDERS), swap_of(more, Relation("marts", "more"))))
            release.record(record(*live))
            stop()

    def refuse(release: Releases) -> None:
        with release.transaction():
            release.swap((swap_of(new, ORDERS), broken))

    for attempt, problem in ((fail, _StopError), (refuse, StatementError)):
        with releases(store) as release:
            with pytest.raises(problem):
                attempt(release)
            assert release.promotions() == ()
        assert store.execute("select schema_name, table_name, sql from duckdb_tables() order by all") == before
        assert read(store, ORDERS) == [(1, "a"), (2, "b")]


def test_two_promotions_of_one_run_are_told_apart(store: Store) -> None:
    first, second = record(at="2026-11-20T10:00:00Z"), record(at="2026-11-20T11:00:00Z")
    with releases_without_run(store) as release:
        for one in (second, first):
            with release.transaction():
                release.record(one)
        with release.transaction():
            release.mark_rolled_back(first, "2026-11-20T10:30:00Z")
        assert [one.rolled_back_at for one in release.promotions()] == ["", "2026-11-20T10:30:00Z"]


def releases_without_run(store: Store) -> AbstractContextManager[Releases]:
    """Open production for writing, as a rollback does."""
    return store.open().releases(None, "")


def test_a_constraint_on_a_column_that_is_gone_is_refused(store: Store) -> None:
    store.execute("create table analytics.keyed (id int primary key, n int default 3, gone int not null)")
    renamed, narrow = built(store, keyed="select 1 as key, 2 as n", narrow="select 1 as id").values()
    keyed = Relation("analytics", "keyed")
    with releases(store) as release:
        with pytest.raises(Refused, match="PRIMARY KEY"), release.transaction():
            release.swap((swap_of(renamed, keyed),))
        with release.transaction():
            release.swap((swap_of(narrow, keyed),))
    assert store.execute("select sql from duckdb_tables() where table_name = 'keyed'") == [
        ("CREATE TABLE analytics.keyed(id INTEGER, PRIMARY KEY(id));",)
    ]


def test_an_index_of_a_column_that_is_gone_is_refused(store: Store) -> None:
    store.execute("create index by_word on analytics.orders (word)")
    (new,) = built(store, orders="select 7 as id").values()
    with releases(store) as release, pytest.raises(Refused, match="index"), release.transaction():
        release.swap((swap_of(new, ORDERS),))
    assert read(store, ORDERS) == [(1, "a"), (2, "b")]


def test_what_was_set_aside_and_is_gone_cannot_come_back(store: Store) -> None:
    (new,) = built(store, orders="select 7 as id, 'z' as word").values()
    with releases(store) as release, release.transaction():
        (live,) = release.swap((swap_of(new, ORDERS),))
    store.execute(f"drop table analytics.{live.kept_as}")
    with releases(store) as release, pytest.raises(Refused, match="gone"), release.transaction():
        release.restore((live,))
    assert read(store, ORDERS) == [(7, "z")]


def test_a_run_whose_tables_are_gone_is_told(store: Store) -> None:
    with pytest.raises(RunError, match="gone"), releases(store):
        pass
