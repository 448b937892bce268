"""Employees and what they earn."""

from __future__ import annotations

import unicodedata
from datetime import date

import numpy as np
import polars as pl

from planted.chance import Chance, codes, kept_where, money, where

ROWS = 1_600
KEY = ("employee_id",)

FIRST = ("Anna", "José", "Zoë", "Søren", "Łukasz", "Mary", "Jürgen", "Nguyễn", "François", "Emma", "Åsa", "Peter")
LAST = (
    "Müller",
    "Smith",
    "García",
    "Žižka",
    "O'Neill",
    "Nowak",
    "Björk",
    "Çelik",
    "Weiß",
    "Dubois",
    "Brown",
    "Sánchez",
)
DEPARTMENTS = ("Sales", "Engineering", "Support", "Logistics", "Finance", "Legal")
TITLES = ("Clerk", "Analyst", "Senior Analyst", "Team Lead", "Engineer", "Senior Engineer", "Director")
CITIES = ("Hamburg", "Wrocław", "Kraków", "Lyon", "Göteborg", "Sevilla")


def payroll(seed: int) -> pl.DataFrame:
    """Make the table, ascending by its key."""
    chance = Chance(seed, ROWS)
    first, last = (chance.one_of([f"{name}{more}" for name in names for more in MORE], 0.4) for names in (FIRST, LAST))
    left = chance.some(0.14)
    bonus = where(chance.some(0.12), pl.Series(np.zeros(ROWS)), pl.Series(np.round(chance.lognormal(2_400, 0.7), 2)))
    hours = np.array([40, 38.5, 35, 30, 20.0])[chance.ranks(5, 1.2)]
    number = 1_000 + np.cumsum(chance.whole(1, 3))
    manager = codes("E-", number[chance.ranks(90, 0.3)], 5)
    return pl.DataFrame(
        {
            "employee_id": codes("E-", number, 5),
            "first_name": first,
            "last_name": last,
            "email": emails(first, last, number),
            "department": chance.one_of(DEPARTMENTS, 0.6),
            "job_title": chance.one_of(TITLES, 0.8),
            "city": chance.one_of(CITIES, 0.5),
            "hired_on": chance.day(date(2004, 1, 1), date(2025, 9, 30)),
            "left_on": kept_where(left, chance.day(date(2025, 1, 1), date(2025, 10, 31))),
            "salary": money(np.round(chance.lognormal(52_000, 0.35) / 60) * 60 + chance.whole(0, 2) * 0.5),
            "bonus": chance.thinned(bonus, 0.3),
            "weekly_hours": pl.Series(hours),
            "manager_id": chance.thinned(manager, 0.03),
            "active": pl.Series(~left),
        }
    )


MORE = ("", "", "", "-Maria", " Jr.", "-Lund", "sen", "ová")


def emails(first: pl.Series, last: pl.Series, number: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pl.Series:
    """Make an address out of each name."""
    names = [f"{a}.{b}" for a, b in zip(first, last, strict=True)]
    plain = (unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower() for name in names)
    written = (name.replace(" ", "").replace("'", "").rstrip(".") for name in plain)
    return pl.Series([f"{name}{n % 97}@example.com" for name, n in zip(written, number.tolist(), strict=True)])
