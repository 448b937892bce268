"""FROM and its joins: which rows come out, and what the columns of each source mean among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from datacanary.impact.meaning.conditions import conditions
from datacanary.impact.meaning.level import Level, Source
from datacanary.impact.meaning.lookup import at_most_one
from datacanary.impact.meaning.order import NO_ORDER, Order, order_of
from datacanary.impact.meaning.reading import UnsupportedError
from datacanary.impact.meaning.sources import table_of
from datacanary.impact.meaning.table import Key, Table, TableColumn
from datacanary.impact.meaning.value import Fingerprint, Value, combine, digest, in_any_order, together

_FOLLOWED = frozenset({"this", "on", "using", "side", "kind", "method"})
_ONE_SIDED = frozenset({"SEMI", "ANTI"})


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows there are: those of `base` that pass `filters`; `atoms` are the sources of inner joins.

    `order` tells in which order they come.
    """

    value: Value
    base: Fingerprint
    filters: frozenset[Fingerprint] = frozenset()
    atoms: tuple[Fingerprint, ...] = ()
    keys: frozenset[Key] = frozenset()
    numbered: Mapping[Fingerprint, Key] = field(default_factory=dict)
    order: Order = NO_ORDER

    def filtered(self, conditions: Iterable[Value]) -> Rows:
        """Keep the rows that pass conditions; their order and number do not matter."""
        found = tuple(conditions)
        if not found:
            return self
        filters = self.filters | {one.fingerprint for one in found}
        return replace(self, value=together(_passing(self.base, filters), (self.value, *found)), filters=filters)

    def become(self, value: Value, keys: frozenset[Key] = frozenset()) -> Rows:
        """Return other rows made from these."""
        order = order_of(value.fingerprint, self.order)
        return Rows(value, value.fingerprint, atoms=(value.fingerprint,), keys=keys, order=order)


NO_SOURCE = Rows(
    Value(digest("one row")), digest("one row"), atoms=(digest("one row"),), keys=frozenset({frozenset[Fingerprint]()})
)
"""The one row of a SELECT without FROM."""


def _passing(base: Fingerprint, filters: frozenset[Fingerprint]) -> Fingerprint:
    return digest("filter", base, sorted(filters)) if filters else base


@dataclass(frozen=True, slots=True)
class _Step:
    """One more source: its folded name, and the table unless it looks at the sources before it."""

    name: str
    join: exp.Expr
    table: Table | None
    unique: bool

    @property
    def kind(self) -> str:
        kind = str(self.join.args.get("kind") or "").upper()
        return "" if kind in {"INNER", "CROSS"} or (kind == "OUTER" and self.side) else kind

    @property
    def side(self) -> str:
        return str(self.join.args.get("side") or "").upper()

    @property
    def method(self) -> str:
        return str(self.join.args.get("method") or "").upper()

    @property
    def keeps_rows(self) -> bool:
        """Whether each row before it stays one row, or goes."""
        return self.kind in _ONE_SIDED or (self.unique and self.side == "LEFT")


def joined(level: Level, first: exp.Expr | None, joins: Sequence[exp.Expr], views: Sequence[exp.Expr]) -> Rows:
    """Take in what stands in FROM; the level can name the sources after it.

    Raises UnsupportedError for what is not followed.
    """
    if first is None:
        if joins or views:
            raise UnsupportedError
        return NO_SOURCE
    first, joins = _unfolded(first, joins)
    name = _name_of(first, level)
    start = table_of(first, level)
    level.sources[name] = Source(start, level.reading)
    steps = [_looked_at(level, join) for join in (*joins, *(exp.Join(this=view.copy()) for view in views))]
    among_several = not all(step.keeps_rows for step in steps)
    level.sources.clear()
    level.forget()
    occurrences: dict[Fingerprint, int] = {}
    level.sources[name] = _placed(start, level, occurrences, wrap=among_several)
    _note_table(first, start, level)
    if not among_several:
        base = start.base or start.rows.fingerprint
        rows = Rows(start.rows, base, start.filters, (), start.keys, start.numbered, start.order)
    else:
        rows = Rows(start.rows, start.rows.fingerprint, atoms=(start.rows.fingerprint,), order=start.order)
    for step in steps:
        rows = _add(rows, step, level, occurrences)
    return rows


def _note_table(node: exp.Expr, table: Table, level: Level) -> None:
    if isinstance(node, exp.Table):
        level.reading.note("table", table.rows, node)


def _unfolded(first: exp.Expr, joins: Sequence[exp.Expr]) -> tuple[exp.Expr, list[exp.Expr]]:
    """Take parentheses off that stand around the first joins: they are done first anyway."""
    if isinstance(first, exp.Subquery) and isinstance(first.this, exp.Table) and not first.args.get("alias"):
        if any(first.args.get(one) for one in ("pivots", "sample", "limit", "order", "with_")):
            raise UnsupportedError
        return _unfolded(first.this, [*(first.args.get("joins") or ()), *joins])
    inner = first.args.get("joins") or ()
    return first, [*inner, *joins]


def _name_of(node: exp.Expr, level: Level) -> str:
    alias = node.args.get("alias")
    named = alias.this if isinstance(alias, exp.TableAlias) else None
    for pivot in node.args.get("pivots") or ():
        behind = pivot.args.get("alias")
        named = behind.this if isinstance(behind, exp.TableAlias) else named
    if named is None and isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        named = node.this
    name = level.reading.names.written(named) or f"\0{len(level.sources)}"
    if name in level.sources:
        raise UnsupportedError
    return name


def _looked_at(level: Level, join: exp.Expr) -> _Step:
    """Look at a source for itself, with those before it known."""
    node = join.this
    if any(value for key, value in join.args.items() if key not in _FOLLOWED):
        raise UnsupportedError
    if isinstance(node, exp.Table | exp.Subquery) and node.args.get("joins"):
        raise UnsupportedError
    name = _name_of(node, level)
    touched = level.touched
    beside = isinstance(node, exp.Lateral | exp.UDTF) and not isinstance(node, exp.Values)
    table = None if beside or _is_function(node) else table_of(node, level)
    if level.touched > touched:
        table = None
    level.sources[name] = Source(table or Table(Value(""), rest=Value("")), level.reading)
    level.forget()
    step = _Step(name, join, table, unique=False)
    if table is not None and table.keys and step.side in {"LEFT", ""} and not step.kind:
        return replace(step, unique=not step.method and at_most_one(name, table, join, level))
    return step


def _is_function(node: exp.Expr) -> bool:
    return isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier)


def _placed(table: Table, level: Level, occurrences: dict[Fingerprint, int], *, wrap: bool) -> Source:
    """Tell a source apart from others with the same rows."""
    if not wrap:
        return Source(table, level.reading)
    number = occurrences.get(table.rows.fingerprint, 0)
    occurrences[table.rows.fingerprint] = number + 1
    return Source(table, level.reading, (_mark("source", table.rows, number),))


def _mark(what: str, rows: Value, number: int = 0) -> Value:
    return Value(digest(what, rows.fingerprint, number), frozenset(), rows.settled)


def _add(rows: Rows, step: _Step, level: Level, occurrences: dict[Fingerprint, int]) -> Rows:
    """Take in one more source."""
    table = step.table if step.table is not None else table_of(step.join.this, level)
    _note_table(step.join.this, table, level)
    one_sided = step.kind in _ONE_SIDED
    left_unique = step.unique and step.side == "LEFT"
    if one_sided or left_unique:
        source = Source(table, level.reading, (_mark("joined", table.rows),))
    else:
        source = _placed(table, level, occurrences, wrap=True)
    before = dict(level.sources)
    level.sources[step.name] = source
    level.forget()
    found = _matched(step, source, before, level)
    found_in_order = in_any_order({one.fingerprint: one for one in found}.values())
    level.reading.note("join", combine(f"{step.method} {step.side} {step.kind}", found_in_order), step.join)
    rows = replace(rows, order=order_of((step.side, step.kind), rows.order, table.order))
    if left_unique:
        wrap = combine("left", [_mark("joined", table.rows), *found_in_order])._replace(
            reads=table.rows.reads.union(*(one.reads for one in found))
        )
        level.sources[step.name] = Source(table, level.reading, (wrap,))
        level.forget()
        return rows
    if one_sided:
        del level.sources[step.name]
        level.forget()
        condition = combine(f"{step.side} {step.kind} {step.method}", [table.rows, *found_in_order])
        return rows.filtered([condition])
    if step.table is not None and not step.side and not step.kind and not _unusual(step):
        return _inner(rows, table, found)
    # Which row stands beside which in a POSITIONAL JOIN their order says.
    places: tuple[Fingerprint, ...] = (rows.order.come,) if step.method == "POSITIONAL" else ()
    # In DuckDB an ORDER BY that looks at the rows before it can lose some of its own.
    places += table.order.ties() if step.table is None else ()
    sides, side = [rows.value, table.rows], step.side
    alike = rows.value.fingerprint == table.rows.fingerprint
    if side == "RIGHT" and step.table is not None and not step.method and len(before) == 1 and not alike:
        sides, side = sides[::-1], "LEFT"
    value = combine(
        ("join", step.method, side, step.kind, step.table is None, _outer_view(step)),
        [*sides, *found_in_order],
        places,
    )
    return rows.become(value)


def _outer_view(step: _Step) -> bool:
    return bool(step.join.this.args.get("outer"))


def _unusual(step: _Step) -> bool:
    return step.method not in {"", "NATURAL"}


def _inner(rows: Rows, table: Table, conditions: Sequence[Value]) -> Rows:
    """Join in any order: the same sources and conditions are the same rows."""
    atoms = tuple(sorted((*rows.atoms, table.rows.fingerprint)))
    base = digest("inner", atoms)
    filters = rows.filters | {one.fingerprint for one in conditions}
    value = together(_passing(base, filters), (rows.value, table.rows, *conditions))
    return Rows(value, base, filters, atoms, order=rows.order)


def _matched(step: _Step, source: Source, before: Mapping[str, Source], level: Level) -> list[Value]:
    """Return the conditions of a join; columns that USING and NATURAL name are one column after it."""
    using = step.join.args.get("using") or ()
    # The last column that USING names is no equality in an ASOF JOIN.
    if (using and step.method == "ASOF") or (step.kind in _ONE_SIDED and step.side == "RIGHT"):
        raise UnsupportedError
    names = [level.reading.names.written(one) for one in using]
    if step.method == "NATURAL":
        names = _common(source, before, level)
    on = step.join.args.get("on")
    found = [value for _, value in conditions(on, level)] if on is not None else []
    for name in names:
        left = [level.merged[name]] if name in level.merged else [c for s in before.values() for c in s.named(name)]
        right = source.named(name)
        if len(left) != 1 or len(right) != 1:
            raise UnsupportedError
        values = [left[0].value, right[0].value]
        found.append(combine("=", in_any_order(values)))
        level.merged[name] = _merged(step, left[0], right[0])
    return found


def _merged(step: _Step, left: TableColumn, right: TableColumn) -> TableColumn:
    if step.side == "RIGHT":
        return right
    if step.side == "FULL":
        return left._replace(value=combine("Coalesce", [left.value, right.value]), type="")
    return left


def _common(source: Source, before: Mapping[str, Source], level: Level) -> list[str]:
    if not source.table.complete or not all(one.table.complete for one in before.values()):
        raise UnsupportedError
    fold = level.reading.names.stored
    theirs = {fold(column.name) for one in before.values() for column in one.columns()}
    return [fold(column.name) for column in source.columns() if fold(column.name) in theirs]
