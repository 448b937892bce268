"""Columns of many kinds, and ways in which their cells change at random."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from datacanary.model.basic import Pair
from datacanary.tablediff.causes.cells import ChangedCells

Random = np.random.Generator
Draw = Callable[[Random, int], pl.Series]
Move = Callable[[Random, pl.Series], pl.Series]


@dataclass(frozen=True)
class Law:
    """A kind of column: how its cells are drawn, and how they move a little."""

    draw: Draw
    jitter: Move


def integers(low: int, high: int, *, step: int = 1, reach: int = 3) -> Law:
    def draw(random: Random, rows: int) -> pl.Series:
        return pl.Series(random.integers(low, high, rows) * step)

    def jitter(random: Random, cells: pl.Series) -> pl.Series:
        return cells + pl.Series(steps(random, cells.len(), reach) * step)

    return Law(draw, jitter)


def steps(random: Random, rows: int, reach: int) -> npt.NDArray[np.int64]:
    """Draw whole numbers up to `reach` either way, but 0."""
    sizes: npt.NDArray[np.int64] = random.integers(1, reach + 1, rows) * random.choice([-1, 1], rows)
    return sizes


def money(random: Random, rows: int) -> pl.Series:
    return pl.Series(np.round(random.lognormal(3.5, 1, rows), 2)).cast(pl.Decimal(12, 2))


def money_jitter(random: Random, cells: pl.Series) -> pl.Series:
    moved = cells.cast(pl.Float64) + pl.Series(steps(random, cells.len(), 50) / 100)
    return moved.round(2).cast(pl.Decimal(12, 2))


def floats(random: Random, rows: int) -> pl.Series:
    return pl.Series(random.normal(20, 7, rows))


def float_jitter(random: Random, cells: pl.Series) -> pl.Series:
    return cells + pl.Series(random.normal(0, 0.1, cells.len()))


def rounded_floats(random: Random, rows: int) -> pl.Series:
    return pl.Series(np.round(random.normal(20, 7, rows), 1))


def rounded_jitter(random: Random, cells: pl.Series) -> pl.Series:
    return (cells + pl.Series(steps(random, cells.len(), 4) / 10)).round(1)


def mostly_zero(random: Random, rows: int) -> pl.Series:
    amounts = np.round(random.lognormal(0.8, 1, rows), 1)
    return pl.Series(np.where(random.random(rows) < 0.85, 0.0, amounts))


def prices(random: Random, rows: int) -> pl.Series:
    return pl.Series(np.floor(random.lognormal(3, 0.8, rows)) + random.choice([0.99, 0.95, 0.5], rows))


def price_jitter(random: Random, cells: pl.Series) -> pl.Series:
    return (cells + pl.Series(steps(random, cells.len(), 5))).round(2)


def counts(random: Random, rows: int) -> pl.Series:
    return pl.Series(np.minimum(random.zipf(1.6, rows), 5_000))


def count_jitter(random: Random, cells: pl.Series) -> pl.Series:
    return (cells + pl.Series(steps(random, cells.len(), 2))).clip(1)


def single_floats(random: Random, rows: int) -> pl.Series:
    return pl.Series(random.normal(0, 1, rows).astype(np.float32))


def single_jitter(random: Random, cells: pl.Series) -> pl.Series:
    return cells + pl.Series(random.normal(0, 0.01, cells.len()).astype(np.float32))


def clocks(random: Random, rows: int) -> pl.Series:
    return pl.Series(random.integers(0, 86_400, rows) * 10**9).cast(pl.Time)


def clock_jitter(random: Random, cells: pl.Series) -> pl.Series:
    moved = cells.to_physical() + pl.Series(steps(random, cells.len(), 300) * 10**9)
    return (moved % (86_400 * 10**9)).cast(pl.Time)


def dates(random: Random, rows: int) -> pl.Series:
    return pl.Series(random.integers(18_000, 20_500, rows)).cast(pl.Int32).cast(pl.Date)


def date_jitter(random: Random, cells: pl.Series) -> pl.Series:
    return (cells.to_physical() + pl.Series(steps(random, cells.len(), 3))).cast(pl.Int32).cast(pl.Date)


def moments(size: int) -> Draw:
    return lambda random, rows: pl.Series(
        random.integers(1_600_000_000, 1_750_000_000, rows) // size * size * 10**6
    ).cast(pl.Datetime("us"))


def moment_jitter(size: int) -> Move:
    def jitter(random: Random, cells: pl.Series) -> pl.Series:
        return (cells.to_physical() + pl.Series(steps(random, cells.len(), 90) * size * 10**6)).cast(pl.Datetime("us"))

    return jitter


def words(count: int, skew: float = 0.0) -> Draw:
    names = pl.Series([f"{'abcdefghij'[n % 10]}{n:02} kind" for n in range(count)])
    weights = 1 / np.arange(1, count + 1) ** skew
    return lambda random, rows: names.gather(random.choice(count, rows, p=weights / weights.sum()))


FIRST = ("Anna", "José", "Zoë", "Søren", "Mary", "Jürgen", "Emma", "Peter", "Ann", "Jo", "JOE", "Eva")
LAST = ("Müller", "Smith", "García", "Nowak", "Björk", "Weiß", "Brown", "de la Cruz", "Li", "O'Neill")


def names(random: Random, rows: int) -> pl.Series:
    first, last = (pl.Series(part).gather(random.integers(0, len(part), rows)) for part in (FIRST, LAST))
    return pl.select(first + " " + last).to_series()


def codes(random: Random, rows: int) -> pl.Series:
    return pl.select(pl.lit("P-") + pl.Series(random.integers(0, 10**6, rows)).cast(pl.String).str.zfill(6)).to_series()


def sentences(random: Random, rows: int) -> pl.Series:
    parts = [
        pl.Series([*FIRST, *LAST, "left", "the", "house", "überall"]).gather(random.integers(0, 26, rows))
        for _ in range(6)
    ]
    return pl.select(pl.concat_str(parts, separator=" ")).to_series()


def typo(random: Random, cells: pl.Series) -> pl.Series:
    """Take a character away, put one in, or write another one, anywhere in a text."""
    return pl.Series([mistyped(random, cell) for cell in cells], dtype=pl.String)


def mistyped(random: Random, text: str | None) -> str | None:
    if not text:
        return text
    place, letter = int(random.integers(0, len(text))), string.ascii_letters[int(random.integers(0, 52))]
    kind = int(random.integers(0, 3))
    return text[:place] + (letter if kind else "") + text[place + (kind != 1) :]


def flags(share: float) -> Draw:
    return lambda random, rows: pl.Series(random.random(rows) < share)


def flipped(_random: Random, cells: pl.Series) -> pl.Series:
    return ~cells


def thinned(law: Law, share: float) -> Law:
    """Leave NULL in a share of the cells; what is NULL does not move."""

    def draw(random: Random, rows: int) -> pl.Series:
        kept = pl.Series(random.random(rows) >= share)
        return pl.select(pl.when(kept).then(law.draw(random, rows))).to_series()

    def jitter(random: Random, cells: pl.Series) -> pl.Series:
        there = cells.drop_nulls()
        places = cells.is_not_null().arg_true()
        return cells.scatter(places, law.jitter(random, there)) if there.len() else cells

    return Law(draw, jitter)


LAWS: Mapping[str, Law] = {
    "ratings": integers(1, 6, reach=1),
    "digits": integers(0, 10, reach=2),
    "small": integers(0, 100),
    "wide": integers(0, 10**9, reach=1000),
    "ids": integers(10**17, 10**17 + 10**6, reach=50),
    "thousands": integers(1, 300, step=1000, reach=2),
    "signed": integers(-50, 51),
    "years": integers(1990, 2026, reach=1),
    "money": Law(money, money_jitter),
    "floats": Law(floats, float_jitter),
    "rounded floats": Law(rounded_floats, rounded_jitter),
    "mostly 0": Law(mostly_zero, rounded_jitter),
    "prices": Law(prices, price_jitter),
    "counts": Law(counts, count_jitter),
    "single floats": Law(single_floats, single_jitter),
    "clocks": Law(clocks, clock_jitter),
    "dates": Law(dates, date_jitter),
    "seconds": Law(moments(1), moment_jitter(1)),
    "minutes": Law(moments(60), moment_jitter(60)),
    "quarters": Law(moments(900), moment_jitter(900)),
    "midnights": Law(moments(86_400), moment_jitter(86_400)),
    "2 words": Law(words(2), typo),
    "5 words": Law(words(5, 1.2), typo),
    "50 words": Law(words(50, 1.0), typo),
    "names": Law(names, typo),
    "codes": Law(codes, typo),
    "sentences": Law(sentences, typo),
    "flags": Law(flags(0.5), flipped),
    "rare flags": Law(flags(0.02), flipped),
    "ratings or NULL": thinned(integers(1, 6, reach=1), 0.3),
    "money or NULL": thinned(Law(money, money_jitter), 0.1),
    "dates or NULL": thinned(Law(dates, date_jitter), 0.6),
    "5 words or NULL": thinned(Law(words(5, 1.2), typo), 0.3),
    "flags or NULL": thinned(Law(flags(0.3), flipped), 0.3),
}


Change = Callable[[Random, Law, pl.Series, pl.Series], pl.Series]


def another_row(random: Random, _law: Law, column: pl.Series, base: pl.Series) -> pl.Series:
    """Give each cell the value of another row."""
    return column.gather(random.integers(0, column.len(), base.len()))


def drawn_anew(random: Random, law: Law, _column: pl.Series, base: pl.Series) -> pl.Series:
    """Give each cell a fresh value of the same kind."""
    return law.draw(random, base.len())


def moved(random: Random, law: Law, _column: pl.Series, base: pl.Series) -> pl.Series:
    """Move each cell a little."""
    return law.jitter(random, base)


CHANGES: Mapping[str, Change] = {"another row": another_row, "drawn anew": drawn_anew, "moved": moved}


def changed_at_random(law: Law, change: Change, count: int, rows: int, random: Random) -> ChangedCells:
    """Change about so many cells of a column of so many rows at random."""
    column = law.draw(random, rows)
    places = pl.Series(random.choice(rows, min(rows, count), replace=False))
    return cells_of(column, places, change(random, law, column, column.gather(places)))


def cells_of(column: pl.Series, places: pl.Series, head: pl.Series) -> ChangedCells:
    """Put new cells at some places of a column; those that are as before did not change."""
    base = column.gather(places)
    differs = base.ne_missing(head)
    rows = np.arange(column.len())
    rows[places.to_numpy()] = column.len() + np.arange(head.len())
    after = pl.concat([column.cast(head.dtype, strict=False), head]).gather(rows)
    return ChangedCells(
        name="x",
        changed=Pair(base.filter(differs), head.filter(differs)),
        sampled=Pair(column, after),
        total=int(differs.sum()),
        complete=True,
    )
