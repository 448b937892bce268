"""Windows over rows whose order is not settled: rows that are alike in it can change places.

rank(), dense_rank() and frames by RANGE or GROUPS treat alike rows alike, so they are stable.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from datacanary.impact.nondeterminism.aggregates import BY_ANOTHER, COLLECTING, PICKING, SKETCHING
from datacanary.impact.nondeterminism.level import Level
from datacanary.impact.nondeterminism.nodes import call_name, fold, order_inside, values_of, windowed
from datacanary.impact.nondeterminism.rule import Rule

_BY_POSITION = frozenset({"rownumber", "ntile", "lag", "lead", "firstvalue", "lastvalue", "nthvalue", "fill"})
_ONE_OF_A_FRAME = frozenset({"firstvalue", "lastvalue", "nthvalue", "first", "last", "anyvalue", "arbitrary"})
_ALIKE_FOR_TIES = frozenset({"rank", "denserank", "percentrank", "cumedist"})


def _find(level: Level) -> Iterator[exp.Expr]:
    for node in level.of(exp.Window, exp.Join):
        if isinstance(node, exp.Window) and not isinstance(node.this, exp.Identifier):
            if _is_unsettled(node, level):
                yield node
        elif isinstance(node, exp.Join) and node.args.get("method") == "ASOF" and not _finds_one(node, level):
            yield node


def _is_unsettled(window: exp.Window, level: Level) -> bool:
    function = windowed(window)
    name = call_name(function)
    partition, order, frame = level.order_of(window)
    inside = order_inside(function)
    known = [*partition, *(inside or order), *([function.expression] if name in BY_ANOTHER else ())]
    if name in _ALIKE_FOR_TIES or level.is_total(known) or level.calls_random(known):
        return False
    if name in _ONE_OF_A_FRAME and _takes_whole_ties(name, frame):
        given = level.given(known)
        return not all(level.determines(given, value) for value in values_of(function))
    if name in COLLECTING | PICKING | BY_ANOTHER | SKETCHING:
        given = level.given(known)
        alike = all(level.determines(given, value) for value in values_of(function))
        return not alike or _splits_ties(frame)
    return name in _BY_POSITION or _splits_ties(frame)


def _takes_whole_ties(name: str, frame: exp.Expr | None) -> bool:
    """Tell whether the value that is taken is the same whichever of the alike rows comes first."""
    return not _splits_ties(frame) or (
        name in {"firstvalue", "first"} and _end(frame, "start") == "unbounded preceding"
    )


def _splits_ties(frame: exp.Expr | None) -> bool:
    """Tell whether a frame can begin or end between rows that are alike in the order."""
    if frame is None or fold(frame.args.get("kind") or "") != "rows":
        return False
    ends = (_end(frame, "start"), _end(frame, "end"))
    return ends not in {("unbounded preceding", "unbounded following"), ("current row", "current row")}


def _end(frame: exp.Expr | None, which: str) -> str:
    value = frame.args.get(which) if frame is not None else None
    side = frame.args.get(f"{which}_side") if frame is not None else None
    words = value if isinstance(value, str) else "current row" if value is None else "some"
    return fold(f"{words} {side or ''}".strip())


def _finds_one(join: exp.Join, level: Level) -> bool:
    """Tell whether at most one row of the right side can be the nearest."""
    alias = fold(join.this.alias_or_name)
    on = join.args.get("on")
    columns = [level.sources.owner(column) for column in on.find_all(exp.Column)] if isinstance(on, exp.Expr) else []
    columns += [(alias, fold(name.name)) for name in join.args.get("using") or ()]
    return alias in level.sources.closure(one for one in columns if one is not None and one[0] == alias).whole


RULE = Rule("window_ties", _find)
