"""What a node of a query does when it is evaluated: asked before two queries are held to give the same data."""

from __future__ import annotations

import re

from sqlglot import exp

from datacanary.impact.functions import classes, unstable
from datacanary.impact.functions.names import KINDS, NATIVE
from datacanary.impact.functions.names.kind import FunctionKind
from datacanary.impact.nondeterminism.nodes import call_name, fold

__all__ = ["FunctionKind", "kind_of"]

_OPERATORS = (
    *(exp.Binary, exp.Unary, exp.Literal, exp.Boolean, exp.Null, exp.Between, exp.In, exp.Bracket, exp.Interval),
    *(exp.BitString, exp.HexString, exp.ByteString, exp.RawString, exp.UnicodeString, exp.National, exp.AtTimeZone),
    *(exp.FromTimeZone, exp.Column, exp.Identifier, exp.Star, exp.Var, exp.Alias, exp.Aliases, exp.Tuple, exp.Window),
    *(exp.WindowSpec, exp.Order, exp.Ordered, exp.Distinct, exp.Filter, exp.WithinGroup, exp.IgnoreNulls),
    *(exp.RespectNulls, exp.HavingMax, exp.Lambda, exp.DataType, exp.DataTypeParam, exp.All, exp.Any, exp.Slice),
    *(exp.Comprehension, exp.JSON, exp.JSONKeyValue, exp.JSONValue, exp.JSONPath, exp.JSONPathPart, exp.IntervalSpan),
    *(exp.IntervalOp, exp.Limit, exp.Heredoc, exp.Introducer, exp.FormatJson, exp.OnCondition, exp.TimeUnit),
    *(exp.JSONExtractQuote, exp.UnpivotColumns, exp.Variadic, exp.Query, exp.Values, exp.Where, exp.ColumnDef),
)
_STEADY = frozenset({"scalar", "aggregate", "window", "rows"})
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_CATALOGUE_TYPES = (exp.ObjectIdentifier, exp.PseudoType)
_CALLING_ANY = frozenset({"spark", "databricks"})
_CONVERTING = frozenset({"unixtimestamp"})
_STATEFUL_COLUMNS = frozenset({"nextval", "currval"})
_UNSTABLE: dict[str, FunctionKind] = {
    **dict.fromkeys(unstable.CLOCK | unstable.DATE, "clock"),
    **dict.fromkeys(unstable.RANDOM, "random"),
    **dict.fromkeys(unstable.SESSION | unstable.SURROUNDINGS, "session"),
    **dict.fromkeys(unstable.SEQUENCES | unstable.STATE, "volatile"),
}


def kind_of(node: exp.Expr, dialect: str, text: str = "") -> FunctionKind:
    """Tell what a node itself does, whatever its children do; "unknown" for what nobody listed.

    - scalar: one value for one row, by nothing but its arguments and the settings; operators and names are that, too.
    - aggregate: one value for many rows, whatever stands inside. window: it needs OVER.
    - rows: several rows for one. clock, random, session: what is in their names.
    - volatile: it reads or leaves a trace, or follows how the engine splits its work.

    A column is "session" or "clock" if it is spelt as a keyword that needs no parentheses, "volatile" if as one that
    every table has, as rowid: both count only where no table has a column of its own by that name. Functions of a
    schema are unknown, and so are quoted names that sqlglot has no class for. With the `text` that was parsed, names
    that sqlglot knows from other dialects are unknown, too: somebody made a function of that name here.

    >>> import sqlglot
    >>> [kind_of(sqlglot.parse_one(call, dialect="duckdb"), "duckdb") for call in ("lower(x)", "median(x)", "my(x)")]
    ['scalar', 'aggregate', 'unknown']
    >>> kind_of(sqlglot.parse_one("nvl(a, b)", dialect="duckdb"), "duckdb", "nvl(a, b)")
    'unknown'
    """
    if isinstance(node, exp.Func):
        kind = _of_call(node, dialect)
        return "unknown" if kind in _STEADY and text and not _is_named_so(node, dialect, text) else kind
    match node:
        case exp.Parameter() | exp.Placeholder() | exp.SessionParameter():
            return "session"
        case exp.Column():
            return _of_column(node, dialect)
        case exp.Literal():
            return _of_literal(node, dialect)
        case exp.Any() if dialect in _CALLING_ANY:
            return "unknown"
        case _:
            return "scalar" if isinstance(node, _OPERATORS) and not _is_made_by_somebody(node) else "unknown"


def _is_named_so(node: exp.Func, dialect: str, text: str) -> bool:
    """Tell whether the dialect has a function of the name that is written; what signs and words make has none."""
    start, end = node.meta.get("start"), node.meta.get("end")
    if start is None or end is None or isinstance(node, exp.Anonymous):
        return True
    name = fold(text[start : end + 1]).strip('"`')
    return name in KINDS.get(dialect, {}) or name in classes.WORDS or not _NAME.fullmatch(name)


def _is_made_by_somebody(node: exp.Expr) -> bool:
    """Tell whether it is an operator or a type that can be made again otherwise."""
    return isinstance(node, exp.Operator) or (isinstance(node, exp.DataType) and node.this == exp.DType.USERDEFINED)


def _of_literal(node: exp.Literal, dialect: str) -> FunctionKind:
    # Compared with a time, such a text becomes one.
    coerced = node.is_string and dialect in unstable.COERCING
    return "clock" if coerced and fold(node.name).strip() in unstable.WORDS else "scalar"


def _of_call(node: exp.Func, dialect: str) -> FunctionKind:
    named = not isinstance(node, exp.Anonymous) or isinstance(node.this, str)
    if not named or (isinstance(node.parent, exp.Dot) and node.parent.expression is node):
        return "unknown"
    name = call_name(node)
    found = _unstable(node, name, dialect)
    if found is not None:
        return found
    if isinstance(node, exp.Anonymous):
        return KINDS.get(dialect, {}).get(fold(node.name), "unknown")
    if isinstance(node, exp.Cast):
        return _of_cast(node, dialect)
    known = name in classes.SYNTAX or name in NATIVE.get(dialect, ())
    return _of_class(node, name, dialect) if known else "unknown"


def _unstable(node: exp.Func, name: str, dialect: str) -> FunctionKind | None:
    if name in unstable.FROM_TODAY and len(node.expressions) == 1:
        return "clock"
    if name in unstable.BY_A_GENERATOR:
        generated = dialect == "snowflake" and node.args.get(unstable.BY_A_GENERATOR[name]) is not None
        return "scalar" if generated else "random"
    if name in _CONVERTING and node.expressions:
        return None
    return _UNSTABLE.get(name)


def _of_cast(node: exp.Cast, dialect: str) -> FunctionKind:
    # Where another name is read as a cast, anything can stand in the place of the type.
    to = node.args.get("to")
    if isinstance(to, _CATALOGUE_TYPES):
        return "session"
    if not isinstance(to, exp.DataType) or any(_is_made_by_somebody(one) for one in to.find_all(exp.DataType)):
        return "unknown"
    literal = isinstance(node.this, exp.Literal) and node.this.is_string
    # Such a text can have blanks around it, or a time of day behind it.
    words = fold(node.this.name).split() if literal and dialect in unstable.WITH_WORDS else []
    return "clock" if unstable.WORDS.intersection(words) else "scalar"


def _of_class(node: exp.Func, name: str, dialect: str) -> FunctionKind:
    kind = classes.CLASSES.get(name, "unknown")
    if kind == "window":
        grouped = isinstance(node.parent, exp.WithinGroup) or dialect in classes.AGGREGATE_IN.get(name, ())
        return "aggregate" if grouped else "window"
    if kind == "rows":
        listed = dialect in classes.SCALAR_IN.get(name, ()) and not isinstance(node.parent, exp.Table)
        return "scalar" if listed else "rows"
    return kind


def _of_column(node: exp.Column, dialect: str) -> FunctionKind:
    name = fold(node.name)
    if name in unstable.PSEUDO_COLUMNS.get(dialect, ()):
        return "volatile"
    if node.table:
        return "volatile" if dialect == "snowflake" and name in _STATEFUL_COLUMNS else "scalar"
    if isinstance(node.this, exp.Identifier) and node.this.quoted:
        return "scalar"
    if name in unstable.SESSION_KEYWORDS:
        return "session"
    return "clock" if name in unstable.CLOCK_KEYWORDS else "scalar"
