"""A warehouse by its URL; its driver is imported only then."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import cast

from datacanary.errors import WarehouseError
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
