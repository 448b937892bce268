"""The kinds of functions, and lists of names by kind."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

FunctionKind = Literal["scalar", "aggregate", "window", "rows", "clock", "random", "session", "volatile", "unknown"]
"""What a call does; `datacanary.impact.functions.kinds` says what each means."""


def words(text: str) -> frozenset[str]:
    """Take names with blanks between them."""
    return frozenset(text.split())


def by_name(
    *, scalar: str = "", aggregate: str = "", window: str = "", rows: str = "", unknown: str = ""
) -> Mapping[str, FunctionKind]:
    """Take names with blanks between them, by kind; ValueError if one is there twice.

    >>> dict(by_name(scalar="lower upper", aggregate="sum"))
    {'lower': 'scalar', 'upper': 'scalar', 'sum': 'aggregate'}
    """
    kinds: dict[str, FunctionKind] = {}
    lists: tuple[tuple[FunctionKind, str], ...] = (
        *(("scalar", scalar), ("aggregate", aggregate), ("window", window), ("rows", rows), ("unknown", unknown)),
    )
    for kind, text in lists:
        for name in text.split():
            if name in kinds:
                raise ValueError(f"{name} is both {kinds[name]} and {kind}")
            kinds[name] = kind
    return MappingProxyType(kinds)
