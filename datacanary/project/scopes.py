"""Which names of a query are its own: CTEs, and temporary tables made before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from datacanary.project.naming import fold


@dataclass(frozen=True, slots=True)
class Temporary:
    """What statements before a query made for it alone: the folded names of tables and views, and of macros."""

    relations: frozenset[str] = frozenset()
    macros: frozenset[str] = frozenset()


NOTHING = Temporary()


def made_by(trees: Iterable[exp.Expr]) -> Temporary:
    """Collect what CREATE TEMP statements make."""
    relations, macros = set(), set()
    for tree in trees:
        made = tree.this if isinstance(tree, exp.Create) else None
        if isinstance(made, exp.Schema):
            made = made.this
        if isinstance(made, exp.UserDefinedFunction):
            macros.add(fold(made.this.name))
        elif isinstance(made, exp.Table):
            relations.add(fold(made.name))
    return Temporary(frozenset(relations), frozenset(macros))


def is_macro(tree: exp.Expr) -> bool:
    """Tell whether a statement makes a macro."""
    return isinstance(tree, exp.Create) and isinstance(tree.this, exp.UserDefinedFunction)


def is_own(table: exp.Table, temporary: Temporary) -> bool:
    """Tell whether a name in FROM means a CTE or a temporary table."""
    name = fold(table.name)
    match tuple(fold(part) for part in (table.catalog, table.db) if part):
        case ():
            return name in temporary.relations or name in _visible_ctes(table)
        # DuckDB looks into the schema `main` of its temporary database first.
        case ("temp",) | ("main",) | ("temp", "main"):
            return name in temporary.relations
        case ("recurring",):
            return name in _visible_ctes(table)
        case _:
            return False


def _visible_ctes(node: exp.Expr) -> frozenset[str]:
    """Return the folded names of the CTEs that a name at `node` can mean.

    A CTE sees those before it, and the query behind WITH sees all. So in
    `WITH orders AS (SELECT * FROM orders) SELECT * FROM orders` the inner name is the table.
    """
    names: set[str] = set()
    child, parent = node, node.parent
    above = {id(node)}
    while parent is not None:
        if isinstance(parent, exp.With):
            names.update(fold(cte.alias) for cte in parent.expressions[: child.index])
            step = _recursive_step(child) if parent.args.get("recursive") else None
            if id(step) in above:
                names.add(fold(child.alias))
        else:
            clause = parent.args.get("with_")
            if isinstance(clause, exp.With) and clause is not child:
                names.update(fold(cte.alias) for cte in clause.expressions)
        above.add(id(parent))
        child, parent = parent, parent.parent
    return frozenset(names)


def _recursive_step(cte: exp.Expr) -> exp.Expr | None:
    """Return the part of a CTE that sees the CTE itself: what stands behind its last UNION, nothing else."""
    query = cte.this
    while isinstance(query, exp.Subquery) and not query.args.get("with_"):
        query = query.this
    if isinstance(query, exp.Union) and not query.args.get("by_name"):
        step = query.expression
        return step if isinstance(step, exp.Expr) else None
    return None
