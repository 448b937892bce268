"""Both sides walked in step, batch by batch, in the order that their rows have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from datacanary.model.basic import Pair, Side
from datacanary.tablediff.cells import compare_cells
from datacanary.tablediff.detach import detached
from datacanary.tablediff.means import Means, Progress
from datacanary.tablediff.order import Growth, below, have_order
from datacanary.tablediff.rest import Rest
from datacanary.tablediff.resync import Alignment, align
from datacanary.tablediff.runs import any_unequal, codes_of, is_exact, picked
from datacanary.tablediff.samples import ROW
from datacanary.tablediff.tally import GONE, Tally
from datacanary.tablediff.views import SIDES, Terms, View, both, joined, rows_at, written

LEAST_PAIRED = 0.7
"""Below this share of rows that found a partner another way is quicker."""
GLANCE = 4096
"""Rows of a side that are looked at before the walk begins."""
GRACE = 100_000
"""Rows without a partner that are no reason yet to give up."""
AHEAD = 2_000_000
"""Rows of a side that are looked at together, at most, to find the way again."""
MOST_BREAKS = 20_000
"""After so many breaks in the step it is asked whether they are too many."""
SELDOM = 100
"""Rows that are walked between two breaks, at least: each break costs as much as some thousand rows by another way."""
FEW = 8
"""Rows that are left are copied if they are less than this part of the next ones."""


class OutOfStepError(Exception):
    """Too few rows find their partner in this order."""


class Walker:
    """Where a side stands: `rows` are read and not settled yet, with their numbers as `row`."""

    def __init__(self, view: View, rest: Rest, tally: Tally, apart: pl.DataFrame | None) -> None:
        self.side: Side = view.side
        self.rest, self.tally, self.apart = rest, tally, apart
        self.batches = view.batches()
        self.rows = pl.DataFrame(schema={ROW: GONE["row"], **view.frame.collect_schema()})
        self.growth = Growth()
        self.seen = 0
        self.ended = False

    def read(self) -> bool:
        """Read on; False at the end."""
        batch = next(self.batches, None)
        if batch is None:
            self.ended = True
            return False
        self.tally.pass_by(self.side, batch)
        numbered = batch.with_row_index(ROW, self.seen)
        self.seen += batch.height
        if self.apart is not None:
            numbered = self.set_apart(numbered, self.apart)
        if self.rows.height * FEW < numbered.height:
            # A few rows must not keep all of the portion before alive.
            self.rows = detached(self.rows)
        self.rows = numbered if self.rows.height == 0 else joined([self.rows, numbered])
        return True

    def ready(self) -> bool:
        """Tell whether there are rows, reading on if need be."""
        while self.rows.height == 0 and not self.ended:
            self.read()
        return self.rows.height > 0

    def set_apart(self, rows: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
        """Leave the rows to the rest whose key values repeat."""
        keys = self.keys(rows).with_row_index(ROW)
        repeats = keys.join(values, on=values.columns, how="semi", nulls_equal=True)[ROW].sort()
        if repeats.len() == 0:
            return rows
        self.rest.add(rows_at(rows, repeats))
        return rows.filter(~keys[ROW].is_in(repeats.implode()))

    def keys(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Write the columns by which rows find each other."""
        return rows.select(written(self.tally.terms.pairing, self.side))

    def advance(self, rows: int) -> None:
        """Leave rows behind that are settled."""
        self.rows = self.rows.slice(rows)

    def leave(self, rows: int) -> None:
        """Leave rows behind that have no partner."""
        self.rest.add(self.rows.head(rows))
        self.advance(rows)


def in_step(views: Pair[View], terms: Terms, means: Means) -> bool:
    """Look at the first rows: tell whether many of either side have a partner in the same order."""
    keys = Pair(*(views.of(side).frame.head(GLANCE).select(written(terms.pairing, side)).collect() for side in SIDES))
    shorter = min(side.height for side in keys)
    codes = codes_of(keys, means.hashing)
    return align(codes.base, codes.head).paired * 2 >= shorter


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk has shown: `unique`: no key value occurs twice on a side; `complete`: who is left has no partner.

    What it has not shown may be true all the same.
    """

    unique: bool
    complete: bool


def walk(views: Pair[View], rests: Pair[Rest], tally: Tally, means: Means, apart: pl.DataFrame | None) -> Walked:
    """Walk both sides in step: pairs are tallied, all other rows are left to the rests.

    Rows whose key is among `apart` are left to the rests, too. Raises OutOfStepError where few rows find a partner.
    """
    done = Walk(views, rests, tally, means, apart)
    done.go()
    unique = all(walker.growth.proven for walker in done.walkers)
    return Walked(unique, unique and len(done.directions()) <= 1 and done.no_detour)


class Walk:
    """A walk over both sides; `no_detour`: rows were passed over only where their order proves that they are alone."""

    def __init__(
        self, views: Pair[View], rests: Pair[Rest], tally: Tally, means: Means, apart: pl.DataFrame | None
    ) -> None:
        self.tally, self.means, self.total = tally, means, both(views)
        self.no_detour = True
        self.breaks = self.walked = 0
        self.taken_for_falling: set[bool] = set()
        self.walkers = Pair(*(Walker(views.of(side), rests.of(side), tally, apart) for side in SIDES))

    def go(self) -> None:
        """Walk to the end; raises OutOfStepError if that makes no sense."""
        base, head = self.walkers
        while base.ready() and head.ready():
            self.step()
            self.means.tell(Progress("comparing", base.seen + head.seen, self.total))
            self.check()
        for walker in self.walkers:
            while walker.ready():
                walker.growth.see(walker.keys(walker.rows))
                walker.leave(walker.rows.height)
                self.means.tell(Progress("comparing", base.seen + head.seen, self.total))

    def check(self) -> None:
        """Give up if too few rows find a partner."""
        if self.means.force:
            return
        base, head = self.walkers
        lonely = min(walker.rest.rows.rows for walker in self.walkers)
        if lonely > GRACE and lonely > (1 - LEAST_PAIRED) * min(base.seen, head.seen):
            raise OutOfStepError
        if self.breaks > MOST_BREAKS and self.walked < SELDOM * self.breaks:
            raise OutOfStepError

    def step(self) -> None:
        """Settle some rows: at least one."""
        base, head = self.walkers
        length = min(base.rows.height, head.rows.height)
        rows = self.walkers.map(lambda walker: walker.rows.head(length))
        keys = Pair(base.keys(rows.base), head.keys(rows.head))
        if not any(one.ne_missing(other).any() for one, other in zip(keys.base, keys.head, strict=True)):
            base.growth.see(keys.base)
            head.growth.see_same(keys.head, base.growth)
            if self.tally.terms.key:
                self.compare(rows)
            else:
                self.tally.same(length)
            base.advance(length)
            head.advance(length)
            self.walked += length
            return
        self.find_way()

    def find_way(self) -> None:
        """Pair what can be paired in the rows that were read, and leave behind what lies between."""
        keys = self.walkers.map(lambda walker: walker.keys(walker.rows))
        codes = codes_of(keys, self.means.hashing)
        way = align(codes.base, codes.head)
        self.breaks += len(way.lengths)
        self.walked += max(way.walked)
        if way.paired:
            self.compare_verified(way, exact=is_exact(keys))
        for walker, walked, side_keys in zip(self.walkers, way.walked, keys, strict=True):
            walker.growth.see(side_keys.head(walked))
            self.leave_between(walker, way, walked)
        if way.lost:
            self.find_back(keys, way)

    def leave_between(self, walker: Walker, way: Alignment, walked: int) -> None:
        """Leave the rows of the walked part that are in no run to the rest, and advance."""
        starts = way.base if walker.side == "base" else way.head
        at = 0
        between = []
        for start, length in zip((*starts, walked), (*way.lengths, 0), strict=True):
            if start > at:
                between.append(walker.rows.slice(at, start - at))
            at = start + length
        if between:
            walker.rest.add(pl.concat(between, rechunk=True))
        walker.advance(walked)

    def directions(self) -> set[bool]:
        """Tell which ways keys went, or were taken to go: falling or not."""
        known = {walker.growth.falling for walker in self.walkers if walker.growth.falling is not None}
        return known | self.taken_for_falling

    def find_back(self, keys: Pair[pl.DataFrame], way: Alignment) -> None:
        """Go on where the rest of what was read has nothing in common."""
        base, head = self.walkers
        left = Pair(keys.base.slice(way.walked[0]), keys.head.slice(way.walked[1]))
        proven = all(walker.growth.proven for walker in self.walkers)
        if proven and all(side.height and have_order(side) for side in left):
            falling = any(self.directions())
            self.taken_for_falling.add(falling)
            ordered = left if not falling else left.map(lambda side: side.reverse())
            if below(ordered.base.tail(1), ordered.head.head(1)):
                self.pass_over(base, left.base)
                return
            if below(ordered.head.tail(1), ordered.base.head(1)):
                self.pass_over(head, left.head)
                return
        shorter, longer = sorted(self.walkers, key=lambda walker: walker.rows.height)
        for walker in (shorter, longer):
            if walker.rows.height < AHEAD and walker.read():
                return
        if self.means.force or (base.ended and head.ended):
            self.no_detour = False
            for walker, side in zip(self.walkers, left, strict=True):
                self.pass_over(walker, side)
            return
        raise OutOfStepError

    def pass_over(self, walker: Walker, keys: pl.DataFrame) -> None:
        """Leave all rows that were read to the rest."""
        walker.growth.see(keys)
        walker.leave(walker.rows.height)

    def compare_verified(self, way: Alignment, *, exact: bool) -> None:
        """Compare rows in runs; where hashes paired unequal keys, both rows go to the rest."""
        rows = Pair(
            picked(self.walkers.base.rows, way.base, way.lengths), picked(self.walkers.head.rows, way.head, way.lengths)
        )
        if not exact:
            keys = Pair(*(self.walkers.of(side).keys(rows.of(side)) for side in SIDES))
            wrong = any_unequal(keys)
            if wrong is not None:
                self.no_detour = False
                for walker, side in zip(self.walkers, rows, strict=True):
                    walker.rest.add(side.filter(wrong))
                rows = rows.map(lambda side: side.filter(~wrong))
        if self.tally.terms.key:
            self.compare(rows)
        else:
            self.tally.same(rows.base.height)

    def compare(self, rows: Pair[pl.DataFrame]) -> None:
        """Compare rows that pair position by position."""
        cells = compare_cells(self.tally.terms.beside_key, rows)

        def take(side: Side, places: pl.Series, codes: Sequence[str]) -> pl.DataFrame:
            return rows_at(rows.of(side).select(codes), places)

        self.tally.paired(rows.map(lambda side: side[ROW]), cells, take)
