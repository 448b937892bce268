"""The project as it is on the disk, for all that needs no versions; and what of ours is dropped in its warehouse."""

from __future__ import annotations

import getpass
import os
import platform
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from datacanary.model.config import Config
from datacanary.model.release import PromotionRecord, Registered
from datacanary.pipeline.home import Asked, Home, find_home, open_warehouse, read_config
from datacanary.protocols.warehouse import Warehouse
from datacanary.release.journal import Act, ActKind
from datacanary.release.retention import droppable, is_expired
from datacanary.runs import Runs, runs_of


@dataclass(frozen=True, slots=True)
class Desk:
    """The project with its runs and its warehouse; `user` is who answers for what is done."""

    home: Home
    config: Config
    runs: Runs
    warehouse: Warehouse
    user: str

    @property
    def holder(self) -> str:
        """Whom others are told of while we have the lease."""
        return f"{self.user}@{platform.node()} pid {os.getpid()}"

    def act(self, run_id: str, kind: ActKind) -> Act:
        """Begin to write down what is done to production."""
        return Act(run_id, kind, self.user, now)


def open_desk(asked: Asked) -> Desk:
    """Find the project; touches no warehouse yet."""
    home = find_home(asked)
    config = read_config(home, asked.environ)
    warehouse = open_warehouse(config, home, asked.environ)
    return Desk(home, config, runs_of(home.folder, asked.environ), warehouse, _user(asked.environ))


def _user(environ: Mapping[str, str]) -> str:
    return environ.get("DATACANARY_USER") or getpass.getuser()


def now() -> str:
    """Return the time, ISO 8601 in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def expired_replaced(desk: Desk) -> tuple[Registered, ...]:
    """Return what live promotions keep of what they replaced, past its time."""
    return tuple(one for one in expired(desk) if one.kind == "replaced")


def expired(desk: Desk) -> tuple[Registered, ...]:
    """Return what is past its time in the warehouse, whichever machine it is of."""
    return expired_of(desk, desk.warehouse.registered(), desk.warehouse.promotions())


def expired_of(
    desk: Desk, registered: Sequence[Registered], promotions: Sequence[PromotionRecord]
) -> tuple[Registered, ...]:
    """Return what of this is past its time."""
    keep, at = desk.config.release.keep_replaced, datetime.now(UTC)
    return tuple(one for one in registered if is_expired(one, promotions, keep, at))


def of_runs(desk: Desk, runs: Collection[str]) -> tuple[Registered, ...]:
    """Return what these runs have in the warehouse and no rollback needs."""
    registered = desk.warehouse.registered()
    return droppable(registered, desk.warehouse.promotions(), runs) if registered else ()


def drop_in_warehouse(desk: Desk, chosen: Sequence[Registered]) -> tuple[Registered, ...]:
    """Drop these and return them; that a way back is gone, the journal tells.

    Raises Refused if somebody else has production.
    """
    acts = [desk.act(run_id, "clean") for run_id in sorted({one.run_id for one in chosen if one.kind == "replaced"})]
    if acts:
        with desk.warehouse.releases(None, "", desk.holder) as releases:
            for act in acts:
                names = [one.name for one in chosen if one.run_id == act.run_id and one.kind == "replaced"]
                releases.note(act.entry("begun", f"what the promotion replaced: {', '.join(names)}"))
    desk.warehouse.drop(chosen)
    if acts:
        with desk.warehouse.releases(None, "", desk.holder) as releases:
            for act in acts:
                releases.note(act.entry("done"))
    return tuple(chosen)
