"""The time: it is another one each time the query runs."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from datacanary.impact.functions.unstable import CLOCK, COERCING
from datacanary.impact.nondeterminism.level import Level
from datacanary.impact.nondeterminism.rule import Rule
from datacanary.impact.nondeterminism.rules.date import cast_word


def _find(level: Level) -> Iterator[exp.Expr]:
    for name, node in level.calls:
        # unix_timestamp(x) converts; a number or a zone in the others changes nothing.
        if name in CLOCK and not (name == "unixtimestamp" and node.expressions):
            yield node
    if level.dialect in COERCING:
        yield from (node for node in level.of(exp.Cast) if cast_word(node) == "now")


RULE = Rule("clock", _find)
