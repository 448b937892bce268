"""Differences that have nothing to do with a mistake: corrected cells, late rows, rows that went."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

Random = np.random.Generator


def differing(base: pl.DataFrame, head: pl.DataFrame, key: Sequence[str]) -> tuple[int, int]:
    """Count the cells that differ, and the rows that one side alone has."""
    if not key:
        counts = [frame.group_by(base.columns).len() for frame in (base, head)]
        more = (
            a.join(b, on=base.columns, how="left", nulls_equal=True).select(
                pl.col("len"), pl.col("len_right").fill_null(0)
            )
            for a, b in (counts, counts[::-1])
        )
        return 0, sum(
            int(one.select((pl.col("len").cast(int) - pl.col("len_right")).clip(0).sum()).item()) for one in more
        )
    pairs = base.join(head, on=key, suffix="_of_head", nulls_equal=True)
    both = [name for name in base.columns if name in head.columns and name not in key]
    cells = pairs.select(pl.col(name).ne_missing(pl.col(f"{name}_of_head")).sum() for name in both)
    alone_rows = sum(a.join(b, on=key, how="anti", nulls_equal=True).height for a, b in ((base, head), (head, base)))
    repeated = head.height - head.select(key).unique().height
    return sum(cells.row(0)), alone_rows + repeated


def with_stray_cells(table: pl.DataFrame, cells: int, columns: Sequence[str], random: Random) -> pl.DataFrame:
    """Give cells anywhere in the columns the value that another row has there."""
    which = random.integers(0, len(columns), cells)
    changed = []
    for number, name in enumerate(columns):
        rows = random.choice(table.height, min(int((which == number).sum()), table.height), replace=False)
        places = np.arange(table.height)
        places[rows] = random.integers(0, table.height, len(rows))
        changed.append(table[name].gather(places))
    return table.with_columns(changed)


def with_stray_rows(table: pl.DataFrame, spare: pl.DataFrame, rows: int, random: Random) -> pl.DataFrame:
    """Take some rows away and bring others in: half and half, as far as there are others."""
    brought = min((rows + 1) // 2, spare.height)
    gone = random.choice(table.height, rows - brought, replace=False)
    kept = table[np.delete(np.arange(table.height), gone)]
    new = spare[np.sort(random.choice(spare.height, brought, replace=False))]
    return pl.concat([kept, new.select(kept.columns)])
