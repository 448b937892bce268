"""Hashes of cells and rows: they find what is worth a look, and never decide alone."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import xor

import polars as pl

DOUBT = 2.0**-20
"""So many wrong claims may be expected of a hash, over all pairs of rows, for its word to be taken."""


@dataclass(frozen=True, slots=True)
class Hashing:
    """Hashes of `bits` bits, from 64 down; another `seed` gives other hashes.

    Equal values have equal hashes: NaN and NaN, 0.0 and -0.0, NULL and NULL. Hashes are never stored: their
    values may differ from version to version of Polars.
    """

    seed: int
    bits: int = 64

    def of(self, names: Sequence[str]) -> pl.Expr:
        """Hash each row over these columns, which hold written values; every column has a seed of its own.

        Without seeds of their own a row's cells could cancel each other.

        >>> rows = pl.DataFrame({"c0": [1, 2], "c1": [2, 1]})
        >>> rows.select(SEEDED.of(["c0", "c1"]).n_unique()).item()
        2
        """
        whole = reduce(xor, (pl.col(name).hash(self.seed + place) for place, name in enumerate(names, 1)))
        return whole if self.bits == SEEDED.bits else whole % (1 << self.bits)

    def reseeded(self, times: int) -> Hashing:
        """Give the same hash under another seed."""
        return Hashing(self.seed ^ (times * 0x9E3779B97F4A7C15 & MASK), self.bits)

    def sure_of(self, pairs: int) -> bool:
        """Tell whether equal hashes may stand for equal rows in so many pairs of rows.

        >>> SEEDED.sure_of(10**9), Hashing(1, bits=2).sure_of(1)
        (True, False)
        """
        return pairs * 2.0**-self.bits <= DOUBT


def is_code(dtype: pl.DataType) -> bool:
    """Tell whether values of this type are stored as whole numbers of 64 bits with a sign, which say all of them.

    >>> is_code(pl.Date()), is_code(pl.UInt64()), is_code(pl.Enum(["a"]))
    (True, False, False)
    """
    if dtype.is_integer():
        return dtype not in {pl.Int128(), pl.UInt128(), pl.UInt64()}
    return dtype.is_temporal()


MASK = (1 << 63) - 1
SEEDED = Hashing(secrets.randbits(62))
"""A seed of this process: nobody can make up rows that collide."""
