"""A SELECT: which rows it has, and what each of its columns means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from datacanary.impact.meaning.conditions import conditions, conjuncts
from datacanary.impact.meaning.joins import Rows, joined
from datacanary.impact.meaning.level import Level, of_all
from datacanary.impact.meaning.limit import limited
from datacanary.impact.meaning.projection import Projection, projected
from datacanary.impact.meaning.reading import Around, Reading, UnsupportedError
from datacanary.impact.meaning.table import Key, Table
from datacanary.impact.meaning.traits import Traits, traits_of
from datacanary.impact.meaning.types import is_number, type_of
from datacanary.impact.meaning.value import Fingerprint, Value, combine, digest, in_any_order
from datacanary.impact.meaning.values import value_of
from datacanary.impact.meaning.window import parts_of

_FOLLOWED = frozenset(
    {"with_", "from_", "joins", "laterals", "where", "group", "having", "qualify", "distinct", "sample", "expressions"}
    | {"limit", "offset", "order", "windows", "sort", "distribute", "cluster"}
)


def select_table(select: exp.Select, reading: Reading, around: Around) -> Table:
    """Return what a SELECT means; raises UnsupportedError for what is not followed."""
    args = select.args
    if any(value for name, value in args.items() if name not in _FOLLOWED):
        raise UnsupportedError
    level = Level(reading, around, select)
    start = args["from_"].this if isinstance(args.get("from_"), exp.From) else None
    rows = joined(level, start, args.get("joins") or (), args.get("laterals") or ())
    level.selecting = True
    numbered = dict(rows.numbered)
    if args.get("where") is not None:
        rows = _where(args["where"].this, rows, level, numbered)
    level.stage, level.order = rows.value, rows.order
    traits = [traits_of(one, reading) for one in select.expressions]
    grouped = _grouped(select, traits, rows, level)
    # Of what was counted before, nothing is known among groups.
    numbered = numbered if grouped is rows else {}
    rows = grouped
    if args.get("having") is not None:
        rows = _having(args["having"].this, rows, level)
    level.stage = rows.value if level.overall is None else combine("of all", [rows.value, level.overall])
    level.order = rows.order if level.overall is None else level.order
    level.clause = "source"
    found, rows = _projected(select, traits, rows, level)
    rows = _multiplied(rows, found, level)
    numbered.update(_numbers(level, traits))
    if args.get("qualify") is not None:
        numbered.update(_numbers(level, [traits_of(args["qualify"].this, reading)]))
        rows = _qualified(args["qualify"].this, rows, level, numbered, found)
    rows = _distinct(select, rows, found, level)
    if args.get("sample") is not None:
        rows = rows.become(combine("sample", [rows.value, reading.never("SAMPLE")]))
    rows = limited(select, rows, found, level)
    numbered = {} if found.multiplying or select.args.get("distinct") else numbered
    return Table(rows.value, found.columns, found.rest, rows.keys, numbered, rows.base, rows.filters, rows.order)


def _projected(select: exp.Select, traits: Sequence[Traits], rows: Rows, level: Level) -> tuple[Projection, Rows]:
    """Return the columns; where they are not followed, their text stands for them and decides the rows, too."""
    try:
        return projected(select.expressions, traits, level), rows
    except UnsupportedError:
        texts = [level.reading.structure(one, level) for one in select.expressions]
        clauses = [select.args[name] for name in ("group", "having", "qualify", "distinct") if select.args.get(name)]
        texts += [level.reading.structure(one, level) for one in clauses]
        value = combine("columns", [rows.value, *texts])
        return Projection((), value, ()), rows.become(value)


def _where(condition: exp.Expr, rows: Rows, level: Level, numbered: Mapping[Fingerprint, Key]) -> Rows:
    level.clause = "source"
    found = list(conditions(condition, level))
    for node, value in found:
        level.reading.note("filter", value, node)
    keys = frozenset(_first_of(condition, level, numbered))
    passed = rows.filtered(value for _, value in found)
    return replace(passed, keys=passed.keys | keys)


def _first_of(condition: exp.Expr, level: Level, numbered: Mapping[Fingerprint, Key]) -> Iterator[Key]:
    """Yield what tells rows apart because only the first within it is kept: row_number() = 1."""
    for node in conjuncts(condition):
        if type(node) is not exp.EQ:
            continue
        for number, one in ((node.this, node.expression), (node.expression, node.this)):
            if type(one) is exp.Literal and not one.is_string and one.this == "1":
                key = numbered.get(value_of(number, level).fingerprint)
                if key is not None:
                    yield key


def _numbers(level: Level, traits: Sequence[Traits]) -> dict[Fingerprint, Key]:
    """Return the row_number()s of a SELECT, each with what it counts within."""
    found: dict[Fingerprint, Key] = {}
    for window in (one for trait in traits for one in trait.windows if isinstance(one.this, exp.RowNumber)):
        partition, _, _ = parts_of(window, level)
        found[value_of(window, level).fingerprint] = frozenset(one.fingerprint for one in partition)
    return found


def _grouped(select: exp.Select, traits: Sequence[Traits], rows: Rows, level: Level) -> Rows:
    """Take in GROUP BY, or that aggregates make one row of all."""
    group = select.args.get("group")
    if isinstance(group, exp.Group):
        return _by_groups(group, select, traits, rows, level)
    if select.args.get("having") is not None or any(trait.aggregate for trait in traits):
        level.overall = rows.value
        return rows.become(Value(digest("one row of all")), frozenset({frozenset[Fingerprint]()}))
    return rows


def _by_groups(group: exp.Group, select: exp.Select, traits: Sequence[Traits], rows: Rows, level: Level) -> Rows:
    level.clause = "either"
    if group.args.get("all"):
        nodes = [one for one, trait in zip(select.expressions, traits, strict=True) if not trait.aggregate]
        if any(isinstance(one, exp.Star) or _is_star(one) for one in nodes):
            raise UnsupportedError
        level.clause = "source"
    else:
        nodes = [_by_position(one, select) for one in group.expressions]
    sets = [node for node in nodes if isinstance(node, exp.GroupingSets | exp.Cube | exp.Rollup)]
    others = {name: value for name, value in group.args.items() if name not in {"expressions", "all"} and value}
    keys = [value_of(_bare(node), level) for node in nodes if node not in sets]
    for node, key in zip((node for node in nodes if node not in sets), keys, strict=True):
        level.reading.note("grouping", key, node)
    various = [value_of(node, level) for node in sets]
    for name in sorted(others):
        parts = others[name] if isinstance(others[name], list) else [others[name]]
        various += [
            value_of(one, level) if isinstance(one, exp.Expr) else Value(digest(name, str(one))) for one in parts
        ]
    distinct = in_any_order({key.fingerprint: key for key in keys}.values())
    # GROUP BY ALL tells texts apart that a collation calls equal, written keys do not.
    unlike = bool(group.args.get("all")) and not all(_tells_apart(node, level) for node in nodes)
    value = combine(("group", len(distinct), unlike), [rows.value, *distinct, *various])
    unique = frozenset({frozenset(key.fingerprint for key in distinct)}) if not various else frozenset[Key]()
    return rows.become(value, unique)


def _tells_apart(node: exp.Expr, level: Level) -> bool:
    key = _bare(node)
    known = type_of(key, level)
    return is_number(key, level) or (bool(known) and "collate" not in known)


def _is_star(node: exp.Expr) -> bool:
    return isinstance(node, exp.Column) and isinstance(node.this, exp.Star)


def _bare(node: exp.Expr) -> exp.Expr:
    return node.this if isinstance(node, exp.Alias) else node


def _by_position(node: exp.Expr, select: exp.Select) -> exp.Expr:
    """Return the column of the SELECT that a number stands for; raises UnsupportedError where stars hide it."""
    if type(node) is not exp.Literal or node.is_string or not str(node.this).isdigit():
        return node
    index = int(node.this) - 1
    before = select.expressions[: index + 1]
    if index < 0 or len(before) <= index or any(isinstance(one, exp.Star) or _is_star(one) for one in before):
        raise UnsupportedError
    return _bare(before[index])


def _having(condition: exp.Expr, rows: Rows, level: Level) -> Rows:
    level.clause = "either"
    found = [(node, of_all(value, level)) for node, value in conditions(condition, level)]
    for node, value in found:
        level.reading.note("filter", value, node)
    return rows.filtered(value for _, value in found)


def _multiplied(rows: Rows, found: Projection, level: Level) -> Rows:
    """Take in functions among the columns that make several rows of one."""
    if not found.multiplying:
        return rows
    for node, value in found.multiplying:
        level.reading.note("unnest", value, node)
    return rows.become(combine("unnest", [rows.value, *(value for _, value in found.multiplying)]))


def _qualified(
    condition: exp.Expr, rows: Rows, level: Level, numbered: Mapping[Fingerprint, Key], projection: Projection
) -> Rows:
    level.clause = "either"
    found = [(node, of_all(value, level)) for node, value in conditions(condition, level)]
    for node, value in found:
        level.reading.note("filter", value, node)
    keys = frozenset(_first_of(condition, level, numbered)) if not projection.multiplying else frozenset[Key]()
    passed = rows.filtered(value for _, value in found)
    return replace(passed, keys=passed.keys | keys)


def _distinct(select: exp.Select, rows: Rows, found: Projection, level: Level) -> Rows:
    distinct = select.args.get("distinct")
    if not isinstance(distinct, exp.Distinct):
        return rows
    on = distinct.args.get("on")
    if on is None:
        if distinct.expressions:
            raise UnsupportedError
        values = [column.value for column in found.columns] + ([found.rest] if found.rest else [])
        ordered = in_any_order({value.fingerprint: value for value in values}.values())
        value = combine("distinct", [rows.value, *ordered])
        level.reading.note("distinct", value, distinct)
        key = frozenset(one.fingerprint for one in ordered)
        return rows.become(value, rows.keys | ({key} if found.rest is None else set()))
    level.clause = "either"
    by = [of_all(value_of(one, level), level) for one in (on.expressions if isinstance(on, exp.Tuple) else [on])]
    level.clause = "order"
    order = select.args.get("order")
    ordering: Sequence[Value] = found.ordering(order, level) if isinstance(order, exp.Order) else ()
    value = combine(
        ("distinct on", len(by)), [rows.value, *by, *ordering], rows.order.ties() if ordering else (rows.order.come,)
    )
    level.reading.note("distinct", value, distinct)
    return rows.become(value, frozenset({frozenset(one.fingerprint for one in by)}))
