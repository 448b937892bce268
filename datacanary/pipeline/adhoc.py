"""Two tables or files, compared as they are: no git, no config."""

from __future__ import annotations

import re
import secrets
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from datacanary.config import default_policy
from datacanary.errors import DataError, UsageError, Where
from datacanary.model.basic import Pair, Relation, Version
from datacanary.model.config import Tolerance
from datacanary.model.plan import PlannedTable
from datacanary.model.run import Inputs, Report, TableReport
from datacanary.model.tablediff import DiffOptions
from datacanary.model.verdict import Subject
from datacanary.pipeline.compare import read_table
from datacanary.tablediff.compare import Difference, compare
from datacanary.tablediff.inputs import TableLike, table_of
from datacanary.tablediff.table import Table
from datacanary.verdict.judge import judge
from datacanary.version import __version__
from datacanary.warehouse.connect import connect

_URL = re.compile(r"(?P<url>[a-z][a-z0-9+.-]*://[^#]*)(?:#(?P<relation>.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison and the report about it."""

    difference: Difference
    report: Report


def diff(sides: Pair[TableLike], options: DiffOptions) -> Compared:
    """Compare two tables; relative paths and URLs are relative to the current folder.

    The counts are judged by the default limits. Raises DataError, UsageError or WarehouseError.
    """
    started, at = time.perf_counter(), datetime.now(UTC)
    name = _name(sides.head)
    tables = sides.map(_read)
    difference = compare(tables, replace(options, name=options.name or name))
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


def _read(side: TableLike) -> Table:
    if not isinstance(side, str | Path):
        return table_of(side)
    found = _URL.fullmatch(str(side))
    if found is None:
        return table_of(side)
    if not found["relation"]:
        raise UsageError(
            f"{_shown(side)} names a warehouse, but no table.",
            hint="Put it behind a #: duckdb:///path/to/file.duckdb#schema.table",
        )
    return _read_relation(found["url"], found["relation"])


def _read_relation(url: str, name: str) -> Table:
    schema, _, table = name.rpartition(".")
    warehouse = connect(url, Path.cwd())
    with (
        tempfile.TemporaryDirectory(prefix="datacanary-") as private,
        warehouse.workspace(Path(private), "diff", "main") as workspace,
    ):
        found = workspace.locate(Relation(schema, table))
        if found is None:
            nearest = workspace.nearest(Relation(schema, table))
            raise DataError(
                f"There is no table {name}.",
                where=Where(warehouse.shown),
                hint=f"Did you mean {nearest}?" if nearest else "",
            )
        return read_table(workspace, workspace.production(found))


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
        return found["relation"].rpartition(".")[2]
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
