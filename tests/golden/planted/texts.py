"""Mistakes with texts, times that lose a part, and what stands where nothing stood."""

from __future__ import annotations

import numpy as np
import polars as pl

from planted.plant import Plant, rewritten, seeded


def untidy(rows: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Put blanks around one title of eight, as they come from spreadsheets."""
    blank = pl.Series(random.choice(["", " ", "  ", "\t"], rows.height, p=[0.88, 0.08, 0.02, 0.02]))
    before = pl.Series(random.random(rows.height) < 0.2)
    padded = pl.when(before).then(blank + pl.col("title")).otherwise(pl.col("title") + blank)
    return rows.with_columns(padded.alias("title"))


def typed_in(rows: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Write one address of five as people type it: with capitals."""
    name = pl.col("email")
    capitals = pl.Series(random.random(rows.height) < 0.2)
    return rows.with_columns(pl.when(capitals).then(name.str.to_titlecase()).otherwise(name))


def forgotten(rows: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Lose the manager of a third of the people, whoever they are."""
    lost = pl.Series(random.random(rows.height) < 0.35)
    return rows.with_columns(pl.when(~lost).then(pl.col("manager_id")))


def unmapped(rows: pl.DataFrame) -> pl.DataFrame:
    """Look categories up in a list that lacks most of them."""
    known = pl.col("category").is_in(["Kitchen", "Garden"])
    return rows.with_columns(pl.when(known).then(pl.col("category")).otherwise(pl.lit("Other")))


TEXTS = (
    Plant(
        about="trimmed",
        table="catalogue",
        done="title is stripped now; one of eight came with blanks or tabs around it",
        kind="trimming",
        columns=("title",),
        base=seeded(untidy, 11),
        strays=0.08,
    ),
    Plant(
        about="trimmed",
        table="payroll",
        done="last_name became CHAR(24): filled up with blanks",
        kind="trimming",
        columns=("last_name",),
        head=rewritten(pl.col("last_name").str.pad_end(24)),
        strays=0.04,
    ),
    Plant(
        about="capitals",
        table="orders",
        done="country is written in small letters",
        kind="case",
        columns=("country",),
        head=rewritten(pl.col("country").str.to_lowercase()),
        strays=0.02,
    ),
    Plant(
        about="capitals",
        table="payroll",
        done="email is in small letters now; people had typed one of five with capitals",
        kind="case",
        columns=("email",),
        base=seeded(typed_in, 12),
        strays=0.1,
    ),
    Plant(
        about="Unicode",
        table="catalogue",
        done="title comes from a file system that takes é apart (NFD)",
        kind="unicode",
        columns=("title",),
        head=rewritten(pl.col("title").str.normalize("NFD")),
        strays=0.05,
    ),
    Plant(
        about="Unicode",
        table="payroll",
        done="first_name is composed now (NFC), it was taken apart (NFD)",
        kind="unicode",
        columns=("first_name",),
        base=rewritten(pl.col("first_name").str.normalize("NFD")),
        strays=0.03,
    ),
    Plant(
        about="NULL or empty",
        table="orders",
        done="coupon is an empty text where there was none: it went through a CSV file",
        kind="nulls",
        columns=("coupon",),
        head=rewritten(pl.col("coupon").fill_null("")),
        strays=0.02,
    ),
    Plant(
        about="NULL or empty",
        table="transfers",
        done="purpose is NULL where it was empty",
        kind="nulls",
        columns=("purpose",),
        head=rewritten(pl.when(pl.col("purpose") != "").then(pl.col("purpose"))),
        strays=0.08,
    ),
    Plant(
        about="NULL or 0",
        table="orders",
        done="discount is coalesced to 0",
        kind="nulls",
        columns=("discount",),
        head=rewritten(pl.col("discount").fill_null(0)),
        strays=0.03,
    ),
    Plant(
        about="NULL or 0",
        table="sensors",
        done="rain_mm is NULL where it did not rain",
        kind="nulls",
        columns=("rain_mm",),
        head=rewritten(pl.when(pl.col("rain_mm") != 0).then(pl.col("rain_mm"))),
        strays=0.01,
    ),
    Plant(
        about="became NULL",
        table="flights",
        done="air_time is NULL: the left join found nothing for Delta's flights",
        kind="nulls",
        columns=("air_time",),
        head=rewritten(pl.when(pl.col("carrier") != "DL").then(pl.col("air_time"))),
        strays=0.05,
    ),
    Plant(
        about="became NULL",
        table="payroll",
        done="manager_id is lost for a third of the people",
        kind="nulls",
        columns=("manager_id",),
        head=seeded(forgotten, 13),
        strays=0.06,
    ),
    Plant(
        about="one value",
        table="catalogue",
        done="category is 'Other' unless it is one of two",
        kind="constant",
        columns=("category",),
        head=unmapped,
        strays=0.04,
    ),
    Plant(
        about="one value",
        table="sensors",
        done="battery is 100 wherever the new firmware 4.2.1 runs",
        kind="constant",
        columns=("battery",),
        head=rewritten(pl.when(pl.col("firmware") == "4.2.1").then(100).otherwise(pl.col("battery")).alias("battery")),
        strays=0.03,
    ),
    Plant(
        about="cut off",
        table="catalogue",
        done="title is cut to 20 characters",
        kind="truncation",
        columns=("title",),
        head=rewritten(pl.col("title").str.slice(0, 20)),
        strays=0.03,
    ),
    Plant(
        about="cut off",
        table="transfers",
        done="purpose is VARCHAR(35), as in old payment files",
        kind="truncation",
        columns=("purpose",),
        head=rewritten(pl.col("purpose").str.slice(0, 35)),
        strays=0.1,
    ),
    Plant(
        about="cut off",
        table="orders",
        done="ordered_at lost its time of day",
        kind="truncation",
        columns=("ordered_at",),
        head=rewritten(pl.col("ordered_at").dt.truncate("1d")),
        strays=0.02,
    ),
    Plant(
        about="cut off",
        table="flights",
        done="scheduled_at is kept by the hour",
        kind="truncation",
        columns=("scheduled_at",),
        head=rewritten(pl.col("scheduled_at").dt.truncate("1h")),
        strays=0.03,
    ),
)
