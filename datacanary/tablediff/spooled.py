"""Rows that can be read only once are kept, so that they can be read again."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from datacanary.tablediff.scratch import Scratch
from datacanary.tablediff.table import Table, type_words

SHARE = 8
"""This part of the memory may hold the rows of a side that wait; the rest of them lie on disk."""


def spooled(frames: Iterable[pl.DataFrame], schema: pl.Schema, scratch: Scratch, memory: int) -> Table:
    """Keep rows in their order: in memory, or where they are more than its share of `memory` bytes, on disk.

    >>> spooled([pl.DataFrame({"id": [1]})], pl.Schema({"id": pl.Int64}), Scratch(), 1 << 30).rows
    1
    """
    spool = scratch.spool(memory // SHARE)
    for frame in frames:
        spool.append(frame)
    types = {name: type_words(dtype) for name, dtype in schema.items()}
    return Table(spool.finish(schema), types, spool.rows, keep=scratch, stops=spool.stops)
