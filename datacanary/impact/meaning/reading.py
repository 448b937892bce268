"""What the parts of the reading of a query need of each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sqlglot import exp

from datacanary.impact.functions.kinds import FunctionKind
from datacanary.impact.meaning.names import Names
from datacanary.impact.meaning.table import Table
from datacanary.impact.meaning.value import Value
from datacanary.model.impact import ClauseKind

if TYPE_CHECKING:
    from datacanary.impact.meaning.level import Level


class Piece(NamedTuple):
    """A clause of a query, what it means, and where it stands."""

    kind: ClauseKind
    value: Value
    node: exp.Expr


class UnsupportedError(Exception):
    """A construct that the reading does not follow: its text stands for its meaning, with all that it reads."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a query can name from outside: CTEs and temporary tables, and the columns of the query around it.

    `tier` tells the queries apart whose columns can be named at once.
    """

    named: Mapping[str, Table] = field(default_factory=dict)
    level: Level | None = None
    tier: int = 0

    def knowing(self, name: str, table: Table) -> Around:
        """Return what can be named where there is one more CTE."""
        return replace(self, named={**self.named, name: table})

    def within(self, level: Level) -> Around:
        """Return what a subquery in an expression of a level can name."""
        return replace(self, named=level.around.named, level=level, tier=level.tier + 1)

    def beside(self, level: Level) -> Around:
        """Return what a source of a level can name: the sources before it, where there are any."""
        return replace(self, named=level.around.named, level=level, tier=level.tier + bool(level.sources))


class Reading(Protocol):
    """Reads queries, and keeps what it notices on the way."""

    dialect: str
    names: Names
    rules: Mapping[type[exp.Expr], Callable[[exp.Expr, Level], Value]]

    def query(self, node: exp.Expr, around: Around) -> Table:
        """Return what a query means."""

    def table(self, node: exp.Table, around: Around) -> Table:
        """Return what a table, or CTE, means that is read by its name."""

    def function(self, node: exp.Expr) -> FunctionKind:
        """Say what kind of function a node is; `scalar` for what is none."""

    def words(self, node: exp.Expr) -> str:
        """Return a name for a column without one: its words, without blanks, brackets and the case of letters.

        Nobody can write such a name.
        """

    def path_words(self, node: exp.Expr) -> str:
        """Return the path behind `->`, or in a function that reads JSON, as it is written."""

    def macro(self, node: exp.Expr) -> Value | None:
        """Return what a macro means that the text itself makes, None if the node calls no such one."""

    def table_function(self, function: exp.Expr, level: Level) -> Table | None:
        """Return what a function in FROM means that reads files, or is made by the text; None for an ordinary one."""

    def structure(self, node: exp.Expr, level: Level) -> Value:
        """Return a clause as it is written, with all that queries in it read."""

    def never(self, what: str) -> Value:
        """Return the meaning of something that is equal to nothing else."""

    def doubt(self, why: str, node: exp.Expr) -> Value:
        """Remember that something cannot be known; the value is equal to nothing else."""

    def note(self, kind: ClauseKind, value: Value, node: exp.Expr) -> None:
        """Remember a clause."""
