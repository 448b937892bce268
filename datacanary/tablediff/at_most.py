"""How far the values of a column can have moved at most, by the rows that may differ: all others are the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from datacanary.model.basic import Pair
from datacanary.model.prints import FoundPrints
from datacanary.model.statistics import AtMost
from datacanary.model.tablediff import ColumnDiff, DiffOptions, Leeway
from datacanary.tablediff.columns import ColumnPair
from datacanary.tablediff.compare import Difference
from datacanary.tablediff.evidence import most_rows
from datacanary.tablediff.means import Means
from datacanary.tablediff.statistics.axis import Axis, Real, axis_of
from datacanary.tablediff.statistics.bins import is_listed
from datacanary.tablediff.statistics.distances import LEAST_ROWS
from datacanary.tablediff.statistics.earth_mover import NORMAL
from datacanary.tablediff.statistics.extremes import plain
from datacanary.tablediff.totals import Numbers
from datacanary.tablediff.views import SIDES

BITS = 64
"""What is said of base's values by those of some rows is wrong with a chance of 2^-64."""
BEYOND = 0.03
"""Quartiles are read off bins, whose edges are quantiles of a sample: so near they lie to the true ones, as shares."""
TOGETHER = 2
"""So many keys may share a hash by what they are, and travel together."""

Ends = Callable[[Sequence[str]], pl.DataFrame]
"""Reads the least and the greatest finite cell of columns of base, over all its rows."""


@dataclass(frozen=True, slots=True)
class Move:
    """What is known of how a column of numbers moved: the finite ones that left and those that came.

    At most the `share` of them is elsewhere; base's `spread` is no smaller, 0 if that is not known. `within`: what left
    and what came are as many, and all between the least and the greatest of them.
    """

    axis: Axis
    numbers: tuple[Real, ...]
    share: float
    spread: float
    within: bool

    def distance(self, ends: Sequence[Real] = ()) -> float | None:
        """Give the distance in spreads that cannot be exceeded; None if there is none.

        Where both sides have as many numbers, their shares up to a point are the same before the least and from the
        greatest that differs on. There are edges, so the distance of the earth mover, as it is reckoned over bins, is
        at most the range times the share. Else it reaches from the least to the greatest of all numbers, `ends`.
        """
        everything = [*self.numbers, *ends]
        if not self.share or not everything:
            return 0.0
        if not self.spread:
            return None
        reach = float(max(everything) - min(everything)) + self.axis.whole
        return reach * self.share / self.spread


class Bounds:
    """Bounds for the columns of which it matters how far they moved, by the comparison of the rows that may differ."""

    def __init__(self, part: Difference, found: FoundPrints, options: DiffOptions, means: Means) -> None:
        self._rows, self._summary, self._found = part.rows, part.summary, found
        self._options, self._means = options, means
        self._together = TOGETHER * found.neighbours
        self._gone = part.rows.gone.map(lambda rows: rows.collect()["row"])
        self._changed = part.rows.changed.collect()

    def told(self, ends: Ends) -> Mapping[str, AtMost | None]:
        """Bound shape and distance of each column that has a limit for them; None where that does not suffice.

        `ends` is asked where the rows that may differ do not tell enough. Columns without shape or distance are left
        out. Raises what `ends` raises.
        """
        if min(self._found.rows) < LEAST_ROWS:
            return {}
        told: dict[str, AtMost | None] = {}
        moves: dict[str, tuple[Leeway, float, Move]] = {}
        for column, pair, leeway in self._limited():
            share, dtypes = self._share(column), self._dtypes(pair)
            if not all(is_listed(one) or axis_of(one) for one in dtypes):
                # What has neither order nor values that are listed has no shape.
                continue
            ordered = all(axis_of(one) is not None for one in dtypes)
            if share == 0:
                empty = (
                    column.nulls.base is not None
                    and self._found.nulls.base.columns.get(column.name) == self._found.rows.base
                )
                told[column.name] = AtMost(0.0, 0.0 if ordered and not empty else None)
            elif dtypes.base != dtypes.head or (leeway.shape is not None and share > leeway.shape):
                told[column.name] = None
            elif not ordered or leeway.distance is None:
                told[column.name] = AtMost(share, None)
            else:
                moves[column.name] = leeway, share, self._move(column, pair)
        return told | self._distances(moves, ends)

    def _distances(self, moves: Mapping[str, tuple[Leeway, float, Move]], ends: Ends) -> dict[str, AtMost | None]:
        wide = [name for name, (_, _, move) in moves.items() if move.spread and not move.within]
        read = ends(wide) if wide else pl.DataFrame()
        reached = {
            name: [plain(one) for one in moves[name][2].axis.numbers(cells)]
            for name, cells in zip(wide, read.get_columns(), strict=True)
        }
        told: dict[str, AtMost | None] = {}
        for name, (leeway, share, move) in moves.items():
            distance = move.distance(reached.get(name, ()))
            enough = distance is not None and leeway.distance is not None and distance <= leeway.distance
            told[name] = AtMost(share, distance) if enough else None
        return told

    def _limited(self) -> Iterator[tuple[ColumnDiff, ColumnPair, Leeway]]:
        """Give the columns that were compared and have a limit; of the key, what is asked for."""
        for column, pair in zip(self._summary.columns, self._rows.terms.columns, strict=True):
            leeway = self._options.moves.get(column.name)
            if leeway is None or pair.writers is None or (leeway.shape is None and leeway.distance is None):
                continue
            if leeway.own or column.name not in self._summary.key.columns:
                yield column, pair, leeway

    def _share(self, column: ColumnDiff) -> float:
        """Give the share of cells that may be elsewhere: equal cells of paired rows are not."""
        removed, changed = self._summary.rows.removed or 0, column.changed or 0
        unchanged = self._found.rows.base - removed - changed - column.forgiven
        return 1 - unchanged / max(self._found.rows)

    def _dtypes(self, pair: ColumnPair) -> Pair[pl.DataType]:
        return self._rows.views.map(lambda view: view.frame.collect_schema()[pair.code])

    def _move(self, column: ColumnDiff, pair: ColumnPair) -> Move:
        cells = self._rows.views.map(lambda view: view.frame.select(pair.code).collect()[pair.code])
        axis = axis_of(cells.base.dtype)
        assert axis is not None, "it has an order"  # noqa: S101 -- asked before
        both = Pair(*(cells.of(side).gather(self._changed[side]) for side in SIDES))
        differ = both.base.ne_missing(both.head)
        leaving, coming = (
            axis.block(
                axis.numbers(pl.concat([cells.of(side).gather(self._gone.of(side)), both.of(side).filter(differ)]))
            ).finite
            for side in SIDES
        )
        drawn = self._drawn(cells.base)
        finite = axis.block(axis.numbers(drawn)).finite
        most = max(leaving.size, coming.size) + column.forgiven
        shown = finite.size / drawn.len() - _margin(drawn.len(), self._together) if drawn.len() else 0.0
        fewest = self._found.rows.base * shown
        share = min(1.0, most / fewest) if fewest > 0 else 1.0
        numbers = tuple(plain(one) for some in (leaving, coming) if some.size for one in (some[0], some[-1]))
        within = leaving.size == coming.size and not column.forgiven and self._all_kept()
        return Move(axis, numbers, share if most else 0.0, _spread(finite, self._together, share), within)

    def _drawn(self, cells: pl.Series) -> pl.Series:
        """Give cells of base drawn at random: those of unchanged rows that share a bucket with others by chance.

        A key value that repeats has all its rows in one bucket: then nothing is known.
        """
        key = self._summary.key
        if self._found.repeated or any(key.duplicates) or self._found.nulls.base.in_key or not key.columns:
            return cells.clear()
        differing = pl.concat([self._gone.base, self._changed["base"]])
        same = np.ones(cells.len(), dtype=np.bool_)
        same[differing.to_numpy()] = False
        return cells.filter(pl.Series(same))

    def _all_kept(self) -> bool:
        """Tell whether a comparison of all rows would keep all that differ, and have edges at their ends."""
        most = self._rows.views.map(lambda view: most_rows(view, self._means.memory))
        gone = all(self._gone.of(side).len() <= most.of(side) for side in SIDES)
        return gone and self._changed.height <= min(most) // 2


def _margin(size: int, together: int) -> float:
    """Say how far the shares among so many cells drawn at random, so many together, may be from those among all.

    Source: the inequality of Dvoretzky, Kiefer and Wolfowitz, with the constant of Massart (1990).
    """
    return math.sqrt((BITS + 1) * math.log(2) * together / (2 * size)) if size else 1.0


def _spread(drawn: Numbers, together: int, share: float) -> float:
    """Give what base's interquartile range, in standard deviations of a normal distribution, is no smaller than.

    `share` of all numbers are of another kind than those that were drawn, of which so many came `together`.
    """
    margin = _margin(drawn.size, together) + BEYOND + share
    low, high = math.ceil((0.25 + margin) * drawn.size), math.floor((0.75 - margin) * drawn.size)
    if not 0 < low < high:
        return 0.0
    return float(plain(drawn[high - 1]) - plain(drawn[low - 1])) / NORMAL
