"""Mistakes that make rows come or go: joins that find too much or too little, filters that changed."""

from __future__ import annotations

import numpy as np
import polars as pl

from planted.plant import Change, Plant, only, seeded


def joined(on: str, *, versions: tuple[float, ...]) -> Change:
    """Join the dimension of a column, whose members stand in it once, or some of them several times.

    `versions` are the shares of members that stand there once, twice, and so on; each with a grade of its own.
    """

    def change(rows: pl.DataFrame) -> pl.DataFrame:
        random = np.random.default_rng(31)
        members = rows[on].drop_nulls().unique().sort()
        times = 1 + random.choice(len(versions), len(members), p=versions)
        grades = pl.Series(["basic", "silver", "gold"])
        # The latest version of a member is the same whether its history is kept or not.
        latest = grades.gather(random.integers(0, 3, len(members)))
        now = pl.DataFrame({on: members, "grade": latest})
        past = pl.DataFrame({on: members.gather(np.repeat(np.arange(len(members)), times - 1))})
        older = past.with_columns(grades.gather(random.integers(0, 3, past.height)).alias("grade"))
        return rows.join(pl.concat([now, older]), on=on, how="left", maintain_order="left_right")

    return change


def repeated_by(on: list[pl.Expr], share: float) -> Change:
    """Join something by these values that stands there twice for a share of them; none of its columns is taken."""

    def change(rows: pl.DataFrame) -> pl.DataFrame:
        named = [value.alias(f"of{number}") for number, value in enumerate(on)]
        keyed = rows.with_columns(named)
        names = [name for name in keyed.columns if name not in rows.columns]
        members = keyed.select(names).unique().sort(names)
        twice = members.filter(pl.Series(np.random.default_rng(32).random(members.height) < share))
        return keyed.join(pl.concat([members, twice]), on=names, how="left", maintain_order="left_right").select(
            rows.columns
        )

    return change


def found_in(on: str, missing: float) -> Change:
    """Join a dimension that lacks a part of the members; an inner join drops their rows, and those with a NULL."""

    def change(rows: pl.DataFrame) -> pl.DataFrame:
        members = rows[on].drop_nulls().unique().sort()
        known = members.filter(pl.Series(np.random.default_rng(33).random(len(members)) >= missing))
        return rows.join(known.to_frame(), on=on, how="inner", maintain_order="left")

    return change


def repriced(rows: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Set new prices in the garden, each for itself."""
    price = pl.col("price").cast(pl.Float64) * pl.Series(random.uniform(0.8, 1.25, rows.height))
    new = (price.floor() + 0.49).cast(rows.schema["price"])
    return rows.with_columns(pl.when(pl.col("category") == "Garden").then(new).otherwise(pl.col("price")))


def timed_anew(rows: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Measure the departures of one carrier by another clock."""
    moved = pl.Series(random.integers(-9, 12, rows.height)).cast(pl.Int32)
    late = pl.col("dep_delay")
    return rows.with_columns(pl.when(pl.col("carrier") == "B6").then(late + moved).otherwise(late))


JOINS = (
    Plant(
        about="rows repeated by a join",
        table="orders",
        done="the customers keep their history now, and the join forgot to ask for the latest version",
        kind="fan_out",
        base=joined("customer_id", versions=(1.0,)),
        head=joined("customer_id", versions=(0.95, 0.04, 0.01)),
        strays=0.03,
    ),
    Plant(
        about="rows repeated by a join",
        table="flights",
        done="the weather of some hours at an airport stands twice in the joined table",
        kind="fan_out",
        head=repeated_by([pl.col("origin"), pl.col("scheduled_at").dt.truncate("1h")], 0.02),
        strays=0.05,
    ),
    Plant(
        about="rows repeated by a join",
        table="transfers",
        done="counterparties have several addresses; compared without a key",
        kind="fan_out",
        head=repeated_by([pl.col("counterparty_id")], 0.06),
        strays=0.04,
        keyed=False,
    ),
    Plant(
        about="rows lost by a join",
        table="orders",
        done="the join with the customers became an inner one: guests, whose customer_id is NULL, are gone",
        kind="lost_join",
        columns=("customer_id",),
        head=found_in("customer_id", 0.0),
        strays=0.03,
    ),
    Plant(
        about="rows lost by a join",
        table="flights",
        done="an inner join with the planes: flights without a tail_number, or with one of 8 % that are not listed, go",
        kind="lost_join",
        columns=("tail_number",),
        head=found_in("tail_number", 0.08),
        strays=0.02,
    ),
    Plant(
        about="rows lost by a join",
        table="transfers",
        done="the counterparties were loaded only in part: an inner join loses the transfers of one of twenty",
        kind="lost_join",
        columns=("counterparty_id",),
        head=found_in("counterparty_id", 0.05),
        strays=0.06,
    ),
)

SEGMENTS = (
    Plant(
        about="a segment changed",
        table="catalogue",
        done="new prices in the category Garden, each another one",
        kind="segment",
        columns=("category",),
        head=seeded(repriced, 34),
        strays=0.04,
    ),
    Plant(
        about="a segment changed",
        table="flights",
        done="dep_delay of the carrier B6 comes from another clock: a few minutes more or less",
        kind="segment",
        columns=("carrier",),
        head=seeded(timed_anew, 35),
        strays=0.05,
    ),
    Plant(
        about="a segment went",
        table="transfers",
        done="only what was booked since April 2024 is kept",
        kind="segment",
        columns=("booked_at",),
        head=only(pl.col("booked_at") >= pl.datetime(2024, 4, 1)),
        strays=0.03,
    ),
    Plant(
        about="a segment went",
        table="sensors",
        done="the load stopped on 3 June at noon",
        kind="segment",
        columns=("measured_at",),
        head=only(pl.col("measured_at") < pl.datetime(2025, 6, 3, 12)),
        strays=0.02,
    ),
    Plant(
        about="a segment went",
        table="transfers",
        done="only transfers with amount > 0 are kept",
        kind="segment",
        columns=("amount",),
        head=only(pl.col("amount") > 0),
        strays=0.01,
    ),
    Plant(
        about="a segment went",
        table="catalogue",
        done="products without reviews are dropped",
        kind="segment",
        columns=("reviews",),
        head=only(pl.col("reviews") > 0),
        strays=0.05,
    ),
    Plant(
        about="a segment went",
        table="payroll",
        done="those who left are filtered out: active",
        kind="segment",
        columns=("active",),
        head=only(pl.col("active")),
        strays=0.04,
    ),
    Plant(
        about="a segment came",
        table="orders",
        done="the filter status <> 'cancelled' was lost",
        kind="segment",
        columns=("status",),
        base=only(pl.col("status") != "cancelled"),
        strays=0.03,
    ),
    Plant(
        about="a segment came",
        table="payroll",
        done="the department Legal came with a new UNION ALL",
        kind="segment",
        columns=("department",),
        base=only(pl.col("department") != "Legal"),
        strays=0.05,
    ),
)
