"""Differences without a common cause, and none at all: nothing should be claimed."""

from __future__ import annotations

import numpy as np
import polars as pl

from planted.chance import money
from planted.plant import Change, Plant, seeded
from planted.strays import with_stray_cells
from planted.tables import table

Random = np.random.Generator


def corrected(cells: int) -> Change:
    """Correct cells from the fourth column on: they get a value that another row has."""
    return seeded(lambda rows, random: with_stray_cells(rows, cells, rows.columns[3:], random), cells)


def thinned(share: float) -> Change:
    """Lose rows by chance."""
    return seeded(lambda rows, random: rows.filter(pl.Series(random.random(rows.height) >= share)), 42)


def shuffled(rows: pl.DataFrame, random: Random) -> pl.DataFrame:
    """Bring the rows into another order."""
    return rows[random.permutation(rows.height)]


def summed_otherwise(rows: pl.DataFrame, random: Random) -> pl.DataFrame:
    """Move floats in their last bits, as sums in another order do."""
    last = 1 + pl.Series(random.integers(-3, 4, rows.height)) * 2.0**-52
    return rows.with_columns(pl.col("temperature") * last, pl.col("pressure") * last)


def measured_again(rows: pl.DataFrame, random: Random) -> pl.DataFrame:
    """Read every thermometer a second time."""
    return rows.with_columns(pl.col("temperature") + pl.Series(random.normal(0, 0.2, rows.height)))


def raised(rows: pl.DataFrame, random: Random) -> pl.DataFrame:
    """Raise the salaries of 60 % of the people, each by another 1 to 6 %, to full tens."""
    salary = rows["salary"].cast(pl.Float64).to_numpy()
    new = np.ceil(salary * random.uniform(1.01, 1.06, rows.height) / 10) * 10
    chosen = pl.Series(random.random(rows.height) < 0.6)
    return rows.with_columns(pl.when(chosen).then(money(new)).otherwise(pl.col("salary")).alias("salary"))


def moved(rows: pl.DataFrame, random: Random) -> pl.DataFrame:
    """Let a few people change department, city and title."""
    return with_stray_cells(rows, 120, ["department", "city", "job_title"], random)


def edited(rows: pl.DataFrame, random: Random) -> pl.DataFrame:
    """Rewrite one description of ten: sentences are exchanged, added, dropped."""
    others = pl.Series(random.permutation(rows["description"].to_numpy()))
    chosen = pl.Series(random.random(rows.height) < 0.1)
    text = pl.col("description")
    new = (
        pl.when(pl.Series(random.random(rows.height) < 0.5))
        .then(text + " " + others.str.slice(0, 30))
        .otherwise(others)
    )
    return rows.with_columns(pl.when(chosen).then(new).otherwise(text).alias("description"))


def late_and_corrected(rows: pl.DataFrame, random: Random) -> pl.DataFrame:
    """Correct minutes of 5 % of the flights, lose 0.5 % of the rows, and bring others."""
    chosen = pl.Series(random.random(rows.height) < 0.05)
    minutes = pl.Series(random.integers(-8, 9, rows.height)).cast(pl.Int32)
    delays = [pl.col(name) + pl.when(chosen).then(minutes).otherwise(0) for name in ("dep_delay", "arr_delay")]
    new = table("flights").spare.sample(90, seed=43)
    return pl.concat([rows.with_columns(delays).filter(pl.Series(random.random(rows.height) >= 0.005)), new])


def replaced(rows: pl.DataFrame, random: Random) -> pl.DataFrame:
    """Lose 2 % of the transfers and bring 150 others."""
    kept = rows.filter(pl.Series(random.random(rows.height) >= 0.02))
    return pl.concat([kept, table("transfers").spare.sample(150, seed=44)])


NOISE = (
    Plant(about="noise", table="orders", done="300 cells of many columns were corrected", head=corrected(300)),
    Plant(about="noise", table="orders", done="a few cells were corrected", head=corrected(8)),
    Plant(about="noise", table="orders", done="1 % of the rows were lost by chance", head=thinned(0.01)),
    Plant(about="noise", table="sensors", done="floats moved in their last bits", head=seeded(summed_otherwise, 45)),
    Plant(about="noise", table="sensors", done="every temperature was measured again", head=seeded(measured_again, 46)),
    Plant(
        about="noise",
        table="sensors",
        done="every temperature was measured again; compared without a key",
        head=seeded(measured_again, 47),
        keyed=False,
    ),
    Plant(about="noise", table="transfers", done="2 % of the rows went, others came", head=seeded(replaced, 48)),
    Plant(about="noise", table="transfers", done="one row went", head=lambda rows: rows[1:]),
    Plant(about="noise", table="payroll", done="most salaries rose, each by another 1 to 6 %", head=seeded(raised, 49)),
    Plant(about="noise", table="payroll", done="some people changed department, city, title", head=seeded(moved, 50)),
    Plant(about="noise", table="catalogue", done="one description of ten was rewritten", head=seeded(edited, 51)),
    Plant(about="noise", table="catalogue", done="500 cells of many columns were corrected", head=corrected(500)),
    Plant(
        about="noise",
        table="flights",
        done="minutes of 5 % of the flights were corrected; some rows went, others came",
        head=seeded(late_and_corrected, 52),
    ),
)

UNCHANGED = (
    Plant(about="no change", table="orders", done="nothing"),
    Plant(about="no change", table="flights", done="the rows were shuffled", head=seeded(shuffled, 53)),
    Plant(
        about="no change",
        table="sensors",
        done="the columns stand in another order",
        head=lambda rows: rows.select(reversed(rows.columns)),
    ),
    Plant(
        about="no change",
        table="transfers",
        done="the rows were shuffled; compared without a key",
        head=seeded(shuffled, 54),
        keyed=False,
    ),
)
