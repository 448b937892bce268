"""The demo's rows: what the shop's systems hold, and production as `main` builds it."""

from __future__ import annotations

import importlib.resources
from dataclasses import dataclass
from pathlib import Path

import duckdb

MODELS = ("stg_orders", "fct_orders", "dim_customers", "daily_revenue", "refund_reasons")
"""The tables of production, each after what it reads."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows the shop has."""

    customers: int
    orders: int
    order_lines: int


def make_warehouse(folder: Path) -> Size:
    """Write `warehouse.duckdb` and `data/exchange_rates.csv` into a folder that holds the models of `main`.

    The rows are the same every time. The warehouse has the schemas `raw` and `analytics`.
    """
    raw = importlib.resources.files("datacanary.demo").joinpath("raw.sql").read_text("utf-8")
    rates = folder / "data" / "exchange_rates.csv"
    rates.parent.mkdir()
    with duckdb.connect(str(folder / "warehouse.duckdb")) as warehouse:
        warehouse.execute(raw)
        warehouse.table("exchange_rates").write_csv(str(rates))
        # The models read the file under this name; it is no table of the warehouse, so it does not stay.
        warehouse.read_csv(str(rates)).create("raw.exchange_rates")
        warehouse.execute("CREATE SCHEMA analytics; SET schema = 'analytics'")
        for model in MODELS:
            query = (folder / "models" / f"{model}.sql").read_text("utf-8")
            warehouse.execute(f"CREATE TABLE analytics.{model} AS\n{query}")
        warehouse.execute("DROP TABLE raw.exchange_rates")
        counts = (len(warehouse.table(f"raw.{name}")) for name in Size.__dataclass_fields__)
        return Size(*counts)
