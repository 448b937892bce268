"""Reading a frame a piece at a time."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

BATCH_ROWS = 250_000
"""Rows of a batch: enough that the calls cost nothing, few enough that a batch of keys takes some MiB."""


def batches(frame: pl.LazyFrame, rows: int | None = BATCH_ROWS) -> Iterator[pl.DataFrame]:
    """Stream a frame in its order, at most `rows` rows at a time; None is as they come.

    Who lets go of the iterator ends the reading.

    >>> [batch.height for batch in batches(pl.LazyFrame({"c0": range(5)}), rows=2)]
    [2, 2, 1]
    """
    return frame.collect_batches(chunk_size=rows, maintain_order=True, lazy=True, engine="streaming")
