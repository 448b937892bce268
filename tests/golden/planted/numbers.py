"""Mistakes with numbers and times: other units, other zero points, other zones, other signs, fewer digits."""

from __future__ import annotations

import polars as pl

from planted.plant import Change, Plant, rewritten

amount, salary, bonus = pl.col("amount"), pl.col("salary"), pl.col("bonus")


def in_zone(name: str, zone: str) -> Change:
    """Write times that are in UTC as clocks in another zone show them."""
    local = pl.col(name).dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)
    return rewritten(local.alias(name))


NUMBERS = (
    Plant(
        about="another unit",
        table="orders",
        done="amount is written in cents instead of euros",
        kind="ratio",
        columns=("amount",),
        head=rewritten(amount * 100),
        strays=0.03,
    ),
    Plant(
        about="another unit",
        table="payroll",
        done="salary is by month instead of by year, rounded to cents",
        kind="ratio",
        columns=("salary",),
        head=rewritten((salary.cast(pl.Float64) / 12).round(2)),
        strays=0.05,
    ),
    Plant(
        about="another unit",
        table="sensors",
        done="pressure is in kilopascal instead of pascal; some readings are missing",
        kind="ratio",
        columns=("pressure",),
        head=rewritten(pl.col("pressure") / 1000),
        strays=0.02,
    ),
    Plant(
        about="another unit",
        table="flights",
        done="distance is in kilometres instead of miles",
        kind="ratio",
        columns=("distance",),
        head=rewritten(pl.col("distance") * 1.609344),
        strays=0.1,
    ),
    Plant(
        about="another unit",
        table="orders",
        done="amount includes the value added tax of 8.1 %, but only in Switzerland",
        kind="ratio",
        columns=("amount",),
        head=rewritten(
            pl.when(pl.col("country") == "CH").then((amount.cast(pl.Float64) * 1.081).round(2)).otherwise(amount)
        ),
        strays=0.08,
    ),
    Plant(
        about="another unit",
        table="catalogue",
        done="weight_g is in ounces, rounded to whole ones",
        kind="ratio",
        columns=("weight_g",),
        head=rewritten((pl.col("weight_g") / 28.349523125).round()),
        strays=0.04,
    ),
    Plant(
        about="another zero point",
        table="sensors",
        done="temperature is in Kelvin instead of Celsius",
        kind="offset",
        columns=("temperature",),
        head=rewritten(pl.col("temperature") + 273.15),
        strays=0.03,
    ),
    Plant(
        about="another zero point",
        table="flights",
        done="dep_delay counts from the end of the boarding, 15 minutes earlier",
        kind="offset",
        columns=("dep_delay",),
        head=rewritten(pl.col("dep_delay") + 15),
        strays=0.06,
    ),
    Plant(
        about="another zero point",
        table="payroll",
        done="hired_on went through midnight in another zone: all dates are a day earlier",
        kind="offset",
        columns=("hired_on",),
        head=rewritten(pl.col("hired_on").dt.offset_by("-1d")),
        strays=0.05,
    ),
    Plant(
        about="another zero point",
        table="orders",
        done="the shipping fee of 4.90 is part of amount, for those who pay one",
        kind="offset",
        columns=("amount",),
        head=rewritten(
            pl.when(pl.col("shipping_fee").cast(pl.Float64) == 4.9)
            .then(amount + pl.col("shipping_fee"))
            .otherwise(amount)
        ),
        strays=0.02,
    ),
    Plant(
        about="another time zone",
        table="orders",
        done="ordered_at is in the zone of Mexico City, which has no summer time",
        kind="time_zone",
        columns=("ordered_at",),
        head=in_zone("ordered_at", "America/Mexico_City"),
        strays=0.03,
    ),
    Plant(
        about="another time zone",
        table="flights",
        done="departed_at is in the zone of New York; summer time begins in the second week",
        kind="time_zone",
        columns=("departed_at",),
        head=in_zone("departed_at", "America/New_York"),
        strays=0.04,
    ),
    Plant(
        about="another time zone",
        table="transfers",
        done="booked_at is in the zone of Berlin, over a year and a half",
        kind="time_zone",
        columns=("booked_at",),
        head=in_zone("booked_at", "Europe/Berlin"),
        strays=0.01,
    ),
    Plant(
        about="another sign",
        table="transfers",
        done="amount is positive for debits too",
        kind="sign",
        columns=("amount",),
        head=rewritten(pl.when(pl.col("direction") == "debit").then(-amount).otherwise(amount)),
        strays=0.02,
    ),
    Plant(
        about="another sign",
        table="flights",
        done="arr_delay is planned less actual, instead of actual less planned",
        kind="sign",
        columns=("arr_delay",),
        head=rewritten(-pl.col("arr_delay")),
        strays=0.05,
    ),
    Plant(
        about="fewer digits",
        table="orders",
        done="amount goes through an integer: rounded to whole euros",
        kind="rounding",
        columns=("amount",),
        head=rewritten(amount.cast(pl.Float64).round()),
        strays=0.04,
    ),
    Plant(
        about="fewer digits",
        table="sensors",
        done="temperature is rounded to one digit",
        kind="rounding",
        columns=("temperature",),
        head=rewritten(pl.col("temperature").round(1)),
        strays=0.02,
    ),
    Plant(
        about="fewer digits",
        table="payroll",
        done="bonus is cast to a whole number, which cuts the cents off",
        kind="rounding",
        columns=("bonus",),
        head=rewritten(bonus.floor()),
        strays=0.06,
    ),
    Plant(
        about="fewer digits",
        table="transfers",
        done="rate is kept with 2 digits instead of 4",
        kind="rounding",
        columns=("rate",),
        head=rewritten(pl.col("rate").round(2)),
        strays=0.03,
    ),
)
