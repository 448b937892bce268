"""One at a time changes PostgreSQL's production: the lease, the locks, and a connection that is lost."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest
from cutting_proxy import CuttingProxy, When, at_commit, at_message
from postgres_database import Database
from postgres_production import NEXT, ORDERS, RUN, build, definitions, promote, releases, roll_back, view_of
from psycopg.conninfo import make_conninfo

from datacanary.errors import Refused, UnknownOutcome, WarehouseError
from datacanary.model.basic import Relation
from datacanary.model.release import JournalEntry, PromotionRecord
from datacanary.protocols.releases import Releases
from datacanary.warehouse.postgres.release import commit as postgres_commit
from datacanary.warehouse.postgres.release import locks as postgres_locks
from datacanary.warehouse.postgres.release.lease import read_lease, unlock
from datacanary.warehouse.postgres.release.ledger import read_journal, read_promotions
from datacanary.warehouse.postgres.release.releases import open_releases
from datacanary.warehouse.postgres.session import connected

pytest_plugins = ("postgres_server",)


@pytest.fixture
def shop(database: Database) -> Database:
    """Give a production with a table and a view."""
    database.execute(
        "create schema analytics",
        "create table analytics.orders as select 1 as id, 'a' as word",
        "create view analytics.words as select word from analytics.orders",
    )
    return database


@contextmanager
def session(shop: Database, *, autocommit: bool = False) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(make_conninfo("", **shop.parameters), autocommit=autocommit) as connection:
        yield connection
        connection.rollback()


def test_one_at_a_time_has_the_lease_and_others_are_told_who(shop: Database) -> None:
    with connected(shop.login(), "test") as looking:
        assert read_lease(looking) is None
    with (
        open_releases(shop.login(), RUN, "ada@here pid 7"),
        connected(shop.login(), "test", writable=True) as other,
    ):
        held = read_lease(other)
        assert held is not None
        assert (held.holder, held.run_id, held.fence) == ("ada@here pid 7", RUN, 1)
        with (
            pytest.raises(Refused, match="ada@here pid 7 changes production") as refused,
            open_releases(shop.login(), NEXT, "bob"),
        ):
            pass
        assert f"datacanary unlock {held.id}" in refused.value.hint
        with pytest.raises(Refused, match="not another"):
            unlock(other, "another")
    with connected(shop.login(), "test", writable=True) as other:
        assert read_lease(other) is None
        with pytest.raises(Refused, match="Nobody"):
            unlock(other, held.id)


def test_a_lease_is_given_back_after_an_error(shop: Database) -> None:
    with pytest.raises(ZeroDivisionError), releases(shop):
        raise ZeroDivisionError
    with connected(shop.login(), "test") as looking:
        assert read_lease(looking) is None


def test_who_lost_the_lease_changes_nothing(shop: Database) -> None:
    swap = build(shop, ORDERS, "select 2 as id, 'b'::text as word")
    with connected(shop.login(), "test", writable=True) as other, releases(shop) as release:
        with release.transaction():
            held = read_lease(other)
            assert held is not None
            with pytest.raises(Refused, match="works in production at this moment"):
                unlock(other, held.id)
        unlock(other, held.id)
        with (
            open_releases(shop.login(), NEXT, "bob"),
            pytest.raises(Refused, match="lost meanwhile to bob"),
            release.transaction(),
        ):
            release.swap((swap,))
    assert shop.execute("select * from analytics.orders") == [(1, "a")]


def test_the_heart_beats_also_during_a_transaction_and_a_dead_holder_is_followed(shop: Database) -> None:
    with open_releases(shop.login(), RUN, "ada", seconds_to_live=0.6) as release:
        with connected(shop.login(), "test", writable=True) as other, release.transaction():
            time.sleep(1.5)
            assert read_lease(other) is not None
        shop.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and state = 'idle'"
        )
        shop.execute("update datacanary.lease set expires_at = now()")
        with open_releases(shop.login(), NEXT, "bob", seconds_to_live=0.6):
            row = shop.execute("select holder, fence from datacanary.lease")
            assert row == [("bob", 2)]
            time.sleep(0.5)
            assert shop.execute("select holder, fence from datacanary.lease") == row


def test_two_race_and_one_wins(shop: Database) -> None:
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def race(run: str) -> None:
        gate.wait()
        try:
            with open_releases(shop.login(), run, run):
                time.sleep(0.3)
            outcomes.append("had it")
        except Refused:
            outcomes.append("refused")

    for _ in range(5):
        outcomes.clear()
        threads = [threading.Thread(target=race, args=(run,)) for run in (RUN, NEXT)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert sorted(outcomes) == ["had it", "refused"]


def test_others_read_but_do_not_write_while_tables_are_held(shop: Database) -> None:
    with session(shop, autocommit=True) as other, releases(shop) as release, release.transaction():
        release.hold([ORDERS, Relation("analytics", "words"), Relation("no", "such")])
        assert other.execute("select * from analytics.words").fetchall() == [("a",)]
        other.execute("set lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("insert into analytics.orders values (3)")


def test_a_writer_in_the_way_is_named(shop: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_locks, "SECONDS_IN_ALL", 0.5)
    with session(shop) as writer:
        writer.execute("set application_name = 'etl'")
        writer.execute("insert into analytics.orders values (3)")
        pid = writer.info.backend_pid
        with (
            pytest.raises(Refused, match=rf"process {pid} \(etl\) has analytics.orders since 20") as refused,
            releases(shop) as release,
            release.transaction(),
        ):
            release.hold([ORDERS])
        assert "Try again" in refused.value.hint


def test_readers_never_wait_long_and_a_long_one_makes_us_give_up(
    shop: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap, longest, over = build(shop, ORDERS, "select 2 as id, 'b'::text as word"), [0.0], threading.Event()
    monkeypatch.setattr(postgres_locks, "SECONDS_IN_ALL", 2.0)

    def read() -> None:
        with session(shop, autocommit=True) as reader:
            while not over.is_set():
                begun = time.monotonic()
                reader.execute("select * from analytics.words").fetchall()
                longest[0] = max(longest[0], time.monotonic() - begun)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        with session(shop) as long_one:
            long_one.execute("select * from analytics.orders")
            with pytest.raises(Refused, match=f"process {long_one.info.backend_pid}"):
                promote(shop, swap)
            assert shop.execute("select * from analytics.orders") == [(1, "a")]
        promote(shop, swap)
    finally:
        over.set()
        thread.join()
    assert shop.execute("select * from analytics.words") == [("b",)]
    assert 0 < longest[0] < 1


def test_what_is_changed_between_looking_and_locking_is_noticed(shop: Database) -> None:
    before = definitions(shop)
    for meanwhile, undone in (
        ("create view analytics.more as select id from analytics.orders", "drop view analytics.more"),
        (
            "create or replace view analytics.words as select 'new' || word as word from analytics.orders",
            "create or replace view analytics.words as select word from analytics.orders",
        ),
    ):
        swap = build(
            shop, Relation("analytics", "orders"), "select 2 as id, 'b'::text as word", f"{RUN[:-1]}{len(undone)}"
        )
        with releases(shop) as release, suppress(Refused), release.transaction():
            release.hold([ORDERS])
            shop.execute(meanwhile)
            with pytest.raises(Refused, match="at this moment") as refused:
                release.swap((swap,))
            raise refused.value
        shop.execute(undone)
    assert definitions(shop) == before


def promotion(release: Releases, run: str, shop: Database) -> None:
    swap = build(shop, ORDERS, "select 2 as id, 'b'::text as word", run)
    release.note(JournalEntry(run, "promote", "begun", "now", "ada"))
    with release.transaction():
        release.hold([ORDERS])
        live = release.swap((swap, view_of(Relation("analytics", "v"), "select id from analytics.orders")))
        release.record(PromotionRecord(run, "now", "ada", "b", "h", "pass", live))
        release.note(JournalEntry(run, "promote", "done", "now", "ada"))


@pytest.fixture
def settled(shop: Database) -> Database:
    """Give a production where datacanary has its own tables already: making them is committed, too."""
    roll_back(shop, promote(shop, build(shop, ORDERS, "select 9 as id, 'x'::text as word", NEXT), run=NEXT))
    return shop


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_commit_that_is_cut_is_asked_after(settled: Database, when: When) -> None:
    shop, proxy, before = settled, CuttingProxy(settled.parameters, at_commit, when), definitions(settled)
    with proxy.running() as parameters, open_releases(Database(parameters).login(), RUN, "ada") as release:
        if when == "before":
            with pytest.raises(WarehouseError, match="nothing was changed") as told:
                promotion(release, RUN, shop)
            assert not isinstance(told.value, UnknownOutcome)
            assert f"datacanary resume {RUN}" in told.value.hint
        else:
            promotion(release, RUN, shop)
            assert release.promotions()[-1].run_id == RUN
    assert proxy.cut
    rows = shop.execute("select * from analytics.words")
    assert rows == ([("a",)] if when == "before" else [("b",)])
    assert (definitions(shop) == before) == (when == "before")
    with connected(shop.login(), "test") as connection:
        assert len(read_promotions(connection)) == 1 + (when == "after")
        assert [one.state for one in read_journal(connection)] == ["begun", "done"][: 1 + (when == "after")]
        assert read_lease(connection) is None


def test_nobody_knows_what_became_of_a_commit_if_the_server_stays_away(
    settled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = settled
    monkeypatch.setattr(postgres_commit, "_PAUSES", (0.0, 0.1))
    proxy = CuttingProxy(shop.parameters, at_commit, "after", closed_afterwards=True)
    with (
        proxy.running() as parameters,
        pytest.raises(UnknownOutcome, match="wholly") as told,
        open_releases(Database(parameters).login(), RUN, "ada") as release,
    ):
        promotion(release, RUN, shop)
    assert told.value.hint.endswith(f"datacanary resume {RUN}")
    assert shop.execute("select * from analytics.words") == [("b",)]


@pytest.mark.thorough
def test_a_cut_anywhere_leaves_production_wholly_old_or_wholly_new(shop: Database) -> None:
    counting, before = CuttingProxy(shop.parameters), definitions(shop)
    with counting.running() as parameters, open_releases(Database(parameters).login(), RUN, "ada") as release:
        promotion(release, RUN, shop)
        live = release.promotions()[-1].tables
    after = definitions(shop)
    roll_back(shop, live)
    for number, at in enumerate(range(2, counting.messages, max(1, counting.messages // 8))):
        run = f"{RUN[:-2]}{number:02}"
        with CuttingProxy(shop.parameters, at_message(at), "after").running() as parameters:
            try:
                with open_releases(Database(parameters).login(), run, "ada") as release:
                    promotion(release, run, shop)
                    live = release.promotions()[-1].tables
            except WarehouseError:
                pass
        with connected(shop.login(), "test") as connection:
            done = [one for one in read_promotions(connection) if one.run_id == run]
        assert definitions(shop) == (after if done else before)
        shop.execute("update datacanary.lease set id = ''")
        if done:
            roll_back(shop, done[0].tables)
