"""Reading a frame portion by portion, each of about so many bytes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

import polars as pl

LENIENCE = 1.25
"""A portion may be so much longer to end at a stop."""
ENOUGH = 8
"""A portion of this part of the length ends at a stop: larger ones cost more memory and are no quicker."""
GLANCE = 1_000
"""Rows that show how many bytes a row has."""


def portions(frame: pl.LazyFrame, rows: int, stops: Sequence[int], size: int) -> Iterator[pl.DataFrame]:
    """Read a frame of so many rows in portions of about `size` bytes.

    `stops` are the row numbers where reading can begin at no extra cost, ascending from 0. A portion ends at a stop
    if it comes near one: what lies between two stops is read in equal parts.
    """
    at, length = 0, max(1, size // row_bytes(frame))
    while at < rows:
        end = next_end(at, length, rows, stops)
        yield frame.slice(at, end - at).collect(engine="in-memory")
        at = end


def row_bytes(frame: pl.LazyFrame) -> int:
    """Measure the bytes of a row on the first ones."""
    first = frame.head(GLANCE).collect()
    return max(1, -(-int(first.estimated_size()) // max(1, first.height)))


def width(dtype: pl.DataType) -> int:
    """Guess the bytes of a cell.

    >>> width(pl.Int64()), width(pl.Decimal(12, 2)), width(pl.String())
    (8, 16, 40)
    """
    if dtype.is_numeric() or dtype.is_temporal():
        return 16 if isinstance(dtype, pl.Decimal | pl.Int128 | pl.UInt128) else 8
    return 1 if isinstance(dtype, pl.Boolean | pl.Null) else 40


def next_end(at: int, length: int, rows: int, stops: Sequence[int]) -> int:
    """Say where a portion ends: at the first stop that makes it large enough, and at most a little above `length` rows.

    >>> next_end(0, 40, 250, [0, 100, 200]), next_end(34, 40, 250, [0, 100, 200]), next_end(0, 150, 250, [0, 100, 200])
    (34, 67, 100)
    """
    ends = [*stops[bisect_right(stops, at) :], rows]
    left = ends[0] - at
    if left > length * LENIENCE:
        return at + -(-left // -(-left // length))
    enough = bisect_left(ends, at + length // ENOUGH)
    while enough and ends[min(enough, len(ends) - 1)] - at > length * LENIENCE:
        enough -= 1
    return ends[min(enough, len(ends) - 1)]
