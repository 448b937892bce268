"""Proof that some columns are a key: never NULL, unique on both sides, and they pair rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from datacanary.model.basic import Pair
from datacanary.tablediff.detach import detached
from datacanary.tablediff.hashing import Hashing
from datacanary.tablediff.hashpile import HIGHEST
from datacanary.tablediff.unique import HASH, is_unique
from datacanary.tablediff.views import SIDES, reading

SAMPLED = 10_000
"""So many keys of the smaller side, or somewhat more or fewer, are looked up in the other; of a small side all."""
STEADY = Hashing(seed=20)
"""The same rows are sampled in each run."""


class NullInKeyError(Exception):
    """A column that should be part of a key has a NULL; `code` is the column's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def is_key(frames: Pair[pl.LazyFrame], rows: Pair[int], codes: Sequence[str], memory: int) -> bool:
    """Prove that the columns are unique on both sides, and see that they pair at least half of the smaller side's rows.

    `frames` hold written values, `rows` are their heights, `memory` is in bytes. Uniqueness is exact. The share that
    pairs is exact if the smaller side has at most 10,000 rows; else it is that of about so many of its keys, those
    with the smallest hashes, all looked up in the whole other side: at 50 % the standard error is half a point.
    An empty side asks for no pairs.

    Raises NullInKeyError where a NULL comes up, and DataError if a side cannot be read.
    """
    smaller, larger = SIDES if rows.base <= rows.head else tuple(reversed(SIDES))
    sample = Sample(codes, rows.of(smaller))
    for side, look in ((smaller, sample.draw), (larger, sample.look_up)):
        with reading(side):
            if not is_unique(frames.of(side), codes, memory, look=look, hashing=STEADY):
                return False
    return sample.pairs_enough()


class Sample:
    """Some keys of the smaller side (`keys`), and those of the larger side that may be among them (`others`).

    A key is in the sample if its hash is small enough: so the other side's keys are tested for it one by one, and
    only those few that pass are compared with the sample.
    """

    def __init__(self, codes: Sequence[str], rows: int) -> None:
        self.codes = codes
        self.limit = HIGHEST if rows <= SAMPLED else HIGHEST * SAMPLED // rows
        self.keys: list[pl.DataFrame] = []
        self.others: list[pl.DataFrame] = []

    def draw(self, batch: pl.DataFrame) -> None:
        """Take keys of the smaller side into the sample."""
        self.keys.append(self.drawn(batch))

    def look_up(self, batch: pl.DataFrame) -> None:
        """Keep the keys of the larger side that could be in the sample, from time to time only those that are."""
        self.others.append(self.drawn(batch))
        if sum(keys.height for keys in self.others) > 2 * SAMPLED:
            self.others = [detached(self.partners())]

    def partners(self) -> pl.DataFrame:
        """Pick the keys that are on both sides."""
        self.keys = [pl.concat(self.keys)]
        return pl.concat(self.others).join(self.keys[0], on=[HASH, *self.codes], how="semi")

    def pairs_enough(self) -> bool:
        """Tell whether at least half of the sample is on the other side."""
        return not self.keys or not self.others or self.partners().height * 2 >= self.keys[0].height

    def drawn(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Pick the keys that belong to the sample, if they are on that side."""
        for code in self.codes:
            if batch.get_column(code).null_count():
                raise NullInKeyError(code)
        places = np.flatnonzero(batch.get_column(HASH).to_numpy() <= np.uint64(self.limit))
        return batch if places.size == batch.height else detached(batch[places])
