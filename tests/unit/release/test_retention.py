"""What is past its time, and what a rollback still needs."""

from datetime import UTC, datetime, timedelta

import pytest
from releasing import ORDERS, built, kept, promoted

from datacanary.release.retention import droppable, is_expired

WEEK = timedelta(days=7)
LIVE, UNDONE = promoted("r1", ORDERS), promoted("r1", ORDERS, back_at="2026-11-21T00:00:00Z")


@pytest.mark.parametrize(
    ("hours", "keep", "expired"),
    [(167, WEEK, False), (168, WEEK, True), (10_000, None, False), (13, timedelta(hours=12), True)],
)
def test_what_a_live_promotion_replaced_is_kept_as_long_as_the_config_says(
    hours: int, keep: timedelta | None, *, expired: bool
) -> None:
    at = datetime(2026, 11, 20, 10, tzinfo=UTC) + timedelta(hours=hours)
    assert is_expired(kept("r1"), [LIVE], keep, at) is expired


def test_what_no_promotion_stands_on_is_past_its_time_at_once() -> None:
    at = datetime(2026, 11, 20, 11, tzinfo=UTC)
    assert is_expired(kept("r1"), [UNDONE], None, at)
    assert is_expired(kept("r1"), [promoted("r2", ORDERS)], None, at)


@pytest.mark.parametrize(("day", "expired"), [(22, False), (23, True)])
def test_a_build_expires_when_it_says_so(day: int, *, expired: bool) -> None:
    at = datetime(2026, 11, day, 12, tzinfo=UTC)
    assert is_expired(built("r1"), [LIVE], None, at) is expired
    assert not is_expired(built("r1", expires_at=""), [LIVE], None, at)


def test_dropping_a_run_leaves_the_way_back_of_its_promotion() -> None:
    registered = [built("r1"), kept("r1"), built("r2")]
    assert droppable(registered, [LIVE], {"r1"}) == (built("r1"),)
    assert droppable(registered, [UNDONE], {"r1"}) == (built("r1"), kept("r1"))
    assert droppable(registered, [LIVE], set()) == ()
