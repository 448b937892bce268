"""What becomes of instability on its way through expressions: some take it away, or make it rarer."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from datacanary.impact.nondeterminism.flow import NOWHERE, Places
from datacanary.impact.nondeterminism.nodes import call_name

_COMPARISONS = (exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between)
_ROUNDING = (exp.Round, exp.Floor, exp.Ceil, exp.Trunc)
_EXACT = {*exp.DataType.NUMERIC_TYPES, exp.DType.BOOLEAN} - exp.DataType.FLOAT_TYPES
_DATES = frozenset({exp.DType.DATE, exp.DType.DATE32})
_FILTERS = (exp.Count, exp.Is, exp.Cast, *_ROUNDING, *_COMPARISONS)
_TO_THE_DAY = frozenset(
    {"year", "quarter", "month", "monthname", "week", "weekofyear", "day", "dayname", "dayofmonth", "dayofweek"}
    | {"dayofweekiso", "dayofyear", "hour", "lastday", "date", "todate", "tsordstodate", "extract", "datepart"}
    | {"datediff", "timestampdiff", "datetimediff", "datetrunc", "timestamptrunc", "datetimetrunc", "timetostr"}
)
_TOO_FINE = frozenset({"minute", "second", "millisecond", "microsecond", "nanosecond", "epoch"})
_FINE_FORMATS = ("%M", "%S", "%T", "%X", "%c", "%f", "%g", "%n", "%s")
_COUNTED = frozenset({"clock", "date", "random", "session", "float_sum", "row_order"})
"""These are never sometimes NULL, so how many there are does not change."""


def never_filters(kind: type[exp.Expr]) -> bool:
    """Tell whether everything gets through nodes of a class."""
    return not issubclass(kind, (*_FILTERS, exp.Func))


def is_filter(node: exp.Expr) -> bool:
    """Tell whether anything may not get through a node as it is."""
    return isinstance(node, _FILTERS) or (isinstance(node, exp.Func) and call_name(node) in _TO_THE_DAY)


def through(node: exp.Expr, places: Places) -> Places:
    """Return what of the instability inside a node gets out of it."""
    if not places:
        return NOWHERE
    if isinstance(node, exp.Count) or (isinstance(node, exp.Is) and isinstance(node.expression, exp.Null)):
        return frozenset(place for place in places if place.kind not in _COUNTED)
    if _rounds(node):
        places = frozenset(place for place in places if place.kind != "float_sum")
    if _blurs(node):
        return frozenset(replace(place, kind="date") if place.kind == "clock" else place for place in places)
    return places


def _rounds(node: exp.Expr) -> bool:
    """Tell whether the last digits of floats are lost here."""
    return (isinstance(node, exp.Cast) and node.to.this in _EXACT) or isinstance(node, (*_ROUNDING, *_COMPARISONS))


def _blurs(node: exp.Expr) -> bool:
    """Tell whether two moments that are near each other mostly give the same here."""
    if isinstance(node, exp.Cast):
        return node.to.this in _DATES
    if isinstance(node, _COMPARISONS):
        return True
    if call_name(node) not in _TO_THE_DAY:
        return False
    words = [one.name for one in node.walk() if isinstance(one, exp.Literal | exp.Var)]
    return not any(word.lower().rstrip("s") in _TOO_FINE or any(f in word for f in _FINE_FORMATS) for word in words)
