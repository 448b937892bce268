"""What the config tells the comparison of one table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from datacanary.model.basic import Pair
from datacanary.model.config import ColumnPolicy, Expectation, Policy
from datacanary.model.plan import PlannedTable
from datacanary.model.tablediff import DiffOptions
from datacanary.pipeline.keys import choose_key
from datacanary.tablediff.table import Table
from datacanary.verdict.fitting import check_columns, tolerances
from datacanary.verdict.limits import column_policies, names_of, policy_of, unmatched_columns

Types = Mapping[str, Pair[str | None]]
_MOVES = frozenset({"shape", "distance"})


@dataclass(frozen=True, slots=True)
class Rules:
    """The policies of both versions, what head expects, and whether statistics and causes are wanted."""

    policies: Pair[Policy]
    expectations: tuple[Expectation, ...]
    statistics: bool


def options_of(table: PlannedTable, tables: Pair[Table], rules: Rules) -> tuple[DiffOptions, tuple[str, ...]]:
    """Gather the options of a comparison, and notes on what the config and the project say in vain.

    Raises ConfigError for a setting of a column that its type does not fit.
    """
    base = rules.policies.base
    types = types_of(tables)
    check_columns(base, table, types)
    own = policy_of(base, table)
    columns = column_policies(own, types)
    key = own.key if own.key is not None else policy_of(rules.policies.head, table).key
    ignored = tuple(name for name, one in columns.items() if one.ignore)
    chosen = choose_key(key, table.declared.key, ignored, tables)
    unknown = unmatched_columns(base, table, tuple(types))
    notes = [*chosen.notes, *(f"the config names column {name}, which neither version has" for name in unknown)]
    options = DiffOptions(
        key=chosen.columns,
        key_origin=chosen.origin,
        ignore=tuple(name for name in ignored if name not in (chosen.columns or ())),
        tolerances=tolerances(own, types),
        float_tolerance=base.float_tolerance,
        totals=tuple(_measured(table, columns, rules.expectations)),
        moves=tuple(_moving(table, columns, rules.expectations)),
        statistics=rules.statistics,
        samples=0 if base.samples.show == "none" else 5,
        name=table.name.rpartition(".")[2],
    )
    return options, tuple(notes)


def types_of(tables: Pair[Table]) -> Types:
    """Put the types of both sides together, by the column's name; None for the side that lacks it."""
    names = dict.fromkeys((*tables.base.types, *tables.head.types))
    return {name: tables.map(lambda one: one.types.get(name)) for name in names}  # noqa: B023 -- called at once


def _measured(
    table: PlannedTable, columns: Mapping[str, ColumnPolicy], expectations: Sequence[Expectation]
) -> Iterator[str]:
    """Name the columns whose totals are judged or shown."""
    expected = _expected({"total"}, table, expectations)
    for name, column in columns.items():
        if column.measure or "total" in column.limits or name.lower() in expected:
            yield name


def _moving(
    table: PlannedTable, columns: Mapping[str, ColumnPolicy], expectations: Sequence[Expectation]
) -> Iterator[str]:
    """Name the columns of which somebody said how far their values may move."""
    expected = _expected(_MOVES, table, expectations)
    for name, column in columns.items():
        if not _MOVES.isdisjoint(column.limits) or name.lower() in expected:
            yield name


def _expected(checks: Collection[str], table: PlannedTable, expectations: Sequence[Expectation]) -> set[str]:
    """Return the columns that one of these checks is expected of, in lower case."""
    known = {name.lower() for name in names_of(table)}
    return {
        column.lower()
        for one in expectations
        if one.check in checks and one.table.lower() in known
        for column in one.columns
    }
