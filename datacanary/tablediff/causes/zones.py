"""Time zones with names: how far their clocks are ahead of UTC."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from datacanary.tablediff.causes.scale import Array, Scale

ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "Europe/Athens",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "Australia/Sydney",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Europe/Madrid",
    "Europe/Helsinki",
    "Europe/Kyiv",
    "Europe/Bucharest",
    "Europe/Chisinau",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Asia/Jerusalem",
    "Asia/Beirut",
    "Asia/Amman",
    "Asia/Tehran",
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Halifax",
    "America/St_Johns",
    "America/Anchorage",
    "America/Adak",
    "America/Phoenix",
    "America/Mexico_City",
    "America/Tijuana",
    "America/Havana",
    "America/Sao_Paulo",
    "America/Santiago",
    "America/Asuncion",
    "America/Nuuk",
    "Atlantic/Azores",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
)
"""Zones with summer time, each with rules of its own or much used."""
NANOSECONDS_PER_SECOND = 1_000_000_000
FIRST, LAST = -4_000_000_000, 8_000_000_000
"""Seconds since 1970 between which zones are known: the years 1843 to 2223."""


def ahead(times: Array, zones: Sequence[str], scale: Scale) -> Array:
    """Return by how many units the clocks of each zone are ahead of UTC at each of these times."""
    per_second = NANOSECONDS_PER_SECOND // scale.nanoseconds
    seconds = pl.Series("seconds", np.clip(times // per_second, FIRST, LAST).astype(np.int64))
    instants = (pl.col("seconds") * 1_000).cast(pl.Datetime("ms", "UTC"))
    local = ((zone, instants.dt.convert_time_zone(zone).dt) for zone in zones)
    offsets = seconds.to_frame().select(
        (clock.base_utc_offset() + clock.dst_offset()).dt.total_seconds().alias(zone) for zone, clock in local
    )
    result: Array = offsets.to_numpy().T * per_second
    return result
