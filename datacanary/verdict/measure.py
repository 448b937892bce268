"""What the checks of one table measure: exact counts and shares, before any limit is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from datacanary.model.basic import Pair
from datacanary.model.config import CheckName
from datacanary.model.declared import NULLABLE
from datacanary.model.tablediff import ColumnDiff, Key, TableDiff
from datacanary.model.words import count, percent


@dataclass(frozen=True, slots=True)
class Measure:
    """One finding: how many of how many, and the sentence about it.

    `share` is `amount / of`, a fraction of 1; for null rates the move of the share, for totals the relative move, for
    shapes the share of values that moved, for distances the number of base's spreads. `of` is 0 where nothing was
    counted. `rose` and `fell` are the parts of `share` that moved up and down, None where that is not known.
    `at_most`: `share` is what it cannot exceed.
    """

    check: CheckName
    column: str | None
    amount: int
    share: float
    sentence: str
    of: int = 0
    rose: float | None = None
    fell: float | None = None
    at_most: bool = False


def measures(diff: TableDiff) -> Iterator[Measure]:
    """Measure a table that was compared."""
    yield from _key_problems(diff)
    yield from _rows(diff)
    for column in diff.columns:
        if column.change == "ignored":
            continue
        yield from _cells(column, diff)
        yield from _nulls(column, diff)


def totals(diff: TableDiff) -> Iterator[Measure]:
    """Measure how far the sums of numeric columns moved; only asked for columns that are measured."""
    for column in diff.columns:
        if column.change in {"none", "type_changed"} and None not in column.totals:
            base, head = (Decimal(str(total)) for total in column.totals)
            share = _move(base, head)
            told = f"total of {column.name} {_direction(base, head)} by {percent(share)}"
            same = f"total of {column.name} is the same"
            known = base.is_finite() and head.is_finite()
            yield Measure(
                check="total",
                column=column.name,
                amount=int(share != 0),
                share=share,
                sentence=told if share else same,
                rose=share * (head > base) if known else None,
                fell=share * (head < base) if known else None,
            )


def _move(base: Decimal, head: Decimal) -> float:
    """Return how far a sum moved, relative to base; from nothing or to what is no number, it moved wholly."""
    if base == head or (base.is_nan() and head.is_nan()):
        return 0.0
    if not base.is_finite() or not head.is_finite() or base == 0:
        return 1.0
    return float(abs(head - base) / abs(base))


def _direction(base: Decimal, head: Decimal) -> str:
    if base.is_nan() or head.is_nan():
        return "moved"
    return "fell" if head < base else "rose"


def _key_problems(diff: TableDiff) -> Iterator[Measure]:
    if diff.comparison != "keyed":
        return
    duplicates, nulls = diff.key.duplicates, diff.key.nulls
    if diff.key.origin in NULLABLE:
        nulls = Pair(0, 0)
    found = [
        sentence
        for side in ("base", "head")
        for amount, sentence in (
            (duplicates.of(side), f"{count(duplicates.of(side), 'duplicate key value')} in {side}"),
            (nulls.of(side), f"{count(nulls.of(side), 'row')} with a NULL in the key in {side}"),
        )
        if amount
    ]
    amount = duplicates.base + duplicates.head + nulls.base + nulls.head
    name = ", ".join(diff.key.columns)
    sentence = f"key ({name}): {', '.join(found)}" if found else f"key ({name}) is unique{_without_null(diff.key)}"
    yield Measure("key_problems", None, amount, float(amount > 0), sentence)


def _without_null(key: Key) -> str:
    return " and has no NULL" if key.nulls == Pair(0, 0) else ", and its project lets it be NULL"


def _rows(diff: TableDiff) -> Iterator[Measure]:
    rows = diff.rows
    if rows.base is None or rows.removed is None or rows.added is None:
        return
    base = count(rows.base, "row")
    removed, added = _share(rows.removed, rows.base), _share(rows.added, rows.base)
    gone = f"{rows.removed:,} of {base} removed ({percent(removed)})"
    new = f"{count(rows.added, 'row')} added to {base} ({percent(added)})"
    yield Measure("rows_removed", None, rows.removed, removed, gone, rows.base)
    yield Measure("rows_added", None, rows.added, added, new, rows.base)


def _share(amount: int, of: int) -> float:
    """Divide; rows in an empty table are all new, which is a share of 1."""
    return amount / of if of else float(amount > 0)


def _cells(column: ColumnDiff, diff: TableDiff) -> Iterator[Measure]:
    if column.changed is None or diff.rows.changed is None or diff.rows.unchanged is None:
        return
    if column.name in diff.key.columns:
        return
    matched = diff.rows.changed + diff.rows.unchanged
    share = _share(column.changed, matched)
    forgiven = f"; {column.forgiven:,} more within the tolerance" if column.forgiven else ""
    sentence = f"{column.name} changed in {column.changed:,} of {count(matched, 'row')} ({percent(share)}){forgiven}"
    ways = (
        None if column.increased is None else _share(column.increased, matched),
        None if column.decreased is None else _share(column.decreased, matched),
    )
    yield Measure("values_changed", column.name, column.changed, share, sentence, matched, *ways)


def _nulls(column: ColumnDiff, diff: TableDiff) -> Iterator[Measure]:
    nulls, rows = column.nulls, diff.rows
    if nulls.base is None or nulls.head is None or not rows.base or not rows.head:
        return
    before, after = nulls.base / rows.base, nulls.head / rows.head
    move = abs(after - before)
    sentence = f"NULLs in {column.name} went from {percent(before)} to {percent(after)}"
    yield Measure("null_rate", column.name, int(move != 0), move, sentence, rows.base)
