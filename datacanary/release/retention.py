"""How long what a promotion replaced is kept, and what may be dropped."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from datacanary.model.release import PromotionRecord, Registered

_FOREVER = "forever"


@dataclass(frozen=True, slots=True)
class Keeping:
    """What a config says: of which production it is, and for how long it keeps what is replaced, None for ever."""

    production: str
    keep: timedelta | None

    def as_text(self) -> str:
        """Write for how long, as a promotion remembers it.

        >>> Keeping("analytics", timedelta(hours=12)).as_text()
        '43200'
        """
        return _FOREVER if self.keep is None else str(int(self.keep.total_seconds()))


def kept_until(promotion: PromotionRecord, own: Keeping) -> datetime | None:
    """Return until when a promotion can be rolled back, None for ever.

    It says so itself; where it was made by an earlier version, which did not write it down, our own config does.

    >>> record = PromotionRecord("r", "2026-11-20T10:00:00Z", "ada", "", "", "pass", ())
    >>> kept_until(record, Keeping("analytics", timedelta(days=7)))
    datetime.datetime(2026, 11, 27, 10, 0, tzinfo=datetime.timezone.utc)
    """
    if promotion.keep_replaced:
        # What only a later version understands is kept.
        digits = promotion.keep_replaced
        keep = timedelta(seconds=int(digits)) if digits.isdecimal() else None
    else:
        keep = own.keep if promotion.is_of(own.production) else None
    return None if keep is None else datetime.fromisoformat(promotion.promoted_at) + keep


def is_expired(registered: Registered, promotions: Sequence[PromotionRecord], own: Keeping, now: datetime) -> bool:
    """Tell whether something of ours in the warehouse is past its time.

    What was replaced is so once its promotion is; of a promotion that does not stand there is no way back to keep.
    """
    if registered.kind == "build":
        return bool(registered.expires_at) and datetime.fromisoformat(registered.expires_at) <= now
    live = _live(registered.run_id, promotions)
    if live is None:
        return True
    until = kept_until(live, own)
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


def has_way_back(promotion: PromotionRecord, registered: Sequence[Registered]) -> bool:
    """Tell whether all that a promotion replaced is still there."""
    there = {one.name for one in registered if one.kind == "replaced" and one.run_id == promotion.run_id}
    return all(
        (table.kept_schema or f"{table.relation.schema}.{table.kept_as}") in there
        for table in promotion.tables
        if table.kept_kind
    )


def _live(run_id: str, promotions: Sequence[PromotionRecord]) -> PromotionRecord | None:
    found = [one for one in promotions if one.run_id == run_id and not one.rolled_back_at]
    return found[-1] if found else None
