"""Changes of how a query is put together that keep the meaning: CTEs, derived tables, the order of joins."""

from __future__ import annotations

from sqlglot import exp

from proof.draft import Draft, joins, plain, sources, starred


def _with(draft: Draft) -> exp.With | None:
    found = draft.tree.args.get("with_")
    return found if isinstance(found, exp.With) and not found.recursive else None


def swap_ctes(draft: Draft) -> bool:
    """Swap two CTEs that do not need each other."""
    found = _with(draft)
    if found is None or len(found.expressions) < 2:  # noqa: PLR2004 -- two of them
        return False
    ctes = list(found.expressions)
    place = draft.chance.randrange(len(ctes) - 1)
    first, second = ctes[place], ctes[place + 1]
    if any(table.name.lower() == first.alias.lower() for table in second.find_all(exp.Table)):
        return False
    if any(table.name.lower() == second.alias.lower() for table in first.find_all(exp.Table)):
        return False
    ctes[place], ctes[place + 1] = second, first
    found.set("expressions", ctes)
    return True


def unused_cte(draft: Draft) -> bool:
    """Add a CTE that nobody reads."""
    if not isinstance(draft.tree, exp.Select) or (draft.tree.args.get("with_") and _with(draft) is None):
        return False
    draft.tree.with_(draft.fresh("unused"), as_="select 1 as one", dialect="duckdb", copy=False)
    return True


def unused_column(draft: Draft) -> bool:
    """Add a column to a CTE that nobody reads."""
    cte = draft.pick(
        one
        for one in draft.all(exp.CTE)
        if isinstance(one.this, exp.Select) and not one.args["alias"].columns and not one.this.args.get("distinct")
    )
    if (
        cte is None
        or (cte.this.args.get("group") or exp.Group()).args.get("all")
        or cte.find_ancestor(exp.With) is not _with(draft)
    ):
        return False
    if cte.this.find(exp.AggFunc) or cte.this.args.get("order"):
        return False
    for table in draft.all(exp.Table):
        if table.name.lower() == cte.alias.lower():
            select = table.parent_select
            if select is None or starred(select) or table.args.get("pivots") or select.find(exp.TableColumn):
                return False
            if any(join.method == "NATURAL" for join in joins(select)):
                return False
    cte.this.append("expressions", exp.alias_(exp.Literal.number(1), draft.fresh("unused")))
    return True


def wrap(draft: Draft) -> bool:
    """Read everything from the query as a derived table."""
    query = draft.tree
    if not isinstance(query, exp.Query) or query.args.get("with_"):
        return False
    draft.tree = exp.select("*").from_(query.copy().subquery(draft.fresh("wrapped")))
    return True


def wrap_in_cte(draft: Draft) -> bool:
    """Read everything from the query as a CTE."""
    if not isinstance(draft.tree, exp.Select) or (draft.tree.args.get("with_") and _with(draft) is None):
        return False
    inner, name = draft.tree.copy(), draft.fresh("wrapped")
    ctes = inner.args.get("with_")
    if ctes is not None:
        ctes.pop()
    outer = exp.select("*").from_(name)
    if ctes is not None:
        outer.set("with_", ctes)
    draft.tree = outer.with_(name, as_=inner)
    return True


def _reads_one(select: exp.Select) -> bool:
    return select.args.get("from_") is not None and not joins(select)


def filter_inside(draft: Draft) -> bool:
    """Filter in a derived table instead of in WHERE."""
    select = draft.pick(
        one
        for one in draft.selects()
        if one.args.get("where") and _reads_one(one) and not one.args.get("laterals") and not one.args.get("sample")
    )
    if select is None or not isinstance(select.args["from_"].this, exp.Table):
        return False
    table, where = select.args["from_"].this, select.args["where"]
    names = {one.alias.lower() for one in select.expressions if one.alias}
    if where.find(exp.Query) or table.args.get("pivots") or not isinstance(table.this, exp.Identifier):
        return False
    if any(
        (one.table and one.table.lower() != table.alias_or_name.lower()) or one.name.lower() in names
        for one in where.find_all(exp.Column)
    ):
        return False
    alias = table.args.get("alias")
    inner = exp.select("*").from_(table.copy())
    inner.set("where", where.copy())
    if alias is not None and alias.columns:
        return False
    select.set("where", None)
    select.args["from_"].set("this", inner.subquery(table.alias_or_name))
    return True


def split_filter(draft: Draft) -> bool:
    """Filter by one condition in a derived table, by the others outside."""
    select = draft.pick(
        one
        for one in draft.selects()
        if one.args.get("where") and isinstance(one.args["where"].this, exp.And) and _reads_one(one)
    )
    if select is None or not isinstance(select.args["from_"].this, exp.Table):
        return False
    both = select.args["where"].this
    kept = both.right.copy()
    select.args["where"].set("this", both.left.copy())
    if filter_inside(Draft(select, draft.chance, draft.schema)):
        select.set("where", exp.Where(this=kept))
        return True
    select.args["where"].set("this", exp.and_(select.args["where"].this.copy(), kept))
    return False


def commute_join(draft: Draft) -> bool:
    """Swap the sides of an inner join."""
    select = draft.pick(
        one for one in draft.selects() if len(joins(one)) == 1 and _inner(joins(one)[0]) and not starred(one)
    )
    if select is None or not all(isinstance(one, (exp.Table, exp.Subquery)) for one in sources(select)):
        return False
    if any(not one.table and plain(one) for one in draft.columns(select) if joins(select)[0].args.get("using")):
        return False
    start, join = select.args["from_"], joins(select)[0]
    left, right = start.this.copy(), join.this.copy()
    start.set("this", right)
    join.set("this", left)
    return True


def _inner(join: exp.Join) -> bool:
    return not join.side and not join.method and (join.kind or "").upper() in {"", "INNER", "CROSS"}


def turn_join(draft: Draft) -> bool:
    """Write a left join as a right join."""
    select = draft.pick(
        one for one in draft.selects() if len(joins(one)) == 1 and joins(one)[0].side in {"LEFT", "RIGHT"}
    )
    if select is None or starred(select) or joins(select)[0].args.get("using") or joins(select)[0].method:
        return False
    if not all(isinstance(one, (exp.Table, exp.Subquery)) for one in sources(select)):
        return False
    start, join = select.args["from_"], joins(select)[0]
    left, right = start.this.copy(), join.this.copy()
    start.set("this", right)
    join.set("this", left)
    join.set("side", "RIGHT" if join.side == "LEFT" else "LEFT")
    return True


def join_in_where(draft: Draft) -> bool:
    """Write the condition of an inner join into WHERE."""
    select = draft.pick(one for one in draft.selects() if joins(one) and all(_inner(join) for join in joins(one)))
    if select is None:
        return False
    join = draft.pick(one for one in joins(select) if one.args.get("on"))
    if join is None:
        return False
    condition = join.args["on"].copy()
    join.set("on", None)
    join.set("kind", "CROSS")
    select.where(condition, copy=False)
    return True


def where_in_join(draft: Draft) -> bool:
    """Write the conditions of WHERE into the last of some inner joins."""
    select = draft.pick(
        one
        for one in draft.selects()
        if one.args.get("where") and joins(one) and all(_inner(join) for join in joins(one))
    )
    if select is None or select.args["where"].find(exp.Query) or joins(select)[-1].args.get("using"):
        return False
    join, condition = joins(select)[-1], select.args["where"].this.copy()
    if not isinstance(join.this, (exp.Table, exp.Subquery)):
        return False
    select.set("where", None)
    join.set("kind", None)
    join.set("on", exp.and_(join.args["on"].copy(), condition) if join.args.get("on") else condition)
    return True


def inline_cte(draft: Draft) -> bool:
    """Write a CTE that is read once where it is read."""
    found = _with(draft)
    cte = draft.pick(found.expressions if found is not None else [])
    if found is None or cte is None or cte.args["alias"].columns:
        return False
    name = cte.alias.lower()
    readers = [table for table in draft.all(exp.Table) if table.name.lower() == name and not table.db]
    if len(readers) != 1 or sum(one.alias.lower() == name for one in draft.all(exp.CTE)) > 1:
        return False
    table = readers[0]
    if table.args.get("pivots") or table.args.get("sample") or (table.args.get("alias") or cte).args.get("columns"):
        return False
    table.replace(cte.this.copy().subquery(table.alias_or_name))
    rest = [one for one in found.expressions if one is not cte]
    if rest:
        found.set("expressions", rest)
    else:
        found.pop()
    return True


def extract_cte(draft: Draft) -> bool:
    """Write a derived table as a CTE."""
    if not isinstance(draft.tree, exp.Select) or (draft.tree.args.get("with_") and _with(draft) is None):
        return False
    found = draft.pick(
        one
        for one in sources(draft.tree)
        if isinstance(one, exp.Subquery) and one.alias and not one.args["alias"].columns and not one.args.get("pivots")
    )
    if found is None or found.find_ancestor(exp.Lateral) or not isinstance(found.this, exp.Query):
        return False
    name, alias = draft.fresh("cte"), found.alias
    query = found.this.copy()
    if query.args.get("with_"):
        return False
    found.replace(exp.alias_(exp.to_table(name), alias, table=True))
    draft.tree.with_(name, as_=query, copy=False)
    return True


def sort_result(draft: Draft) -> bool:
    """Sort the result, or do not."""
    tree = draft.tree
    if not isinstance(tree, exp.Select) or tree.args.get("limit") or tree.args.get("offset"):
        return False
    if tree.args.get("distinct") or tree.args.get("sample"):
        return False
    tree.set(
        "order", None if tree.args.get("order") else exp.Order(expressions=[exp.Ordered(this=exp.Literal.number(1))])
    )
    return True


KEEPING = (
    swap_ctes,
    unused_cte,
    unused_column,
    wrap,
    wrap_in_cte,
    filter_inside,
    split_filter,
    commute_join,
    turn_join,
    join_in_where,
    where_in_join,
    inline_cte,
    extract_cte,
    sort_result,
)
