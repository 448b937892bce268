"""What the parts of the reading of a query need of each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from sqlglot import exp

from datacanary.impact.nondeterminism.flow import Flow, Places
from datacanary.impact.nondeterminism.level import Level
from datacanary.impact.nondeterminism.sources import Sources


@dataclass(frozen=True, slots=True)
class Around:
    """What a query can name from outside: CTEs and temporary tables, and the columns of the SELECT around it."""

    named: Mapping[str, Flow] = field(default_factory=dict)
    level: Level | None = None

    @property
    def names(self) -> frozenset[str]:
        """The sources of the SELECTs around."""
        level, found = self.level, frozenset[str]()
        while level is not None:
            found |= level.sources.flows.keys()
            level = level.outer
        return found

    def within(self, level: Level) -> Around:
        """Return what a subquery of `level` can name."""
        return replace(self, level=level)

    def knowing(self, name: str, flow: Flow) -> Around:
        """Return what can be named where there is one more CTE."""
        return replace(self, named={**self.named, name: flow})


class Evaluator(Protocol):
    """Works out what becomes of instability in queries, tables and expressions."""

    def query(self, node: exp.Expr, around: Around) -> Flow:
        """Work out a query's result."""

    def table(self, table: exp.Table, around: Around) -> Flow:
        """Return what is known of a table, CTE or table function by its name."""

    def level(self, query: exp.Expr, sources: Sources, around: Around) -> Level:
        """Look at a SELECT, and mark what the rules find in it."""

    def places(self, expression: exp.Expr, level: Level, around: Around) -> Places:
        """Return the places that reach an expression's value."""
