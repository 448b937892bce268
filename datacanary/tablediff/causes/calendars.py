"""Days of the calendar as numbers: where weeks, months, quarters and years begin, and what clocks on the wall show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from datacanary.tablediff.causes.claim import ChangedCells
from datacanary.tablediff.causes.scale import Array
from datacanary.tablediff.meeting import NANOSECONDS

Days = Callable[[Array], Array]
"""Takes and gives days since 1970-01-01."""
MONDAY = 4
"""The first Monday after 1970-01-01, in days."""
FURTHEST = 4_000_000_000_000
"""Seconds from 1970 within which there is a calendar with time zones: more than a hundred thousand years."""


def to_monday(days: Array) -> Array:
    """Go back to the Monday.

    >>> to_monday(np.array([0, 4, 10])).tolist()
    [-3, 4, 4]
    """
    return (days - MONDAY) // 7 * 7 + MONDAY


def to_month(days: Array) -> Array:
    """Go back to the first day of the month.

    >>> to_month(np.array([30, 31])).tolist()
    [0, 31]
    """
    return days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def to_quarter(days: Array) -> Array:
    """Go back to the first day of the quarter."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) // 3 * 3
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def to_year(days: Array) -> Array:
    """Go back to the first day of the year."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)


BEGINNINGS: Mapping[str, Days] = {
    "the week": to_monday,
    "the month": to_month,
    "the quarter": to_quarter,
    "the year": to_year,
}


def on_the_wall(cells: ChangedCells) -> ChangedCells:
    """Take instants as clocks on the wall of their zone show them: there days begin and end."""
    if not all(isinstance(side.dtype, pl.Datetime) and side.dtype.time_zone for side in cells.changed):
        return cells
    return replace(cells, changed=cells.changed.map(shown), sampled=cells.sampled.map(shown))


def shown(instants: pl.Series) -> pl.Series:
    """Take the time zone away; what lies beyond any calendar, or has no end, becomes NULL."""
    if not isinstance(instants.dtype, pl.Datetime):
        return instants
    limit = min(FURTHEST * NANOSECONDS["day"] // 86_400 // NANOSECONDS[instants.dtype.time_unit], 2**62)
    ticks = instants.to_physical()
    within = pl.select(pl.when(ticks.is_between(-limit, limit)).then(ticks)).to_series()
    return within.cast(instants.dtype).dt.replace_time_zone(None)
