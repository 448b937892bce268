"""What is written into the journal around each act, and what the journal says is unfinished."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Literal

from datacanary.errors import CanaryError, UnknownOutcome
from datacanary.model.release import JournalEntry
from datacanary.protocols.releases import Releases

ActKind = Literal["promote", "rollback", "clean"]


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does to production; `now` tells the time, ISO 8601 in UTC."""

    run_id: str
    kind: ActKind
    by: str
    now: Callable[[], str]

    def entry(self, state: Literal["begun", "done", "undone"], detail: str = "") -> JournalEntry:
        """Return a line for the journal."""
        return JournalEntry(self.run_id, self.kind, state, self.now(), self.by, detail)


@contextmanager
def journalled(act: Act, releases: Releases, detail: str, happened: Callable[[], bool]) -> Iterator[None]:
    """Write that an act is begun, and if it fails that it is undone; `done` is for its own transaction.

    `happened` looks whether the warehouse shows the act: a signal may come after the commit.
    """
    releases.note(act.entry("begun", detail))
    try:
        yield
    except UnknownOutcome:
        raise
    except (Exception, KeyboardInterrupt) as error:
        # Where the warehouse cannot be asked any more, `resume` writes it.
        with suppress(CanaryError):
            if not happened():
                releases.note(act.entry("undone", _why(error)))
        raise


def _why(error: BaseException) -> str:
    return error.problem if isinstance(error, CanaryError) else f"stopped by {type(error).__name__}"


def unfinished(journal: Sequence[JournalEntry]) -> tuple[JournalEntry, ...]:
    """Return the acts that were begun and neither done nor undone, oldest first.

    >>> begun = JournalEntry("r1", "promote", "begun", "2026-11-20T10:15:00Z", "ada")
    >>> [one.run_id for one in unfinished([begun])]
    ['r1']
    >>> unfinished([begun, JournalEntry("r1", "promote", "undone", "2026-11-20T10:16:00Z", "bob")])
    ()
    """
    left: dict[tuple[str, str], JournalEntry] = {}
    for entry in journal:
        if entry.state == "begun":
            left[entry.run_id, entry.action] = entry
        else:
            left.pop((entry.run_id, entry.action), None)
    return tuple(left.values())
