"""When a run may be promoted: what nobody can overrule, and what somebody may approve with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from datacanary.errors import Refused
from datacanary.model.basic import Relation, Version
from datacanary.model.release import Judged, PromotionRecord, ReleasePlan
from datacanary.model.verdict import Verdict

_AGAIN = "Run `datacanary check` again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A run that somebody wants to promote, as it was stored; `judged` is None for one of an earlier version."""

    run_id: str
    plan: ReleasePlan
    verdict: Verdict
    base: Version
    head: Version
    judged: Judged | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadNow:
    """What became of head since it was judged; `place` is where somebody looked: the working tree, or a branch.

    `files` is the digest of its files now, None where the branch is gone; `named` says that head was a commit by its
    id, which cannot move; `merged` says that base's branch has now just what was judged.
    """

    place: str
    files: str | None
    named: bool
    merged: bool


@dataclass(frozen=True, slots=True)
class Owner:
    """A live promotion that touched the same tables, and whether its commit is contained in the run's base.

    `unknown`: this clone does not have the commit; `cure` says how to get it.
    """

    promotion: PromotionRecord
    state: Literal["contained", "absent", "unknown"]
    cure: str = ""


@dataclass(frozen=True, slots=True)
class Objection:
    """What a policy has against a promotion, and what to do about it but to approve."""

    problem: str
    cure: str


def refuse_event(event: str, act: str) -> None:
    """Raise Refused for what runs on a pull request's event, whose code nobody has accepted; `event` is its sign."""
    if event:
        raise Refused(
            f"This job runs for a pull request ({event}): production is not changed from there.",
            hint=f"Let the pull request's job run `datacanary check`, and {act} after the merge, in a job of its own.",
        )


def refuse_unfit(candidate: Candidate, engine: str, place: str) -> None:
    """Raise Refused for a run of which nothing can be promoted, whatever production looks like."""
    plan, run_id = candidate.plan, candidate.run_id
    if plan.obstacles:
        raise Refused(
            f"{run_id} cannot be promoted: {'; '.join(plan.obstacles)}.", hint=f"Once that is no longer so: {_AGAIN}"
        )
    if not plan.swaps:
        if candidate.verdict.status in {"fail", "inconclusive"}:
            raise Refused(
                f"{run_id} is {candidate.verdict.status}, and nothing that could be promoted was kept of it: "
                "deploy drops head's tables then.",
                hint='Run `datacanary check`, then `datacanary promote last --approve "REASON"` if they are wanted.',
            )
        raise Refused(f"{run_id} changed no table: there is nothing to promote.")
    if plan.engine != engine:
        raise Refused(
            f"{run_id} was made with {plan.engine}, this is {engine}: whether production moved cannot be told.",
            hint=_AGAIN,
        )
    if candidate.judged is not None and candidate.judged.place != place:
        raise Refused(
            f"{run_id} was judged for {candidate.judged.place}; the config now says {place}.",
            hint=f"{_AGAIN} Or put the config back.",
        )


def refuse_changed_head(candidate: Candidate, now: HeadNow) -> None:
    """Raise Refused if head is no longer what was judged: somebody would take the new code for checked."""
    judged, head = candidate.judged, candidate.head
    if judged is None or now.merged or (now.named and not judged.worktree) or now.files == judged.files:
        return
    if now.files is None:
        raise Refused(
            f"{now.place} is gone, and {candidate.base.ref} does not have what was judged.",
            hint=f"Judge the commit by its id: datacanary check --head {head.sha[:12]}",
        )
    raise Refused(
        f"{now.place} is not what {candidate.run_id} judged: files of the project changed since.", hint=_AGAIN
    )


def owners(promotions: Sequence[PromotionRecord], touched: frozenset[Relation]) -> tuple[PromotionRecord, ...]:
    """Return the live promotions that were the last to touch one of these tables, oldest first."""
    last = {
        table.relation: promotion
        for promotion in promotions
        if not promotion.rolled_back_at
        for table in promotion.tables
        if table.relation in touched
    }
    chosen = {one.run_id for one in last.values()}
    return tuple(one for one in promotions if one.run_id in chosen and not one.rolled_back_at)


def objections(candidate: Candidate, owned_by: Sequence[Owner]) -> tuple[Objection, ...]:
    """Return all that policies have against a promotion."""
    found = []
    verdict = candidate.verdict
    if verdict.status not in {"pass", "warn"}:
        found.append(
            Objection(
                f"The verdict of {candidate.run_id} is {verdict.status}: {verdict.summary}.",
                "Only a run that passed, or passed with warnings, is promoted.",
            )
        )
    return (*found, *(_not_based_on(candidate, one) for one in owned_by if one.state != "contained"))


def _not_based_on(candidate: Candidate, owner: Owner) -> Objection:
    promotion, base = owner.promotion, candidate.base
    commit = f"{promotion.head_sha[:7]}{' + uncommitted changes' if promotion.head_sha.endswith('+') else ''}"
    tables = ", ".join(sorted(_shared(candidate, promotion)))
    if owner.state == "unknown":
        return Objection(
            f"{tables} is of the promotion {promotion.run_id}, whose commit {commit} is not in this clone: whether "
            f"base, {base}, has it cannot be told.",
            owner.cure,
        )
    return Objection(
        f"Base, {base}, does not have the commit that was promoted last, {commit} by {promotion.run_id}: {tables} "
        "would lose what it brought.",
        f"Merge it into {base.ref} and into head, then check again; or datacanary rollback {promotion.run_id}.",
    )


def _shared(candidate: Candidate, promotion: PromotionRecord) -> set[str]:
    touched = {swap.target for swap in candidate.plan.swaps}
    return {str(table.relation) for table in promotion.tables if table.relation in touched}


def approved(found: Sequence[Objection], reason: str, run_id: str) -> str:
    """Return the reason to write down, an empty text where none is needed; raises Refused if it is needed and lacks."""
    if not found:
        return ""
    if reason:
        return reason
    cure = " ".join(one.cure for one in found)
    raise Refused(
        " ".join(one.problem for one in found),
        hint=f'{cure} Who answers for it promotes it nevertheless: datacanary promote {run_id} --approve "REASON"',
    )
