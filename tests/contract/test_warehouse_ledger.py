"""The state of record: in the order of the promotions, and also as earlier versions made it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from stores import ORDERS, Store, built, read, releases, swap_of

from datacanary.model.release import PromotionRecord

pytest_plugins = ("postgres_server",)

FIRST, SECOND, THIRD = "20261120-101500-4f1c9e2", "20261120-101400-4f1c9e2", "20261120-101300-4f1c9e2"
LATER = {"duckdb": ("production", "keep_replaced"), "postgres": ("production", "keep_replaced", "number")}


def record(run: str, at: str) -> PromotionRecord:
    """Make a promotion that did nothing."""
    return PromotionRecord(
        run, at, "ada", "b" * 40, "h" * 40, "pass", (), production="analytics", keep_replaced="43200"
    )


def write(store: Store, records: Sequence[PromotionRecord]) -> None:
    """Write these down, one by one."""
    for one in records:
        with releases(store) as release, release.transaction():
            release.record(one)


def earlier(store: Store) -> None:
    """Make the ledger one of an earlier version."""
    for column in LATER[store.kind]:
        store.execute(f"alter table datacanary.promotions drop column {column}")


def without(one: PromotionRecord) -> PromotionRecord:
    """Return a promotion as an earlier version remembers it."""
    return replace(one, production="", keep_replaced="")


@pytest.fixture
def run(store: Store) -> Store:
    """Give a warehouse with a run beside it."""
    built(store, clicks="select 7 as id")
    return store


def test_promotions_come_in_their_order_though_clocks_differ(run: Store) -> None:
    every = [record(FIRST, "2026-11-20T10:15:00Z"), record(SECOND, "2026-11-20T10:13:00Z")]
    write(run, every)
    assert run.open().promotions() == tuple(every)
    with releases(run) as release, release.transaction():
        release.mark_rolled_back(every[0], "2026-11-20T10:16:00Z")
    assert [one.run_id for one in run.open().promotions()] == [FIRST, SECOND]


def test_a_ledger_of_an_earlier_version_is_read_and_goes_on(run: Store) -> None:
    old = [record(SECOND, "2026-11-20T10:14:00Z"), record(FIRST, "2026-11-20T10:15:00Z")]
    new = [record(THIRD, "2026-11-20T10:13:00Z"), record(FIRST, "2026-11-20T10:12:00Z")]
    write(run, old)
    with releases(run) as release, release.transaction():
        release.mark_rolled_back(old[0], "2026-11-20T10:16:00Z")
    earlier(run)
    gone = replace(without(old[0]), rolled_back_at="2026-11-20T10:16:00Z")
    assert run.open().promotions() == (gone, without(old[1]))
    write(run, new)
    assert run.open().promotions() == (gone, without(old[1]), *new)


def test_what_a_promotion_of_an_earlier_version_did_is_undone(store: Store) -> None:
    (place,) = built(store, orders="select 7 as id, 'x' as word").values()
    with releases(store) as release, release.transaction():
        (live,) = release.swap((swap_of(place, ORDERS),))
        release.record(replace(record(FIRST, "2026-11-20T10:15:00Z"), tables=(live,)))
    earlier(store)
    with releases(store) as release:
        (found,) = release.promotions()
        with release.transaction():
            release.restore(found.tables)
            release.mark_rolled_back(found, "2026-11-20T11:00:00Z")
    assert read(store, ORDERS) == [(1, "a"), (2, "b")]
    assert [one.rolled_back_at for one in store.open().promotions()] == ["2026-11-20T11:00:00Z"]


def test_the_time_is_told(run: Store) -> None:
    with releases(run) as release:
        told = datetime.fromisoformat(release.now())
    assert abs(told - datetime.now(UTC)) < timedelta(minutes=1)
