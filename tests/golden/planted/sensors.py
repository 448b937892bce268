"""Readings of weather sensors, every ten minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from planted.chance import Chance, Floats, codes, where

SENSORS, READINGS = 36, 300
KEY = ("sensor_id", "measured_at")

SITES = ("Zugspitze", "Säntis", "Łysica", "Hörnli", "Galdhøpiggen", "Kebnekaise")
BEGIN = datetime(2025, 6, 2, 0, 0)  # noqa: DTZ001 -- sensors tell UTC without a zone


def sensors(seed: int) -> pl.DataFrame:
    """Make the table, sensor by sensor, ascending by time."""
    chance = Chance(seed, SENSORS * READINGS)
    sensor = np.repeat(np.arange(SENSORS), READINGS)
    step = np.tile(np.arange(READINGS), SENSORS)
    place = Chance(seed + 1, SENSORS)
    warmth = 8 + 7 * np.sin(step / 144 * 2 * np.pi) + walk(chance, 0.12) + place.random.normal(0, 3, SENSORS)[sensor]
    rain = np.where(chance.some(0.12), np.round(chance.lognormal(0.8, 1), 1), 0.0)
    temperature = where(chance.some(0.003), pl.Series(np.full(chance.rows, np.nan)), pl.Series(warmth))
    return pl.DataFrame(
        {
            "sensor_id": codes("WX-", sensor + 1, 3),
            "measured_at": pl.Series([BEGIN + n * timedelta(minutes=10) for n in range(READINGS)]).gather(step),
            "site": place.one_of(SITES, 0.5).gather(sensor),
            "latitude": pl.Series(np.round(place.random.uniform(45, 68, SENSORS), 5)).gather(sensor),
            "longitude": pl.Series(np.round(place.random.uniform(7, 22, SENSORS), 5)).gather(sensor),
            "temperature": chance.thinned(temperature, 0.01),
            "humidity": chance.thinned(pl.Series(np.round(np.clip(72 + walk(chance, 0.6), 12, 100), 1)), 0.01),
            "pressure": chance.thinned(pl.Series(np.round(88_400 + walk(chance, 9), 1)), 0.02),
            "rain_mm": pl.Series(rain),
            "battery": pl.Series(np.clip(100 - step // 12 - place.whole(0, 60)[sensor], 1, 100)).cast(pl.Int16),
            "firmware": place.one_of(["4.2.1", "4.2.0", "3.9.7-beta"], 1).gather(sensor),
            "ok": pl.Series(~chance.some(0.02)),
        }
    )


def walk(chance: Chance, step: float) -> Floats:
    """Let a value of each sensor wander."""
    steps = chance.random.normal(0, step, (SENSORS, READINGS))
    return np.cumsum(steps, axis=1).ravel()
