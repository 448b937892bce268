"""The six tables that mistakes are planted into, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from planted import catalogue, flights, orders, payroll, sensors, transfers

SPARE = 0.04
"""This part of the rows is left out, to be added where rows come newly."""


@dataclass(frozen=True, slots=True)
class TableKind:
    """A table that can be made anew with every seed, and its key."""

    make: Callable[[int], pl.DataFrame]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table, and others of its kind that are not in it."""

    present: pl.DataFrame
    spare: pl.DataFrame


TABLES = {
    "orders": TableKind(orders.orders, orders.KEY),
    "flights": TableKind(flights.flights, flights.KEY),
    "sensors": TableKind(sensors.sensors, sensors.KEY),
    "payroll": TableKind(payroll.payroll, payroll.KEY),
    "transfers": TableKind(transfers.transfers, transfers.KEY),
    "catalogue": TableKind(catalogue.catalogue, catalogue.KEY),
}


@cache
def table(name: str, seed: int = 2025) -> Rows:
    """Make a table; the same seed makes the same."""
    everything = TABLES[name].make(seed)
    # Another stream than the one that made the rows: else the spare ones would be alike.
    spare = pl.Series(np.random.default_rng((seed, 1)).random(everything.height) < SPARE)
    return Rows(everything.filter(~spare), everything.filter(spare))
