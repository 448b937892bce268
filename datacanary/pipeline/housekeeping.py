"""Stored runs: what there is, one again, and dropping them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import Literal

from datacanary.errors import RunError, WarehouseError
from datacanary.model.release import PromotionRecord, Registered
from datacanary.model.run import Entry, Left, Report, State, WayBack
from datacanary.pipeline.desk import Desk, drop_in_warehouse, expired, expired_of, of_runs, open_desk
from datacanary.pipeline.home import Asked
from datacanary.release.journal import unfinished
from datacanary.release.retention import has_way_back, kept_until
from datacanary.runs import RunFolder, Runs


def look(asked: Asked) -> State:
    """Look at the runs of this machine and the warehouse's state of record."""
    desk = open_desk(asked)
    entries = tuple(_entry(desk.runs, folder) for folder in desk.runs.all())
    promotions, registered = desk.warehouse.promotions(), desk.warehouse.registered()
    old = set(expired_of(desk, registered, promotions))
    return State(
        entries,
        promotions,
        ways_back=tuple(_way_back(one, desk, registered) for one in promotions if not one.rolled_back_at),
        left=tuple(Left(one, one in old) for one in registered),
        unfinished=unfinished(desk.warehouse.journal()),
        lease=desk.warehouse.lease(),
    )


def _entry(runs: Runs, folder: RunFolder) -> Entry:
    try:
        report = runs.load(folder).report
    except RunError:
        report = None
    return Entry(folder.run_id, state_of(folder), folder.size, report)


def state_of(folder: RunFolder) -> Literal["finished", "working", "killed"]:
    """Tell what became of a run on this machine."""
    return "finished" if folder.finished else "working" if folder.working else "killed"


def _way_back(promotion: PromotionRecord, desk: Desk, registered: tuple[Registered, ...]) -> WayBack:
    until = kept_until(promotion, desk.keeping)
    text = None if until is None else until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return WayBack(promotion.run_id, possible=has_way_back(promotion, registered), until=text)


def stored_report(asked: Asked, run_id: str) -> Report:
    """Read the report of a stored run."""
    desk = open_desk(asked)
    return desk.runs.load(desk.runs.find(run_id)).report


@dataclass(frozen=True, slots=True)
class Droppable:
    """What a clean-up would drop: runs on this machine, and what is registered in the warehouse.

    `unseen` says why the warehouse could not be looked into, empty if it could: disk space is freed nevertheless, where
    it has nothing of the runs themselves.
    """

    folders: tuple[RunFolder, ...]
    registered: tuple[Registered, ...]
    unseen: str = ""


def what_to_drop(asked: Asked, which: str) -> Droppable:
    """Return what `which` names: `all`, `expired` (killed runs too), or one run by its id.

    What a live promotion's rollback needs is only among it once it is past its time, and so is what other machines'
    runs have in the warehouse: they may still work. A run that somebody here works on never is.
    Raises RunError for a run that still works, or is not known, and WarehouseError where runs have tables in a
    warehouse that cannot be looked into: by their folders they are found later.
    """
    desk = open_desk(asked)
    if which not in {"all", "expired"}:
        return _one(desk, which)
    folders = tuple(
        folder
        for folder in desk.runs.all()
        if not folder.working and (which == "all" or folder.expired or not folder.finished)
    )
    working = {folder.run_id for folder in desk.runs.all() if folder.working}
    try:
        own = of_runs(desk, {folder.run_id for folder in folders})
        old = tuple(one for one in expired(desk) if one.run_id not in working)
    except WarehouseError as error:
        return _unseen(desk, folders, error)
    return Droppable(folders, tuple(dict.fromkeys((*own, *old))))


def _one(desk: Desk, which: str) -> Droppable:
    try:
        folder = desk.runs.find(which)
    except RunError:
        named = {one.run_id for one in desk.warehouse.registered() if one.run_id == which}
        if not named:
            raise
        return Droppable((), tuple(one for one in expired(desk) if one.run_id == which))
    if folder.working:
        raise RunError(f"The run {folder.run_id} is still working.", hint=f"Stop process {folder.pid} first.")
    try:
        own, old = of_runs(desk, {folder.run_id}), expired(desk)
    except WarehouseError as error:
        return _unseen(desk, (folder,), error)
    return Droppable((folder,), tuple(dict.fromkeys((*own, *(one for one in old if one.run_id == folder.run_id)))))


def _unseen(desk: Desk, folders: tuple[RunFolder, ...], error: WarehouseError) -> Droppable:
    if not desk.warehouse.capabilities.builds_in_folder:
        raise error
    return Droppable(folders, (), error.problem)


def drop(asked: Asked, chosen: Droppable) -> tuple[Registered, ...]:
    """Drop it, the warehouse's part first, and return what of that was dropped: some may be needed by now.

    A folder that is still there lets somebody try again.
    Raises Refused if somebody else has production.
    """
    desk = open_desk(asked)
    dropped = drop_in_warehouse(desk, chosen.registered)
    for folder in chosen.folders:
        if folder.finished:
            desk.runs.drop(folder)
        else:
            desk.runs.drop_killed(folder)
    desk.runs.sweep()
    return dropped
