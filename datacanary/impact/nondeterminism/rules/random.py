"""Random numbers, new identifiers and sequences: no two runs have the same."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from datacanary.impact.functions.unstable import BY_A_GENERATOR, RANDOM, SEQUENCES
from datacanary.impact.nondeterminism.level import Level
from datacanary.impact.nondeterminism.nodes import call_name, fold
from datacanary.impact.nondeterminism.rule import Rule

_CALLS = RANDOM | SEQUENCES

SEEDED = frozenset({"snowflake", "spark", "databricks", "hive"})
"""Where a number in rand() is a seed, not a bound."""


def _find(level: Level) -> Iterator[exp.Expr]:
    for name, node in level.calls:
        if (name in _CALLS and not is_seeded(node, level)) or _lacks_generator(name, node, level):
            yield node
    if level.dialect == "snowflake":
        # As in `my_sequence.nextval`.
        columns = (node for node in level.of(exp.Column) if isinstance(node, exp.Column))
        yield from (column for column in columns if column.table and fold(column.name) == "nextval")


def _lacks_generator(name: str, node: exp.Expr, level: Level) -> bool:
    return name in BY_A_GENERATOR and level.dialect != "snowflake" and node.args.get(BY_A_GENERATOR[name]) is None


def is_seeded(node: exp.Expr, level: Level) -> bool:
    """Tell whether a random function starts from a seed: then its numbers follow the order of rows."""
    if level.dialect not in SEEDED:
        return False
    if isinstance(node, exp.Rand | exp.Randn):
        return node.this is not None
    return call_name(node) in {"shuffle", "arrayshuffle"} and len(list(node.iter_expressions())) > 1


RULE = Rule("random", _find)
