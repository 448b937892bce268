"""Which limit holds for a check of a table or column, and what head declared it expects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from datacanary.model.config import CheckName, ColumnPolicy, Expectation, Limit, Policy, TablePolicy
from datacanary.model.patterns import columns_like, fits_column, fits_table, tables_like
from datacanary.model.plan import PlannedTable

NOTHING = ColumnPolicy()


@dataclass(frozen=True, slots=True)
class TableRules:
    """The policy and the expectations of one table; `columns` goes by the names that the table's difference has."""

    policy: Policy
    table: TablePolicy
    columns: Mapping[str, ColumnPolicy]
    expectations: tuple[Expectation, ...]

    def limit(self, check: CheckName, column: str | None = None) -> Limit:
        """Return the limit: the column's own, else the table's, else the default."""
        for limits in (self.column(column).limits, self.table.limits):
            if check in limits:
                return limits[check]
        return self.policy.defaults.get(check, Limit(status="pass"))

    def column(self, name: str | None) -> ColumnPolicy:
        """Return what the config says of a column."""
        return self.columns.get(name or "", NOTHING)

    def dry_run(self, column: str | None) -> bool:
        """Tell whether the checks of a column, or of the table's rows, are only shown."""
        own = self.column(column).dry_run
        return bool(self.table.dry_run if own is None else own)

    def expectation(self, check: CheckName, column: str | None = None) -> Expectation | None:
        """Return the expectation that covers a check."""
        for expectation in self.expectations:
            columns = {name.lower() for name in expectation.columns}
            if expectation.check == check and (not columns or (column or "").lower() in columns):
                return expectation
        return None


def policy_of(policy: Policy, planned: PlannedTable) -> TablePolicy:
    """Return what the config says of a table; of a renamed one, what it says of its old name, too.

    Each setting is that of the nearest entry that says something of it: the exact name, else the pattern with most
    literal characters, else the later one. Ask `column_policies` for columns.
    """
    entries = tables_like(policy.tables, names_of(planned))
    if not entries:
        return TablePolicy()
    keyed = next((entry for entry in entries if entry.key is not None), entries[0])
    return TablePolicy(
        key=keyed.key,
        key_origin=keyed.key_origin,
        materialized=next((entry.materialized for entry in entries if entry.materialized is not None), None),
        limits=_first_of(entry.limits for entry in entries),
        columns=entries[0].columns,
        dry_run=next((entry.dry_run for entry in entries if entry.dry_run is not None), None),
        wider=entries[1:],
    )


def column_policies(own: TablePolicy, names: Iterable[str]) -> Mapping[str, ColumnPolicy]:
    """Return what the config says of each of a table's columns, patterns resolved as `policy_of` does it.

    What the nearer entry of the table says of a column, by name or pattern, wins. A column of the configured key is
    never ignored by a pattern.
    """
    key = {name.lower() for name in own.key or ()}
    entries = [entry.columns for entry in (own, *own.wider)]
    resolved = {name: _merged([one for columns in entries for one in columns_like(columns, name)]) for name in names}
    return {
        name: replace(column, ignore=False) if column.ignore and name.lower() in key else column
        for name, column in resolved.items()
    }


def named_column(own: TablePolicy, name: str) -> ColumnPolicy:
    """Return only what the config says of a column by its very name, not by a pattern."""
    entries = (entry.columns for entry in (own, *own.wider))
    exact = [one for columns in entries for key, one in reversed(columns.items()) if key.lower() == name.lower()]
    return _merged(exact)


def rules_for(
    policy: Policy, expectations: Sequence[Expectation], planned: PlannedTable, columns: Iterable[str] = ()
) -> TableRules:
    """Gather what holds for one table that has these columns."""
    names = {name.lower() for name in names_of(planned)}
    own = tuple(expectation for expectation in expectations if expectation.table.lower() in names)
    table = policy_of(policy, planned)
    return TableRules(policy, table, column_policies(table, columns), own)


def names_of(planned: PlannedTable) -> tuple[str, ...]:
    """Return the names under which a config may speak of a table, the most telling first."""
    names = [planned.name]
    for relation in (planned.relations.head, planned.relations.base):
        if relation is not None:
            names += [str(relation), relation.name]
    return tuple(dict.fromkeys(names))


def unmatched(policy: Policy, names: Collection[str]) -> list[str]:
    """Return the names and patterns under `tables:` that fit none of these names of tables, as the config has them."""
    return [key for key in policy.tables if not any(fits_table(key, name) for name in names)]


def unmatched_columns(policy: Policy, planned: PlannedTable, names: Collection[str]) -> list[str]:
    """Return the names and patterns of columns that the config has for this very table and that fit none of `names`.

    What a pattern of tables says of columns need not fit all of them.
    """
    of_table = {name.lower() for name in names_of(planned)}
    entries = [entry for key, entry in policy.tables.items() if key.lower() in of_table]
    return [key for entry in entries for key in entry.columns if not any(fits_column(key, name) for name in names)]


def _merged(entries: Sequence[ColumnPolicy]) -> ColumnPolicy:
    """Take each setting from the first entry that says something of it."""
    if not entries:
        return NOTHING
    return ColumnPolicy(
        ignore=next((one.ignore for one in entries if one.ignore is not None), None),
        tolerance=next((one.tolerance for one in entries if one.tolerance is not None), None),
        measure=next((one.measure for one in entries if one.measure is not None), None),
        direction=next((one.direction for one in entries if one.direction is not None), None),
        dry_run=next((one.dry_run for one in entries if one.dry_run is not None), None),
        limits=_first_of(one.limits for one in entries),
        origins=_first_of(one.origins for one in entries),
    )


K = TypeVar("K")
V = TypeVar("V")


def _first_of(settings: Iterable[Mapping[K, V]]) -> dict[K, V]:
    return {key: value for one in reversed(list(settings)) for key, value in one.items()}
