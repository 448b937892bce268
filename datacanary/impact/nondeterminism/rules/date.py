"""Today: the same in most runs that are compared, and another one after midnight."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from datacanary.impact.functions.unstable import COERCING, DATE, FROM_TODAY, WORDS
from datacanary.impact.nondeterminism.level import Level
from datacanary.impact.nondeterminism.nodes import fold
from datacanary.impact.nondeterminism.rule import Rule

_WORDS = WORDS - {"now"}


def _find(level: Level) -> Iterator[exp.Expr]:
    for name, node in level.calls:
        if name in DATE or (name in FROM_TODAY and len(node.expressions) == 1):
            yield node
    if level.dialect in COERCING:
        yield from (node for node in level.of(exp.Cast) if cast_word(node) in _WORDS)


def cast_word(node: exp.Expr) -> str:
    """Return the text that a cast makes something else of; empty if it is none."""
    return fold(node.this.name) if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal) else ""


RULE = Rule("date", _find)
