"""Cells became one value, or one value became another."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from datacanary.model.basic import Pair
from datacanary.tablediff.causes.chance import PROMISING, Odds
from datacanary.tablediff.causes.claim import TELLS_ALL, ChangedCells, Claim
from datacanary.tablediff.causes.frequencies import Frequencies
from datacanary.tablediff.causes.wording import values_told


def claims(cells: ChangedCells) -> Iterator[Claim]:
    """Say which value most cells have now, and which one they had if that was one too; NULL is another cause's."""
    if any(side.dtype.is_nested() or isinstance(side.dtype, pl.Object | pl.Null) for side in cells.changed):
        return
    glance = cells.glance
    least = PROMISING * glance.head.len()
    became = usual(glance.head, least)
    # The one cell that shows the value proves nothing.
    if became is None or glance.head.len() == 1:
        return
    frequencies = Frequencies(cells.sampled.base)
    now = same_for_all(cells, became, frequencies)
    was = usual(glance.base.filter(is_one(glance.head, became)), least)
    if was is not None:
        exchange = exchanged(cells, Pair(was, became), frequencies)
        yield exchange
        if exchange.trustworthy and exchange.share >= TELLS_ALL * now.share:
            return
    yield now


def same_for_all(cells: ChangedCells, became: pl.Series, frequencies: Frequencies) -> Claim:
    """Say that cells became one value."""
    holds = is_one(cells.changed.head, became)
    goal = is_one(frequencies.sampled, became)
    chance = max(frequencies.becoming(goal), frequencies.flipping(goal))
    odds = Odds(int(holds.sum()), holds.len(), chance, cells.glance.head.n_unique(), learnt=1)
    message = f"became {values_told(became)[0]}"
    return Claim("constant", holds, message, shows=True, discreet="became one and the same value", odds=(odds,))


def exchanged(cells: ChangedCells, values: Pair[pl.Series], frequencies: Frequencies) -> Claim:
    """Say that one value became another."""
    holds = is_one(cells.changed.base, values.base) & is_one(cells.changed.head, values.head)
    origin, goal = (is_one(frequencies.sampled, value) for value in values)
    chance = max(frequencies.going(origin, goal), frequencies.flipping(goal, origin))
    odds = Odds(int(holds.sum()), holds.len(), chance, holds.len(), learnt=1)
    was, became = (values_told(value)[0] for value in values)
    discreet = "went from one and the same value to one other"
    return Claim("constant", holds, f"went from {was} to {became}", shows=True, discreet=discreet, odds=(odds,))


def usual(values: pl.Series, least: float) -> pl.Series | None:
    """Return the most frequent value that is not NULL, the smallest of several; None if fewer than `least` have it."""
    counted = values.drop_nulls().value_counts(name="count")
    most = counted["count"].max()
    if not isinstance(most, int) or most < least:
        return None
    modes = counted.to_series(0).filter(counted["count"] == most)
    return modes.sort().head(1)


def is_one(values: pl.Series, one: pl.Series) -> pl.Series:
    """Tell which values are that one."""
    return (values == one).fill_null(value=False)
