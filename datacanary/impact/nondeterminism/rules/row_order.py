"""Numbers that follow the order in which rows are stored or met."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from datacanary.impact.nondeterminism.level import Level
from datacanary.impact.nondeterminism.nodes import fold
from datacanary.impact.nondeterminism.rule import Rule
from datacanary.impact.nondeterminism.rules.random import is_seeded

_CALLS = frozenset({"monotonicallyincreasingid", "sparkpartitionid", "seq1", "seq2", "seq4", "seq8"})
_HIDDEN_COLUMNS = {"duckdb": frozenset({"rowid"}), "postgres": frozenset({"ctid"})}


def _find(level: Level) -> Iterator[exp.Expr]:
    for name, node in level.calls:
        if name in _CALLS or (name in {"rand", "randn", "shuffle"} and is_seeded(node, level)):
            yield node
    hidden = _HIDDEN_COLUMNS.get(level.dialect, frozenset())
    for node in level.of(exp.Join, *([exp.Column] if hidden else ())):
        positional = isinstance(node, exp.Join) and node.args.get("method") == "POSITIONAL"
        if positional or (isinstance(node, exp.Column) and fold(node.name) in hidden and _is_hidden(node, level)):
            yield node


def _is_hidden(column: exp.Column, level: Level) -> bool:
    """Tell whether no source is known to have a column of that name."""
    owner = level.sources.owner(column)
    return owner is None or owner[1] not in level.sources.names.get(owner[0], {})


RULE = Rule("row_order", _find)
