"""A finished run, as every report tells it and as it is stored."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import Literal

from datacanary.model.basic import Pair, Version
from datacanary.model.impact import Impact
from datacanary.model.plan import Effect
from datacanary.model.release import JournalEntry, Lease, PromotionRecord, Registered
from datacanary.model.tablediff import TableDiff
from datacanary.model.verdict import Check, Status, Verdict

RunKind = Literal["check", "deploy", "diff"]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Whether both sides read the very same rows, and how that is known."""

    pinned: bool
    how: str


@dataclass(frozen=True, slots=True)
class TableReport:
    """One table of a run; `paths` are the files of its model, None where a side has none.

    `inherited_from` names the changed tables that it reads, directly or through others. `impact` is what the change can
    do to it, as proven before anything was built; None where nothing that it reads changed, or it is on one side only.
    `read_by` are the exposures that read it, if it can differ. `shown` are the columns whose values may leave this
    machine: base's config allows them, and nothing denies it.
    """

    name: str
    status: Status
    effect: Effect
    paths: Pair[str | None]
    diff: TableDiff
    inherited_from: tuple[str, ...] = ()
    impact: Impact | None = None
    read_by: tuple[str, ...] = ()
    shown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a report may tell; what masking hides is left out already.

    `started_at` is ISO 8601 in UTC, `seconds` the wall time. `notes` are sentences about the whole run. For a
    plain `diff` the versions' refs are the two things compared and their commits are empty. What is not `promotable`
    cannot be put into production by us, whatever the verdict. `secret` is of this run alone: what leaves this machine
    names rows by their keys hashed with it, and never has it. `folder` is where in the repository the paths of its
    tables begin, empty at the top.
    """

    run_id: str
    kind: RunKind
    versions: Pair[Version]
    started_at: str
    seconds: float
    inputs: Inputs
    verdict: Verdict
    tables: tuple[TableReport, ...]
    notes: tuple[str, ...] = ()
    tool_version: str = ""
    promotable: bool = True
    secret: str = field(default="", repr=False)
    folder: str = ""

    def in_repository(self, path: str) -> str:
        """Return the path of a table's file as the repository has it."""
        return posixpath.join(self.folder, path)

    def checks_of(self, table: str) -> tuple[Check, ...]:
        """Return the checks of one table."""
        return self.verdict.by_table.get(table, ())


@dataclass(frozen=True, slots=True)
class Entry:
    """A run on this machine, `size` bytes large; without a report if it did not finish or cannot be read."""

    run_id: str
    state: Literal["finished", "working", "killed"]
    size: int
    report: Report | None


@dataclass(frozen=True, slots=True)
class WayBack:
    """Until when a live promotion can be rolled back: ISO 8601 in UTC, None for ever; not `possible` if that passed."""

    run_id: str
    possible: bool
    until: str | None


@dataclass(frozen=True, slots=True)
class Left:
    """What is registered in the warehouse, and whether `clean --expired` would drop it."""

    registered: Registered
    expired: bool


@dataclass(frozen=True, slots=True)
class State:
    """What there is: runs here, and what the warehouse remembers; all oldest first.

    `unfinished` are acts that were begun and neither done nor undone, `lease` says who may change production now.
    """

    entries: tuple[Entry, ...]
    promotions: tuple[PromotionRecord, ...]
    ways_back: tuple[WayBack, ...] = ()
    left: tuple[Left, ...] = ()
    unfinished: tuple[JournalEntry, ...] = ()
    lease: Lease | None = None
