"""Products of a shop, described in a few words and in many."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from planted.chance import Chance, codes, money

ROWS = 3_000
KEY = ("sku",)

BRANDS = ("Nordlys", "Café Royal", "Ērgļi", "Acme", "Großmann", "Peña & Hijos", "TOMATO")
CATEGORIES = ("Kitchen", "Garden", "Office", "Toys", "Lighting", "Bath", "Textiles", "Tools", "Pets")
LOOKS = ("Small", "Grüne", "Élégante", "Heavy", "Ørsted-style", "Foldable", "Señorial", "Plain", "Świeża", "Crème")
STUFF = ("oak", "brushed steel", "Bauhaus glass", "jute", "cotton", "crème porcelain", "bamboo")
THINGS = (
    "kettle",
    "Gießkanne",
    "lampe à poser",
    "desk tray",
    "cushion",
    "bath mat",
    "corkscrew",
    "çay set",
    "dog bowl",
)
SENTENCES = (
    "Made to last, easy to clean.",
    "Für drinnen und draußen geeignet.",
    "Fabriqué à la main près de Besançon.",
    "Ships flat; tools included.",
    "Do not put it into the dishwasher!",
    "Für große und kleine Küchen.",
    "Colours may differ slightly from the picture.",
)


def catalogue(seed: int) -> pl.DataFrame:
    """Make the table, ascending by its key."""
    chance = Chance(seed, ROWS)
    look, stuff, thing, brand = (chance.one_of(words, 0.3) for words in (LOOKS, STUFF, THINGS, BRANDS))
    sentences = [chance.one_of(SENTENCES) for _ in range(3)]
    tags = pl.DataFrame({"a": chance.one_of(["new", "sale", "eco"], 1), "b": chance.one_of(CATEGORIES, 0.5)})
    return pl.DataFrame(
        {
            "sku": codes("P", 10_000 + np.cumsum(chance.whole(1, 9)), 6),
            "title": pl.select(look + " " + stuff + " " + thing + ", " + brand).to_series(),
            "description": pl.select(pl.concat_str(sentences, separator=" ")).to_series(),
            "brand": brand,
            "category": chance.one_of(CATEGORIES, 0.6),
            "price": money(np.floor(chance.lognormal(24, 0.8)) + np.array([0.99, 0.95, 0.5])[chance.ranks(3, 1)], 10),
            "weight_g": chance.thinned(pl.Series(np.round(chance.lognormal(640, 0.9)).astype(np.int64)), 0.02),
            "width_mm": pl.Series(chance.whole(40, 900)).cast(pl.Int32),
            "height_mm": pl.Series(chance.whole(15, 600)).cast(pl.Int32),
            "ean": chance.thinned(codes("40", chance.whole(10**10, 10**11), 11), 0.05),
            "rating": chance.thinned(pl.Series(np.round(5 - chance.random.gamma(2, 0.4, ROWS).clip(0, 4), 1)), 0.2),
            "reviews": pl.Series(chance.ranks(300, 1.1)),
            "tags": tags.select(pl.concat_list("a", "b")).to_series(),
            "listed_on": chance.day(date(2019, 1, 1), date(2025, 10, 31)),
        }
    )
