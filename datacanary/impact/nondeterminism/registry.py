"""All rules. The first come first: some ask whether another has marked a place before."""

from __future__ import annotations

from datacanary.impact.nondeterminism.rule import Rule
from datacanary.impact.nondeterminism.rules import (
    clock,
    date,
    distinct_on,
    float_sum,
    limit,
    random,
    row_order,
    sample,
    session,
    unordered_aggregate,
    window_ties,
)

RULES: tuple[Rule, ...] = (
    clock.RULE,
    date.RULE,
    random.RULE,
    session.RULE,
    row_order.RULE,
    sample.RULE,
    limit.RULE,
    distinct_on.RULE,
    window_ties.RULE,
    unordered_aggregate.RULE,
    float_sum.RULE,
)
