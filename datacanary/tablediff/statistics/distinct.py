"""How many distinct values a column has: exactly while they are few, else estimated in bounded memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from datacanary.tablediff.statistics.bins import Counts
from datacanary.tablediff.totals import ROOM, Numbers

MOST = 4_096
"""So many distinct values are held, at most."""
PENDING = 4 * MOST
"""So many new ones are collected before they are put among the held ones."""
BITS = 64
SEED = 0x1F0D5EED
"""Of the hashes of texts: fixed, so that the same values give the same estimate."""
FIRST, SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1B54A32D192ED03)

Hashes = npt.NDArray[np.uint64]


class Distinct:
    """Values whose hash is below a threshold, with their exact counts; the threshold halves when they get too many.

    Each distinct value is held with the same probability 2^-level, however often it occurs, so their number times
    2^level estimates all; the standard error is about 1/sqrt(held), at most 2.2 %. At level 0 all are held and counted
    exactly. What was taken in can be taken out again.

    Source: Gibbons, "Distinct sampling for highly-accurate answers to distinct values queries" (VLDB 2001).

    >>> few = Distinct()
    >>> few.take(np.array([5, 7], dtype=np.uint64), np.array([2, 1]))
    >>> few.take(np.array([7], dtype=np.uint64), np.array([-1]))
    >>> few.estimate(), few.exact
    (1, True)
    """

    def __init__(self, level: int = 0) -> None:
        self.level = level
        self.hashes: Hashes = np.empty(0, dtype=np.uint64)
        self.counts: Counts = np.empty(0, dtype=np.int64)
        self.pending: list[tuple[Hashes, Counts]] = []
        self.waiting = 0

    @property
    def exact(self) -> bool:
        """Whether the estimate is the number itself."""
        self.settle()
        return self.level == 0

    def below(self, hashes: Hashes) -> npt.NDArray[np.bool_]:
        """Tell which hashes are below the threshold."""
        return hashes <= np.uint64((1 << (BITS - self.level)) - 1)

    def take(self, hashes: Hashes, counts: Counts) -> None:
        """Take in values, so many cells of each; negative counts take them out."""
        if self.level:
            near = self.below(hashes)
            hashes, counts = hashes[near], counts[near]
        self.wait(hashes, counts)

    def take_numbers(self, ascending: Numbers, times: int) -> None:
        """Take in finite numbers in their order, so many times; -1 takes them out."""
        if ascending.size == 0:
            return
        if self.level:
            # Few are below the threshold: only these are told apart.
            ascending = ascending[self.below(number_hashes(ascending))]
        starts = run_starts(ascending)
        self.wait(number_hashes(ascending[starts]), np.diff(starts, append=ascending.size) * times)

    def wait(self, hashes: Hashes, counts: Counts) -> None:
        """Collect values below the threshold."""
        self.pending.append((hashes, counts))
        self.waiting += hashes.size
        if self.waiting > PENDING:
            self.settle()

    def settle(self) -> None:
        """Put new values among the held ones."""
        if not self.pending:
            return
        hashes = np.concatenate([self.hashes, *(new for new, _ in self.pending)])
        counts = np.concatenate([self.counts, *(new for _, new in self.pending)])
        self.pending, self.waiting = [], 0
        order = np.argsort(hashes)
        hashes, counts = hashes[order], counts[order]
        starts = run_starts(hashes)
        if starts.size:
            counts = np.add.reduceat(counts, starts)
            hashes = hashes[starts]
        held = counts != 0
        self.hashes, self.counts = hashes[held], counts[held]
        while self.hashes.size > MOST:
            self.level += 1
            end = int(np.searchsorted(self.hashes, np.uint64(1 << (BITS - self.level))))
            self.hashes, self.counts = self.hashes[:end], self.counts[:end]

    def estimate(self) -> int:
        """Say how many distinct values there are."""
        self.settle()
        return int(self.hashes.size) << self.level


def run_starts(ascending: Numbers) -> npt.NDArray[np.intp]:
    """Find where each value of an ordered array begins.

    >>> run_starts(np.array([3, 3, 5])).tolist()
    [0, 2]
    """
    if ascending.size == 0:
        return np.empty(0, dtype=np.intp)
    return np.append(np.intp(0), np.flatnonzero(ascending[1:] != ascending[:-1]) + 1)


def text_hashes(cells: pl.Series) -> Hashes:
    """Hash texts, bytes or booleans without NULL; different ones have the same hash once in 2^64 pairs."""
    return cells.hash(SEED).to_numpy()


def number_hashes(values: Numbers) -> Hashes:
    """Hash numbers: different ones of 64 bits differ, whatever integer type holds them; 0.0 and -0.0 do not."""
    if values.dtype == object:
        lows = np.array([value & (2**64 - 1) for value in values], dtype=np.uint64)
        # What 64 bits with a sign can say has the hash that it has as such.
        highs = np.array([((value + 2**63) >> 64) & (2**64 - 1) for value in values], dtype=np.uint64)
        return mixed(lows ^ mixed(highs))
    if values.dtype.kind == "f":
        return mixed((values + 0.0).view(np.uint64))
    return mixed(values.astype(np.int64 if values.dtype.kind == "i" else np.uint64, copy=False).view(np.uint64))


def mixed(words: Hashes) -> Hashes:
    """Make the upper bits of words look random; different words stay different, and 0 stays 0.

    Source: two of the steps of SplitMix64 (Steele, Lea and Flood 2014).
    """
    product, shifted = (ROOM.array(place, words.size, np.uint64) for place in (0, 1))
    np.multiply(words, FIRST, out=product)
    np.right_shift(product, np.uint64(32), out=shifted)
    np.bitwise_xor(product, shifted, out=product)
    return np.multiply(product, SECOND)
