"""Finish or undo what a crash left half done, and take the lease from the dead."""

from __future__ import annotations

from dataclasses import replace

from datacanary.errors import RunError
from datacanary.pipeline.desk import Desk, drop_in_warehouse, open_desk
from datacanary.pipeline.home import Asked, Tell
from datacanary.pipeline.housekeeping import state_of
from datacanary.release.resume import Folder, Settlement, Shown, settle, unknown
from datacanary.runs import RunFolder


def resume_run(asked: Asked, run_id: str, tell: Tell) -> tuple[str, Settlement]:
    """Settle what became of a run, and return its full id with what was done.

    Raises Refused for a run that somebody still works on, RunError for one that nobody knows.
    """
    desk = open_desk(asked)
    folder, full = _find(desk, run_id)
    shown = _refused_if_unknown(_shown(desk, folder, full), run_id)
    found = settle(shown)
    if found.is_nothing:
        return full, found
    if found.notes:
        found = _noted(desk, shown)
    tell(f"settling {full}")
    drop_in_warehouse(desk, found.drop)
    if found.drop_folder and folder is not None:
        desk.runs.drop_killed(folder)
    return full, found


def _noted(desk: Desk, shown: Shown) -> Settlement:
    """Decide again while nobody else can change production, and write it down."""
    with desk.warehouse.releases(None, shown.run_id, desk.holder) as releases:
        registered = tuple(one for one in releases.registered() if one.run_id == shown.run_id)
        now = replace(shown, promotions=releases.promotions(), journal=releases.journal(), registered=registered)
        found = settle(now)
        for kind, state, detail in found.notes:
            releases.note(desk.act(shown.run_id, kind).entry(state, detail))
    return found


def _find(desk: Desk, run_id: str) -> tuple[RunFolder | None, str]:
    """Find a run on this machine, else by what the warehouse knows of it; `last` may be one that was killed."""
    if run_id == "last" and (here := desk.runs.all()):
        return here[-1], here[-1].run_id
    try:
        folder = desk.runs.find(run_id)
    except RunError:
        known = {one.run_id for one in desk.warehouse.promotions()}
        known |= {one.run_id for one in desk.warehouse.journal()}
        known |= {one.run_id for one in desk.warehouse.registered()} | set(desk.runs.killed())
        named = sorted(one for one in known if run_id and (one.startswith(run_id) or one.endswith(run_id)))
        if len(named) != 1:
            raise
        return None, named[0]
    return folder, folder.run_id


def _shown(desk: Desk, folder: RunFolder | None, run_id: str) -> Shown:
    warehouse = desk.warehouse
    return Shown(
        run_id=run_id,
        folder=_state(desk, folder, run_id),
        pid=folder.pid if folder else 0,
        promotions=warehouse.promotions(),
        journal=warehouse.journal(),
        registered=tuple(one for one in warehouse.registered() if one.run_id == run_id),
    )


def _state(desk: Desk, folder: RunFolder | None, run_id: str) -> Folder:
    if folder is not None:
        return state_of(folder)
    return "dropped" if run_id in desk.runs.killed() else "none"


def _refused_if_unknown(shown: Shown, asked: str) -> Shown:
    if unknown(shown):
        raise RunError(f"The run {asked!r} is not known.", hint="`datacanary status` lists what there is.")
    return shown


def unlock(asked: Asked, lease_id: str) -> None:
    """Take the lease from a holder who is dead; raises Refused if that is not the one who has it."""
    open_desk(asked).warehouse.unlock(lease_id)
