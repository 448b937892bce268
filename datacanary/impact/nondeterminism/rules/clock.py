"""The time: it is another one each time the query runs."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from datacanary.impact.nondeterminism.level import Level
from datacanary.impact.nondeterminism.rule import Rule
from datacanary.impact.nondeterminism.rules.date import WITH_WORDS, cast_word

_CALLS = frozenset(
    {"currenttimestamp", "currenttimestampltz", "currentdatetime", "currenttime", "localtimestamp", "localtime"}
    | {"now", "getcurrenttimestamp", "getcurrenttime", "currentlocaltimestamp", "currentlocaltime", "timeofday"}
    | {"transactiontimestamp", "statementtimestamp", "clocktimestamp", "getdate", "sysdate", "sysdatetime"}
    | {"systimestamp", "utctimestamp", "utctime", "unixtimestamp", "getutcdate"}
)


def _find(level: Level) -> Iterator[exp.Expr]:
    for name, node in level.calls:
        # unix_timestamp(x) converts; a number or a zone in the others changes nothing.
        if name in _CALLS and not (name == "unixtimestamp" and node.expressions):
            yield node
    if level.dialect in WITH_WORDS:
        yield from (node for node in level.nodes if cast_word(node) == "now")


RULE = Rule("clock", _find)
