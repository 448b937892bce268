"""What the config tells the comparison of one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from datacanary.model.basic import Pair
from datacanary.model.config import ColumnPolicy, Expectation, Policy
from datacanary.model.plan import PlannedTable
from datacanary.model.tablediff import DiffOptions
from datacanary.tablediff.table import Table
from datacanary.verdict.fitting import check_columns, tolerances
from datacanary.verdict.limits import column_policies, names_of, policy_of, unmatched_columns

Types = Mapping[str, Pair[str | None]]


@dataclass(frozen=True, slots=True)
class Rules:
    """The policies of both versions, what head expects, and whether statistics and causes are wanted."""

    policies: Pair[Policy]
    expectations: tuple[Expectation, ...]
    statistics: bool


def options_of(table: PlannedTable, tables: Pair[Table], rules: Rules) -> tuple[DiffOptions, tuple[str, ...]]:
    """Gather the options of a comparison, and notes on what the config says in vain.

    Raises ConfigError for a setting of a column that its type does not fit.
    """
    base = rules.policies.base
    types = types_of(tables)
    check_columns(base, table, types)
    own = policy_of(base, table)
    columns = column_policies(own, types)
    key = own.key if own.key is not None else policy_of(rules.policies.head, table).key
    chosen, missing = _key(key, tables)
    notes = [f"the key column {name} of the config is not on both sides: whole rows are compared" for name in missing]
    unknown = unmatched_columns(base, table, tuple(types))
    notes += [f"the config names column {name}, which neither version has" for name in unknown]
    options = DiffOptions(
        key=chosen,
        key_origin="config",
        ignore=tuple(name for name, one in columns.items() if one.ignore and name not in (chosen or ())),
        tolerances=tolerances(own, types),
        float_tolerance=base.float_tolerance,
        totals=tuple(_measured(table, columns, rules.expectations)),
        statistics=rules.statistics,
        samples=0 if base.samples.show == "none" else 5,
        name=table.name.rpartition(".")[2],
    )
    return options, tuple(notes)


def types_of(tables: Pair[Table]) -> Types:
    """Put the types of both sides together, by the column's name; None for the side that lacks it."""
    names = dict.fromkeys((*tables.base.types, *tables.head.types))
    return {name: tables.map(lambda one: one.types.get(name)) for name in names}  # noqa: B023 -- called at once


def _key(key: Sequence[str] | None, tables: Pair[Table]) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """Find the key's columns as they are spelt, and those that a side lacks: then whole rows are compared."""
    if key is None:
        return None, ()
    sides = tables.map(lambda one: {name.lower(): name for name in one.types})
    missing = tuple(name for name in key if name.lower() not in sides.base or name.lower() not in sides.head)
    return () if missing else tuple(sides.head[name.lower()] for name in key), missing


def _measured(
    table: PlannedTable, columns: Mapping[str, ColumnPolicy], expectations: Sequence[Expectation]
) -> Iterator[str]:
    """Name the columns whose totals are judged or shown."""
    known = {name.lower() for name in names_of(table)}
    expected = {
        column.lower()
        for one in expectations
        if one.check == "total" and one.table.lower() in known
        for column in one.columns
    }
    for name, column in columns.items():
        if column.measure or "total" in column.limits or name.lower() in expected:
            yield name
