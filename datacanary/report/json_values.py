"""What JSON can say, and members that are left out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


def known(members: Mapping[str, Json]) -> dict[str, Json]:
    """Leave out what is None, or a number that is not finite: JSON has no word for it.

    >>> known({"nulls": 0, "mean": float("inf"), "min": None, "max": []})
    {'nulls': 0, 'max': []}
    """
    return {name: value for name, value in members.items() if _is_known(value)}


def _is_known(value: Json) -> bool:
    return math.isfinite(value) if isinstance(value, float) else value is not None
