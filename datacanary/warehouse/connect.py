"""A warehouse by its URL; its driver is imported only then."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import cast

from datacanary.errors import WarehouseError
from datacanary.model.location import Login
from datacanary.protocols import Connect, Warehouse

_SCHEMES = {"duckdb": "datacanary.warehouse.duckdb"}


def connect(url: str, folder: Path) -> Warehouse:
    """Open the warehouse at `url`; relative paths in it are relative to `folder`.

    Raises WarehouseError for a scheme that is not known, and for whatever keeps it from being opened.
    """
    scheme, separator, _ = url.partition("://")
    if not separator or scheme not in _SCHEMES:
        known = ", ".join(f"{name}://" for name in _SCHEMES)
        raise WarehouseError(
            f"No warehouse is known for a URL that begins with {scheme[:20]!r}.",
            hint=f"Known: {known}. For example duckdb:///warehouse.duckdb.",
        )
    module = importlib.import_module(_SCHEMES[scheme])
    return cast(Connect, module.connect)(url, folder)


def connect_by(login: Login) -> Warehouse:
    """Return the PostgreSQL database that a login leads to; nothing is opened yet.

    Raises WarehouseError if its drivers are not installed.
    """
    try:
        module = importlib.import_module("datacanary.warehouse.postgres")
    except ModuleNotFoundError as error:
        raise WarehouseError(
            f"The drivers for PostgreSQL are not installed: there is no {error.name}.",
            hint="Install them: pip install 'datacanary[postgres]'.",
        ) from error
    return cast(Callable[[Login], Warehouse], module.connect)(login)
