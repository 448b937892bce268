"""The columns that a star stands for, without, in place of, or under other names than those of the sources."""

from __future__ import annotations

from typing import NamedTuple

from sqlglot import exp

from datacanary.impact.meaning.level import Level
from datacanary.impact.meaning.reading import UnsupportedError
from datacanary.impact.meaning.table import TableColumn, behind
from datacanary.impact.meaning.types import type_of
from datacanary.impact.meaning.value import Value, combine, digest
from datacanary.impact.meaning.values import value_of

_CHANGES = frozenset({"except_", "replace", "rename"})


class _Of(NamedTuple):
    """A column, with the folded name of the source that it is of; empty for one that USING made of two."""

    source: str
    column: TableColumn


def spread(node: exp.Expr, star: exp.Star, level: Level) -> tuple[list[TableColumn], Value | None]:
    """Return the columns that a star stands for, and what stands for those that nobody knows.

    Raises UnsupportedError for one that is not followed.
    """
    if any(value for name, value in star.args.items() if name not in _CHANGES):
        raise UnsupportedError
    sources = dict(level.in_order())
    if isinstance(node, exp.Column):
        name = level.reading.names.written(node.args.get("table"))
        if name not in sources or node.args.get("db"):
            raise UnsupportedError
        sources = {name: sources[name]}
        found = [_Of(name, column) for column in sources[name].columns()]
    else:
        found = _of_all_sources(level)
    unknown = [source.wrapped(source.table.rest) for source in sources.values() if source.table.rest is not None]
    rest = unknown[0] if len(unknown) == 1 else combine("several", unknown) if unknown else None
    if not any(star.args.values()):
        return [one.column for one in found], rest
    return _changed(star, found, rest, level)


def _of_all_sources(level: Level) -> list[_Of]:
    fold = level.reading.names.stored
    found: list[_Of] = []
    given: set[str] = set()
    unknown: list[Value] = []
    for alias, source in level.in_order():
        for column in source.columns():
            name = fold(column.name)
            if name not in level.merged:
                found.append(_Of(alias, behind(column, unknown)))
            elif name not in given:
                found.append(_Of("", behind(level.merged[name], unknown)))
                given.add(name)
        unknown += [source.wrapped(source.table.rest)] if source.table.rest is not None else []
    return found


def _changed(
    star: exp.Star, found: list[_Of], rest: Value | None, level: Level
) -> tuple[list[TableColumn], Value | None]:
    """Leave out, replace and rename columns."""
    names = level.reading.names
    out = {_name(one, level) for one in star.args.get("except_") or ()}
    replaced = {names.written(one.args.get("alias")): one for one in star.args.get("replace") or ()}
    renamed = {_name(one.this, level): one for one in star.args.get("rename") or ()}
    spoken = (*sorted(out), *sorted(("", name) for name in replaced), *sorted(renamed))
    present = {(alias, names.stored(one.column.name)) for one in found for alias in ("", one.source)}
    missing = set(spoken) - present
    if missing and rest is None:
        level.reading.doubt(f"there is no column {min(missing)[1]}", star)
    columns: list[TableColumn] = []
    for source, column in found:
        name = names.stored(column.name)
        called = {("", name), (source, name)}
        if called & out:
            continue
        if name in replaced:
            columns.append(_replacing(replaced[name], level))
            continue
        new = next((renamed[one] for one in called if one in renamed), None)
        columns.append(column if new is None else column._replace(name=names.spelled(new.args["alias"])))
    if rest is None:
        return columns, None
    columns += [_replacing(one, level) for name, one in replaced.items() if ("", name) not in present]
    return columns, rest._replace(fingerprint=digest("without", rest.fingerprint, spoken))


def _replacing(node: exp.Expr, level: Level) -> TableColumn:
    return TableColumn(node.alias, value_of(node.this, level), type_of(node.this, level))


def _name(node: exp.Expr, level: Level) -> tuple[str, str]:
    """Return the folded names of a source, if it is told, and of its column."""
    names = level.reading.names
    if isinstance(node, exp.Column) and not node.args.get("db") and isinstance(node.this, exp.Identifier):
        return names.written(node.args.get("table")), names.written(node.this)
    if not isinstance(node, exp.Identifier):
        raise UnsupportedError
    return "", names.written(node)
