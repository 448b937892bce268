"""Reading a frame a piece at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl

from datacanary.model.basic import Side
from datacanary.tablediff.views import unreadable

BATCH_ROWS = 250_000
"""Rows of a batch: enough that the calls cost nothing, few enough that a batch of keys takes some MiB."""


def batches(frame: pl.LazyFrame, rows: int = BATCH_ROWS) -> Iterator[pl.DataFrame]:
    """Stream a frame in its order, at most `rows` rows at a time; who lets go of the iterator ends the reading.

    >>> [batch.height for batch in batches(pl.LazyFrame({"c0": range(5)}), rows=2)]
    [2, 2, 1]
    """
    return frame.collect_batches(chunk_size=rows, maintain_order=True, lazy=True, engine="streaming")


@contextmanager
def reading(side: Side) -> Iterator[None]:
    """Raise DataError, naming the side, for what goes wrong while its rows are read."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as problem:
        raise unreadable(side, problem) from problem
