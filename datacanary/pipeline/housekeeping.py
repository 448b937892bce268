"""Stored runs: what there is, one again, and dropping them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from datacanary.errors import RunError
from datacanary.model.run import Entry, Report, State
from datacanary.pipeline.home import Asked
from datacanary.pipeline.release import open_desk
from datacanary.runs import RunFolder, Runs


def look(asked: Asked) -> State:
    """Look at the runs of this machine and the warehouse's state of record."""
    desk = open_desk(asked)
    entries = tuple(_entry(desk.runs, folder) for folder in desk.runs.all())
    return State(entries, desk.warehouse.promotions())


def _entry(runs: Runs, folder: RunFolder) -> Entry:
    state: Literal["finished", "working", "killed"] = (
        "finished" if folder.finished else "working" if folder.working else "killed"
    )
    try:
        report = runs.load(folder).report
    except RunError:
        report = None
    return Entry(folder.run_id, state, folder.size, report)


def stored_report(asked: Asked, run_id: str) -> Report:
    """Read the report of a stored run."""
    desk = open_desk(asked)
    return desk.runs.load(desk.runs.find(run_id)).report


def runs_to_drop(asked: Asked, which: str) -> tuple[RunFolder, ...]:
    """Return the runs that `which` names: `all`, `expired` (killed ones too), or one by its id.

    A run that somebody still works on is never among them, unless it is named.
    """
    runs = open_desk(asked).runs
    match which:
        case "all":
            return tuple(folder for folder in runs.all() if not folder.working)
        case "expired":
            return tuple(f for f in runs.all() if not f.working and (f.expired or not f.finished))
        case _:
            folder = runs.find(which)
            if folder.working:
                raise RunError(f"The run {folder.run_id} is still working.", hint=f"Stop process {folder.pid} first.")
            return (folder,)


def drop_runs(asked: Asked, folders: Sequence[RunFolder]) -> None:
    """Remove runs with everything that they made on this machine."""
    runs = open_desk(asked).runs
    for folder in folders:
        runs.drop(folder)
