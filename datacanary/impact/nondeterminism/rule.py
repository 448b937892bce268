"""What every rule is: a kind of instability, and how to find its places in one level of a query."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from datacanary.impact.nondeterminism.level import Level
from datacanary.model.noise import Instability


@dataclass(frozen=True, slots=True)
class Rule:
    """`find` yields the nodes, among those of one SELECT, that can give something else each time."""

    kind: Instability
    find: Callable[[Level], Iterator[exp.Expr]]
