"""Flights of an airline group: every route once a day, over the weeks in which clocks change."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import polars as pl

from planted.chance import Chance, codes, days, kept_where, times

ROUTES, DAYS = 360, 50
KEY = ("flight_date", "carrier", "flight_number")

AIRPORTS = ("JFK", "EWR", "LGA", "ATL", "ORD", "LAX", "MIA", "BOS", "DEN", "SFO", "SEA", "CLT", "AUS", "MSY")
CARRIERS = ("UA", "DL", "B6", "AA", "EV", "HA")


def flights(seed: int) -> pl.DataFrame:
    """Make the table, ascending by day; times are in UTC."""
    plan = routes(seed)
    chance = Chance(seed + 1, ROUTES * DAYS)
    route = pl.Series(np.tile(np.arange(ROUTES), DAYS))
    day = np.repeat(np.arange(date(2025, 2, 24).toordinal(), date(2025, 2, 24).toordinal() + DAYS), ROUTES)
    flown = ~chance.some(0.025)
    late = np.where(chance.some(0.3), chance.lognormal(25, 1), chance.random.normal(-3, 4, chance.rows)).astype(int)
    minute = plan["minute"].gather(route).to_numpy()
    scheduled = (day - datetime(1970, 1, 1).toordinal()) * 86_400 + minute * 60  # noqa: DTZ001
    miles = plan["miles"].gather(route)
    flown_for = miles.to_numpy() / 7.6 + 18 + chance.random.normal(0, 6, chance.rows)
    table = pl.DataFrame(
        {
            "flight_date": days(day),
            **{name: plan[name].gather(route) for name in ("carrier", "flight_number", "origin", "dest")},
            "tail_number": kept_where(flown, codes("N", chance.ranks(400, 0.4) * 7 + 101, 5)),
            "scheduled_at": times(scheduled).dt.replace_time_zone("UTC"),
            "departed_at": kept_where(flown, times(scheduled + late * 60)),
            "dep_delay": kept_where(flown, pl.Series(late)).cast(pl.Int32),
            "arr_delay": kept_where(flown, pl.Series(late + chance.whole(-22, 14))).cast(pl.Int32),
            "air_time": kept_where(flown, pl.Series(np.round(flown_for, 1))),
            "distance": miles,
            "gate": chance.thinned(chance.one_of([f"{hall}{n}" for hall in "ABCD" for n in range(1, 13)], 0.3), 0.05),
            "cancelled": pl.Series(~flown),
        }
    )
    return table.filter(pl.Series(~chance.some(0.03)))


def routes(seed: int) -> pl.DataFrame:
    """Plan what is flown each day: who, from where to where, at which minute."""
    chance = Chance(seed, ROUTES)
    origin = chance.ranks(len(AIRPORTS), 0.8)
    dest = (origin + chance.whole(1, len(AIRPORTS))) % len(AIRPORTS)
    names = pl.Series(list(AIRPORTS))
    return pl.DataFrame(
        {
            "carrier": chance.one_of(CARRIERS, 0.9),
            "flight_number": pl.Series(11 + np.arange(ROUTES) * 13).cast(pl.Int32),
            "origin": names.gather(origin),
            "dest": names.gather(dest),
            "minute": pl.Series(chance.whole(10 * 12, 23 * 12) * 5),
            "miles": pl.Series(np.round(180 + np.abs(origin - dest) * 173.0 + chance.whole(0, 90))),
        }
    )
