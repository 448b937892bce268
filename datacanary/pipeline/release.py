"""Promote a stored run, roll back a promotion, and what is live."""

from __future__ import annotations

import getpass
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from datacanary.errors import Interrupted
from datacanary.model.config import Config
from datacanary.model.release import PromotionRecord
from datacanary.model.words import count
from datacanary.pipeline.check import Tell, check
from datacanary.pipeline.home import Asked, Home, find_home, open_warehouse, read_config
from datacanary.pipeline.inputs import digests
from datacanary.pipeline.reporting import Checked
from datacanary.protocols import Warehouse
from datacanary.release.promotion import Promotion, choose, promote, refuse_unfit, roll_back
from datacanary.runs import RunFolder, Runs, StoredRun, runs_of


@dataclass(frozen=True, slots=True)
class Desk:
    """The project as it is on the disk, with its runs and its warehouse: for all that needs no versions."""

    home: Home
    config: Config
    runs: Runs
    warehouse: Warehouse


def open_desk(asked: Asked) -> Desk:
    """Find the project; touches no warehouse yet."""
    home = find_home(asked)
    config = read_config(home, asked.environ)
    return Desk(home, config, runs_of(home.folder, asked.environ), open_warehouse(config, home, asked.environ))


@contextmanager
def _wholly_or_not() -> Iterator[None]:
    """Say of a signal what is true whenever it came: before, during or after the commit."""
    hint = "Production is wholly as it was, or the step is wholly done; `datacanary status` tells which."
    try:
        yield
    except KeyboardInterrupt as error:
        raise Interrupted("Interrupted.", signal_number=signal.SIGINT, hint=hint) from error
    except Interrupted as error:
        raise Interrupted(error.problem, signal_number=error.exit_code - 128, hint=hint) from error


@_wholly_or_not()
def promote_run(asked: Asked, run_id: str, tell: Tell) -> PromotionRecord:
    """Put the very tables that a run judged into production; raises Refused if it must not be."""
    desk = open_desk(asked)
    folder = desk.runs.find(run_id)
    return _promote(desk, folder, desk.runs.load(folder), asked.environ, tell)


@_wholly_or_not()
def _promote(desk: Desk, folder: RunFolder, run: StoredRun, environ: Mapping[str, str], tell: Tell) -> PromotionRecord:
    promotion = _promotion(run, environ)
    refuse_unfit(promotion, desk.warehouse.engine)
    now = digests(tuple(Path(name) for name, _ in promotion.plan.files))
    tell(f"swapping {count(len(promotion.plan.swaps), 'table')}")
    with desk.warehouse.releases(folder.path, folder.run_id) as releases:
        return promote(promotion, releases, now)


def _promotion(run: StoredRun, environ: Mapping[str, str]) -> Promotion:
    from datacanary.model.release import ReleasePlan  # noqa: PLC0415 -- only for the empty plan

    head = run.report.versions.head
    return Promotion(
        run_id=run.report.run_id,
        plan=run.release or ReleasePlan((), (), (), (), ""),
        verdict=run.report.verdict,
        base_sha=run.report.versions.base.sha,
        head_sha=f"{head.sha}{'+' if head.dirty else ''}",
        by=environ.get("DATACANARY_USER") or getpass.getuser(),
        at=_now(),
    )


@_wholly_or_not()
def roll_back_run(asked: Asked, run_id: str | None, tell: Tell) -> PromotionRecord:
    """Put back what the last, or the named, promotion replaced; raises Refused if it cannot be."""
    desk = open_desk(asked)
    with desk.warehouse.releases(None, "") as releases:
        chosen = choose(releases.promotions(), run_id)
        tell(f"putting back {count(len(chosen.tables), 'table')}")
        at = _now()
        roll_back(chosen, releases, at)
    return replace(chosen, rolled_back_at=at)


def deploy(asked: Asked, tell: Tell, judged: Callable[[Checked], None]) -> tuple[Checked, PromotionRecord | None]:
    """Check, then promote on pass or warn, and drop head's tables otherwise.

    `judged` is told before anything is promoted: the verdict must be known even if the promotion is refused.
    """
    done = check(asked, "deploy", tell)
    judged(done)
    desk = open_desk(asked)
    run = done.runs.load(done.folder)
    if done.report.verdict.status in {"pass", "warn"}:
        if run.release is None or not run.release.swaps:
            return done, None
        return done, _promote(desk, done.folder, run, asked.environ, tell)
    done.runs.discard(done.folder, replace(run, release=None))
    return done, None


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
