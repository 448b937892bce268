"""Judged tables become production in one step, or nothing does; and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datacanary.errors import Refused
from datacanary.model.release import LiveTable, Observed, PromotionRecord, ReleasePlan
from datacanary.model.verdict import Verdict
from datacanary.protocols import Releases


@dataclass(frozen=True, slots=True)
class Promotion:
    """What is to be promoted, by whom and when (ISO 8601 in UTC); `head_sha` ends in `+` for uncommitted changes."""

    run_id: str
    plan: ReleasePlan
    verdict: Verdict
    base_sha: str
    head_sha: str
    by: str
    at: str


def refuse_unfit(promotion: Promotion, engine: str) -> None:
    """Raise Refused for a run that may not be promoted, whatever production looks like."""
    again = "Run `datacanary check` again."
    if promotion.verdict.status not in {"pass", "warn"}:
        raise Refused(
            f"The verdict of {promotion.run_id} is {promotion.verdict.status}: {promotion.verdict.summary}.",
            hint="Only a run that passed, or passed with warnings, is promoted.",
        )
    if promotion.plan.obstacles:
        raise Refused(f"{promotion.run_id} cannot be promoted: {'; '.join(promotion.plan.obstacles)}.")
    if not promotion.plan.swaps:
        raise Refused(f"{promotion.run_id} changed no table: there is nothing to promote.")
    if promotion.plan.engine != engine:
        raise Refused(
            f"{promotion.run_id} was made with {promotion.plan.engine}, this is {engine}: "
            "whether production moved cannot be told.",
            hint=again,
        )


def promote(promotion: Promotion, releases: Releases, files: Sequence[tuple[str, str]]) -> PromotionRecord:
    """Swap every judged table into production, in one transaction that also writes the record.

    `files` are the data files with the digests that they have now. Raises Refused if production, or what the run
    read, is no longer what it was.
    """
    with releases.transaction():
        plan = promotion.plan
        if any(one.run_id == promotion.run_id and not one.rolled_back_at for one in releases.promotions()):
            raise Refused(
                f"{promotion.run_id} is promoted already.", hint=f"Undo it with: datacanary rollback {promotion.run_id}"
            )
        _refuse_moved("production", plan.production, [_identity(one, releases) for one in plan.production])
        _refuse_moved("the input", plan.inputs, [_rows(one, releases) for one in plan.inputs])
        moved = sorted(name for name, digest in plan.files if (name, digest) not in set(files))
        if moved:
            raise Refused(f"The input moved since the comparison: {', '.join(moved)}.", hint=_AGAIN)
        live = tuple(releases.swap(swap) for swap in plan.swaps)
        record = PromotionRecord(
            run_id=promotion.run_id,
            promoted_at=promotion.at,
            promoted_by=promotion.by,
            base_sha=promotion.base_sha,
            head_sha=promotion.head_sha,
            verdict=promotion.verdict.status,
            tables=live,
        )
        releases.record(record)
    return record


_AGAIN = "Nothing was changed. Run `datacanary check` again."


def _identity(observed: Observed, releases: Releases) -> Observed:
    return Observed(observed.relation, releases.identity(observed.relation))


def _rows(observed: Observed, releases: Releases) -> Observed:
    return Observed(observed.relation, releases.fingerprint(observed.relation))


def _refuse_moved(what: str, before: Sequence[Observed], now: Sequence[Observed]) -> None:
    moved = [str(old.relation) for old, new in zip(before, now, strict=True) if old != new]
    if moved:
        raise Refused(f"{what.capitalize()} moved since the comparison: {', '.join(moved)}.", hint=_AGAIN)


def choose(promotions: Sequence[PromotionRecord], run_id: str | None) -> PromotionRecord:
    """Return the promotion to undo: the last that is live, or the one named by its id, or by its beginning or end.

    Raises Refused if there is none or more than one, or if a later live promotion touched the same tables.
    """
    live = [promotion for promotion in promotions if not promotion.rolled_back_at]
    if run_id is None or run_id == "last":
        if not live:
            raise Refused("Nothing is promoted: there is nothing to roll back.")
        return live[-1]
    named = [promotion for promotion in live if promotion.run_id == run_id] or [
        p for p in live if run_id and (p.run_id.startswith(run_id) or p.run_id.endswith(run_id))
    ]
    if len(named) != 1:
        problem = "may mean more than one promotion" if named else "is not promoted"
        known = ", ".join(promotion.run_id for promotion in live) or "none"
        raise Refused(f"{run_id} {problem}.", hint=f"Live promotions: {known}.")
    chosen = named[0]
    touched = {table.relation for table in chosen.tables}
    later = [p for p in live[live.index(chosen) + 1 :] if touched & {table.relation for table in p.tables}]
    if later:
        raise Refused(
            f"{later[-1].run_id} was promoted after {chosen.run_id} and touched the same tables.",
            hint=f"Roll back the later one first: datacanary rollback {later[-1].run_id}",
        )
    return chosen


def roll_back(record: PromotionRecord, releases: Releases, at: str) -> None:
    """Put back what a promotion replaced, in one transaction.

    Raises Refused if production is no longer what was promoted, or if a replaced table is gone.
    """
    with releases.transaction():
        moved = [table.relation for table in record.tables if releases.identity(table.relation) != table.promoted]
        if moved:
            raise Refused(
                f"Production moved since {record.run_id} was promoted: {', '.join(map(str, moved))}.",
                hint="Somebody else wrote these tables; nothing was changed. Build them again from the old commit "
                f"({record.base_sha[:7]}) instead.",
            )
        for table in _readers_first(record.tables):
            releases.restore(table)
        releases.mark_rolled_back(record, at)


def _readers_first(tables: Sequence[LiveTable]) -> Sequence[LiveTable]:
    """Reverse the order of the promotion, which put upstream first."""
    return tuple(reversed(tables))
