"""What is to be done about a run that something stopped: decided from what the warehouse shows, never from memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from datacanary.errors import Refused
from datacanary.model.release import JournalEntry, PromotionRecord, Registered
from datacanary.release.journal import ActKind, unfinished
from datacanary.release.retention import droppable, has_way_back

Folder = Literal["none", "working", "killed", "dropped", "finished"]
"""`dropped`: it was killed, and a resume has dropped what it had made."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What there is of a run: its folder on this machine (and who works on it), and what the warehouse has of it."""

    run_id: str
    folder: Folder
    pid: int
    promotions: tuple[PromotionRecord, ...]
    journal: tuple[JournalEntry, ...]
    registered: tuple[Registered, ...]


@dataclass(frozen=True, slots=True)
class Settlement:
    """What to write into the journal and to drop, what is true then, and what to do next."""

    notes: tuple[tuple[ActKind, Literal["done", "undone"], str], ...]
    drop: tuple[Registered, ...]
    drop_folder: bool
    told: tuple[str, ...]
    next_step: str

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.notes or self.drop or self.drop_folder)


def settle(shown: Shown) -> Settlement:
    """Decide what finishes, or undoes, what was left half done; nothing, the second time.

    Raises Refused for a run that somebody still works on.
    """
    run_id = shown.run_id
    if shown.folder == "working":
        raise Refused(f"{run_id} is still working.", hint=f"Wait for it, or stop process {shown.pid} first.")
    record = _record(shown)
    notes = []
    told = []
    for entry in unfinished([one for one in shown.journal if one.run_id == run_id]):
        happened = has_happened(entry.action, record)
        notes.append((entry.action, _state(happened), f"found by resume; {_by(entry)}"))
        told.append(_told(entry, happened=happened))
    if shown.folder == "dropped":
        told.append(f"{run_id} was killed before it came to a verdict, and is dropped: nothing of it is left")
    killed = shown.folder == "killed"
    if killed:
        told.append(f"{run_id} was killed before it came to a verdict: what it had built is dropped")
    left = droppable(shown.registered, shown.promotions, {run_id})
    # Another machine may still promote the tables that its run has built.
    drop = tuple(one for one in left if killed or one.kind == "replaced")
    if drop and not killed:
        told.append(f"left behind, and dropped: {', '.join(one.name for one in drop)}")
    return Settlement(tuple(notes), drop, killed, tuple(told), _next_step(shown, record))


def has_happened(action: ActKind, record: PromotionRecord | None) -> bool:
    """Tell from the state of record whether an act was done; whatever was dropped, a clean-up can begin again."""
    live = record is not None and not record.rolled_back_at
    return live if action == "promote" else not live if action == "rollback" else False


def _state(happened: bool) -> Literal["done", "undone"]:  # noqa: FBT001 -- a fact, not a switch
    return "done" if happened else "undone"


def _record(shown: Shown) -> PromotionRecord | None:
    found = [one for one in shown.promotions if one.run_id == shown.run_id]
    return found[-1] if found else None


def _by(entry: JournalEntry) -> str:
    return f"begun {entry.at[:19]} by {entry.by}"


def _told(entry: JournalEntry, *, happened: bool) -> str:
    words = {
        ("promote", True): "its promotion is wholly in production",
        ("promote", False): "nothing of its promotion is in production",
        ("rollback", True): "its rollback is wholly done: production has the former tables",
        ("rollback", False): "nothing of its rollback happened: production has the promoted tables",
        ("clean", False): "its clean-up was cut short",
    }
    return f"{words[entry.action, happened]} ({_by(entry)})"


def _next_step(shown: Shown, record: PromotionRecord | None) -> str:
    run_id = shown.run_id
    if record is not None and not record.rolled_back_at:
        return f"the way back: datacanary rollback {run_id}" if has_way_back(record, shown.registered) else ""
    if shown.folder == "finished":
        return f"datacanary promote {run_id}"
    return "datacanary check" if shown.folder in {"killed", "dropped"} else ""


def unknown(shown: Shown) -> bool:
    """Tell whether there is no trace of a run at all."""
    known = {one.run_id for one in shown.promotions} | {one.run_id for one in shown.journal}
    return shown.folder == "none" and shown.run_id not in known and not shown.registered
