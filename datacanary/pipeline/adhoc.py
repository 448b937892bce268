"""Two tables or files, compared as they are: no git, no config."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from datacanary.config import default_policy
from datacanary.errors import UsageError
from datacanary.model.basic import Pair, Version
from datacanary.model.config import Tolerance
from datacanary.model.plan import PlannedTable
from datacanary.model.run import Inputs, Report, TableReport
from datacanary.model.tablediff import DiffOptions
from datacanary.model.verdict import Subject
from datacanary.pipeline.sides import difference_of, name_of, shown
from datacanary.tablediff.compare import Difference
from datacanary.tablediff.inputs import TableLike
from datacanary.tablediff.means import Means
from datacanary.verdict.judge import judge
from datacanary.version import __version__


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison and the report about it."""

    difference: Difference
    report: Report


def diff(sides: Pair[TableLike], options: DiffOptions, means: Means | None = None) -> Compared:
    """Compare two tables; relative paths and URLs are relative to the current folder.

    The counts are judged by the default limits. Raises DataError, UsageError or WarehouseError.
    """
    started, at = time.perf_counter(), datetime.now(UTC)
    name = name_of(sides.head)
    difference = difference_of(sides, options, means or Means())
    planned = PlannedTable(name, "changed", "compared as they are", Pair(None, None), Pair(None, None))
    summary = replace(difference.summary, reason=difference.summary.reason or planned.reason)
    verdict = judge((Subject(planned, summary),), default_policy())
    report = Report(
        run_id=f"{at:%Y%m%d-%H%M%S}-{secrets.token_hex(4)[:7]}",
        kind="diff",
        versions=sides.map(lambda side: Version(shown(side), "")),
        started_at=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        seconds=time.perf_counter() - started,
        inputs=Inputs(pinned=True, how="each side was read once"),
        verdict=verdict,
        tables=(TableReport(name, verdict.status, "changed", Pair(None, None), summary),),
        tool_version=__version__,
        secret=secrets.token_hex(16),
    )
    return Compared(difference, report)


def parse_tolerances(written: tuple[str, ...]) -> Mapping[str, Tolerance]:
    """Read `COL=ABS[,REL]`; UsageError for anything else.

    >>> parse_tolerances(("amount=0.01,1e-6",))
    {'amount': Tolerance(absolute=0.01, relative=1e-06)}
    """
    return dict(_tolerance(one) for one in written)


def _tolerance(written: str) -> tuple[str, Tolerance]:
    column, equals, amounts = written.rpartition("=")
    absolute, _, relative = amounts.partition(",")
    try:
        tolerance = Tolerance(float(absolute), float(relative or 0))
    except ValueError:
        tolerance = Tolerance(-1.0)
    fits = 0 <= tolerance.absolute < float("inf") and 0 <= tolerance.relative < 1
    if not (column and equals and fits):
        raise UsageError(
            f"The tolerance {written!r} cannot be read.",
            hint="Write COL=ABS or COL=ABS,REL with numbers from 0, the second below 1: amount=0.01 or amount=0,1e-6",
        )
    return column, tolerance
