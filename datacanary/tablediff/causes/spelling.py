"""Rules about texts: head says the same as base, spelt otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from datacanary.model.basic import Pair
from datacanary.model.cause import CauseKind
from datacanary.tablediff.causes.chance import FALSE_FOR_VALUES, PROMISING, Odds
from datacanary.tablediff.causes.claim import PART, ChangedCells, Claim, some_of

Write = Callable[[pl.Expr], pl.Expr]
UNSEEN = 1e-8
"""The chance that a text, out of all that might be, is just what a rule says."""


def as_is(texts: pl.Expr) -> pl.Expr:
    """Leave texts as they are."""
    return texts


@dataclass(frozen=True, slots=True)
class Spelling:
    """A rule: base, written in one way, is head, written in another. The message completes "the changed cells …"."""

    message: str
    base: Write
    head: Write = as_is

    def holds(self) -> pl.Expr:
        """Tell where the rule holds among texts called base and head; NULL is no text."""
        return (self.base(pl.col("base")) == self.head(pl.col("head"))).fill_null(value=False)


def respelt(cells: ChangedCells, kind: CauseKind, spellings: Sequence[Spelling], learnt: int = 0) -> Iterator[Claim]:
    """Claim the spelling that fits most cells of a glance: of several alike the first."""
    glance = side_by_side(cells.glance)
    fitting = glance.select(spelling.holds().sum().alias(f"{place}") for place, spelling in enumerate(spellings)).row(0)
    most = max(fitting)
    if glance.height and most >= PROMISING * glance.height:
        best = spellings[fitting.index(most)]
        holds = side_by_side(cells.changed).select(best.holds()).to_series()
        yield Claim(kind, holds, best.message, odds=odds_of(best, cells, len(spellings), learnt))


def side_by_side(cells: Pair[pl.Series]) -> pl.DataFrame:
    """Call the cells of both sides base and head."""
    return pl.DataFrame([cells.base.alias("base"), cells.head.alias("head")])


def odds_of(spelling: Spelling, cells: ChangedCells, tries: int, learnt: int) -> tuple[Odds, ...]:
    """Weigh whether a spelling fits by accident: if cells change one by one, or those with one text all alike."""
    sampled = some_of(cells.sampled.base, PART).drop_nulls().to_frame("text")
    law = sampled.select("text", spelling.head(pl.col("text")).alias("written"))
    one_by_one = weighed(spelling, side_by_side(cells.part), law, tries, learnt)
    if not one_by_one.surprising:
        return (one_by_one,)
    alike = weighed(spelling, side_by_side(cells.values), law, tries, learnt)
    return one_by_one, replace(alike, false=FALSE_FOR_VALUES)


def weighed(spelling: Spelling, changes: pl.DataFrame, law: pl.DataFrame, tries: int, learnt: int) -> Odds:
    """Weigh whether a spelling fits changes by accident."""
    hits = int(changes.select(spelling.holds().sum()).item())
    return Odds(hits, changes.height, chance(spelling, changes, law), tries, learnt)


def chance(spelling: Spelling, changes: pl.DataFrame, law: pl.DataFrame) -> float:
    """Return how likely another text of the column is written as the rule says."""
    wanted = changes.select(pl.col("base").alias("text"), spelling.base(pl.col("base")).alias("written"))
    alike = wanted.join(law.group_by("written").len("alike"), on="written", how="left")["alike"].sum()
    # A cell that changed has another text than before: its own does not count.
    own = wanted.join(law.group_by("text", "written").len("own"), on=["text", "written"], how="left")["own"].sum()
    return min(1.0, (int(alike) - int(own)) / max(1, law.height * wanted.height) + UNSEEN)
