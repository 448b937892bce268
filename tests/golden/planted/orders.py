"""Orders of a web shop."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl

from planted.chance import Chance, kept_where, money, times, where

ROWS = 12_000
KEY = ("order_id",)

CITIES = {
    "DE": ["Berlin", "München", "Köln", "Düsseldorf", "Leipzig"],
    "FR": ["Paris", "Saint-Étienne", "Nîmes", "Lyon"],
    "PL": ["Łódź", "Kraków", "Gdańsk"],
    "SE": ["Malmö", "Göteborg", "Stockholm"],
    "CH": ["Zürich", "Genève", "Basel"],
    "GB": ["London", "Leeds", "Bristol"],
    "ES": ["A Coruña", "Málaga", "Madrid"],
}
CURRENCIES = {"PL": "PLN", "SE": "SEK", "CH": "CHF", "GB": "GBP"}
STATUSES = ("shipped", "paid", "returned", "cancelled", "pending")
COUPONS = ("WELCOME10", "SUMMER25", "FREESHIP", "BLACK-FRIDAY", "vip-2025")
NOTES = (
    "Please leave it with the neighbour",
    "bitte nicht klingeln, das Baby schläft",
    "Livrer après 18 h s'il vous plaît",
    "Code de la porte: voir application",
    "gift wrapping, no invoice inside",
    "Ring twice… the bell is shy ☺",
)


def orders(seed: int) -> pl.DataFrame:
    """Make the table, ascending by its key and by time."""
    chance = Chance(seed, ROWS)
    country = chance.one_of(list(CITIES), 1.1)
    amount = chance.lognormal(38, 0.9)
    priced = np.where(chance.some(0.6), np.floor(amount) + 0.99, amount)
    discount = money(chance.whole(1, 40) / 2, 5)
    return pl.DataFrame(
        {
            "order_id": pl.Series(400_000 + np.cumsum(chance.whole(1, 4))),
            "customer_id": chance.thinned(pl.Series(10_000 + chance.ranks(5_000, 0.6)), 0.04),
            "ordered_at": times(chance.moments(datetime(2025, 1, 1), datetime(2025, 12, 31))),  # noqa: DTZ001
            "country": chance.thinned(country, 0.005),
            "city": city_of(chance, country),
            "status": chance.one_of(STATUSES, 1.4),
            "currency": country.replace_strict(CURRENCIES, default="EUR", return_dtype=pl.String),
            "items": pl.Series(1 + chance.ranks(12, 1.5)).cast(pl.Int32),
            "amount": money(priced),
            "shipping_fee": money(np.array([0.0, 4.9, 9.9])[chance.ranks(3, 0.5)], 8),
            "discount": kept_where(chance.some(0.35), where(chance.some(0.1), money(np.zeros(ROWS), 5), discount)),
            "coupon": kept_where(chance.some(0.25), chance.one_of(COUPONS, 1)),
            "note": kept_where(chance.some(0.15), chance.one_of(NOTES)),
            "is_gift": pl.Series(chance.some(0.07)),
        }
    )


def city_of(chance: Chance, country: pl.Series) -> pl.Series:
    """Pick a city in each country."""
    named = {code: chance.one_of(cities, 0.7) for code, cities in CITIES.items()}
    return pl.select(pl.coalesce(pl.when(country == code).then(city) for code, city in named.items())).to_series()
