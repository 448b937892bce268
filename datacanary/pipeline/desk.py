"""The project as it is on the disk, for all that needs no versions; and what of ours is dropped in its warehouse."""

from __future__ import annotations

import getpass
import os
import platform
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from datacanary.errors import UnknownOutcome, WarehouseError
from datacanary.model.config import Config
from datacanary.model.release import PromotionRecord, Registered
from datacanary.pipeline.home import Asked, Home, find_home, open_warehouse, read_config
from datacanary.protocols.releases import Releases
from datacanary.protocols.warehouse import Warehouse
from datacanary.release.journal import Act, ActKind, journalled
from datacanary.release.retention import Keeping, droppable, is_expired
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

    @property
    def keeping(self) -> Keeping:
        """For how long promotions keep what they replace."""
        return Keeping(self.config.production, self.config.release.keep_replaced)

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
    at = datetime.now(UTC)
    return tuple(one for one in registered if is_expired(one, promotions, desk.keeping, at))


def of_runs(desk: Desk, runs: Collection[str]) -> tuple[Registered, ...]:
    """Return what these runs have in the warehouse and no rollback needs."""
    registered = desk.warehouse.registered()
    return droppable(registered, desk.warehouse.promotions(), runs) if registered else ()


def drop_in_warehouse(desk: Desk, chosen: Sequence[Registered]) -> tuple[Registered, ...]:
    """Drop these and return what was dropped: of what promotions replaced, only what none of them needs at that moment.

    That a way back is gone, the journal tells. Raises Refused if somebody else has production.
    """
    builds = tuple(one for one in chosen if one.kind == "build")
    if builds:
        desk.warehouse.drop(builds)
    replaced = {(one.name, one.run_id) for one in chosen if one.kind == "replaced"}
    return (*builds, *(_drop_replaced(desk, replaced) if replaced else ()))


def _drop_replaced(desk: Desk, chosen: Collection[tuple[str, str]]) -> tuple[Registered, ...]:
    """Look again while nobody else can change production: a promotion registers what it keeps before it is done."""
    dropped: list[Registered] = []
    problems = []
    with desk.warehouse.releases(None, "", desk.holder) as releases:
        promotions, at = releases.promotions(), datetime.fromisoformat(releases.now())
        old = [
            one
            for one in releases.registered()
            if (one.name, one.run_id) in chosen and is_expired(one, promotions, desk.keeping, at)
        ]
        for run_id in sorted({one.run_id for one in old}):
            those = [one for one in old if one.run_id == run_id]
            try:
                _drop_of_run(desk.act(run_id, "clean"), releases, those)
            except UnknownOutcome:
                raise
            except WarehouseError as error:
                # That of other promotions is dropped nevertheless.
                problems.append(error)
            else:
                dropped += those
    if problems:
        raise problems[0]
    return tuple(dropped)


def _drop_of_run(act: Act, releases: Releases, those: Sequence[Registered]) -> None:
    names = {one.name for one in those}
    with (
        journalled(
            act,
            releases,
            f"what the promotion replaced: {', '.join(sorted(names))}",
            lambda: not names & {one.name for one in releases.registered()},
        ),
        releases.transaction(),
    ):
        releases.drop(those)
        releases.note(act.entry("done"))
