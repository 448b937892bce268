"""Two tables or files, compared as they are: no git, no config."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from datacanary.config import default_policy
from datacanary.errors import DataError, UsageError, Where
from datacanary.model.basic import Pair, Physical, Relation, Version
from datacanary.model.config import Tolerance
from datacanary.model.plan import PlannedTable
from datacanary.model.run import Inputs, Report, TableReport
from datacanary.model.tablediff import DiffOptions
from datacanary.model.verdict import Subject
from datacanary.pipeline.access import Access
from datacanary.pipeline.relations import table_of_lent
from datacanary.protocols import Query, Workspace
from datacanary.tablediff.compare import Difference, compare
from datacanary.tablediff.inputs import TableLike, table_of
from datacanary.tablediff.means import Means
from datacanary.tablediff.table import Table
from datacanary.verdict.judge import judge
from datacanary.version import __version__
from datacanary.warehouse.connect import connect

_QUERY = re.compile(r"\s*((select|with)\s|\()", re.IGNORECASE)
_URL = re.compile(r"(?P<url>[a-z][a-z0-9+.-]*://[^#]*)(?:#(?P<relation>.*))?", re.DOTALL)


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
    name = _name(sides.head)
    means = means or Means()
    with ExitStack() as held:
        tables = sides.map(lambda side: _read(side, means, held))
        difference = compare(tables, replace(options, name=options.name or name), means)
    planned = PlannedTable(name, "changed", "compared as they are", Pair(None, None), Pair(None, None))
    summary = replace(difference.summary, reason=difference.summary.reason or planned.reason)
    verdict = judge((Subject(planned, summary),), default_policy())
    report = Report(
        run_id=f"{at:%Y%m%d-%H%M%S}-{secrets.token_hex(4)[:7]}",
        kind="diff",
        versions=sides.map(lambda side: Version(_shown(side), "")),
        started_at=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        seconds=time.perf_counter() - started,
        inputs=Inputs(pinned=True, how="each side was read once"),
        verdict=verdict,
        tables=(TableReport(name, verdict.status, "changed", Pair(None, None), summary),),
        tool_version=__version__,
    )
    return Compared(difference, report)


def _read(side: TableLike, means: Means, held: ExitStack) -> Table:
    """Open one side; a warehouse stays open until `held` ends."""
    found = _URL.fullmatch(str(side)) if isinstance(side, str | Path) else None
    if found is None:
        return table_of(side, means.scratch, means.memory)
    if not found["relation"]:
        raise UsageError(
            f"{_shown(side)} names a warehouse, but no table.",
            hint="Put it behind a #: duckdb:///path/to/file.duckdb#schema.table",
        )
    warehouse = connect(found["url"], Path.cwd())
    access = Access(warehouse, means.scratch, means.memory)
    held.enter_context(access.held())
    with access.lend() as workspace:
        relation = _relation(workspace, found["relation"], warehouse.shown)
    return table_of_lent(access.lend, relation, means.scratch, means.memory, access.unchanged)


def _relation(workspace: Workspace, written: str, shown: str) -> Physical | Query:
    """Find the table, or understand the query, that stands behind a URL."""
    if _QUERY.match(written):
        return workspace.query(written)
    schema, _, table = written.rpartition(".")
    found = workspace.locate(Relation(schema, table))
    if found is None:
        nearest = workspace.nearest(Relation(schema, table))
        raise DataError(
            f"There is no table {written}.",
            where=Where(shown),
            hint=f"Did you mean {nearest}?" if nearest else "",
        )
    return workspace.production(found)


def _shown(side: TableLike) -> str:
    """Name a side for people; a URL without who logs in."""
    if isinstance(side, str | Path):
        return re.sub(r"(?<=://)[^/@]*@", "", str(side))
    return f"a {type(side).__name__}"


def _name(side: TableLike) -> str:
    if not isinstance(side, str | Path):
        return "table"
    found = _URL.fullmatch(str(side))
    if found is not None and found["relation"]:
        return "query" if _QUERY.match(found["relation"]) else found["relation"].rpartition(".")[2]
    return Path(str(side).rstrip("*/.")).name.partition(".")[0] or "table"


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
