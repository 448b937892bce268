"""Changes of which rows are kept."""

from __future__ import annotations

from sqlglot import exp

from proof.draft import Draft, joins, piece, plain, sources, text_of

COMPARISONS = {exp.GT: exp.GTE, exp.GTE: exp.GT, exp.LT: exp.LTE, exp.LTE: exp.LT, exp.EQ: exp.NEQ, exp.NEQ: exp.EQ}


def other_literal(draft: Draft) -> bool:
    """Write another number or text, anywhere but in a type."""
    literal = draft.pick(
        one for one in draft.all(exp.Literal) if not one.find_ancestor(exp.DataType, exp.Interval, exp.Group, exp.Order)
    )
    if literal is None:
        return False
    if literal.is_string:
        literal.replace(exp.Literal.string(draft.chance.choice(["a", "b", "c", f"{literal.name}x", "1", "2024-01-02"])))
        return True
    if not literal.name.isdigit():
        return False
    literal.replace(exp.Literal.number(max(0, int(literal.name) + draft.chance.choice([1, -1, 2]))))
    return True


def drop_conjunct(draft: Draft) -> bool:
    """Leave one side of an AND or OR out."""
    both = draft.node(exp.And, exp.Or)
    if both is None:
        return False
    both.replace(draft.chance.choice([both.left, both.right]).copy())
    return True


def and_to_or(draft: Draft) -> bool:
    """Let one of two conditions be enough."""
    both = draft.node(exp.And)
    if both is None or isinstance(both.parent, exp.Between):
        return False
    both.replace(exp.Paren(this=exp.Or(this=both.left.copy(), expression=both.right.copy())))
    return True


def drop_filter(draft: Draft) -> bool:
    """Leave a WHERE, HAVING or QUALIFY out."""
    clause = draft.node(exp.Where, exp.Having, exp.Qualify)
    if clause is None or isinstance(clause.parent, exp.Filter):
        return False
    clause.pop()
    return True


def add_filter(draft: Draft) -> bool:
    """Ask for more in a WHERE: NOT NULL, a value, one of some texts."""
    select = draft.select()
    column = None if select is None else draft.column(select)
    if select is None or column is None:
        return False
    name = text_of(column)
    condition = draft.chance.choice(
        [f"{name} is not null", f"cast({name} as varchar) in ('1', '2', 'a', 'b')", f"not {name} is null or 1 = 1"]
    )
    select.where(piece(condition), copy=False)
    return True


def negate(draft: Draft) -> bool:
    """Turn a condition into its opposite."""
    clause = draft.node(exp.Where, exp.Having, exp.Qualify)
    if clause is None:
        return False
    clause.set("this", exp.Not(this=exp.Paren(this=clause.this.copy())))
    return True


def other_comparison(draft: Draft) -> bool:
    """Compare the bound in or out, or for the opposite."""
    found = draft.node(*COMPARISONS)
    if found is None:
        return False
    found.replace(COMPARISONS[type(found)](this=found.this.copy(), expression=found.expression.copy()))
    return True


def null_safe(draft: Draft) -> bool:
    """Let NULL equal NULL, or no longer."""
    found = draft.node(exp.EQ, exp.NullSafeEQ, exp.NullSafeNEQ, exp.NEQ)
    if found is None:
        return False
    kinds = {exp.EQ: exp.NullSafeEQ, exp.NullSafeEQ: exp.EQ, exp.NEQ: exp.NullSafeNEQ, exp.NullSafeNEQ: exp.NEQ}
    found.replace(kinds[type(found)](this=found.this.copy(), expression=found.expression.copy()))
    return True


def negate_inside(draft: Draft) -> bool:
    """Turn an IN, IS NULL, LIKE, BETWEEN or EXISTS into its opposite."""
    found = draft.node(exp.In, exp.Is, exp.Like, exp.Between, exp.Exists)
    if found is None:
        return False
    if isinstance(found.parent, exp.Not):
        found.parent.replace(found.copy())
    else:
        found.replace(exp.Not(this=found.copy()))
    return True


def add_having(draft: Draft) -> bool:
    """Keep only groups of several rows."""
    select = draft.pick(one for one in draft.selects() if one.args.get("group"))
    if select is None:
        return False
    select.having(draft.chance.choice(["count(*) > 1", "count(*) < 3"]), copy=False)
    return True


def where_to_having(draft: Draft) -> bool:
    """Filter the groups instead of the rows."""
    select = draft.pick(one for one in draft.selects() if one.args.get("group") and one.args.get("where"))
    if select is None:
        return False
    condition = select.args["where"].this.copy()
    select.set("where", None)
    select.having(condition, copy=False)
    return True


def where_to_qualify(draft: Draft) -> bool:
    """Filter after the windows instead of before them; or the other way round."""
    select = draft.pick(one for one in draft.selects() if one.args.get("where") and not one.args.get("group"))
    if select is None:
        return False
    window = select.find(exp.Window)
    if window is None or window.parent_select is not select:
        return False
    condition = select.args["where"].this.copy()
    select.set("where", None)
    old = select.args.get("qualify")
    select.set("qualify", exp.Qualify(this=exp.and_(old.this.copy(), condition) if old else condition))
    return True


def semi_join(draft: Draft) -> bool:
    """Keep only rows that find, or do not find, others in some table."""
    select = draft.select()
    column = None if select is None else draft.column(select)
    table = draft.pick(draft.schema)
    if select is None or column is None or table is None:
        return False
    other = draft.chance.choice(draft.schema[table])[0]
    no = draft.chance.choice(["", "not "])
    name = text_of(column)
    select.where(
        piece(
            f"{no}exists (select 1 from {table} as zz where cast(zz.{other} as varchar) = cast({name} as varchar))"
            if column.table
            else f"cast({name} as varchar) {no}in (select cast(zz.{other} as varchar) from {table} as zz)"
        ),
        copy=False,
    )
    return True


def on_to_where(draft: Draft) -> bool:
    """Move what a join asks for into WHERE."""
    select, join = _join_with_condition(draft)
    if select is None or join is None:
        return False
    conditions = list(join.args["on"].flatten()) if isinstance(join.args["on"], exp.And) else [join.args["on"]]
    moved = draft.chance.choice(conditions)
    rest = [one.copy() for one in conditions if one is not moved]
    join.set("on", exp.and_(*rest) if rest else exp.true())
    select.where(moved.copy(), copy=False)
    return True


def where_to_on(draft: Draft) -> bool:
    """Move a condition of WHERE into the last join."""
    select = draft.pick(
        one for one in draft.selects() if one.args.get("where") and any(join.args.get("on") for join in joins(one)[-1:])
    )
    if select is None:
        return False
    where, join = select.args["where"].this, joins(select)[-1]
    conditions = list(where.flatten()) if isinstance(where, exp.And) else [where]
    moved = draft.chance.choice(conditions)
    if moved.find(exp.Query):
        return False
    rest = [one.copy() for one in conditions if one is not moved]
    select.set("where", exp.Where(this=exp.and_(*rest)) if rest else None)
    join.set("on", exp.and_(join.args["on"].copy(), moved.copy()))
    return True


def _join_with_condition(draft: Draft) -> tuple[exp.Select | None, exp.Join | None]:
    found = draft.pick((one, join) for one in draft.selects() for join in joins(one) if join.args.get("on"))
    return found or (None, None)


def filter_before(draft: Draft) -> bool:
    """Filter a table before it is joined, instead of after it."""
    select = draft.pick(one for one in draft.selects() if one.args.get("where") and joins(one))
    if select is None:
        return False
    where = select.args["where"].this
    conditions = list(where.flatten()) if isinstance(where, exp.And) else [where]
    for condition in conditions:
        tables = {column.table for column in condition.find_all(exp.Column) if plain(column)}
        if len(tables) != 1 or condition.find(exp.Query):
            continue
        for source in sources(select):
            if source.alias_or_name in tables and isinstance(source, exp.Table):
                inner = exp.select("*").from_(source.copy()).where(condition.copy())
                rest = [one.copy() for one in conditions if one is not condition]
                select.set("where", exp.Where(this=exp.and_(*rest)) if rest else None)
                source.replace(inner.subquery(source.alias_or_name))
                return True
    return False


CHANGING = (
    other_literal,
    other_literal,
    drop_conjunct,
    and_to_or,
    drop_filter,
    add_filter,
    negate,
    other_comparison,
    null_safe,
    negate_inside,
    add_having,
    where_to_having,
    where_to_qualify,
    semi_join,
    on_to_where,
    where_to_on,
    filter_before,
)
