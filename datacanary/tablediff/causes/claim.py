"""The changed cells of one column, and what an explanation says of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from datacanary.model.basic import Pair
from datacanary.model.cause import CauseKind
from datacanary.tablediff.causes.amounts import Numbers, Rule
from datacanary.tablediff.causes.chance import LEAST_SHARE, Odds
from datacanary.tablediff.causes.scale import scale_of
from datacanary.tablediff.spread import spread_places

GLANCE = 512
"""So many changed cells tell whether a rule is worth to be tried on all."""
PART = 2_048
"""So many changed cells, at most, tell whether a rule holds by accident."""
TELLS_ALL = 0.8
"""What explains so many of the cells that another explanation does, and says more, is told alone."""


@dataclass(frozen=True)
class ChangedCells:
    """The cells of one column that changed: base and head position by position, in the types of their sides.

    `sampled` are cells spread over each whole side. `total` cells changed; `complete` if they are all here.
    It has no slots: causes look at the same parts, which are made when first asked for.
    """

    name: str
    changed: Pair[pl.Series]
    sampled: Pair[pl.Series]
    total: int
    complete: bool

    @cached_property
    def glance(self) -> Pair[pl.Series]:
        """A few of the changed cells, still position by position."""
        return self.changed.map(lambda side: some_of(side, GLANCE))

    @cached_property
    def part(self) -> Pair[pl.Series]:
        """As many of them as tell whether a rule holds by accident."""
        return self.changed.map(lambda side: some_of(side, PART))

    @cached_property
    def values(self) -> Pair[pl.Series]:
        """Of that part each value of base once, with what it became most often.

        If `open` became `done` wherever it was, that happened once, not a thousand times.
        """
        part = pl.LazyFrame([self.part.base.alias("base"), self.part.head.alias("head")])
        counted = part.group_by("base", "head", maintain_order=True).len()
        most = counted.sort("len", descending=True, maintain_order=True).unique(
            "base", keep="first", maintain_order=True
        )
        once = most.collect()
        return Pair(once["base"], once["head"])

    @cached_property
    def numbers(self) -> Numbers | None:
        """The cells as numbers, None if they are none."""
        scale = scale_of(self.changed, self.sampled.base)
        return None if scale is None else Numbers(scale, self)

    @property
    def are_texts(self) -> bool:
        """Whether both sides are texts."""
        return all(side.dtype == pl.String for side in self.changed)


def some_of(cells: pl.Series, most: int) -> pl.Series:
    """Give a fair part of cells: of as many the same places."""
    return cells if cells.len() <= most else cells.gather(pl.Series(spread_places(cells.len(), most)))


@dataclass(frozen=True, slots=True)
class Claim:
    """What an explanation says of one column's changed cells, and where it holds.

    `message` completes "98.9 % of the changed cells of amount …". If it `shows` values of cells, `discreet` does not.
    `odds` weigh whether it holds by accident, in all ways that are thought of.
    """

    kind: CauseKind
    holds: pl.Series
    message: str
    shows: bool = False
    discreet: str = ""
    odds: tuple[Odds, ...] = ()

    @property
    def share(self) -> float:
        """The part of the changed cells for which it holds."""
        return int(self.holds.sum()) / self.holds.len() if self.holds.len() else 0.0

    @property
    def trustworthy(self) -> bool:
        """Whether it holds for most cells, and not by accident."""
        return self.share >= LEAST_SHARE and bool(self.odds) and all(one.surprising for one in self.odds)

    @property
    def learnt(self) -> int:
        """How many changes it took to find the rule."""
        return max((one.learnt for one in self.odds), default=0)


def by_rule(
    kind: CauseKind, message: str, numbers: Numbers, rule: Rule, *, tries: int, learnt: int = 0
) -> Iterator[Claim]:
    """Claim that a rule about numbers holds, unless a glance shows that it does so too seldom."""
    if numbers.promises(rule):
        odds = numbers.odds(rule, tries, learnt)
        yield Claim(kind, pl.Series(numbers.all.holds(rule(numbers.all))), message, odds=odds)
