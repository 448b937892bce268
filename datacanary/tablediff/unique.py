"""Whether some columns tell every row apart, and which of their values repeat: exact, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import polars as pl

from datacanary.tablediff.batches import BATCH_ROWS, batches
from datacanary.tablediff.hashing import SEEDED, Hashing
from datacanary.tablediff.hashpile import Hashes, piles
from datacanary.tablediff.order import Growth

Look = Callable[[pl.DataFrame], None]

HASH = "hash"
COUNT = "count"
ROW = "row"
"""Names beside the codes c0, c1, ... of columns."""

HASH_BYTES = 8
NO_HASHES: Hashes = np.empty(0, np.uint64)
AT_ONCE = 1_000
"""Hashes whose rows are fetched together to see whether their values repeat too: mostly the first ones do."""


def no_look(batch: pl.DataFrame) -> None:
    """Look at nothing."""


@dataclass(frozen=True, slots=True)
class Tuples:
    """The written values of some columns, row by row, each with its hash."""

    frame: pl.LazyFrame
    codes: tuple[str, ...]
    batch: int

    @classmethod
    def of(cls, frame: pl.LazyFrame, codes: Sequence[str], hashing: Hashing, batch: int) -> Tuples:
        """Take these columns of a frame."""
        return cls(frame.select(*codes, hashing.of(codes).alias(HASH)), tuple(codes), batch)

    def batches(self) -> Iterator[pl.DataFrame]:
        """Stream the rows."""
        return batches(self.frame, self.batch)

    def hashes(self, rows: int | None = None) -> Iterator[pl.DataFrame]:
        """Stream the hashes alone, of all rows or of the first ones."""
        frame = self.frame.select(HASH)
        return batches(frame if rows is None else frame.head(rows), self.batch)

    def that_repeat(self, hashes: Hashes) -> pl.LazyFrame:
        """Find the values that occur more than once among the rows with these hashes, and their first rows."""
        suspects = pl.LazyFrame({HASH: hashes})
        rows = self.frame.with_row_index(ROW).join(suspects, on=HASH, how="semi")
        counted = rows.group_by(self.codes).agg(pl.len().alias(COUNT), pl.col(ROW).min())
        return counted.filter(pl.col(COUNT) > 1)


def is_unique(
    frame: pl.LazyFrame,
    codes: Sequence[str],
    memory: int,
    *,
    look: Look = no_look,
    hashing: Hashing = SEEDED,
    batch: int = BATCH_ROWS,
) -> bool:
    """Prove that no two rows have equal values in these columns; NULL equals NULL, NaN NaN, and -0.0 equals 0.0.

    The columns hold written values and are called by plain codes. While values only grow, or only fall, from row to
    row nothing is kept. Other values are hashed, `memory` is the bytes for the hashes, and there are more passes if
    it does not hold them all. Distinct hashes prove distinct values; where hashes repeat the values decide.
    `look` is shown every row once, in batches with the hashes as `hash`, until the answer is known; what it raises
    ends the proof.

    >>> is_unique(pl.LazyFrame({"c0": [1, 3, 2], "c1": ["a", "a", "a"]}), ["c0", "c1"], memory=1_000)
    True
    """
    tuples = Tuples.of(frame, codes, hashing, batch)
    stream = shown(tuples.batches(), look)
    grown = grow(stream, tuples.codes)
    if grown.stop is None:
        return True
    if grown.stop.select(tuples.codes).is_duplicated().any():
        return False
    for pile in piles(passes(tuples, grown, stream), memory // HASH_BYTES):
        hashes = pile.repeated()
        for start in range(0, hashes.size, AT_ONCE):
            found = tuples.that_repeat(hashes[start : start + AT_ONCE])
            if found.select(pl.len()).collect(engine="streaming").item():
                return False
    return True


def repeats(
    frame: pl.LazyFrame,
    codes: Sequence[str],
    memory: int,
    *,
    hashing: Hashing = SEEDED,
    batch: int = BATCH_ROWS,
) -> pl.DataFrame:
    """Find the values of these columns that more than one row has, with how many have them as `count`.

    Equality, columns and memory are those of `is_unique`; beside it, memory holds what is found. The values come in
    the order in which they first appear.

    >>> repeats(pl.LazyFrame({"c0": [2, None, 1, None, 2, 2]}), ["c0"], memory=1_000).rows()
    [(2, 3), (None, 2)]
    """
    tuples = Tuples.of(frame, codes, hashing, batch)
    stream = tuples.batches()
    grown = grow(stream, tuples.codes)
    if grown.stop is None:
        found = []
    else:
        found = [
            tuples.that_repeat(hashes).collect(engine="streaming")
            for pile in piles(passes(tuples, grown, stream), memory // HASH_BYTES)
            if pile.complete and (hashes := pile.repeated()).size
        ]
    if not found:
        return tuples.that_repeat(NO_HASHES).collect_schema().to_frame(eager=True).drop(ROW)
    return pl.concat(found).sort(ROW).drop(ROW)


def shown(stream: Iterator[pl.DataFrame], look: Look) -> Iterator[pl.DataFrame]:
    """Show each batch as it passes by."""
    for batch in stream:
        look(batch)
        yield batch


@dataclass(frozen=True, slots=True)
class Grown:
    """How far values grow, or fall, from row to row: in the first `rows`, but not in the batch `stop` that follows."""

    rows: int
    stop: pl.DataFrame | None


def grow(stream: Iterator[pl.DataFrame], codes: Sequence[str]) -> Grown:
    """Read on while values grow or fall."""
    growth = Growth()
    rows = 0
    for batch in stream:
        growth.see(batch.select(codes))
        if not growth.proven:
            return Grown(rows, batch)
        rows += batch.height
    return Grown(rows, None)


def passes(tuples: Tuples, grown: Grown, stream: Iterator[pl.DataFrame]) -> Iterator[Iterable[Hashes]]:
    """Give the hashes of all rows as often as asked; the first time what was begun is read to its end."""
    begun = [] if grown.stop is None else [grown.stop]
    yield map(hashes_of, chain(begun, stream, tuples.hashes(grown.rows)))
    while True:
        yield map(hashes_of, tuples.hashes())


def hashes_of(batch: pl.DataFrame) -> Hashes:
    """Take the hashes out of a batch."""
    return batch.get_column(HASH).to_numpy()
