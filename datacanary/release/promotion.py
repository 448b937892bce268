"""Judged tables become production in one step, or nothing does; and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from datacanary.errors import InUse, Refused
from datacanary.model.release import LiveTable, Observed, PromotionRecord, ReleasePlan
from datacanary.model.verdict import Verdict
from datacanary.model.words import count
from datacanary.protocols.releases import Releases
from datacanary.release.journal import Act, journalled


@dataclass(frozen=True, slots=True)
class Promotion:
    """What is to be promoted, by whom and why nevertheless; `head_sha` ends in `+` for uncommitted changes.

    `head_files` is the digest of head's files, `approval` empty where none was needed. `production` is the schema of
    whose promotion it is, and `keep_replaced` says for how long it keeps what it replaces.
    """

    act: Act
    plan: ReleasePlan
    verdict: Verdict
    base_sha: str
    head_sha: str
    head_files: str = ""
    approval: str = ""
    production: str = ""
    keep_replaced: str = ""

    @property
    def run_id(self) -> str:
        """The run whose tables they are."""
        return self.act.run_id


def promote(promotion: Promotion, releases: Releases, files: Sequence[tuple[str, str]]) -> PromotionRecord:
    """Swap every judged table into production, in one transaction that also writes the record.

    `files` are the data files with the digests that they have now. Raises Refused if production, or what the run
    read, is no longer what it was.
    """
    plan = promotion.plan
    refuse_promoted(promotion.run_id, releases.promotions())
    moved = sorted(name for name, digest in plan.files if (name, digest) not in set(files))
    if moved:
        raise Refused(f"The input moved since the comparison: {', '.join(moved)}.", hint=_AGAIN)
    what = f"{count(len(plan.swaps), 'table')} of {promotion.head_sha[:7]}"
    with (
        journalled(promotion.act, releases, what, lambda: is_live(promotion.run_id, releases.promotions())),
        releases.transaction(),
    ):
        releases.hold([one.relation for one in plan.production])
        _refuse_moved("production", plan.production, [_identity(one, releases) for one in plan.production])
        _refuse_moved("the input", plan.inputs, [_rows(one, releases) for one in plan.inputs])
        record = PromotionRecord(
            run_id=promotion.run_id,
            promoted_at=releases.now(),
            promoted_by=promotion.act.by,
            base_sha=promotion.base_sha,
            head_sha=promotion.head_sha,
            verdict=promotion.verdict.status,
            tables=_verified(releases.swap(plan.swaps), plan),
            approval=promotion.approval,
            head_files=promotion.head_files,
            production=promotion.production,
            keep_replaced=promotion.keep_replaced,
        )
        releases.record(record)
        releases.note(promotion.act.entry("done", promotion.approval))
    return record


def is_live(run_id: str, promotions: Sequence[PromotionRecord]) -> bool:
    """Tell whether a run's promotion stands."""
    return any(one.run_id == run_id and not one.rolled_back_at for one in promotions)


def refuse_promoted(run_id: str, promotions: Sequence[PromotionRecord]) -> None:
    """Raise Refused for a run whose promotion stands."""
    if is_live(run_id, promotions):
        raise Refused(f"{run_id} is promoted already.", hint=f"Undo it with: datacanary rollback {run_id}")


_UNCHANGED = "Nothing was changed."
_AGAIN = f"{_UNCHANGED} Run `datacanary check` again."


def _identity(observed: Observed, releases: Releases) -> Observed:
    return Observed(observed.relation, releases.identity(observed.relation))


def _rows(observed: Observed, releases: Releases) -> Observed:
    return Observed(observed.relation, releases.fingerprint(observed.relation))


def _verified(live: Sequence[LiveTable], plan: ReleasePlan) -> tuple[LiveTable, ...]:
    """Add what is kept, which was verified before the swap; raises Refused for a table that is not as it was judged."""
    judged = {swap.target: swap.judged for swap in plan.swaps if swap.judged is not None}
    other = [str(one.relation) for one in live if judged.get(one.relation, one.promoted) != one.promoted]
    if other:
        raise Refused(f"What the run built is not what was judged any more: {', '.join(other)}.", hint=_AGAIN)
    kept = {one.relation: one.fingerprint for one in plan.production}
    return tuple(replace(one, kept=kept.get(one.relation)) if one.kept_kind else one for one in live)


def _refuse_moved(what: str, before: Sequence[Observed], now: Sequence[Observed]) -> None:
    moved = [str(old.relation) for old, new in zip(before, now, strict=True) if old != new]
    if moved:
        raise Refused(f"{what.capitalize()} moved since the comparison: {', '.join(moved)}.", hint=_AGAIN)


def choose(promotions: Sequence[PromotionRecord], run_id: str | None, production: str) -> PromotionRecord:
    """Return the promotion to undo: the last live one of this production, or the one named by its id, or a part of it.

    Raises Refused if there is none or more than one, if it is of another production, or if a later live promotion, of
    whichever production, touched the same tables.
    """
    live = [promotion for promotion in promotions if not promotion.rolled_back_at]
    chosen = _last(live, production) if run_id is None or run_id == "last" else _named(live, run_id)
    if not chosen.is_of(production):
        raise Refused(
            f"{chosen.run_id} is a promotion of the production {chosen.production}; the config here says {production}.",
            hint="Roll it back in the project that promoted it.",
        )
    touched = {table.relation for table in chosen.tables}
    later = [p for p in live[live.index(chosen) + 1 :] if touched & {table.relation for table in p.tables}]
    if later:
        whose = "" if later[-1].is_of(production) else f", in the project of the production {later[-1].production}"
        raise Refused(
            f"{later[-1].run_id} was promoted after {chosen.run_id} and touched the same tables.",
            hint=f"Roll back the later one first: datacanary rollback {later[-1].run_id}{whose}",
        )
    return chosen


def _last(live: Sequence[PromotionRecord], production: str) -> PromotionRecord:
    own = [promotion for promotion in live if promotion.is_of(production)]
    if own:
        return own[-1]
    others = ", ".join(f"{promotion.run_id} ({promotion.production})" for promotion in live)
    raise Refused(
        f"Nothing is promoted{f' of the production {production}' if live else ''}: there is nothing to roll back.",
        hint=f"Live promotions of other projects: {others}." if live else "",
    )


def _named(live: Sequence[PromotionRecord], run_id: str) -> PromotionRecord:
    named = [promotion for promotion in live if promotion.run_id == run_id] or [
        p for p in live if run_id and (p.run_id.startswith(run_id) or p.run_id.endswith(run_id))
    ]
    if len(named) != 1:
        problem = "may mean more than one promotion" if named else "is not promoted"
        known = ", ".join(promotion.run_id for promotion in live) or "none"
        raise Refused(f"{run_id} {problem}.", hint=f"Live promotions: {known}.")
    return named[0]


def roll_back(record: PromotionRecord, releases: Releases, act: Act) -> PromotionRecord:
    """Put back what a promotion replaced, in one transaction, and return the record as it is then.

    Raises Refused if production is no longer what was promoted, or if a replaced table is gone or no longer fits.
    """
    at = releases.now()
    what = f"{count(len(record.tables), 'table')} as before {record.head_sha[:7]}"
    with (
        journalled(act, releases, what, lambda: not is_live(record.run_id, releases.promotions())),
        releases.transaction(),
    ):
        releases.hold([table.relation for table in record.tables])
        moved = [table.relation for table in record.tables if releases.identity(table.relation) != table.promoted]
        if moved:
            raise Refused(
                f"Production moved since {record.run_id} was promoted: {', '.join(map(str, moved))}.",
                hint=f"Somebody else wrote these tables; nothing was changed. {rebuilding(record)}",
            )
        try:
            releases.restore(_readers_first(record.tables))
        except InUse:
            raise
        except Refused as error:
            # An engine's own words may begin so, too.
            hint = f"{_UNCHANGED} {error.hint.removeprefix(_UNCHANGED)} {rebuilding(record)}"
            raise Refused(error.problem, hint=" ".join(hint.split()), where=error.where) from error
        releases.mark_rolled_back(record, at)
        releases.note(act.entry("done"))
    return replace(record, rolled_back_at=at)


def rebuilding(record: PromotionRecord) -> str:
    """Say how to get the former tables where they cannot be put back."""
    former = [str(table.relation) for table in record.tables if table.action != "created"]
    if not former:
        return "There was nothing before it."
    return (
        f"Build {', '.join(former)} from the old commit ({record.base_sha[:7]}) instead, with your own jobs: "
        f"git worktree add ../former {record.base_sha[:12]}"
    )


def _readers_first(tables: Sequence[LiveTable]) -> Sequence[LiveTable]:
    """Reverse the order of the promotion, which put upstream first."""
    return tuple(reversed(tables))
