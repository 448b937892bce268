"""The journal, what promotions keep, and who reads what they put in: the same over every warehouse."""

import pytest
from stores import ORDERS, RUN, Store, built, read, releases, swap_of

from datacanary.errors import Refused
from datacanary.model.basic import Relation
from datacanary.model.release import JournalEntry, LiveTable, PromotionRecord, Registered
from datacanary.protocols.releases import Releases

pytest_plugins = ("postgres_server",)

BEGUN = JournalEntry(RUN, "promote", "begun", "2026-11-20T10:15:00Z", "ada", "one 'table'")
DONE = JournalEntry(RUN, "promote", "done", "2026-11-20T10:15:01Z", "ada")


def promoted(store: Store) -> LiveTable:
    """Put a table into production, on record."""
    (place,) = built(store, orders="select 7 as id, 'x' as word").values()
    with releases(store) as release, release.transaction():
        (live,) = release.swap((swap_of(place, ORDERS),))
        release.record(
            PromotionRecord(
                RUN, "2026-11-20T10:15:00Z", "ada", "b" * 40, "h+", "fail", (live,), approval="why", head_files="f"
            )
        )
    return live


def interrupted(release: Releases) -> None:
    """Write into the journal within a transaction that fails."""
    with release.transaction():
        release.note(DONE)
        raise ZeroDivisionError


def test_the_journal_is_written_at_once_or_with_its_transaction(store: Store) -> None:
    assert store.open().journal() == ()
    built(store, orders="select 7 as id")
    with releases(store) as release:
        assert release.journal() == ()
        release.note(BEGUN)
        with pytest.raises(ZeroDivisionError):
            interrupted(release)
        assert release.journal() == (BEGUN,)
        with release.transaction():
            release.note(DONE)
        assert release.journal() == (BEGUN, DONE)
    assert store.open().journal() == (BEGUN, DONE)


def test_the_record_has_the_approval_and_what_head_was(store: Store) -> None:
    promoted(store)
    (one,) = store.open().promotions()
    assert (one.approval, one.head_files, one.head_sha) == ("why", "f", "h+")


def test_views_that_read_what_was_promoted_are_told_if_they_are_new(store: Store) -> None:
    live = promoted(store)
    assert live.readers == (Relation("analytics", "words"),)
    with releases(store) as release:
        assert release.readers((live,)) == ()
    store.execute(
        "create view analytics.late as select id from analytics.orders",
        "create view raw.other as select id from raw.clicks",
    )
    with releases(store) as release:
        assert release.readers((live,)) == (Relation("analytics", "late"),)


def kept(store: Store) -> list[Registered]:
    """List what is registered as replaced."""
    return [one for one in store.open().registered() if one.kind == "replaced"]


def put_back(store: Store, live: LiveTable) -> None:
    """Roll it back, on record."""
    with releases(store) as release:
        (record,) = release.promotions()
        with release.transaction():
            release.restore((live,))
            release.mark_rolled_back(record, "2026-11-20T11:00:00Z")


def test_what_is_replaced_is_registered_until_it_is_dropped(store: Store) -> None:
    live = promoted(store)
    assert [one.run_id for one in kept(store)] == [RUN]
    every = kept(store)
    store.open().drop(every)
    store.open().drop(every)
    assert kept(store) == []
    assert read(store, ORDERS) == [(7, "x")]
    with pytest.raises(Refused):
        put_back(store, live)
    assert read(store, ORDERS) == [(7, "x")]


def test_what_was_put_back_is_in_no_danger(store: Store) -> None:
    live = promoted(store)
    before = kept(store)
    put_back(store, live)
    assert read(store, ORDERS) == [(1, "a"), (2, "b")]
    store.open().drop([*before, *kept(store)])
    assert read(store, ORDERS) == [(1, "a"), (2, "b")]


def test_a_lease_that_nobody_has_cannot_be_taken(store: Store) -> None:
    assert store.open().lease() is None
    with pytest.raises(Refused):
        store.open().unlock("5f0c2d1e")
