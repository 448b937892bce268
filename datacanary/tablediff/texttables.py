"""Tables whose values come as text: what they are is known only after the last."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import polars as pl

from datacanary.tablediff.scratch import Scratch
from datacanary.tablediff.spooled import SHARE, spooled
from datacanary.tablediff.table import Table
from datacanary.tablediff.textvalues import TextColumn


def typed_table(
    frames: Iterable[pl.DataFrame], schema: pl.Schema, in_text: Collection[str], scratch: Scratch, memory: int
) -> Table:
    """Give the columns that are `in_text` their types, by all values of all frames, and keep the others.

    >>> frames = [pl.DataFrame({"n": ["1"]}), pl.DataFrame({"n": ["2.5"]})]
    >>> typed_table(frames, pl.Schema({"n": pl.String}), ["n"], Scratch(), 1 << 30).frame.collect()["n"].to_list()
    [1.0, 2.5]
    """
    text = scratch.spool(memory // SHARE)
    columns = {name: TextColumn() for name in in_text}
    for frame in frames:
        for name, column in columns.items():
            column.add(frame[name])
        text.append(frame)
    types = pl.Schema({name: columns[name].dtype if name in columns else dtype for name, dtype in schema.items()})
    typed = (
        pl.DataFrame({name: columns[name].read(frame[name]) if name in columns else frame[name] for name in types})
        for frame in text.frames()
    )
    return spooled(typed, types, scratch, memory)
