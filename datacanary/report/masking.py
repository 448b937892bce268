"""Which values of cells a report may show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from datacanary.model.basic import Pair
from datacanary.model.cause import Cause, CauseKind
from datacanary.model.config import SamplePolicy
from datacanary.model.declared import Declared
from datacanary.model.statistics import Cell, Distances, Statistics
from datacanary.model.tablediff import ColumnDiff, SampleRow, TableDiff
from datacanary.report.personal import is_personal

Hides = Callable[[str], bool]
"""Tells whether the values of a column are never shown."""

_TELL_AMOUNTS: frozenset[CauseKind] = frozenset({"ratio", "offset", "nulls", "constant"})
"""Causes whose sentence gives a value away to whoever knows the other side's: 0 became 0 + 52,000."""


def mask(diff: TableDiff, names: tuple[str, ...], policy: SamplePolicy, declared: Declared) -> TableDiff:
    """Leave in a table's samples, statistics and causes only the values that the policy and the project allow.

    `names` are the names under which the policy may speak of the table. `none` leaves no samples, `keys` the values
    of key columns in them, `allowed` also those of the columns that are listed as `table.column`. Statistics and
    causes show values of listed columns alone, never a key's for being one; counts and shares are no values.
    What is `declared` as masked, or personal by its name, is shown nowhere, be it listed or a key.
    """
    masked = leave(diff, allowed_columns(diff, names, policy, declared), hiding(declared))
    return replace(masked, samples=()) if policy.show == "none" else masked


def allowed_columns(
    diff: TableDiff, names: tuple[str, ...], policy: SamplePolicy, declared: Declared
) -> frozenset[str]:
    """Return the columns whose values the policy shows everywhere."""
    listed = {entry.lower() for entry in policy.allow} if policy.show == "allowed" else set()
    hides = hiding(declared)
    return frozenset(
        column.name
        for column in diff.columns
        if any(f"{name}.{column.name}".lower() in listed for name in names) and not hides(column.name)
    )


def hiding(declared: Declared) -> Hides:
    """Return what tells which columns are never shown."""
    return lambda column: declared.hides(column) or is_personal(column)


def leave(diff: TableDiff, allowed: frozenset[str], hides: Hides) -> TableDiff:
    """Leave the values of the allowed columns, and in examples those of keys that nothing hides."""
    return replace(
        diff,
        samples=tuple(_sample(row, allowed, hides) for row in diff.samples),
        columns=tuple(one if one.name in allowed else _column(one) for one in diff.columns),
        causes=tuple(_cause(one, allowed, hides) for one in diff.causes),
    )


def _sample(row: SampleRow, allowed: frozenset[str], hides: Hides) -> SampleRow:
    def keep(cells: Mapping[str, Cell]) -> dict[str, Cell]:
        return {name: value for name, value in cells.items() if name in allowed}

    columns = row.columns or tuple(dict.fromkeys((*row.base, *row.head)))
    key = {name: value for name, value in row.key.items() if not hides(name)}
    return replace(row, key=key, columns=columns, base=keep(row.base), head=keep(row.head))


def _column(column: ColumnDiff) -> ColumnDiff:
    return replace(
        column,
        totals=Pair(None, None),
        statistics=column.statistics.map(_statistics),
        distances=_distances(column.distances),
    )


def _statistics(statistics: Statistics | None) -> Statistics | None:
    """Keep what is counted, and lengths: new members stay hidden until they are named here."""
    if statistics is None:
        return None
    return Statistics(
        rows=statistics.rows,
        nulls=statistics.nulls,
        distinct=statistics.distinct,
        distinct_estimated=statistics.distinct_estimated,
        nan=statistics.nan,
        positive_infinity=statistics.positive_infinity,
        negative_infinity=statistics.negative_infinity,
        zero=statistics.zero,
        negative=statistics.negative,
        blank=statistics.blank,
        midnight=statistics.midnight,
        lengths=statistics.lengths,
    )


def _distances(distances: Distances | None) -> Distances | None:
    """Keep what has no unit."""
    if distances is None:
        return None
    return Distances(
        largest_gap=distances.largest_gap,
        largest_gap_at_most=distances.largest_gap_at_most,
        earth_mover_in_spreads=distances.earth_mover_in_spreads,
        variation=distances.variation,
        largest_move_by=distances.largest_move_by,
        new_share=distances.new_share,
        psi=distances.psi,
        jensen_shannon=distances.jensen_shannon,
    )


def _cause(cause: Cause, allowed: frozenset[str], hides: Hides) -> Cause:
    kind = cause.kind.replace("_", " ")
    if cause.kind in _TELL_AMOUNTS and any(hides(name) for name in cause.columns):
        message = cause.discreet or f"{kind} in {', '.join(cause.columns)}, of values that are masked"
    elif allowed.issuperset(cause.shows):
        return cause
    else:
        message = cause.discreet or f"{kind}, of values that are masked"
    return replace(cause, message=message, shows=(), discreet="")
