"""Which expressions are surely floating-point numbers: sums of those depend on the order in which they are added."""

from __future__ import annotations

from sqlglot import exp

from datacanary.impact.nondeterminism.aggregates import ADDING, ADDING_FLOATS
from datacanary.impact.nondeterminism.level import Level
from datacanary.impact.nondeterminism.nodes import call_name

_DIVIDES_TO_FLOAT = frozenset({"duckdb", "bigquery", "spark", "databricks", "hive"})
_FLOAT_FUNCTIONS = frozenset(
    {"sqrt", "cbrt", "ln", "log", "exp", "pow", "radians", "degrees", "pi", "safedivide", "divide", "fdiv"}
    | {"sin", "cos", "tan", "cot", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "random", "rand"}
)
_AS_ITS_VALUES = (exp.Add, exp.Sub, exp.Mul, exp.Mod, exp.Coalesce, exp.Greatest, exp.Least, exp.Distinct)
_AS_ITS_PARTS = (*_AS_ITS_VALUES, exp.Div)
_MAKING_FLOATS = _FLOAT_FUNCTIONS | ADDING_FLOATS
_AS_ITS_FIRST = (
    *(exp.Paren, exp.Alias, exp.Neg, exp.Abs, exp.Filter, exp.IgnoreNulls, exp.RespectNulls, exp.Window),
    *(exp.Order, exp.Ordered, exp.Nullif, exp.WithinGroup),
    *(exp.Max, exp.Min, exp.First, exp.Last, exp.AnyValue, exp.FirstValue, exp.LastValue, exp.Lag, exp.Lead),
)


def is_float(expression: object, level: Level) -> bool:
    """Tell whether an expression is known to be a float: by a cast, a division or a function, here or further in."""
    pending = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, exp.Expr):
            if _is_one(node, level):
                return True
            pending += _values(node)
    return False


def _is_one(node: exp.Expr, level: Level) -> bool:
    if isinstance(node, exp.Column):
        selected = None if level.sources.lists(node) else level.alias_of(node)
        if selected is not None and id(selected) not in level.floats:
            level.floats[id(selected)] = is_float(selected, level)
        return level.sources.is_float(node) or (selected is not None and level.floats[id(selected)])
    if isinstance(node, exp.Literal):
        return not node.is_string and "e" in node.name.lower()
    if isinstance(node, exp.Cast):
        return node.to.this in exp.DataType.FLOAT_TYPES
    name = call_name(node)
    divides = isinstance(node, exp.Div) or name in {"avg", "mean"}
    return (divides and level.dialect in _DIVIDES_TO_FLOAT) or name in _MAKING_FLOATS


def _values(expression: exp.Expr) -> list[object]:
    """Return those parts of an expression that make it a float if they are."""
    args = expression.args
    if isinstance(expression, exp.If):
        return [args.get("true"), args.get("false")]
    if isinstance(expression, exp.Case):
        return [*expression.args["ifs"], args.get("default")]
    if isinstance(expression, _AS_ITS_PARTS) or call_name(expression) in ADDING:
        return [args.get("this"), args.get("expression"), *expression.expressions]
    # Whole numbers are added without loss, whatever their type.
    rounded = isinstance(expression, exp.Round) and args.get("decimals") is not None
    return [args.get("this")] if rounded or isinstance(expression, _AS_ITS_FIRST) else []
