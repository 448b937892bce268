"""Counts how often an explanation is claimed for differences that have no common cause: the goal is below 1 %.

    python benchmarks/false_explanations.py [TRIALS] [SEED]

Every trial takes one of the tables of tests/golden/planted, brings random differences in, few or many, and compares.
Prints each claim, and the rate.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import numpy as np
import polars as pl
from polars import selectors

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "golden"))

from planted.strays import with_stray_cells
from planted.tables import TABLES, Rows, table

from datacanary import diff
from datacanary.tablediff.result import DiffResult

Random = np.random.Generator
TABLE_SEEDS = 4
KEYLESS = 0.15


@dataclass(frozen=True, slots=True)
class Trial:
    """What chance meets: the rows of a table, its key, and about which share of them is to differ."""

    rows: Rows
    key: tuple[str, ...]
    random: Random
    share: float

    def one_of(self, kind: selectors.Selector) -> str | None:
        """Pick a column of a kind beside the key."""
        names = [name for name in self.rows.present.select(kind).columns if name not in self.key]
        return str(self.random.choice(names)) if names else None

    def changed(self, name: str, new: pl.Expr | pl.Series) -> pl.DataFrame:
        """Give a share of the cells of a column new values, in the column's own type."""
        present = self.rows.present
        chosen = pl.Series(self.random.random(present.height) < self.share)
        cells = pl.when(chosen).then(pl.select(new).to_series() if isinstance(new, pl.Series) else new)
        cast = cells.otherwise(pl.col(name)).cast(present.schema[name]).alias(name)
        return present.with_columns(cast)


Disturbance = Callable[[Trial], pl.DataFrame]


def cells_anywhere(trial: Trial) -> pl.DataFrame:
    """Put values of other rows into cells of one to all columns."""
    present, random = trial.rows.present, trial.random
    names = [name for name in present.columns if name not in trial.key]
    some = [str(name) for name in random.choice(names, random.integers(1, len(names) + 1), replace=False)]
    return with_stray_cells(present, max(1, int(present.height * trial.share)), some, random)


def cells_of_one(trial: Trial) -> pl.DataFrame:
    """Put values of other rows into cells of one column."""
    name = trial.one_of(selectors.all())
    present = trial.rows.present
    return with_stray_cells(present, max(1, int(present.height * trial.share)), [str(name)], trial.random)


def other_kinds(trial: Trial) -> pl.DataFrame:
    """Put values of a column, each as likely as the next, into cells of it."""
    name = str(trial.one_of(selectors.all()))
    values = trial.rows.present[name].unique(maintain_order=True)
    return trial.changed(name, values.gather(trial.random.integers(0, len(values), trial.rows.present.height)))


def scaled(trial: Trial) -> pl.DataFrame:
    """Move numbers by some per cent, each by another; decimals and whole numbers are rounded."""
    name = str(trial.one_of(selectors.numeric()))
    factor = pl.Series(trial.random.normal(1, 10 ** trial.random.uniform(-4, -0.3), trial.rows.present.height))
    moved = pl.col(name).cast(pl.Float64) * factor
    dtype = trial.rows.present.schema[name]
    return trial.changed(name, moved if dtype.is_float() else moved.round(2 if dtype.is_decimal() else 0))


def stepped(trial: Trial) -> pl.DataFrame:
    """Move numbers by a few steps up or down, some of them by none."""
    name = str(trial.one_of(selectors.numeric()))
    most = int(trial.random.integers(2, 50))
    steps = pl.Series(trial.random.integers(-most, most + 1, trial.rows.present.height)).cast(pl.Int16)
    return trial.changed(name, pl.col(name) + steps)


def in_the_last_bits(trial: Trial) -> pl.DataFrame:
    """Move floats as another order of a sum does."""
    name = trial.one_of(selectors.float())
    if name is None:
        return trial.rows.present
    bits = 1 + pl.Series(trial.random.integers(-4, 5, trial.rows.present.height)) * 2.0**-52
    return trial.changed(name, pl.col(name) * bits)


def another_time(trial: Trial) -> pl.DataFrame:
    """Move times by seconds up to days, dates by days."""
    name = trial.one_of(selectors.temporal())
    if name is None:
        return trial.rows.present
    is_date = trial.rows.present.schema[name] == pl.Date
    most = int(trial.random.integers(2, 60)) if is_date else int(10 ** trial.random.uniform(1, 6))
    moved = pl.lit(pl.Series(trial.random.integers(-most, most + 1, trial.rows.present.height)))
    return trial.changed(name, pl.col(name) + (pl.duration(days=moved) if is_date else pl.duration(seconds=moved)))


def mistyped(trial: Trial) -> pl.DataFrame:
    """Leave a letter of texts out, or repeat one, or write another."""
    name = str(trial.one_of(selectors.string()))
    random = trial.random

    def typo(text: str | None) -> str | None:
        if not text:
            return text
        place = int(random.integers(0, len(text)))
        letter = ("", text[place] * 2, chr(int(random.integers(97, 123))))[int(random.integers(0, 3))]
        return text[:place] + letter + text[place + 1 :]

    texts = trial.rows.present[name]
    return trial.changed(name, pl.Series([typo(text) for text in texts], dtype=pl.String))


def rows_lost(trial: Trial) -> pl.DataFrame:
    """Lose rows."""
    present = trial.rows.present
    return present.filter(pl.Series(trial.random.random(present.height) >= trial.share))


def rows_brought(trial: Trial) -> pl.DataFrame:
    """Bring rows."""
    spare = trial.rows.spare
    return pl.concat([trial.rows.present, spare.filter(pl.Series(trial.random.random(spare.height) < trial.share * 3))])


DISTURBANCES: tuple[Disturbance, ...] = (
    cells_anywhere,
    cells_of_one,
    other_kinds,
    scaled,
    stepped,
    in_the_last_bits,
    another_time,
    mistyped,
    rows_lost,
    rows_brought,
)


def tried(number: int, seed: int) -> tuple[str, DiffResult]:
    """Disturb a table in one to three ways and compare it with itself."""
    random = np.random.default_rng([seed, number])
    name = list(TABLES)[number % len(TABLES)]
    rows = table(name, int(random.integers(0, TABLE_SEEDS)))
    head, told = rows.present, []
    for disturbance in random.choice(len(DISTURBANCES), int(random.integers(1, 4)), replace=False):
        share = 10 ** random.uniform(-3.5, -0.3)
        trial = Trial(Rows(head, rows.spare), TABLES[name].key, random, share)
        head = DISTURBANCES[disturbance](trial)
        told.append(f"{DISTURBANCES[disturbance].__name__} {share:.4f}")
    keyed = random.random() >= KEYLESS
    result = diff(rows.present, head, key=TABLES[name].key if keyed else (), statistics=True)
    return f"{number} {name}{'' if keyed else ' keyless'}: {', '.join(told)}", result


def main() -> None:
    """Print the claims and the rate."""
    given = [int(word) for word in sys.argv[1:]]
    trials, seed = (*given, *(1_000, 1)[len(given) :])
    different, wrong, kinds = 0, 0, Counter[str]()
    for number in range(trials):
        told, result = tried(number, seed)
        rows = result.rows
        different += bool(rows.added or rows.removed or rows.changed)
        if causes := result.summary.causes:
            wrong += 1
            kinds.update(cause.kind for cause in causes)
            print(told, *(f"    {cause.kind} {cause.columns}: {cause.message}" for cause in causes), sep="\n")
    low, high = wilson(wrong, different)
    rate = f"{wrong / different:.2%} ({low:.2%} to {high:.2%})"
    print(f"{wrong} of {different} differences by chance are explained: {rate}")
    print(", ".join(f"{count} x {kind}" for kind, count in kinds.most_common()))


def wilson(found: int, of: int) -> tuple[float, float]:
    """Reckon the 95 % interval of a share (Wilson 1927)."""
    z = 1.96
    middle = (found + z * z / 2) / (of + z * z)
    half = z * sqrt(found * (of - found) / of + z * z / 4) / (of + z * z)
    return max(0.0, middle - half), min(1.0, middle + half)


if __name__ == "__main__":
    main()
