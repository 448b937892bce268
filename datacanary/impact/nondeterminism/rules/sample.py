"""TABLESAMPLE and USING SAMPLE: other rows each time; with a seed, as long as rows come in another order."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from datacanary.impact.nondeterminism.level import Level
from datacanary.impact.nondeterminism.rule import Rule

_ALL = 100


def _find(level: Level) -> Iterator[exp.Expr]:
    for node in level.of(exp.TableSample):
        if isinstance(node, exp.TableSample) and not _takes_all(node):
            yield node


def _takes_all(sample: exp.TableSample) -> bool:
    percent = sample.args.get("percent")
    return isinstance(percent, exp.Literal) and percent.is_number and float(percent.name) >= _ALL


RULE = Rule("sample", _find)
