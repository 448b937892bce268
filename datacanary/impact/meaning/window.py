"""What a window function means: its arguments, its window, and which rows there are where it looks."""

from __future__ import annotations

from sqlglot import exp

from datacanary.impact.meaning.level import Level
from datacanary.impact.meaning.value import Value, combine, in_any_order
from datacanary.impact.meaning.values import value_of
from datacanary.impact.nondeterminism.aggregates import ADDING
from datacanary.impact.nondeterminism.nodes import call_name, windowed

_ANY_ORDER = ADDING | {"count", "countif", "min", "max", "logicaland", "logicalor"}


def window(node: exp.Expr, level: Level) -> Value:
    """Return what a window function means; raises UnsupportedError as its parts do."""
    name = call_name(windowed(node)) if isinstance(node, exp.Window) else ""
    partition, ordering, frame = parts_of(node, level)
    function = value_of(node.this, level)
    within = in_any_order({one.fingerprint: one for one in partition}.values())
    # Without an order of its own, a window counts rows as they come.
    alike = not frame and name in _ANY_ORDER
    came = () if alike else level.order.ties() if ordering else (level.order.come,)
    return combine(
        ("window", came),
        [level.stage, function, *within, *ordering, *frame],
        (
            len(within),
            len(ordering),
            len(frame),
            str(node.args.get("over") or "OVER").upper(),
            bool(node.args.get("first")),
        ),
    )


def parts_of(node: exp.Expr, level: Level) -> tuple[list[Value], list[Value], list[Value]]:
    """Return by what a window parts and orders the rows, and its frame; a named window gives what is left out."""
    partition: list[Value] = []
    ordering: list[Value] = []
    frame: list[Value] = []
    for one in (*_named(node, level), node):
        partition += [value_of(part, level) for part in one.args.get("partition_by") or ()]
        order = one.args.get("order")
        if order is not None:
            ordering += [value_of(part, level) for part in order.expressions]
        spec = one.args.get("spec")
        if spec is not None:
            frame.append(value_of(spec, level))
    return partition, ordering, frame


def _named(node: exp.Expr, level: Level, depth: int = 0) -> list[exp.Expr]:
    """Return the named windows that a window is built on, the innermost first."""
    names = level.reading.names
    alias = names.written(node.args.get("alias"))
    windows = level.select.args.get("windows") or () if level.select is not None else ()
    for one in windows:
        if alias and names.written(one.this) == alias and depth < len(windows):
            return [*_named(one, level, depth + 1), one]
    if alias:
        level.reading.doubt(f"there is no window {alias}", node)
    return []
