"""How long what a promotion replaced is kept, and what may be dropped."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from datacanary.model.release import PromotionRecord, Registered


def kept_until(promotion: PromotionRecord, keep: timedelta | None) -> datetime | None:
    """Return until when a promotion can be rolled back, None for ever.

    >>> kept_until(PromotionRecord("r", "2026-11-20T10:00:00Z", "ada", "", "", "pass", ()), timedelta(days=7))
    datetime.datetime(2026, 11, 27, 10, 0, tzinfo=datetime.timezone.utc)
    """
    return None if keep is None else datetime.fromisoformat(promotion.promoted_at) + keep


def is_expired(
    registered: Registered, promotions: Sequence[PromotionRecord], keep: timedelta | None, now: datetime
) -> bool:
    """Tell whether something of ours in the warehouse is past its time.

    What was replaced is so once its promotion is; of a promotion that does not stand there is no way back to keep.
    """
    if registered.kind == "build":
        return bool(registered.expires_at) and datetime.fromisoformat(registered.expires_at) <= now
    live = _live(registered.run_id, promotions)
    if live is None:
        return True
    until = kept_until(live, keep)
    return until is not None and until <= now


def droppable(
    registered: Sequence[Registered], promotions: Sequence[PromotionRecord], runs: Collection[str]
) -> tuple[Registered, ...]:
    """Return what these runs have in the warehouse and no rollback needs."""
    return tuple(
        one
        for one in registered
        if one.run_id in runs and (one.kind == "build" or _live(one.run_id, promotions) is None)
    )


def _live(run_id: str, promotions: Sequence[PromotionRecord]) -> PromotionRecord | None:
    found = [one for one in promotions if one.run_id == run_id and not one.rolled_back_at]
    return found[-1] if found else None
