"""Types, as far as the reading of a query needs them: from the tables, and from casts and a few functions."""

from __future__ import annotations

from sqlglot import exp

from datacanary.impact.meaning.level import Level

_WHOLE = frozenset(
    {"tinyint", "smallint", "int", "integer", "bigint", "hugeint", "int1", "int2", "int4", "int8", "int128", "int64"}
    | {"utinyint", "usmallint", "uinteger", "uint", "ubigint", "uhugeint", "mediumint"}
)
_NUMBERS = _WHOLE | {"double", "float", "real", "float4", "float8", "number", "numeric", "decimal", "bignumeric"}
_FAMILIES = {
    **dict.fromkeys(_WHOLE, "whole"),
    **dict.fromkeys(("varchar", "text", "string"), "text"),
    "date": "date",
    "boolean": "boolean",
    "bool": "boolean",
    "uuid": "uuid",
}
_SAME_TYPE = (exp.Min, exp.Max, exp.Paren, exp.AnyValue, exp.First, exp.Last)
_MAKE_NUMBERS = (
    exp.Interval,
    exp.Sum,
    exp.Avg,
    exp.Count,
    exp.Mul,
    exp.Div,
    exp.IntDiv,
    exp.Mod,
    exp.Abs,
    exp.Round,
    exp.Length,
)


def comparable(one: str, other: str) -> bool:
    """Tell whether values of two types are equal only if they are the same value.

    >>> comparable("integer", "bigint"), comparable("varchar", "integer"), comparable("double", "double")
    (True, False, False)
    """
    family = _FAMILIES.get(one)
    return family is not None and family == _FAMILIES.get(other)


def type_of(node: exp.Expr, level: Level) -> str:
    """Return the type of an expression in lower-case words, empty where it is not known."""
    if isinstance(node, exp.Column) and isinstance(node.this, exp.Identifier):
        names = level.reading.names
        column = level.original(names.written(node.args.get("table")), names.written(node.this))
        return column.type if column is not None else ""
    if type(node) is exp.Cast and isinstance(node.args.get("to"), exp.DataType):
        return _cast_type(node.args["to"], node.this, level)
    if type(node) is exp.Count:
        return "bigint"
    if isinstance(node, _SAME_TYPE) and isinstance(node.this, exp.Expr):
        return type_of(node.this, level)
    return ""


def _cast_type(to: exp.DataType, of: exp.Expr, level: Level) -> str:
    """Return the type of a cast; a text keeps the collation of a text that is cast."""
    plain = not to.expressions and not to.args.get("nested")
    name = str(getattr(to.this, "name", "")).lower() if plain else ""
    if _FAMILIES.get(name) != "text" or isinstance(of, exp.Literal):
        return name
    known = type_of(of, level)
    return name if known and "collate" not in known else ""


def is_number(node: exp.Expr, level: Level) -> bool:
    """Tell whether an expression surely is a number, or a span of time, and no list."""
    if isinstance(node, exp.Literal):
        return not node.is_string
    if isinstance(node, _MAKE_NUMBERS):
        return True
    if isinstance(node, exp.Paren | exp.Neg | exp.Window | exp.Filter) and isinstance(node.this, exp.Expr):
        return is_number(node.this, level)
    if isinstance(node, exp.Add | exp.Sub):
        return is_number(node.this, level) or is_number(node.expression, level)
    if isinstance(node, exp.Coalesce):
        return any(is_number(one, level) for one in (node.this, *node.expressions))
    return type_of(node, level).partition("(")[0] in _NUMBERS
