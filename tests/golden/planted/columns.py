"""Mistakes with whole columns: they change places, or are called otherwise."""

from __future__ import annotations

import numpy as np
import polars as pl

from planted.plant import Change, Plant, rewritten, seeded
from planted.strays import with_stray_cells


def swapped(one: str, other: str) -> Change:
    """Put the cells of two columns into each other."""
    return rewritten(pl.col(one).alias(other), pl.col(other).alias(one))


def swapped_from(day: pl.Expr, one: str, other: str) -> Change:
    """Do so in the rows from a day on."""
    return rewritten(
        pl.when(day).then(pl.col(other)).otherwise(pl.col(one)).alias(one),
        pl.when(day).then(pl.col(one)).otherwise(pl.col(other)).alias(other),
    )


def renamed_and_corrected(rows: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Call a column otherwise, and correct 80 cells anywhere beside the key, some in that very column."""
    return with_stray_cells(rows, 80, rows.columns[1:], random).rename({"ean": "gtin"})


COLUMNS = (
    Plant(
        about="swapped",
        table="flights",
        done="origin and dest changed places in the UNION's second half: after 20 March",
        kind="swapped",
        columns=("origin", "dest"),
        head=swapped_from(pl.col("flight_date") > pl.date(2025, 3, 20), "origin", "dest"),
        strays=0.03,
    ),
    Plant(
        about="swapped",
        table="catalogue",
        done="width_mm and height_mm changed places",
        kind="swapped",
        columns=("width_mm", "height_mm"),
        head=swapped("width_mm", "height_mm"),
        strays=0.05,
    ),
    Plant(
        about="swapped",
        table="payroll",
        done="first_name and last_name changed places",
        kind="swapped",
        columns=("first_name", "last_name"),
        head=swapped("first_name", "last_name"),
        strays=0.02,
    ),
    Plant(
        about="renamed",
        table="orders",
        done="amount is called gross_amount",
        kind="renamed",
        columns=("amount", "gross_amount"),
        head=lambda rows: rows.rename({"amount": "gross_amount"}),
    ),
    Plant(
        about="renamed",
        table="catalogue",
        done="ean is called gtin; meanwhile other cells were corrected",
        kind="renamed",
        columns=("ean", "gtin"),
        head=seeded(renamed_and_corrected, 21),
    ),
)
