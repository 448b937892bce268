"""What parsing needs to know of the warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from datacanary.errors import ConfigError
from datacanary.model.config import Config
from datacanary.model.outline import OutlineOf
from datacanary.pipeline.home import Home, open_warehouse
from datacanary.protocols.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class Engine:
    """What parsing needs to know of the warehouse: its dialect, what it calls its own database, and its own parser."""

    dialect: str
    catalog: str
    outline: OutlineOf | None = None

    @classmethod
    def of(cls, warehouse: Warehouse) -> Engine:
        """Ask a warehouse."""
        return cls(warehouse.dialect, warehouse.catalog, warehouse.outline)


def engine_of(config: Config, home: Home, environ: Mapping[str, str]) -> Engine:
    """Ask the warehouse for its dialect and name; where its URL needs a variable that is not set, it stays unnamed."""
    try:
        return Engine.of(open_warehouse(config, home, environ))
    except ConfigError:
        return Engine("duckdb", "")
