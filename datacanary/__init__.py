"""Shows and judges what a git branch does to the data, before it ships.

>>> import datacanary as dc, polars as pl
>>> dc.diff(pl.DataFrame({"id": [1]}), pl.DataFrame({"id": [1, 2]}), key=["id"]).rows.added
1
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from datacanary.version import __version__

if TYPE_CHECKING:
    from datacanary.api import check, diff
    from datacanary.errors import CanaryError

__all__ = ["CanaryError", "__version__", "check", "diff"]


def __getattr__(name: str) -> object:
    """Import the public names when they are asked for: the program's --help must not wait for Polars."""
    if name == "CanaryError":
        from datacanary.errors import CanaryError  # noqa: PLC0415 -- see above

        return CanaryError
    if name in {"check", "diff"}:
        from datacanary import api  # noqa: PLC0415 -- see above

        return getattr(api, name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
