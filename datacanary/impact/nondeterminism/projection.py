"""What a SELECT selects becomes the columns of its result."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from datacanary.impact.nondeterminism.evaluator import Around, Evaluator
from datacanary.impact.nondeterminism.floats import is_float
from datacanary.impact.nondeterminism.flow import NOWHERE, Field, Flow, Places
from datacanary.impact.nondeterminism.keys import Selected, Selection, keys_of
from datacanary.impact.nondeterminism.level import Level, column_of
from datacanary.impact.nondeterminism.nodes import bare, call_name, fold, own_nodes


@dataclass(slots=True)
class _Columns:
    """The columns so far, and what is to be told of those that nobody can list."""

    fields: list[Field]
    selected: list[Selected]
    passed: dict[str, frozenset[str]]
    rest: Places = NOWHERE
    complete: bool = True


def projected(level: Level, reader: Evaluator, around: Around, *, distinct: bool) -> Flow:
    """Return the result of a SELECT, apart from what decides which rows it has."""
    columns = _Columns([], [], {})
    for expression in level.query.expressions:
        star, table = _star(expression)
        if star is not None:
            _expand(star, table, columns, level, reader, around)
        else:
            _add(expression, columns, level, reader, around)
    keys = keys_of(level, Selection(columns.selected, columns.passed), distinct=distinct)
    return Flow(tuple(columns.fields), columns.complete, columns.rest, NOWHERE, keys)


def _star(expression: exp.Expr) -> tuple[exp.Star | None, str | None]:
    """Return the star of `*` and of `t.*`, with the name of its table."""
    if isinstance(expression, exp.Column) and isinstance(expression.this, exp.Star):
        return expression.this, fold(expression.table)
    return (expression, None) if isinstance(expression, exp.Star) else (None, None)


def _add(expression: exp.Expr, columns: _Columns, level: Level, reader: Evaluator, around: Around) -> None:
    places = reader.places(expression, level, around)
    starred = level.has_inside(expression, exp.Star, exp.Columns)
    if starred and any(
        isinstance(node, exp.Star | exp.Columns) and not _counted(node) for node in own_nodes(expression)
    ):
        # COLUMNS(…), or an expression over a star: nobody knows how many columns it makes.
        columns.rest |= places
        columns.complete = False
        return
    inner = expression.unalias()
    name = _name(expression, level)
    columns.fields.append(Field(name, places, is_float(inner, level)))
    columns.selected.append(Selected(fold(name), bare(inner), _source_column(inner, level)))


def _counted(node: exp.Expr) -> bool:
    """Tell whether a star is the one of count(*)."""
    return isinstance(node, exp.Star) and isinstance(node.parent, exp.Count)


def _source_column(expression: exp.Expr, level: Level) -> tuple[str, str] | None:
    node = bare(expression)
    if not isinstance(node, exp.Column):
        return None
    return level.sources.owner(node) or column_of(level, node)


def _name(expression: exp.Expr, level: Level) -> str:
    """Return how a column will be called, as far as that is known."""
    if isinstance(expression, exp.Alias):
        return expression.alias
    if isinstance(expression, exp.Column):
        owner = level.sources.owner(expression)
        # DuckDB spells it as the table does, not as the query.
        return level.sources.spelled.get(owner, expression.name) if owner is not None else expression.name
    if isinstance(expression, exp.Dot):
        return expression.name
    if level.dialect == "duckdb" and call_name(expression) in _NAMED_ALIKE and not expression.args.get("this"):
        return _NAMED_ALIKE[call_name(expression)]
    return ""


_NAMED_ALIKE = {
    "currentdate": "current_date",
    "currenttimestamp": "current_timestamp",
    "now": "now()",
    "rand": "random()",
    "uuid": "uuid()",
}
"""How DuckDB calls columns that are nothing but one of these functions."""


def _expand(
    star: exp.Star, table: str | None, columns: _Columns, level: Level, reader: Evaluator, around: Around
) -> None:
    """Add the columns that a star stands for, as far as they are known."""
    left_out = {fold(one.name) for one in star.args.get("except_") or star.args.get("except") or ()}
    replaced = {fold(one.alias): one for one in star.args.get("replace") or ()}
    renamed = {fold(one.this.name): one.alias for one in star.args.get("rename") or ()}
    seen: set[str] = set()
    for alias, flow in level.sources.flows.items():
        if alias in level.sources.hidden or table not in {None, alias}:
            continue
        merged = {name for owner, name in level.sources.merged if owner == alias and table is None}
        for one in flow.fields:
            name = fold(one.name)
            if name in left_out | merged:
                continue
            seen.add(name)
            if name in replaced:
                _add(replaced[name], columns, level, reader, around)
                continue
            new = renamed.get(name, one.name)
            columns.fields.append(Field(new, one.places, one.is_float))
            columns.selected.append(Selected(fold(new), None, (alias, name)))
        if not flow.complete:
            columns.complete = False
            columns.rest |= flow.rest
            columns.passed[alias] = frozenset(left_out | merged | set(replaced) | set(renamed))
    for name in replaced.keys() - seen:
        _add(replaced[name], columns, level, reader, around)
    for name in renamed.keys() - seen:
        owner = level.sources.owner(exp.column(name, table=table))
        columns.selected.append(Selected(fold(renamed[name]), None, owner))
