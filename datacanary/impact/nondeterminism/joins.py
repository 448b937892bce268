"""FROM and its joins become sources."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from datacanary.impact.nondeterminism.evaluator import Around, Evaluator
from datacanary.impact.nondeterminism.flow import NOWHERE, UNKNOWN, Field, Flow, Places
from datacanary.impact.nondeterminism.level import level_beside
from datacanary.impact.nondeterminism.nodes import fold
from datacanary.impact.nondeterminism.sources import Sources

_ONE_SIDED = frozenset({"SEMI", "ANTI"})


def sources_of(query: exp.Expr, reader: Evaluator, around: Around) -> Sources:
    """Return what stands in FROM, joins and lateral views of a SELECT."""
    sources = Sources(outside=around.names)
    start = query.args.get("from_")
    if isinstance(start, exp.From):
        _add(start.this, sources, reader, around)
    for lateral in query.args.get("laterals") or ():
        _add(lateral, sources, reader, around)
    for join in query.args.get("joins") or ():
        _join(join, sources, reader, around)
    where = query.args.get("where")
    if isinstance(where, exp.Where):
        sources.equate(where.this)
    return sources


def _add(node: exp.Expr, sources: Sources, reader: Evaluator, around: Around) -> set[str]:
    """Add one source and the joins that hang on it; return how they are called."""
    flow = source_flow(node, sources, reader, around)
    sources.rows |= flow.rows
    added = {sources.add(node.alias_or_name, replace(flow, rows=NOWHERE))}
    for join in (node.args.get("joins") or ()) if isinstance(node, exp.Table) else ():
        added |= _join(join, sources, reader, around)
    return added


def _join(join: exp.Expr, sources: Sources, reader: Evaluator, around: Around) -> set[str]:
    before, rows = set(sources.flows), sources.rows
    added = _add(join.this, sources, reader, around)
    using = [fold(name.name) for name in join.args.get("using") or ()]
    sources.merged |= {(alias, name) for alias in added for name in using}
    # The last column that USING names is no equality in an ASOF JOIN.
    asof = join.args.get("method") == "ASOF"
    on = join.args.get("on") or (None if asof else _using(using, before, added, sources))
    side, kind = (join.args.get("side") or "").upper(), (join.args.get("kind") or "").upper()
    if kind in _ONE_SIDED:
        sources.hidden |= added
    elif side == "LEFT":
        sources.equate_outer(on, added)
        if added <= sources.closure((), before).whole:
            matching = _matching(on, sources, reader, around)
            _absorb(added, rows, matching, sources)
            sources.absorbed.add(id(join))
    elif side == "RIGHT":
        sources.equate_outer(on, before)
    elif side != "FULL":
        sources.equate(on)
    return added


def _using(names: list[str], before: set[str], added: set[str], sources: Sources) -> exp.Expr | None:
    """Write USING as ON, as far as it is clear whose columns are meant."""
    conditions: list[exp.Expr] = []
    for name in names:
        owners = [alias for alias in sources.flows if alias in before and name in sources.names[alias]]
        left = owners[:1] or ([*before] if len(before) == 1 else [])
        if len(left) != 1 or len(added) != 1:
            return None
        pair = [exp.column(name, table=alias) for alias in (left[0], *added)]
        conditions.append(exp.EQ(this=pair[0], expression=pair[1]))
    return exp.and_(*conditions, copy=False) if conditions else None


def _matching(on: exp.Expr | None, sources: Sources, reader: Evaluator, around: Around) -> Places:
    return NOWHERE if on is None else reader.places(on, reader.level(on, sources, around), around)


def _absorb(added: set[str], rows: Places, matching: Places, sources: Sources) -> None:
    """Let what makes the right side of a LEFT JOIN unstable reach its own columns only: at most one row of it fits."""
    new = (sources.rows - rows) | matching
    for alias in added:
        sources.add(alias, sources.flows[alias].with_cells(new))
    sources.rows = rows


def source_flow(node: exp.Expr, sources: Sources, reader: Evaluator, around: Around) -> Flow:
    """Work out what one source has: a table, a subquery, VALUES, or a function."""
    beside = around.within(level_beside(sources, around.level))
    if isinstance(node, exp.Table):
        flow = reader.table(node, beside)
    elif isinstance(node, exp.Subquery):
        flow = reader.query(node, beside)
    elif isinstance(node, exp.Values):
        flow = _values(node, reader, beside)
    elif isinstance(node, exp.Lateral) and isinstance(node.this, exp.Subquery):
        flow = reader.query(node.this, beside)
    else:
        flow = _function(node, reader, beside)
    alias = node.args.get("alias")
    names = [column.name for column in alias.columns] if isinstance(alias, exp.TableAlias) else []
    return _pivoted(node, flow.renamed(names), reader, beside)


def _values(node: exp.Values, reader: Evaluator, around: Around) -> Flow:
    """VALUES: a column of literals that are all different tells its rows apart."""
    rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in node.expressions]
    level = reader.level(node, Sources(), around)
    fields: list[Field] = []
    keys: set[frozenset[str]] = set()
    for index, cells in enumerate(zip(*rows, strict=False)):
        places = NOWHERE.union(*(reader.places(cell, level, around) for cell in cells))
        fields.append(Field(f"col{index}", places))
        if all(isinstance(cell, exp.Literal) for cell in cells) and len({cell.name for cell in cells}) == len(cells):
            keys.add(frozenset({f"col{index}"}))
    return Flow(tuple(fields), keys=frozenset(keys))


def _function(node: exp.Expr, reader: Evaluator, around: Around) -> Flow:
    """UNNEST, LATERAL and others: what is unstable in the arguments decides which rows there are."""
    level = reader.level(node, Sources(), around)
    inside = reader.places(node, level, around)
    alias = node.args.get("alias")
    fields = [Field(column.name) for column in alias.columns] if isinstance(alias, exp.TableAlias) else []
    return Flow(tuple(fields), complete=bool(fields), rest=NOWHERE, rows=inside)


def _pivoted(node: exp.Expr, flow: Flow, reader: Evaluator, around: Around) -> Flow:
    """PIVOT and UNPIVOT behind a source: any instability can change its rows and make up columns."""
    pivots = node.args.get("pivots") or ()
    if not pivots:
        return flow
    sources = Sources()
    sources.add("", flow)
    levels = [(pivot, reader.level(pivot, sources, around)) for pivot in pivots]
    inside = NOWHERE.union(*(reader.places(pivot, level, around) for pivot, level in levels))
    return UNKNOWN.with_rows(flow.everywhere | inside)
