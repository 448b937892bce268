"""What is past its time, and what a rollback still needs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from releasing import ITEMS, ORDERS, built, kept, promoted

from datacanary.release.retention import Keeping, droppable, has_way_back, is_expired, kept_until

WEEK, HOUR = timedelta(days=7), timedelta(hours=1)
OURS = Keeping("shop", WEEK)
LIVE, UNDONE = promoted("r1", ORDERS), promoted("r1", ORDERS, back_at="2026-11-21T00:00:00Z")


@pytest.mark.parametrize(
    ("hours", "keep", "expired"),
    [(167, WEEK, False), (168, WEEK, True), (10_000, None, False), (13, timedelta(hours=12), True)],
)
def test_what_a_live_promotion_replaced_is_kept_as_long_as_the_config_says(
    hours: int, keep: timedelta | None, *, expired: bool
) -> None:
    at = datetime(2026, 11, 20, 10, tzinfo=UTC) + timedelta(hours=hours)
    assert is_expired(kept("r1"), [LIVE], Keeping("shop", keep), at) is expired


@pytest.mark.parametrize("keep", [WEEK, HOUR, None])
def test_a_promotion_keeps_what_it_replaced_as_long_as_its_own_config_said(keep: timedelta | None) -> None:
    theirs = Keeping("finance", keep)
    live = replace(LIVE, production=theirs.production, keep_replaced=theirs.as_text())
    until = None if keep is None else datetime(2026, 11, 20, 10, tzinfo=UTC) + keep
    assert kept_until(live, Keeping("shop", HOUR)) == until
    assert kept_until(live, Keeping("finance", HOUR)) == until


def test_what_another_production_keeps_for_nobody_knows_how_long_is_kept() -> None:
    assert kept_until(replace(LIVE, production="finance"), Keeping("shop", HOUR)) is None
    assert kept_until(replace(LIVE, keep_replaced="until the moon is full"), Keeping("shop", HOUR)) is None


def test_the_way_back_is_open_while_all_that_was_replaced_is_there() -> None:
    assert has_way_back(LIVE, [kept("r1"), built("r1")])
    assert not has_way_back(LIVE, [kept("r2"), built("r1")])
    assert not has_way_back(promoted("r1", ORDERS, ITEMS), [kept("r1")])
    assert has_way_back(promoted("r1"), [])


def test_what_no_promotion_stands_on_is_past_its_time_at_once() -> None:
    at = datetime(2026, 11, 20, 11, tzinfo=UTC)
    assert is_expired(kept("r1"), [UNDONE], Keeping("shop", None), at)
    assert is_expired(kept("r1"), [promoted("r2", ORDERS)], Keeping("shop", None), at)


@pytest.mark.parametrize(("day", "expired"), [(22, False), (23, True)])
def test_a_build_expires_when_it_says_so(day: int, *, expired: bool) -> None:
    at = datetime(2026, 11, day, 12, tzinfo=UTC)
    assert is_expired(built("r1"), [LIVE], OURS, at) is expired
    assert not is_expired(built("r1", expires_at=""), [LIVE], OURS, at)


def test_dropping_a_run_leaves_the_way_back_of_its_promotion() -> None:
    registered = [built("r1"), kept("r1"), built("r2")]
    assert droppable(registered, [LIVE], {"r1"}) == (built("r1"),)
    assert droppable(registered, [UNDONE], {"r1"}) == (built("r1"), kept("r1"))
    assert droppable(registered, [LIVE], set()) == ()
