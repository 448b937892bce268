"""What is thought of the differences: checks, and the verdict, which is the worst of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from datacanary.model.plan import PlannedTable
from datacanary.model.tablediff import TableDiff
from datacanary.model.words import count

Status = Literal["pass", "warn", "inconclusive", "fail"]
DBT_TEST = "dbt_test"
"""The name of the checks that are tests of a dbt project."""
_ORDER: tuple[Status, ...] = ("pass", "warn", "inconclusive", "fail")


def worst(statuses: Iterable[Status]) -> Status:
    """Return the worst of some statuses; of none, `pass`.

    >>> worst(["warn", "fail", "pass"])
    'fail'
    """
    return max(statuses, key=_ORDER.index, default="pass")


def severity(status: Status) -> int:
    """Order statuses: 0 for pass to 3 for fail."""
    return _ORDER.index(status)


def nothing_changed(planned: Iterable[PlannedTable]) -> str:
    """Say that no table can differ, and of how many that took a proof."""
    spared = sum(table.impact is not None for table in planned)
    why = "no table is affected"
    if spared:
        why = f"{count(spared, 'table')} that the change touches {'is' if spared == 1 else 'are'} proven equal"
    return f"nothing can have changed: {why}"


@dataclass(frozen=True, slots=True)
class Check:
    """One judgement.

    `value` is what was measured: a fraction of 1, a count or a number of spreads, None for yes-no checks. `limit` is
    the one that was broken, or the nearest that was not. `limit_origin` is `default`, `file:line`, or an expectation's.
    A `dry_run` check is shown and does not count. `expected` says why head declared the change, and who did.
    `noise` is what two builds of base differ by, in the unit of `value`; None where they do not, or were not made.
    `unstable` says why the check cannot be judged, where that is so.
    """

    table: str
    column: str | None
    check: str
    status: Status
    value: float | int | None
    limit: float | int | None
    limit_origin: str
    message: str
    estimated: bool = False
    dry_run: bool = False
    expected: str = ""
    noise: float | None = None
    unstable: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A planned table with what became of it; `diff` always says at least why there is nothing to say."""

    planned: PlannedTable
    diff: TableDiff


@dataclass(frozen=True)
class Verdict:
    """The worst check that counts, and one sentence about it."""

    status: Status
    summary: str
    checks: tuple[Check, ...]

    def of_table(self, name: str) -> Status:
        """Return the worst status of one table's checks that count."""
        return worst(check.status for check in self.by_table.get(name, ()) if not check.dry_run)

    @cached_property
    def by_table(self) -> Mapping[str, tuple[Check, ...]]:
        """The checks of each table that has any, in their order."""
        found: dict[str, list[Check]] = {}
        for check in self.checks:
            found.setdefault(check.table, []).append(check)
        return {table: tuple(checks) for table, checks in found.items()}

    @property
    def declared(self) -> tuple[Check, ...]:
        """The checks of what head declared, the worst first."""
        return tuple(sorted((one for one in self.checks if one.expected), key=lambda one: -severity(one.status)))
