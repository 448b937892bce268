"""Which limit holds for a check of a table or column, and what head declared it expects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datacanary.model.config import CheckName, ColumnPolicy, Expectation, Limit, Policy, TablePolicy
from datacanary.model.plan import PlannedTable


@dataclass(frozen=True, slots=True)
class TableRules:
    """The policy and the expectations of one table."""

    policy: Policy
    table: TablePolicy
    expectations: tuple[Expectation, ...]

    def limit(self, check: CheckName, column: str | None = None) -> Limit:
        """Return the limit: the column's own, else the table's, else the default."""
        own = self.column(column).limits if column is not None else {}
        for limits in (own, self.table.limits):
            if check in limits:
                return limits[check]
        return self.policy.defaults.get(check, Limit(status="pass"))

    def column(self, name: str) -> ColumnPolicy:
        """Return what the config says of a column; names are told apart without regard to case."""
        folded = {key.lower(): policy for key, policy in self.table.columns.items()}
        return folded.get(name.lower(), ColumnPolicy())

    def expectation(self, check: CheckName, column: str | None = None) -> Expectation | None:
        """Return the expectation that covers a check."""
        for expectation in self.expectations:
            columns = {name.lower() for name in expectation.columns}
            if expectation.check == check and (not columns or (column or "").lower() in columns):
                return expectation
        return None


def policy_of(policy: Policy, planned: PlannedTable) -> TablePolicy:
    """Return what the config says of a table; of a renamed one, what it says of its old name."""
    folded = {name.lower(): table for name, table in policy.tables.items()}
    for name in names_of(planned):
        if name in folded:
            return folded[name]
    return TablePolicy()


def rules_for(policy: Policy, expectations: Sequence[Expectation], planned: PlannedTable) -> TableRules:
    """Gather what holds for one table."""
    names = names_of(planned)
    own = tuple(expectation for expectation in expectations if expectation.table.lower() in names)
    return TableRules(policy, policy_of(policy, planned), own)


def names_of(planned: PlannedTable) -> tuple[str, ...]:
    """Return the names under which a config may speak of a table, the most telling first."""
    names = [planned.name]
    for relation in (planned.relations.head, planned.relations.base):
        if relation is not None:
            names += [str(relation), relation.name]
    return tuple(dict.fromkeys(names))
