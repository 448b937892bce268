"""Large tables are narrowed where they lie: only the rows that may differ travel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import polars as pl
import pyarrow as pa

from datacanary.model.basic import Column, Pair, Physical, Side
from datacanary.model.prints import PrintRequest
from datacanary.model.statistics import AtMost
from datacanary.model.tablediff import DiffOptions, TableDiff
from datacanary.pipeline.relations import table_of_rows
from datacanary.protocols.tables import Prints, Tables
from datacanary.tablediff.at_most import Bounds
from datacanary.tablediff.compare import compare
from datacanary.tablediff.keys import infer_key
from datacanary.tablediff.means import Means, Progress
from datacanary.tablediff.settle import PROOF
from datacanary.tablediff.table import Table
from datacanary.tablediff.views import SIDES
from datacanary.tablediff.whole import bounded, measured, none_of, put_together, request_of


@dataclass(frozen=True, slots=True)
class Thrift:
    """When checksums pay: from so many `rows` on the larger side on, if at most this `share` of the buckets differs.

    A bucket has about so many rows (`per_bucket`), but there are not more than `most_buckets`: their sums are kept in
    the memory that a server has for grouping by default. So many rows are `drawn` with those that may differ, at most a
    thirty-second part of all; where that is enough for it, eight times as many, eight `neighbours` together.
    """

    rows: int = 200_000
    share: float = 1 / 3
    per_bucket: int = 512
    most_buckets: int = 8_192
    drawn: int = 4_096
    neighbours: int = 8

    def buckets(self, rows: int) -> int:
        """Say how many buckets so many rows are put into.

        >>> Thrift().buckets(10_000), Thrift().buckets(10**9)
        (32, 8192)
        """
        return min(self.most_buckets, 1 << max(0, rows // self.per_bucket).bit_length())

    def drawing(self, request: PrintRequest, rows: int) -> PrintRequest:
        """Say how many of so many rows are drawn, and how many together.

        >>> asked = PrintRequest(("id",), ("id",), Pair((), ()), buckets=32)
        >>> [(one.drawn, one.neighbours) for one in (THRIFT.drawing(asked, 10**rows) for rows in (4, 6, 7))]
        [(312, 1), (4096, 1), (32768, 8)]
        """
        together = self.drawn * self.neighbours
        if together <= rows // _PART:
            return replace(request, drawn=together, neighbours=self.neighbours)
        return replace(request, drawn=min(self.drawn, rows // _PART))


THRIFT = Thrift()
_PART = 32  # of a table is drawn at most


def compare_narrowed(
    workspace: Tables,
    sides: Pair[Physical],
    tables: Pair[Table],
    options: DiffOptions,
    means: Means,
    thrift: Thrift = THRIFT,
) -> TableDiff:
    """Compare two relations, of which `tables` reads all rows; of large ones only those that may differ are read.

    The distributions of columns, and causes, need all rows: they are left out then. Where that leaves open whether a
    column keeps its limits for how far its values may move, all rows of that column are read.
    Raises what `compare` and `Tables.prints` raise.
    """
    if options.key is None and max(table.rows for table in tables) >= thrift.rows:
        options = _with_key(workspace, sides, tables, options, means)
    prints = _prints(workspace, sides, tables, options, means, thrift)
    if prints is None:
        return compare(tables, options, means).summary
    with ThreadPoolExecutor(len(SIDES), "reading") as pool:
        begun = [pool.submit(_differing, prints, side, workspace, sides, tables.of(side), means) for side in SIDES]
        differing = Pair(*(one.result() for one in begun))
    plainly = replace(options, statistics=False, totals=())
    part = compare(differing, plainly, means)
    bounds: Mapping[str, AtMost | None] = {}
    if options.statistics:
        columns = workspace.columns(sides.base) or ()
        bounds = Bounds(part, prints.found, options, means).told(
            lambda names: _ends(prints, columns, tables.base, names, means)
        )
    open_still = tuple(name for name, bound in bounds.items() if bound is None)
    if open_still and not options.key:
        return compare(tables, options, means).summary
    whole = put_together(part.summary, prints.found, tables, options, means)
    whole = bounded(whole, bounds)
    if open_still:
        whole = measured(whole, tables, options, open_still, means)
    for table in tables:
        table.unchanged()
    return whole


def _with_key(
    workspace: Tables, sides: Pair[Physical], tables: Pair[Table], options: DiffOptions, means: Means
) -> DiffOptions:
    """Look for a key, proven where the rows lie."""
    means.tell(Progress("looking for a key", 0, tables.base.rows + tables.head.rows))
    key = infer_key(
        tables,
        options.name,
        ignore=options.ignore,
        memory=means.memory // PROOF,
        prove=lambda names: workspace.identifies(sides, names),
    )
    return replace(options, key=key, key_origin="inferred")


def _prints(
    workspace: Tables,
    sides: Pair[Physical],
    tables: Pair[Table],
    options: DiffOptions,
    means: Means,
    thrift: Thrift,
) -> Prints | None:
    """Compare checksums, if that pays; None if all rows are to be read."""
    rows = max(table.rows for table in tables)
    if rows < thrift.rows or options.key is None:
        return None
    request = request_of(tables, options, thrift.buckets(rows))
    if request is None:
        return None
    request = thrift.drawing(request, rows)
    means.tell(Progress("comparing checksums", 0, tables.base.rows + tables.head.rows))
    prints = workspace.prints(sides, request)
    if prints is None or len(prints.found.differing) > request.buckets * thrift.share:
        return None
    return prints


def _differing(
    prints: Prints, side: Side, workspace: Tables, sides: Pair[Physical], table: Table, means: Means
) -> Table:
    """Read the rows of a side that may differ."""
    if not prints.found.differing:
        return none_of(table)

    def reading(columns: Sequence[Column]) -> AbstractContextManager[pa.RecordBatchReader]:
        return prints.reading(side, columns)

    columns = workspace.columns(sides.of(side)) or ()
    return table_of_rows(reading, columns, table.frame.collect_schema(), means.scratch, means.memory)


def _ends(prints: Prints, columns: Sequence[Column], table: Table, names: Sequence[str], means: Means) -> pl.DataFrame:
    """Read the least and the greatest cell of columns of base, in this order."""
    known = {column.name: column for column in columns}
    schema = table.frame.collect_schema()
    types = pl.Schema({name: schema[name] for name in names})
    return table_of_rows(
        prints.ends, [known[name] for name in names], types, means.scratch, means.memory
    ).frame.collect()
