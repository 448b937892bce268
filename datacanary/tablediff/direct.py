"""Shuffled rows whose key is a dense whole number: the key itself is the place where a row is found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from datacanary.model.basic import Pair
from datacanary.tablediff.means import Means, Progress
from datacanary.tablediff.prints import CODE, HASH, Codes, Hashes, printed, take_prints, whole_key
from datacanary.tablediff.rest import Rest
from datacanary.tablediff.samples import ROW
from datacanary.tablediff.tally import Tally
from datacanary.tablediff.views import View, both, reading, written

SPARSE = 4
"""At most so many places for each row of base."""
BYTES_PER_PLACE = 9
FEW = 200_000
"""So many rows of base are looked for by their keys; more are told apart row by row."""
ABSENT = np.uint64(0)
FOUND, EQUAL = np.uint8(1), np.uint8(2)


class NotDirectError(Exception):
    """The keys of base are not dense, or repeat on a side."""


@dataclass(frozen=True, slots=True)
class Places:
    """Places for all keys from `first` on: the hash of base's row there, and what became of it."""

    first: int
    hashes: Hashes
    fate: npt.NDArray[np.uint8]

    def of(self, codes: Codes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Return the place of each key, 0 where it has none, and whether it has one."""
        places = codes - self.first
        inside = (codes >= self.first) & (codes <= self.first + (len(self.hashes) - 1))
        return (places if inside.all() else np.where(inside, places, 0)), inside


def match_directly(views: Pair[View], rests: Pair[Rest], tally: Tally, means: Means) -> None:
    """Count equal rows and leave all others to the rests; raises NotDirectError where keys are not fit for this.

    Base is read for its keys and hashes, head once for all, and base again only if any of its rows are left.
    """
    if not (tally.terms.key and all(whole_key(view, tally.terms.key) for view in views)):
        raise NotDirectError
    places = places_of_base(views, tally, means)
    match_head(views, rests.head, tally, means, places)
    if np.count_nonzero(places.fate & EQUAL) < views.base.table.rows:
        leave_base(views.base, rests.base, tally, means, places)


def places_of_base(views: Pair[View], tally: Tally, means: Means) -> Places:
    """Give every row of base its place."""
    first, size = reach(views.base, tally, means)
    table = np.zeros(size, np.uint64)
    done = 0
    for batch in take_prints(views.base, tally, means.hashing, exact=True):
        table[batch[CODE].to_numpy() - first] = present(batch[HASH].to_numpy())
        done += batch.height
        means.tell(Progress("hashing", done, both(views)))
    if np.count_nonzero(table) < done:
        raise NotDirectError
    return Places(first, table, np.zeros(size, np.uint8))


def reach(view: View, tally: Tally, means: Means) -> tuple[int, int]:
    """Return the smallest key of a side and how many places there are up to the largest one."""
    key = written(tally.terms.key, view.side)[0].to_physical().cast(pl.Int64)
    asked = [key.min().alias("first"), key.max().alias("last"), key.null_count().alias("nulls")]
    with reading(view.side):
        first, last, nulls = view.frame.select(asked).collect(engine="streaming").row(0)
    if first is None or nulls:
        raise NotDirectError
    size = int(last) - int(first) + 1
    if size > SPARSE * view.table.rows + 1024 or size * BYTES_PER_PLACE > means.memory // 2:
        raise NotDirectError
    return int(first), size


def present(hashes: Hashes) -> Hashes:
    """Keep the hash that stands for no row out of the hashes."""
    return np.maximum(hashes, np.uint64(1))


def match_head(views: Pair[View], rest: Rest, tally: Tally, means: Means, places: Places) -> None:
    """Look every row of head up; equal rows are counted, all others are left to the rest."""
    done = found = 0
    for batch in views.head.batches(printed(views.head, tally, means.hashing, exact=True)):
        if batch[CODE].null_count():
            raise NotDirectError
        rows = batch.drop(CODE, HASH)
        tally.pass_by("head", rows)
        place, inside = places.of(batch[CODE].to_numpy())
        there = places.hashes[place]
        partner = inside & (there != ABSENT)
        equal = partner & (there == present(batch[HASH].to_numpy()))
        places.fate[place[partner]] = FOUND
        places.fate[place[equal]] = FOUND | EQUAL
        found += int(np.count_nonzero(partner))
        same = int(np.count_nonzero(equal))
        tally.same(same)
        if same < batch.height:
            numbered = rows.with_row_index(ROW, done)
            rest.add(numbered.filter(pl.Series(~equal)))
        done += batch.height
        means.tell(Progress("comparing", views.base.table.rows + done, both(views)))
    if np.count_nonzero(places.fate & FOUND) < found:
        raise NotDirectError


def leave_base(view: View, rest: Rest, tally: Tally, means: Means, places: Places) -> None:
    """Read base again for the rows that have no equal."""
    left = np.flatnonzero((places.hashes != ABSENT) & ((places.fate & EQUAL) == 0)) + places.first
    key = written(tally.terms.key, view.side)[0].to_physical().cast(pl.Int64)
    numbered = view.frame.with_row_index(ROW)
    if left.size <= FEW:
        # Told the keys, Polars decodes the other columns only where one is.
        for batch in view.batches(numbered.filter(key.is_in(pl.Series(left).implode()))):
            rest.add(batch)
        return
    done = 0
    for batch in view.batches(numbered.with_columns(key.alias(CODE))):
        place, _ = places.of(batch[CODE].to_numpy())
        rest.add(batch.drop(CODE).filter(pl.Series((places.fate[place] & EQUAL) == 0)))
        done += batch.height
        means.tell(Progress("fetching", done, view.table.rows))
