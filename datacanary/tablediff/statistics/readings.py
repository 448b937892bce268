"""Reading the sides: all of base, and of head only what cannot be reckoned from the rows that differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from datacanary.model.basic import Side
from datacanary.tablediff.evidence import Evidence
from datacanary.tablediff.means import Means, Progress
from datacanary.tablediff.statistics.account import Account, Findings
from datacanary.tablediff.statistics.courses import Course, Write, stored
from datacanary.tablediff.statistics.differing import Differing
from datacanary.tablediff.statistics.numbers import NumberAccount
from datacanary.tablediff.tally import Tally


@dataclass(frozen=True, slots=True)
class Reading:
    """The accounts of one column of one side: its `own`, and if the types differ the one in the common form."""

    own: Account
    common: Account | None
    write: Write

    @classmethod
    def of(cls, course: Course, side: Side) -> Reading:
        """Begin to count a side that has the column."""
        plan = course.own.of(side)
        assert plan is not None, "the side has the column"  # noqa: S101 -- only such columns are read
        common = course.both.account(side) if course.both is not None and course.twin else None
        return cls(plan.account(side), common, course.writers.of(side))

    def add(self, cells: pl.Series) -> None:
        """Take in cells as they came."""
        self.own.add(stored(cells))
        if self.common is not None:
            self.common.add(self.write(cells))

    def found(self) -> Found:
        """Sum up."""
        own = self.own.findings()
        return Found(own, own if self.common is None else self.common.findings())


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in one column of one side: in its own form, and in the one that both sides have.

    `stayed` of base's finite numbers are in head too: None if that is not known.
    """

    own: Findings
    common: Findings
    stayed: int | None = None


def read(readings: Mapping[str, Reading], batches: Iterable[pl.DataFrame], means: Means, rows: int) -> None:
    """Count these columns of all rows of a side, which has so many."""
    done = 0
    for batch in batches:
        for code, reading in readings.items():
            reading.add(batch[code])
        done += batch.height
        means.tell(Progress("measuring", done, rows))


def can_reckon(course: Course, tally: Tally, evidence: Evidence) -> bool:
    """Tell whether head's cells are exactly those of base but for rows that were all kept.

    No cell may have been forgiven: those differ, and are not kept.
    """
    column = course.column
    if course.both is None or course.twin or tally.forgiven[column.code]:
        return False
    changed = tally.cells[column.code] == 0 or evidence.changed.complete
    return changed and all(kept.complete for kept in evidence.gone)


def reckon(code: str, differing: Differing, base: Reading, found: Found) -> Found | None:
    """Turn base's account into that of head, and sum up; None if it does not say everything of head."""
    account = base.own
    leaving, coming = differing.cells(code, "base"), differing.cells(code, "head")
    for cells in leaving:
        account.remove(stored(cells))
    stayed = account.count if isinstance(account, NumberAccount) else None
    if not (leaving or coming):
        return replace(found, stayed=stayed)
    for cells in coming:
        account.add(stored(cells))
    if not account.certain():
        return None
    own = account.findings()
    return Found(own, own, stayed)
