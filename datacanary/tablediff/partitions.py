"""More rows than memory holds: parted by the hash of what they pair by, on disk, and solved part by part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from datacanary.errors import DataError
from datacanary.model.basic import Pair, Side
from datacanary.tablediff.batches import batches
from datacanary.tablediff.means import MIB, Means, Progress
from datacanary.tablediff.rest import Rest
from datacanary.tablediff.samples import ROW
from datacanary.tablediff.scratch import Spool
from datacanary.tablediff.solve import solve
from datacanary.tablediff.tally import Tally
from datacanary.tablediff.views import SIDES, View, readable, written

PART = "part"
SPACE = 5
"""Memory that solving takes, as a multiple of the rows' own."""
MOST_PARTS = 256
DEPTH = 4
"""So many times a part that is still too large is parted again."""
BUFFERS = 4
"""This part of the memory holds rows that wait to be written."""


@dataclass(frozen=True, slots=True)
class Parting:
    """Whose rows are parted, who counts them, and what may be used; `depth` is how often they were parted before."""

    views: Pair[View]
    tally: Tally
    means: Means
    depth: int = 0

    def deeper(self) -> Parting:
        """Part once more."""
        return Parting(self.views, self.tally, self.means, self.depth + 1)


def solve_everything(views: Pair[View], tally: Tally, means: Means, sizes: Pair[int]) -> None:
    """Compare all rows of both sides; `sizes` are their bytes, as estimated."""
    parting = Parting(views, tally, means)
    solve_within(Pair(*(numbered(view, tally) for view in views)), sizes, parting)


def solve_rests(rests: Pair[Rest], views: Pair[View], tally: Tally, means: Means) -> None:
    """Compare the rows that found no equal."""
    frames = Pair(*(readable(batches(rest.frame(), None), rest.side) for rest in rests))
    solve_within(frames, rests.map(lambda rest: rest.rows.bytes), Parting(views, tally, means))


def numbered(view: View, tally: Tally) -> Iterator[pl.DataFrame]:
    """Stream all rows of a side with their numbers, and count their NULLs."""
    done = 0
    for batch in view.batches():
        tally.pass_by(view.side, batch)
        yield batch.with_row_index(ROW, done)
        done += batch.height


def solve_within(rows: Pair[Iterator[pl.DataFrame]], sizes: Pair[int], parting: Parting) -> None:
    """Compare rows, with their numbers as `row`, in memory if they fit, else part by part; `sizes` are in bytes.

    Raises DataError if even the smallest parts do not fit.
    """
    needed = sum(sizes) * SPACE
    if fits(needed, parting):
        solve(Pair(*(collected(rows.of(side), parting.views.of(side)) for side in SIDES)), parting.tally)
        return
    if parting.depth == DEPTH:
        raise too_small(needed)
    count = min(MOST_PARTS, max(2, 2 * needed // parting.means.memory))
    parts = Pair(*(parted(rows.of(side), side, count, parting) for side in SIDES))
    for number in range(count):
        spools = Pair(parts.base[number], parts.head[number])
        if spools.base.rows or spools.head.rows:
            inner = Pair(*(stored(spools.of(side), parting.views.of(side)) for side in SIDES))
            solve_within(inner, spools.map(lambda spool: spool.bytes), parting.deeper())
            for spool in spools:
                spool.drop()
        if parting.depth == 0:
            parting.means.tell(Progress("comparing parts", number + 1, count))


def fits(needed: int, parting: Parting) -> bool:
    """Tell whether rows are solved at once; tests may want it either way."""
    if parting.means.force == "partitions" and parting.depth == 0:
        return False
    return needed <= parting.means.memory or parting.means.force == "memory"


def parted(rows: Iterator[pl.DataFrame], side: Side, count: int, parting: Parting) -> list[Spool]:
    """Part the rows of a side so that rows that can pair are in parts of one number."""
    means = parting.means
    share = means.memory // (BUFFERS * 2 * count)
    spools = [means.scratch.spool(share) for _ in range(count)]
    columns = parting.tally.terms.pairing
    hashed = means.hashing.reseeded(parting.depth + 2).of([column.code for column in columns])
    done = 0
    for batch in rows:
        part = batch.select(written(columns, side)).select((hashed % count).cast(pl.UInt16).alias(PART))
        for key, piece in batch.hstack(part).partition_by(PART, as_dict=True, include_key=False).items():
            spools[int(key[0])].append(piece)
        done += batch.height
        if parting.depth == 0:
            means.tell(Progress(f"parting {side}", done, parting.views.of(side).table.rows))
    return spools


def stored(spool: Spool, view: View) -> Iterator[pl.DataFrame]:
    """Read rows back."""
    return readable(batches(spool.finish(schema_of(view)), None), view.side)


def collected(rows: Iterator[pl.DataFrame], view: View) -> pl.DataFrame:
    """Read rows into memory."""
    return pl.concat([schema_of(view).to_frame(eager=True), *rows]).rechunk()


def schema_of(view: View) -> pl.Schema:
    """Say the columns of numbered rows."""
    return pl.Schema({ROW: pl.get_index_type(), **view.frame.collect_schema()})


def too_small(needed: int) -> DataError:
    """Say that the memory does not do."""
    return DataError(
        "The memory limit is too small: too many rows have the same key.",
        hint=f"Allow {-(-needed // MIB):,} MiB with --memory-limit, or choose another key.",
    )
