"""Which columns of the two tables belong together, and how each pair is compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import polars as pl

from datacanary.errors import DataError
from datacanary.model.basic import Pair
from datacanary.model.config import Tolerance
from datacanary.model.tablediff import ColumnChange, DiffOptions
from datacanary.tablediff.meeting import IncomparableError, meet
from datacanary.tablediff.numeric import Writer

NO_TOLERANCE = Tolerance()


@dataclass(frozen=True, slots=True)
class ColumnPair:
    """One column of either table.

    `code` is its name in written frames: plain, so that no name of a user is read as a pattern or clashes.
    `writers` are None where the two sides are not compared; `incomparable` says why if their types are the reason.
    `tolerance` is None where differing cells are never forgiven.
    """

    name: str
    code: str
    change: ColumnChange
    type: Pair[str | None]
    writers: Pair[Writer] | None = None
    tolerance: Tolerance | None = None
    incomparable: str = ""


def pair_columns(
    schemas: Pair[pl.Schema], types: Pair[Mapping[str, str]], options: DiffOptions
) -> tuple[ColumnPair, ...]:
    """Pair columns by name, those of base first; DataError where the options name what cannot be."""
    check_options(schemas, options)
    names = [*schemas.base, *(name for name in schemas.head if name not in schemas.base)]
    return tuple(
        pair_column(name, f"c{place}", schemas, Pair(types.base.get(name), types.head.get(name)), options)
        for place, name in enumerate(names)
    )


def pair_column(
    name: str, code: str, schemas: Pair[pl.Schema], types: Pair[str | None], options: DiffOptions
) -> ColumnPair:
    """Decide how one column is compared."""
    base, head = schemas.base.get(name), schemas.head.get(name)
    words = Pair(types.base if base is not None else None, types.head if head is not None else None)
    if name in options.ignore:
        return ColumnPair(name, code, "ignored", words)
    if base is None or head is None:
        return ColumnPair(name, code, "added" if base is None else "removed", words)
    change: ColumnChange = "none" if words.base == words.head else "type_changed"
    try:
        writers = meet(base, head)
    except IncomparableError as problem:
        return ColumnPair(name, code, change, words, incomparable=str(problem))
    floats = base.is_float() and head.is_float()
    tolerance = options.tolerances.get(name, options.float_tolerance if floats else NO_TOLERANCE)
    return ColumnPair(name, code, change, words, writers, None if tolerance == NO_TOLERANCE else tolerance)


def check_options(schemas: Pair[pl.Schema], options: DiffOptions) -> None:
    """Refuse columns that are not there and tolerances that cannot be."""
    known = [*schemas.base, *schemas.head]
    for name in [*options.ignore, *options.tolerances]:
        if name not in known:
            told = "ignored column" if name in options.ignore else "column with a tolerance"
            raise DataError(f"The {told} {name!r} is on neither side.", hint=did_you_mean(name, known))
    for name, tolerance in options.tolerances.items():
        if not (tolerance.absolute >= 0 and tolerance.relative >= 0):
            raise DataError(f"The tolerance of the column {name!r} is not a number from 0 up.")
        for side in ("base", "head"):
            dtype = schemas.of(side).get(name)
            if dtype is not None and not dtype.is_numeric() and dtype != pl.Null():
                raise DataError(
                    f"The column {name!r} has a tolerance but is not numeric on {side}.",
                    hint="Tolerances are for numbers only.",
                )


def check_key(key: Sequence[str], columns: Collection[ColumnPair], schemas: Pair[pl.Schema]) -> None:
    """Refuse a key that is not on both sides, is given twice, is ignored or has types that cannot be compared."""
    by_name = {column.name: column for column in columns}
    for place, name in enumerate(key):
        if name in key[:place]:
            raise DataError(f"The key column {name!r} is given twice.")
        missing = [side for side, schema in (("base", schemas.base), ("head", schemas.head)) if name not in schema]
        if missing:
            valid = [other for other in schemas.base if other in schemas.head]
            raise DataError(
                f"The key column {name!r} is missing on {' and '.join(missing)}.", hint=did_you_mean(name, valid)
            )
        column = by_name[name]
        if column.change == "ignored":
            raise DataError(f"The key column {name!r} is ignored.", hint="Do one or the other.")
        if column.writers is None:
            raise DataError(
                f"The key column {name!r} cannot pair rows: it is {column.type.base} on base, {column.type.head} on "
                f"head, and {column.incomparable}.",
                hint="Choose another key, or cast the column on one side.",
            )


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """Name the nearest valid column, if one is near; else name some.

    >>> did_you_mean("ordr_id", ["order_id", "amount"])
    "Did you mean 'order_id'?"
    """
    near = get_close_matches(name, known, n=1) or get_close_matches(name.lower(), known, n=1)
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"Columns: {', '.join(dict.fromkeys(known[:8]))}{', ...' if len(known) > 8 else ''}." if known else ""  # noqa: PLR2004 -- a line's worth
