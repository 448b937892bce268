"""Reads a query from the inside out: what becomes of each unstable place on its way to the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlglot import exp

from datacanary.impact.nondeterminism.evaluator import Around
from datacanary.impact.nondeterminism.flow import NOWHERE, UNKNOWN, Field, Flow, Places, names_in, stacked
from datacanary.impact.nondeterminism.joins import source_flow, sources_of
from datacanary.impact.nondeterminism.level import Level, level_of
from datacanary.impact.nondeterminism.nodes import LEAVES, call_name, fold, own_nodes
from datacanary.impact.nondeterminism.passing import is_filter, never_filters, through
from datacanary.impact.nondeterminism.projection import projected
from datacanary.impact.nondeterminism.registry import RULES
from datacanary.impact.nondeterminism.sources import Sources
from datacanary.impact.nondeterminism.wording import Wording

_READ_APART = (exp.Column, exp.Query, exp.Columns, exp.Exists, exp.Window)
_TEMPORARY = frozenset({"", "temp"})
_CLAUSES_OF_ROWS = ("where", "having", "qualify", "match", "connect", "prewhere")
_LIMITING = ("limit", "offset", "sample")
_MAKING_ROWS = (exp.Explode, exp.Unnest, exp.Posexplode, exp.Inline)
_COUNTING = frozenset({"range", "generateseries"})


class Reader:
    """Reads the statements of one model; `tables` goes by where the name of a table begins in the text."""

    def __init__(self, dialect: str, wording: Wording, tables: Mapping[int, Flow]) -> None:
        """Take what is known of the tables that the model reads."""
        self._dialect = dialect
        self._wording = wording
        self._tables = tables
        self._found: dict[int, Places] = {}
        self._nested: dict[int, Flow] = {}
        self._selected: dict[int, Places] = {}
        # Nodes are told apart by their id, so none may be gone before the end.
        self._kept: list[exp.Expr] = []
        self.macros: dict[str, Flow] = {}

    def query(self, node: exp.Expr, around: Around) -> Flow:
        """Work out a query's result."""
        around = self._with_ctes(node, around)
        match node:
            case exp.Select():
                return self._select(node, around)
            case exp.SetOperation():
                return self._limited(node, self._set_operation(node, around), around)
            case exp.Subquery():
                inner = node.this
                flow = self._joined(node, around) if isinstance(inner, exp.Table) else self.query(inner, around)
                return self._limited(node, flow, around)
            case exp.Values() | exp.Table():
                return source_flow(node, Sources(), self, around)
            case _:
                return self._unclear(node, around)

    def _with_ctes(self, node: exp.Expr, around: Around) -> Around:
        clause = node.args.get("with_")
        if not isinstance(clause, exp.With):
            return around
        for cte in clause.expressions:
            name = fold(cte.alias)
            body = around
            recursive = clause.args.get("recursive") and any(fold(one.name) == name for one in cte.find_all(exp.Table))
            if recursive and isinstance(cte.this, exp.Union):
                first = self.query(cte.this.this, around)
                body = around.knowing(name, replace(first, keys=frozenset()).renamed(cte.alias_column_names))
            flow = self.query(cte.this, body).renamed(cte.alias_column_names)
            if recursive:
                # What is unstable in one round can change what the next ones find.
                flow = replace(flow.with_rows(flow.cells), keys=frozenset())
            around = around.knowing(name, flow)
        return around

    def _select(self, select: exp.Select, around: Around) -> Flow:
        level = self.level(select, sources_of(select, self, around), around)
        distinct = select.args.get("distinct")
        everything = isinstance(distinct, exp.Distinct) and not distinct.args.get("on")
        flow = projected(level, self, around.within(level), distinct=everything)
        rows = level.sources.rows | self._deciding(level, around)
        unnested = [one for one in select.expressions if level.has_inside(one, *_MAKING_ROWS)]
        if unnested:
            flow = replace(flow, keys=frozenset())
            rows = rows.union(*(self.places(one, level, around) for one in unnested))
        if everything:
            rows |= self._varying(select.expressions, level, around)
        if level.groups == () and flow.complete and not unnested and not select.args.get("having"):
            return _single(flow, select, rows)
        return flow.with_rows(rows)

    def _deciding(self, level: Level, around: Around) -> Places:
        """Return the places that decide which rows a level has, apart from its sources' own."""
        args = level.query.args
        clauses = [args[name] for name in (*_CLAUSES_OF_ROWS, *_LIMITING) if isinstance(args.get(name), exp.Expr)]
        distinct = args.get("distinct")
        clauses += [distinct] if isinstance(distinct, exp.Distinct) else []
        if isinstance(args.get("order"), exp.Expr) and (args.get("limit") or args.get("offset") or distinct):
            clauses += level.ordering(args["order"].expressions)
        joins = [node for node in level.of(exp.Join) if id(node) not in level.sources.absorbed]
        clauses += [join.args["on"] for join in joins if isinstance(join.args.get("on"), exp.Expr)]
        samples = level.of(exp.TableSample)
        marked = NOWHERE.union(*(self._found.get(id(node), NOWHERE) for node in (*joins, *samples)))
        marked |= NOWHERE.union(*(self.places(clause, level, around) for clause in clauses))
        return marked | self._varying(level.groups or (), level, around)

    def _varying(self, expressions: Iterable[exp.Expr], level: Level, around: Around) -> Places:
        """Return the places in expressions by which rows are told apart; what is alike in all rows tells none apart."""
        found = NOWHERE
        for one in expressions:
            alike = not any(isinstance(node, exp.Column | exp.Query | exp.Star) for node in one.walk())
            places = self.places(one, level, around)
            found |= frozenset(p for p in places if not (alike and p.kind in {"clock", "date", "session"}))
        return found

    def _set_operation(self, node: exp.SetOperation, around: Around) -> Flow:
        upper, lower = self.query(node.this, around), self.query(node.expression, around)
        both = stacked(upper, lower, by_name=bool(node.args.get("by_name")))
        if not isinstance(node, exp.Union):
            return upper.with_rows(upper.cells | lower.everywhere)
        if not node.args.get("distinct"):
            return both
        keys = frozenset({names_in(both.fields)}) if both.complete else frozenset()
        return replace(both.with_rows(both.cells), keys=keys)

    def _limited(self, node: exp.Expr, flow: Flow, around: Around) -> Flow:
        """Take in ORDER BY, LIMIT and samples that stand behind a whole query."""
        sources = Sources()
        sources.add("", flow)
        if not any(node.args.get(name) for name in _LIMITING):
            return flow
        return flow.with_rows(self._deciding(self.level(node, sources, around), around))

    def _joined(self, node: exp.Subquery, around: Around) -> Flow:
        """Parentheses around a join: the same as selecting everything from it."""
        select = exp.Select(expressions=[exp.Star()], from_=exp.From(this=node.this.copy()))
        return self._select(select, around)

    def _unclear(self, node: exp.Expr, around: Around) -> Flow:
        """Anything else, as PIVOT: what is unstable in it can change its rows."""
        sources = Sources()
        if isinstance(node.this, exp.Table | exp.Subquery):
            sources.add("", source_flow(node.this, sources, self, around))
        level = self.level(node, sources, around)
        inside = NOWHERE.union(*(flow.everywhere for flow in sources.flows.values()))
        return UNKNOWN.with_rows(inside | self.places(node, level, around))

    def table(self, table: exp.Table, around: Around) -> Flow:
        """Return what is known of a table, CTE or table function by its name."""
        if not isinstance(table.this, exp.Identifier):
            return self._table_function(table, around) if isinstance(table.this, exp.Expr) else UNKNOWN
        name = fold(table.name)
        if fold(table.db) in _TEMPORARY and not table.catalog and name in around.named:
            return around.named[name]
        starts = [one.meta["start"] for one in table.parts if "start" in one.meta]
        return self._tables.get(min(starts), UNKNOWN) if starts else UNKNOWN

    def _table_function(self, table: exp.Table, around: Around) -> Flow:
        function = table.this
        name = call_name(function)
        level = self.level(function, Sources(), around)
        inside = NOWHERE.union(*(self.places(one, level, around) for one in function.iter_expressions()))
        if name in self.macros:
            return self.macros[name].with_rows(inside)
        if name in _COUNTING:
            column = "range" if function.args.get("is_end_exclusive") else "generate_series"
            return Flow((Field(column),), rows=inside, keys=frozenset({frozenset({column})}))
        return UNKNOWN.with_rows(inside)

    def level(self, query: exp.Expr, sources: Sources, around: Around) -> Level:
        """Look at a SELECT, and mark what the rules find in it."""
        self._kept.append(query)
        level = level_of(query, sources, self._dialect, around.level)
        for rule in RULES:
            for node in rule.find(level):
                places = self._found.get(id(node), NOWHERE)
                if not any(place.kind == rule.kind for place in places):
                    self._found[id(node)] = places | {self._wording.mark(rule.kind, node)}
                level.found.setdefault(id(node), rule.kind)
        return level

    def places(self, expression: exp.Expr, level: Level, around: Around) -> Places:
        """Return the places that reach an expression's value."""
        found = NOWHERE
        # By hand, not by recursion: a chain of OR can be deeper than Python's stack.
        pending = [expression]
        while pending:
            node = pending.pop()
            own = self._found.get(id(node), NOWHERE)
            if _is_plain(type(node)):
                found |= own
                if type(node) not in LEAVES:
                    pending += node.iter_expressions()
                continue
            direct = self._direct(node, level, around)
            if direct is not None:
                found |= own | direct
            elif is_filter(node):
                children = node.iter_expressions()
                found |= through(node, own.union(*(self.places(child, level, around) for child in children)))
            else:
                found |= own
                pending += node.iter_expressions()
                if isinstance(node, exp.Window) and fold(node.alias) in level.windows:
                    pending.append(level.windows[fold(node.alias)])
        return found

    def _direct(self, node: exp.Expr, level: Level, around: Around) -> Places | None:
        """Return the places behind a name or a subquery, None for anything else."""
        if isinstance(node, exp.Column):
            return self._column(node, level, around)
        if isinstance(node, exp.Query):
            return self._nested_query(node, around.within(level)).everywhere
        if isinstance(node, exp.Columns):
            return NOWHERE.union(*(flow.cells for flow in level.sources.flows.values()))
        if isinstance(node, exp.Exists) and isinstance(node.this, exp.Query):
            # Which of the rows a LIMIT leaves makes no difference.
            rows = self._nested_query(node.this, around.within(level)).rows
            return frozenset(place for place in rows if place.kind != "limit")
        if self.macros and call_name(node) in self.macros:
            arguments = (self.places(one, level, around) for one in node.iter_expressions())
            return self.macros[call_name(node)].everywhere.union(*arguments)
        return None

    def _nested_query(self, node: exp.Query, around: Around) -> Flow:
        if id(node) not in self._nested:
            self._nested[id(node)] = self.query(node, around)
        return self._nested[id(node)]

    def _column(self, column: exp.Column, level: Level, around: Around) -> Places:
        if isinstance(column.this, exp.Star):
            flow = level.sources.flows.get(fold(column.table))
            return flow.cells if flow is not None else NOWHERE
        places = level.sources.places(column)
        selected = None if level.sources.lists(column) else level.alias_of(column)
        if selected is not None:
            # If nobody knows the columns of a source, it can be either.
            if id(selected) not in self._selected:
                self._selected[id(selected)] = self.places(selected, level, around)
            return (places or NOWHERE) | self._selected[id(selected)]
        if places is not None or level.outer is None:
            return places or NOWHERE
        return self._column(column, level.outer, around)


def _is_plain(kind: type[exp.Expr]) -> bool:
    """Tell whether all that is unstable in a node comes from the nodes below it."""
    known = _PLAIN.get(kind)
    if known is None:
        known = _PLAIN[kind] = never_filters(kind) and not issubclass(kind, _READ_APART)
    return known


_PLAIN: dict[type[exp.Expr], bool] = {}


def _single(flow: Flow, select: exp.Select, rows: Places) -> Flow:
    """Return an aggregate over all rows: there is one, but which rows there were changes its values."""
    both = zip(flow.fields, select.expressions, strict=True)
    return replace(
        flow, fields=tuple(replace(one, places=one.places | rows) if _depends(by) else one for one, by in both)
    )


def _depends(expression: exp.Expr) -> bool:
    """Tell whether a value can depend on rows."""
    return any(isinstance(node, exp.AggFunc | exp.Column | exp.Anonymous | exp.Query) for node in own_nodes(expression))
