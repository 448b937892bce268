"""Which settings a model may change: those that end with it, or that change no rows."""

from __future__ import annotations

from sqlglot import exp

from datacanary.errors import ProjectError, Where
from datacanary.project.naming import fold

# DuckDB keeps these to the connection, and every model has one of its own.
_OF_THE_CONNECTION = frozenset(
    {"timezone", "calendar", "integer_division", "ieee_floating_point_ops", "error_on_division_by_zero"}
    | {"scalar_subquery_error_on_multiple_rows", "order_by_non_integer_literal", "disable_timestamptz_casts"}
    | {"pivot_limit", "pivot_filter_threshold", "max_expression_depth", "binary_as_string", "preserve_identifier_case"}
)
# These reach the models that run at the same time, too, but change none of their rows.
_RESOURCES = frozenset({"threads", "memory_limit", "max_memory"})
_ALLOWED = _OF_THE_CONNECTION | _RESOURCES
_HINT = f"Allowed are SET VARIABLE, and SET of {', '.join(sorted(_ALLOWED))}."


def refuse_unsafe(tree: exp.Set, where: Where) -> None:
    """Raise ProjectError for a SET that reaches other models, moves names, or opens what isolates a run."""
    for item in tree.expressions:
        scope = str(item.args.get("kind") or "")
        if scope == "VARIABLE":
            continue
        named = item.this.this if isinstance(item.this, exp.EQ) else None
        setting = fold(named.name) if isinstance(named, exp.Column) and not named.table else ""
        if scope not in {"", "SESSION"}:
            raise ProjectError(f"SET {scope} is not for this model alone.", where=where, hint=_HINT)
        if setting in {"schema", "search_path"}:
            raise ProjectError(
                f"SET {setting} would change which tables the names in the query mean.",
                where=where,
                hint="Write the schema in front of the names.",
            )
        if setting not in _ALLOWED:
            shown = setting or item.sql("duckdb").partition("=")[0].strip()
            raise ProjectError(
                f"SET {shown} is not allowed: it could change other models, or what keeps a run apart.",
                where=where,
                hint=_HINT,
            )
