"""Cells became NULL, or were it; what says the same on the other side is told, as an empty text does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from datacanary.model.basic import Pair
from datacanary.tablediff.causes.chance import PROMISING, Odds
from datacanary.tablediff.causes.claim import TELLS_ALL, ChangedCells, Claim
from datacanary.tablediff.causes.frequencies import Frequencies
from datacanary.tablediff.causes.stand_ins import stand_ins

Find = Callable[[pl.Series], pl.Series]

STAND_INS = 20
"""About so many things are looked for that may stand for NULL."""


@dataclass(frozen=True, slots=True)
class Move:
    """From what to what cells went, and how to find both; the message completes "the changed cells …"."""

    message: str
    base: Find
    head: Find

    def holds(self, cells: Pair[pl.Series]) -> pl.Series:
        """Tell which cells went so."""
        return (self.base(cells.base) & self.head(cells.head)).fill_null(value=False)


def claims(cells: ChangedCells) -> Iterator[Claim]:
    """Say which cells became NULL, or were it; that alone only if nothing stood for it."""
    if not any(side.null_count() for side in cells.glance):
        return
    frequencies = Frequencies(cells.sampled.base)
    told = 0
    for move in special(cells.changed.map(lambda side: side.dtype)):
        for claim in claimed(move, cells, frequencies, STAND_INS):
            told = max(told, int(claim.holds.sum()) if claim.trustworthy else 0)
            yield claim
    for move in GENERAL:
        for claim in claimed(move, cells, frequencies, len(GENERAL)):
            if told < TELLS_ALL * int(claim.holds.sum()):
                yield claim


def claimed(move: Move, cells: ChangedCells, frequencies: Frequencies, tries: int) -> Iterator[Claim]:
    """Claim that cells went so, unless a glance shows that too few did."""
    if int(move.holds(cells.glance).sum()) >= PROMISING * cells.glance.base.len():
        holds = move.holds(cells.changed)
        accident = chance(move, frequencies, cells.changed.map(lambda side: side.dtype))
        odds = Odds(int(holds.sum()), holds.len(), accident, tries)
        yield Claim("nulls", holds, move.message, odds=(odds,))


def special(types: Pair[pl.DataType]) -> Iterator[Move]:
    """List what stands for NULL, on either side."""
    for one in stand_ins(types.head):
        yield Move(f"were NULL and are {one.told} now", pl.Series.is_null, one.find)
    for one in stand_ins(types.base):
        yield Move(f"were {one.told} and are NULL now", one.find, pl.Series.is_null)


GENERAL = (
    Move("became NULL", pl.Series.is_not_null, pl.Series.is_null),
    Move("were NULL and have a value now", pl.Series.is_null, pl.Series.is_not_null),
)


def chance(move: Move, frequencies: Frequencies, types: Pair[pl.DataType]) -> float:
    """Return how likely cells go so by accident: NULLs and values come and go where the column has many of both.

    Base's cells are looked at as if they were of head's type where it is head's value that is looked for.
    """
    sampled = frequencies.sampled
    if move in GENERAL:
        return frequencies.becoming(sampled.is_null())
    as_head = sampled if types.head in (pl.Null(), sampled.dtype) else sampled.cast(types.head, strict=False)
    sides = ((move.base, sampled), (move.head, as_head))
    return frequencies.going(*(find(cells).fill_null(value=False) for find, cells in sides))
