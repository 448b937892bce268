"""The columns of a SELECT: names, meanings, types; stars spread out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from datacanary.impact.meaning.level import Level, of_all
from datacanary.impact.meaning.reading import UnsupportedError
from datacanary.impact.meaning.stars import spread
from datacanary.impact.meaning.table import TableColumn, behind
from datacanary.impact.meaning.traits import Traits
from datacanary.impact.meaning.types import type_of
from datacanary.impact.meaning.value import Value, combine
from datacanary.impact.meaning.values import value_of

_LISTS = (
    exp.Array,
    exp.GenerateSeries,
    exp.Split,
    exp.StringToArray,
    exp.RegexpExtractAll,
    exp.RegexpSplit,
    exp.ArrayAgg,
)


@dataclass(frozen=True, slots=True)
class Projection:
    """The columns of a result; `rest` is of those that nobody knows; `multiplying` makes several rows of one."""

    columns: tuple[TableColumn, ...]
    rest: Value | None
    multiplying: tuple[tuple[exp.Expr, Value], ...]

    def ordering(self, order: exp.Order, level: Level) -> list[Value]:
        """Return by what ORDER BY sorts: numbers are columns, and names are columns first."""
        return [self._sorted_by(one, level) for one in order.expressions]

    def _sorted_by(self, ordered: exp.Expr, level: Level) -> Value:
        node = ordered.this if isinstance(ordered, exp.Ordered) else ordered
        way = tuple(sorted((name, str(value)) for name, value in ordered.args.items() if name != "this" and value))
        if isinstance(node, exp.Var):
            return combine(("all columns", way), [column.value for column in self.columns])
        if isinstance(node, exp.Literal) and not node.is_string and str(node.this).isdigit():
            index = int(node.this) - 1
            if self.rest is not None or not 0 <= index < len(self.columns):
                raise UnsupportedError
            return combine(("sorted", way), [self.columns[index].value])
        if any(isinstance(value, exp.Expr) for name, value in ordered.args.items() if name != "this"):
            raise UnsupportedError
        # Only a name that stands alone is that of a column of the result.
        level.clause = "order" if isinstance(node, exp.Column) else "either"
        return combine(("sorted", way), [of_all(value_of(node, level), level)])


def projected(expressions: Sequence[exp.Expr], traits: Sequence[Traits], level: Level) -> Projection:
    """Return the columns of a SELECT; raises UnsupportedError for those that are not followed."""
    columns: list[TableColumn] = []
    rests: list[Value] = []
    multiplying: list[tuple[exp.Expr, Value]] = []
    for one, trait in zip(expressions, traits, strict=True):
        star = one if isinstance(one, exp.Star) else one.this
        if isinstance(star, exp.Star) and isinstance(one, exp.Star | exp.Column):
            found, rest = spread(one, star, level)
            columns += [behind(column._replace(value=of_all(column.value, level)), rests) for column in found]
            rests += [of_all(rest, level)] if rest is not None else []
            level.reading.note("column", combine("star", [column.value for column in found]), one)
            continue
        if isinstance(one, exp.Aliases) or _is_pattern(one):
            raise UnsupportedError
        inner = one.this if isinstance(one, exp.Alias) else one
        plain = _plain(one, inner, level)
        if plain is not None:
            columns.append(behind(plain, rests))
            level.reading.note("column", plain.value, one)
            continue
        value = of_all(value_of(inner, level), level)
        if isinstance(inner, exp.Unnest | exp.Explode) and not _takes_a_list(inner, level):
            # Of a struct it makes a column for each field, whatever it is called.
            rests.append(value)
        else:
            columns.append(behind(_column(one, inner, value, level), rests))
        level.reading.note("column", value, one)
        if trait.multiplying:
            multiplying.append((one, value))
    rest = rests[0] if len(rests) == 1 else combine("several", rests) if rests else None
    return Projection(tuple(columns), rest, tuple(multiplying))


def _plain(node: exp.Expr, inner: exp.Expr, level: Level) -> TableColumn | None:
    """Return a column that is one of a source under its own or another name; None where that is not sure."""
    if type(inner) is not exp.Column or type(inner.this) is not exp.Identifier or not level.closed:
        return None
    if inner.args.get("db") or inner.args.get("join_mark"):
        return None
    names = level.reading.names
    found = level.plain(names.written(inner.args.get("table")), names.written(inner.this))
    if found is None:
        return None
    alias = node.args.get("alias") if isinstance(node, exp.Alias) else None
    return TableColumn(names.spelled(alias) if alias else found.name, of_all(found.value, level), found.type)


def _column(node: exp.Expr, inner: exp.Expr, value: Value, level: Level) -> TableColumn:
    """Name a column: as it is called in the SELECT, else as in the table that it is of."""
    names = level.reading.names
    named = names.spelled(node.args["alias"]) if isinstance(node, exp.Alias) and node.args.get("alias") else ""
    if type(inner) is not exp.Column or not isinstance(inner.this, exp.Identifier):
        # The warehouse calls it after its text, so other words make another name.
        return TableColumn(named or level.reading.words(node), value, type_of(inner, level))
    source = level.original(names.written(inner.args.get("table")), names.written(inner.this))
    if source is None:
        return TableColumn(named or names.spelled(inner.this), value)
    return TableColumn(named or source.name, value, source.type)


def _is_pattern(node: exp.Expr) -> bool:
    """Tell whether it is a star of which only some columns are meant: `* LIKE 'a%'`."""
    while isinstance(node, exp.Not | exp.Paren | exp.Alias):
        node = node.this
    return isinstance(node, exp.Binary) and isinstance(node.this, exp.Star)


def _takes_a_list(node: exp.Expr, level: Level) -> bool:
    unnested = [node.this] if isinstance(node.this, exp.Expr) else node.expressions
    return all(_is_list(one, level) for one in unnested)


def _is_list(node: exp.Expr, level: Level) -> bool:
    if isinstance(node, exp.DPipe):
        return _is_list(node.this, level) or _is_list(node.expression, level)
    return isinstance(node, _LISTS) or type_of(node, level).endswith("[]")
