"""Who asks, and from where: another user, schema or connection gets other values."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from datacanary.impact.functions.unstable import SESSION, SESSION_KEYWORDS
from datacanary.impact.nondeterminism.level import Level
from datacanary.impact.nondeterminism.nodes import fold
from datacanary.impact.nondeterminism.rule import Rule


def _find(level: Level) -> Iterator[exp.Expr]:
    yield from (node for name, node in level.calls if name in SESSION)
    yield from (
        node
        for node in level.of(exp.SessionParameter, exp.Parameter, exp.Column)
        if _is_variable(node) or _is_keyword(node, level)
    )


def _is_variable(node: exp.Expr) -> bool:
    # @@session_id is a parameter of a parameter.
    return isinstance(node, exp.SessionParameter) or (
        isinstance(node, exp.Parameter) and isinstance(node.this, exp.Parameter)
    )


def _is_keyword(node: exp.Expr, level: Level) -> bool:
    if not isinstance(node, exp.Column) or fold(node.name) not in SESSION_KEYWORDS:
        return False
    if len(node.parts) > 1 or node.this.quoted or level.sources.lists(node):
        return False
    # DuckDB looks for a column of that name first, and tables have columns that nobody knows here.
    return level.dialect != "duckdb" or not level.sources.unlisted


RULE = Rule("session", _find)
