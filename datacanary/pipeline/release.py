"""Promote a stored run, and roll back a promotion."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from datacanary.errors import CanaryError, Interrupted, OwnMistake, RunError
from datacanary.model.basic import Relation
from datacanary.model.release import PromotionRecord, ReleasePlan
from datacanary.model.words import count
from datacanary.pipeline.check import check
from datacanary.pipeline.desk import Desk, drop_in_warehouse, expired_replaced, open_desk
from datacanary.pipeline.home import Asked, Tell
from datacanary.pipeline.inputs import digests
from datacanary.pipeline.judged import head_now, owner_of, place_of
from datacanary.pipeline.leftovers import drop_builds
from datacanary.pipeline.reporting import Checked
from datacanary.project.git.pull_request import pull_request_event
from datacanary.release.policy import (
    Candidate,
    approved,
    objections,
    owners,
    refuse_changed_head,
    refuse_event,
    refuse_unfit,
)
from datacanary.release.promotion import Promotion, choose, promote, refuse_promoted, roll_back
from datacanary.runs import RunFolder, Runs, StoredRun


@contextmanager
def _wholly_or_not() -> Iterator[None]:
    """Say of a signal, or of a mistake of ours, what is true whenever it came: before, during or after the commit."""
    hint = "Production is wholly as it was, or the step is wholly done; `datacanary status` tells which."
    try:
        yield
    except KeyboardInterrupt as error:
        raise Interrupted("Interrupted.", signal_number=signal.SIGINT, hint=hint) from error
    except Interrupted as error:
        raise Interrupted(error.problem, signal_number=error.exit_code - 128, hint=hint) from error
    except CanaryError:
        raise
    except Exception as error:
        raise OwnMistake(f"datacanary itself failed ({type(error).__name__}).", hint=hint) from error


@_wholly_or_not()
def promote_run(asked: Asked, run_id: str, approval: str, tell: Tell) -> PromotionRecord:
    """Put the very tables that a run judged into production; raises Refused if it must not be.

    `approval` is why it is promoted although a policy is against it, empty for none.
    """
    refuse_event(pull_request_event(asked.environ), "promote")
    desk = open_desk(asked)
    folder = desk.runs.find(run_id)
    return _promote(desk, folder, desk.runs.load(folder), approval, tell)


@_wholly_or_not()
def _promote(desk: Desk, folder: RunFolder, run: StoredRun, approval: str, tell: Tell) -> PromotionRecord:
    candidate = _candidate(run)
    refuse_unfit(candidate, desk.warehouse.engine, place_of(desk.warehouse, desk.config))
    if candidate.judged is not None:
        now = head_now(candidate.head, candidate.base, candidate.judged, desk.config, desk.home)
        refuse_changed_head(candidate, now)
    files = digests(tuple(Path(name) for name, _ in candidate.plan.files))
    with desk.warehouse.releases(folder.path, folder.run_id, desk.holder) as releases:
        promotions = releases.promotions()
        refuse_promoted(folder.run_id, promotions)
        touched = frozenset(swap.target for swap in candidate.plan.swaps)
        owned_by = [owner_of(one, candidate.base, desk.config, desk.home) for one in owners(promotions, touched)]
        reason = approved(objections(candidate, owned_by), approval, folder.run_id)
        tell(f"swapping {count(len(candidate.plan.swaps), 'table')}")
        record = promote(_promotion(candidate, desk, reason), releases, files)
    _drop_expired(desk, tell)
    return record


def _candidate(run: StoredRun) -> Candidate:
    versions = run.report.versions
    return Candidate(
        run_id=run.report.run_id,
        plan=run.release or ReleasePlan((), (), (), (), ""),
        verdict=run.report.verdict,
        base=versions.base,
        head=versions.head,
        judged=run.judged,
    )


def _promotion(candidate: Candidate, desk: Desk, approval: str) -> Promotion:
    head = candidate.head
    return Promotion(
        act=desk.act(candidate.run_id, "promote"),
        plan=candidate.plan,
        verdict=candidate.verdict,
        base_sha=candidate.base.sha,
        head_sha=f"{head.sha}{'+' if head.dirty else ''}",
        head_files=candidate.judged.files if candidate.judged else "",
        approval=approval,
        production=desk.keeping.production,
        keep_replaced=desk.keeping.as_text(),
    )


def _drop_expired(desk: Desk, tell: Tell) -> None:
    """Drop what earlier promotions keep past its time; the promotion itself is done, whatever comes of this."""
    try:
        dropped = drop_in_warehouse(desk, expired_replaced(desk))
    except CanaryError as error:
        tell(f"what is past its time stays for `datacanary clean --expired`: {error.problem}")
    else:
        if dropped:
            tell(f"dropped, since it is past its time: {', '.join(one.name for one in dropped)}")


@dataclass(frozen=True, slots=True)
class RolledBack:
    """A promotion that was undone, and what was built on it since: views, and later promotions that read its tables."""

    record: PromotionRecord
    readers: tuple[Relation, ...]
    later: tuple[PromotionRecord, ...]


@_wholly_or_not()
def roll_back_run(asked: Asked, run_id: str | None, tell: Tell) -> RolledBack:
    """Put back what this production's last, or the named, promotion replaced; raises Refused if it cannot be."""
    refuse_event(pull_request_event(asked.environ), "roll back")
    desk = open_desk(asked)
    with desk.warehouse.releases(None, "", desk.holder) as releases:
        promotions = releases.promotions()
        chosen = choose(promotions, run_id, desk.config.production)
        readers, later = releases.readers(chosen.tables), tuple(_built_on(chosen, promotions, desk.runs))
        tell(f"putting back {count(len(chosen.tables), 'table')}")
        done = roll_back(chosen, releases, desk.act(chosen.run_id, "rollback"))
    return RolledBack(done, readers, later)


def _built_on(chosen: PromotionRecord, promotions: Sequence[PromotionRecord], runs: Runs) -> Iterator[PromotionRecord]:
    """Find the later promotions whose builds read what is put back, as far as their runs are on this machine."""
    tables = {table.relation for table in chosen.tables}
    stored = {folder.run_id: folder for folder in runs.all() if folder.finished}
    for one in promotions[promotions.index(chosen) + 1 :]:
        if one.rolled_back_at or one.run_id not in stored:
            continue
        # Of a result that cannot be read nobody knows what its builds read.
        with suppress(RunError):
            release = runs.load(stored[one.run_id]).release
            if release is not None and tables & {read.relation for read in release.inputs}:
                yield one


def deploy(asked: Asked, tell: Tell, judged: Callable[[Checked], None]) -> tuple[Checked, PromotionRecord | None]:
    """Check, then promote on pass or warn, and drop head's tables otherwise.

    `judged` is told before anything is promoted: the verdict must be known even if the promotion is refused.
    """
    refuse_event(pull_request_event(asked.environ), "deploy")
    done = check(asked, "deploy", tell)
    judged(done)
    desk = open_desk(asked)
    run = done.runs.load(done.folder)
    if done.report.verdict.status in {"pass", "warn"}:
        if run.release is None or not run.release.swaps:
            return done, None
        return done, _promote(desk, done.folder, run, "", tell)
    _discard(desk, done, run, tell)
    return done, None


def _discard(desk: Desk, done: Checked, run: StoredRun, tell: Tell) -> None:
    """Drop head's tables and keep the record; the verdict stands, whatever comes of this."""
    done.runs.discard(done.folder, replace(run, release=None))
    try:
        drop_builds(desk.warehouse, done.folder.run_id)
    except CanaryError as error:
        tell(f"head's tables stay in the warehouse for `datacanary clean --run {done.folder.run_id}`: {error.problem}")
