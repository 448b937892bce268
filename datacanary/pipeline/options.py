"""What the config tells the comparison of one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from datacanary.model.basic import Pair
from datacanary.model.config import CheckName, ColumnPolicy, Expectation, Policy
from datacanary.model.plan import PlannedTable
from datacanary.model.tablediff import DiffOptions, Leeway
from datacanary.pipeline.keys import choose_key
from datacanary.tablediff.table import Table
from datacanary.verdict.fitting import check_columns, tolerances
from datacanary.verdict.limits import (
    TableRules,
    column_policies,
    named_column,
    names_of,
    policy_of,
    rules_for,
    unmatched_columns,
)

Types = Mapping[str, Pair[str | None]]
_MOVES: tuple[CheckName, ...] = ("shape", "distance")


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
        moves=_leeways(rules_for(base, rules.expectations, table, types), types),
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
    expected = _expected("total", table, expectations)
    for name, column in columns.items():
        if column.measure or "total" in column.limits or name.lower() in expected:
            yield name


def _leeways(rules: TableRules, names: Types) -> Mapping[str, Leeway]:
    """Say how far the values of each column may move before a check is not a pass."""
    return {
        name: Leeway(
            _leeway(rules, "shape", name),
            _leeway(rules, "distance", name),
            own=any(one in named_column(rules.table, name).limits or rules.expectation(one, name) for one in _MOVES),
        )
        for name in names
    }


def _leeway(rules: TableRules, check: CheckName, name: str) -> float | None:
    if rules.expectation(check, name) is not None:
        # Less than was declared is told, too.
        return 0.0
    limit = rules.limit(check, name)
    return min((one.value for one in (limit.warn, limit.fail) if one is not None), default=None)


def _expected(check: CheckName, table: PlannedTable, expectations: Sequence[Expectation]) -> set[str]:
    """Return the columns that a check is expected of, in lower case."""
    known = {name.lower() for name in names_of(table)}
    return {
        column.lower()
        for one in expectations
        if one.check == check and one.table.lower() in known
        for column in one.columns
    }
