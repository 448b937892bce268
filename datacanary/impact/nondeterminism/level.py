"""One SELECT of a query, as the rules see it: its own nodes, and what its columns determine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from datacanary.impact.nondeterminism.aggregates import is_aggregate
from datacanary.impact.nondeterminism.flow import UNKNOWN
from datacanary.impact.nondeterminism.nodes import bare, call_name, fold, own_nodes, window_around
from datacanary.impact.nondeterminism.sources import Closure, ColumnId, Sources
from datacanary.model.noise import Instability

_UNCLEAR = (exp.Query, exp.AggFunc, exp.Window, exp.Star, exp.Columns, exp.Rollup, exp.Cube, exp.GroupingSets)
"""What is not told by the columns in it."""


@dataclass(frozen=True, slots=True)
class Given:
    """Expressions whose values are known, and all columns that follow from them.

    `settled` remembers, by the ids of selected expressions, whether they follow, too.
    """

    expressions: tuple[exp.Expr, ...]
    closure: Closure
    settled: dict[int, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Level:
    """One SELECT, or what stands around other queries: a UNION, parentheses, a PIVOT.

    `nodes` are its own, in the order of the text, `kinds` their classes, and `calls` the functions among them with
    their names. `groups` are the expressions of GROUP BY, none for an aggregate over all rows, and None where nothing
    is grouped. `found` has the ids of nodes that rules have marked so far, `floats` those of selected expressions and
    whether they are floats, `present` whether there are nodes of some classes. `outer` is the SELECT around a
    subquery, whose columns it may name.
    """

    dialect: str
    query: exp.Expr
    sources: Sources
    nodes: tuple[exp.Expr, ...]
    calls: tuple[tuple[str, exp.Expr], ...]
    kinds: frozenset[type[exp.Expr]]
    groups: tuple[exp.Expr, ...] | None
    aliases: Mapping[str, exp.Expr]
    windows: Mapping[str, exp.Window]
    found: dict[int, Instability] = field(default_factory=dict)
    floats: dict[int, bool] = field(default_factory=dict)
    present: dict[tuple[type[exp.Expr], ...], bool] = field(default_factory=dict)
    outer: Level | None = None

    def of(self, *classes: type[exp.Expr]) -> tuple[exp.Expr, ...]:
        """Return its own nodes of some classes, in the order of the text."""
        if not self._has(classes):
            return ()
        return tuple(node for node in self.nodes if isinstance(node, classes))

    def has_inside(self, expression: exp.Expr, *classes: type[exp.Expr]) -> bool:
        """Tell whether nodes of some classes are among those of one of its own expressions."""
        return self._has(classes) and any(isinstance(node, classes) for node in own_nodes(expression))

    def _has(self, classes: tuple[type[exp.Expr], ...]) -> bool:
        if classes not in self.present:
            self.present[classes] = any(issubclass(kind, classes) for kind in self.kinds)
        return self.present[classes]

    def given(self, expressions: Iterable[exp.Expr], more: Iterable[exp.Expr] = ()) -> Given:
        """Work out what follows where some expressions are known."""
        meant = tuple(self.meaning(one) for one in (*expressions, *more))
        columns = (self.sources.owner(one) for one in meant if isinstance(one, exp.Column))
        return Given(meant, self.sources.closure(one for one in columns if one is not None))

    def meaning(self, expression: exp.Expr) -> exp.Expr:
        """Return an expression without what is around it; for the name of a selected one, that one."""
        node = bare(expression)
        if isinstance(node, exp.Column) and not self.sources.lists(node):
            selected = self.alias_of(node)
            return node if selected is None else bare(selected)
        return node

    def alias_of(self, column: exp.Column) -> exp.Expr | None:
        """Return the selected expression that a column may be the name of; in `x + 1 AS x` the inner x is another's."""
        selected = self.aliases.get(fold(column.name)) if column.args.get("table") is None else None
        node: exp.Expr | None = column
        while selected is not None and node is not None and node is not self.query:
            if node is selected:
                return None
            node = node.parent
        return selected

    @property
    def selected(self) -> list[exp.Expr]:
        """What the result's columns are, as far as they are known."""
        if isinstance(self.query, exp.Select):
            return [one.unalias() for one in self.query.expressions]
        flow = next(iter(self.sources.flows.values()), UNKNOWN)
        return [exp.column(field.name) for field in flow.fields] if flow.complete else [exp.Star()]

    def ordering(self, expressions: Iterable[exp.Expr]) -> Iterator[exp.Expr]:
        """Return what ORDER BY orders by: there numbers are positions, and names rather those of the result."""
        selected = self.selected
        for expression in expressions:
            node = bare(expression)
            if isinstance(node, exp.Var) and fold(node.name) == "all":
                yield from selected
            elif isinstance(node, exp.Column) and not node.table:
                yield bare(self.aliases.get(fold(node.name), node))
            else:
                yield _at_position(node, selected)

    def determines(self, given: Given, expression: exp.Expr) -> bool:
        """Tell whether an expression can have only one value where others are known."""
        meant = self.meaning(expression)
        if any(meant == one for one in given.expressions):
            return True
        return all(self._is_clear(node, given) for node in own_nodes(meant))

    def _is_clear(self, node: exp.Expr, given: Given) -> bool:
        if isinstance(node, _UNCLEAR) or id(node) in self.found:
            return False
        if any(isinstance(child, exp.Query) for child in node.iter_expressions()):
            return False
        if not isinstance(node, exp.Column):
            return True
        owner = self.sources.owner(node)
        if owner is not None:
            return given.closure.has(owner)
        selected = self.alias_of(node)
        if selected is not None:
            if id(selected) not in given.settled:
                given.settled[id(selected)] = self.determines(given, selected)
            return given.settled[id(selected)]
        return self.sources.is_outside(node) or (self.outer is not None and not self.sources.unlisted)

    def is_total(self, order: Iterable[exp.Expr]) -> bool:
        """Tell whether no two rows can be alike in these; where there is GROUP BY, rows are groups."""
        given = self.given(order)
        if self.groups is not None:
            return all(self.determines(given, group) for group in self.groups)
        return self._all_rows(given)

    def is_settled(self, values: Iterable[exp.Expr], order: Iterable[exp.Expr]) -> bool:
        """Tell whether an aggregate over `values` is the same in whatever order rows come that are alike in `order`."""
        given = self.given(order, self.groups or ())
        return self._all_rows(given) or all(self.determines(given, value) for value in values)

    def _all_rows(self, given: Given) -> bool:
        return given.closure.whole >= self.sources.flows.keys() - self.sources.hidden

    def order_of(self, window: exp.Window) -> tuple[list[exp.Expr], list[exp.Expr], exp.Expr | None]:
        """Return PARTITION BY, ORDER BY and the frame of an OVER, with what it takes from a named window."""
        named = self.windows.get(fold(window.alias)) if window.alias else None
        partition, order, frame = self.order_of(named) if named is not None else ([], [], None)
        own = window.args.get("order")
        return (
            [*partition, *(window.args.get("partition_by") or ())],
            [*order, *(own.expressions if isinstance(own, exp.Order) else ())],
            window.args.get("spec") or frame,
        )

    def calls_random(self, expressions: Iterable[exp.Expr]) -> bool:
        """Tell whether any of these is random: two are never alike, and a rule of its own marks it."""
        return any(self.found.get(id(node)) == "random" for one in expressions for node in own_nodes(self.meaning(one)))


def level_of(query: exp.Expr, sources: Sources, dialect: str, outer: Level | None) -> Level:
    """Look at a SELECT, or at what stands around other queries, with what is in its FROM."""
    nodes = tuple(own_nodes(query))
    kinds = frozenset(map(type, nodes))
    calls: tuple[tuple[str, exp.Expr], ...] = ()
    if any(issubclass(kind, exp.Func) for kind in kinds):
        calls = tuple((name, node) for node in nodes if (name := call_name(node)))
    if not isinstance(query, exp.Select):
        return Level(dialect, query, sources, nodes, calls, kinds, None, {}, {}, outer=outer)
    aliases = {fold(one.alias): one.this for one in query.expressions if isinstance(one, exp.Alias)}
    windows = {fold(one.name): one for one in query.args.get("windows") or () if isinstance(one, exp.Window)}
    level = Level(dialect, query, sources, nodes, calls, kinds, None, aliases, windows, outer=outer)
    return replace(level, groups=_groups(level))


def level_beside(sources: Sources, outer: Level | None) -> Level:
    """Return what a source in FROM sees of the sources before it."""
    return Level("", exp.Select(), sources, (), (), frozenset(), None, {}, {}, outer=outer)


def _groups(level: Level) -> tuple[exp.Expr, ...] | None:
    group = level.query.args.get("group")
    if not isinstance(group, exp.Group):
        over_all = any(_is_grouped(node) for _, node in level.calls)
        return () if over_all else None
    selected = level.selected
    sets = [one for name in ("rollup", "cube", "grouping_sets") for one in group.args.get(name) or ()]
    if group.args.get("all"):
        return tuple(one for one in selected if not any(map(_is_grouped, own_nodes(one))))
    return tuple(_group(one, level, selected) for one in _flat([*group.expressions, *sets]))


def _is_grouped(node: exp.Expr) -> bool:
    return is_aggregate(node) and window_around(node) is None


def _flat(groups: list[exp.Expr]) -> Iterator[exp.Expr]:
    for group in groups:
        if isinstance(group, exp.Tuple):
            yield from _flat(group.expressions)
        else:
            yield group


def _group(group: exp.Expr, level: Level, selected: list[exp.Expr]) -> exp.Expr:
    return level.meaning(_at_position(bare(group), selected))


def _at_position(node: exp.Expr, selected: list[exp.Expr]) -> exp.Expr:
    """Return what a number in GROUP BY or ORDER BY stands for."""
    if isinstance(node, exp.Literal) and node.is_int and 0 < int(node.name) <= len(selected):
        before = selected[: int(node.name)]
        # Nobody knows how many columns a star stands for.
        return node if any(one.is_star for one in before) else before[-1]
    return node


def column_of(level: Level, expression: exp.Expr) -> ColumnId | None:
    """Return which source's column an expression is, if it is nothing but a column."""
    meant = level.meaning(expression)
    return level.sources.owner(meant) if isinstance(meant, exp.Column) else None
