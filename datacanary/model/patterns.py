"""Names with `*` and `?` in a config, and which of its entries hold for one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TypeVar

T = TypeVar("T")
_Fits = Callable[[str, str], bool]


def is_pattern(name: str) -> bool:
    """Tell a pattern from a name.

    >>> is_pattern("stg_*"), is_pattern("stg_orders")
    (True, False)
    """
    return "*" in name or "?" in name


def tables_like(entries: Mapping[str, T], names: Sequence[str]) -> tuple[T, ...]:
    """Return the entries for a table that goes by any of `names`, the nearest first.

    Its exact names come first, in their order, then patterns: those with most literal characters first, and of equally
    many the later one. A pattern without a schema fits the table in any schema. Case does not matter.

    >>> tables_like({"stg_*": 1, "*.stg_tmp": 2, "stg_tmp": 3}, ["stg_tmp", "shop.stg_tmp"])
    (3, 2, 1)
    """
    return tuple(entries[key] for key in _nearest(entries, names, _fits_table))


def columns_like(entries: Mapping[str, T], name: str) -> tuple[T, ...]:
    """Return the entries for a column, the nearest first; see `tables_like`.

    >>> columns_like({"*_at": 1, "loaded_at": 2, "?oaded_at": 3}, "LOADED_AT")
    (2, 3, 1)
    """
    return tuple(entries[key] for key in _nearest(entries, (name,), _fits))


def fits_table(pattern: str, name: str) -> bool:
    """Tell whether a name or pattern fits a table's name, part by part.

    >>> fits_table("*.tmp_?", "shop.tmp_1"), fits_table("*", "shop.tmp_1")
    (True, False)
    """
    return pattern.lower() == name.lower() or _fits_table(pattern, name)


def fits_column(pattern: str, name: str) -> bool:
    """Tell whether a name or pattern fits a column's name."""
    return pattern.lower() == name.lower() or _fits(pattern, name)


def _nearest(entries: Mapping[str, T], names: Sequence[str], fits: _Fits) -> Iterator[str]:
    folded = [name.lower() for name in dict.fromkeys(names)]
    latest = [*entries][::-1]
    for name in dict.fromkeys(folded):
        yield from (key for key in latest if key.lower() == name)
    loose = [key for key in latest if is_pattern(key) and key.lower() not in folded]
    fitting = [key for key in loose if any(fits(key, name) for name in folded)]
    yield from sorted(fitting, key=_literals, reverse=True)


def _literals(pattern: str) -> int:
    return sum(character not in "*?" for character in pattern)


def _fits(pattern: str, name: str) -> bool:
    # Only * and ? mean anything here: names hold brackets, too.
    return is_pattern(pattern) and fnmatchcase(name.lower(), pattern.lower().replace("[", "[[]"))


def _fits_table(pattern: str, name: str) -> bool:
    parts, of_name = pattern.split("."), name.split(".")
    return len(parts) == len(of_name) and all(
        part.lower() == one.lower() or _fits(part, one) for part, one in zip(parts, of_name, strict=True)
    )
