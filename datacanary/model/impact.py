"""What a change of the code can do to a table, and how that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from datacanary.model.basic import Pair, Side

ChangeKind = Literal[
    "none", "columns_added", "columns_removed", "columns_renamed", "columns_reordered", "expression", "rows", "unknown"
]
"""What a change does: nothing, to the list of columns, to what is in a column, to which rows there are and how often,
or nobody can say."""

ClauseKind = Literal[
    "filter", "join", "grouping", "distinct", "limit", "union", "unnest", "sample", "column", "table", "other"
]
"""The piece of a query that did it."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a query that only one version has, quoted from that version in one line; `line` counts from 1."""

    kind: ClauseKind
    side: Side
    text: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class ColumnImpact:
    """One column that can differ: it is new, gone, has another name (`was`), or other values.

    `through` names what it gets the change from: `table.column` of a model that is read, or the table alone where its
    rows are what matters; empty where the model's own query changed it.
    """

    name: str
    change: Literal["added", "removed", "renamed", "changed"]
    was: str = ""
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Impact:
    """What can differ in one table that both versions have, proven from the queries.

    `own` is what the model's own text and data do if it reads the same as before; `kinds` is that together with what
    it inherits. `rows` says whether other rows, or the same ones more or less often, can come out; then every column
    can differ. Otherwise only `columns` can, and `equal` are those that both versions have and that cannot. `clauses`
    are what differs in its own text. `through` is what of the models that it reads brings the change: a table, where
    its rows matter, or `table.column`. `paths` lead from a changed table, by names, to this one. `unknown` says why
    something cannot be known, each with file and line. `fingerprints` are of all rows and columns of each side: equal
    ones mean equal data.
    """

    own: tuple[ChangeKind, ...]
    kinds: tuple[ChangeKind, ...]
    rows: bool
    columns: tuple[ColumnImpact, ...] = ()
    equal: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    through: tuple[str, ...] = ()
    paths: tuple[tuple[str, ...], ...] = ()
    unknown: tuple[str, ...] = ()
    fingerprints: Pair[str] = Pair("", "")

    @property
    def nothing(self) -> bool:
        """Whether nothing can differ."""
        return self.kinds == ("none",)
