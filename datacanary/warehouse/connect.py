"""A warehouse by its URL; its driver is imported only then."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import cast

from datacanary.errors import WarehouseError
from datacanary.model.location import Login
from datacanary.protocols.warehouse import Connect, Warehouse

_POSTGRES = "datacanary.warehouse.postgres.warehouse"
_SCHEMES = {"duckdb": "datacanary.warehouse.duckdb.warehouse", "postgresql": _POSTGRES, "postgres": _POSTGRES}


def connect(url: str, folder: Path) -> Warehouse:
    """Open the warehouse at `url`; relative paths in it are relative to `folder`.

    Raises WarehouseError for a scheme that is not known, and for whatever keeps it from being opened.
    """
    scheme, separator, _ = url.partition("://")
    if not separator or scheme.lower() not in _SCHEMES:
        known = ", ".join(f"{name}://" for name in _SCHEMES)
        raise WarehouseError(
            f"No warehouse is known for a URL that begins with {scheme[:20]!r}.",
            hint=f"Known: {known}. For example duckdb:///warehouse.duckdb, or postgresql://host/database.",
        )
    return cast(Connect, _module(_SCHEMES[scheme.lower()]).connect)(url, folder)


def connect_by(login: Login) -> Warehouse:
    """Return the PostgreSQL database that a login leads to; nothing is opened yet.

    Raises WarehouseError if its drivers are not installed.
    """
    return cast(Callable[[Login], Warehouse], _module(_POSTGRES).connect_by)(login)


def _module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if name != _POSTGRES:
            raise
        raise WarehouseError(
            f"The drivers for PostgreSQL are not installed: there is no {error.name}.",
            hint="Install them: pip install 'datacanary[postgres]'.",
        ) from error
