"""Which key a table is compared by: the config's, else the one that the project declares, else one that is found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from datacanary.model.basic import Pair
from datacanary.model.declared import UNENFORCED, DeclaredKey
from datacanary.model.tablediff import DiffOptions, Key, KeyOrigin, TableDiff
from datacanary.model.words import count
from datacanary.tablediff.meeting import IncomparableError, meet
from datacanary.tablediff.table import Table


@dataclass(frozen=True, slots=True)
class ChosenKey:
    """The columns as the tables spell them: `()` to compare whole rows, None to have a key inferred."""

    columns: tuple[str, ...] | None
    origin: KeyOrigin
    notes: tuple[str, ...] = ()


INFERRED = ChosenKey(None, "inferred")


def choose_key(
    configured: Sequence[str] | None, declared: DeclaredKey | None, ignored: Collection[str], tables: Pair[Table]
) -> ChosenKey:
    """Take the key that the config names, else the declared one, if the tables have its columns.

    `ignored` are the columns that the config has ignored, as the tables spell them.
    """
    if configured is not None:
        return _configured(configured, tables)
    if declared is None:
        return INFERRED
    common = {name.lower(): name for name in tables.head.types if name in tables.base.types}
    spelt = tuple(dict.fromkeys(common.get(name.lower(), name) for name in declared.columns))
    unusable = tuple(_unusable(spelt, ignored, tables))
    if unusable:
        told = f"{_told(declared.origin, declared.columns)} is not used as the key: {', '.join(unusable)}"
        return replace(INFERRED, notes=(told,))
    return ChosenKey(spelt, declared.origin)


def compare_by_key(options: DiffOptions, compare: Callable[[DiffOptions], TableDiff]) -> TableDiff:
    """Compare two tables; where nothing enforces the key that was declared, and it is none, look for another.

    Raises what `compare` raises.
    """
    found = compare(options)
    problem = " and ".join(_problems(found.key))
    if found.key.origin not in UNENFORCED or not problem:
        return found
    again = compare(replace(options, key=None))
    told = f"{_told(found.key.origin, found.key.columns)} is no key here: {problem}; another key was looked for"
    return replace(again, notes=(told, *again.notes))


def _configured(key: Sequence[str], tables: Pair[Table]) -> ChosenKey:
    """Find the key's columns as they are spelt; where a side lacks one, whole rows are compared."""
    sides = tables.map(lambda one: {name.lower(): name for name in one.types})
    missing = [name for name in key if name.lower() not in sides.base or name.lower() not in sides.head]
    notes = tuple(
        f"the key column {name} of the config is not on both sides: whole rows are compared" for name in missing
    )
    return ChosenKey(() if missing else tuple(sides.head[name.lower()] for name in key), "config", notes)


def _unusable(key: Sequence[str], ignored: Collection[str], tables: Pair[Table]) -> Iterator[str]:
    """Say of the columns of a declared key why rows cannot be paired by them."""
    schemas = tables.map(lambda one: one.frame.collect_schema())
    for name in key:
        if name not in schemas.base or name not in schemas.head:
            yield f"{name} is not on both sides"
        elif name in ignored:
            yield f"{name} is ignored in the config"
        else:
            try:
                meet(schemas.base[name], schemas.head[name])
            except IncomparableError as problem:
                yield f"{name} cannot be compared, since {problem}"


def _told(origin: str, columns: Sequence[str]) -> str:
    return f"{origin} ({', '.join(columns)})"


def _problems(key: Key) -> Iterator[str]:
    for side in ("base", "head"):
        duplicates, nulls = key.duplicates.of(side), key.nulls.of(side)
        if duplicates:
            yield f"{count(duplicates, 'value')} {'occurs' if duplicates == 1 else 'occur'} more than once in {side}"
        if nulls:
            yield f"{count(nulls, 'row')} {'has' if nulls == 1 else 'have'} a NULL in it in {side}"
