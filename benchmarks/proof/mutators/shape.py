"""Changes of grouping, windows, order, limits and set operations."""

from __future__ import annotations

from sqlglot import exp

from proof.draft import Draft, piece, text_of

AGGREGATES = (exp.Sum, exp.Max, exp.Min, exp.Avg, exp.Count)
FRAMES = (
    "rows between 1 preceding and current row",
    "rows between unbounded preceding and current row",
    "rows between 2 preceding and 1 preceding",
    "rows between unbounded preceding and unbounded following",
    "range between unbounded preceding and current row",
    "groups between 1 preceding and 1 following",
    "rows between unbounded preceding and unbounded following exclude current row",
)


def other_aggregate(draft: Draft) -> bool:
    """Take the maximum for the sum, and so on."""
    found = draft.pick(
        one for one in draft.all(*AGGREGATES) if one.this and not isinstance(one.this, (exp.Star, exp.Distinct))
    )
    if found is None:
        return False
    kind = draft.chance.choice([one for one in AGGREGATES if not isinstance(found, one)])
    found.replace(kind(this=found.this.copy()))
    return True


def distinct_aggregate(draft: Draft) -> bool:
    """Count each value once, or each time."""
    found = draft.pick(one for one in draft.all(exp.Count, exp.Sum) if one.this and not isinstance(one.this, exp.Star))
    if found is None:
        return False
    if isinstance(found.this, exp.Distinct):
        found.set("this", found.this.expressions[0].copy())
    else:
        found.set("this", exp.Distinct(expressions=[found.this.copy()]))
    return True


def filter_aggregate(draft: Draft) -> bool:
    """Let an aggregate see some rows only."""
    found = draft.pick(one for one in draft.all(*AGGREGATES) if not isinstance(one.parent, (exp.Filter, exp.Window)))
    select = None if found is None else found.parent_select
    if found is None or not isinstance(select, exp.Select):
        return False
    column = draft.column(select)
    if column is None:
        return False
    found.replace(piece(f"{text_of(found)} filter (where {text_of(column)} is not null)"))
    return True


def drop_aggregate_filter(draft: Draft) -> bool:
    """Let it see all rows."""
    found = draft.node(exp.Filter)
    if found is None:
        return False
    found.replace(found.this.copy())
    return True


def change_keys(draft: Draft) -> bool:
    """Group by a column more, one less, or by another position."""
    select = draft.pick(one for one in draft.selects() if one.args.get("group"))
    if select is None:
        return False
    group = select.args["group"]
    if group.expressions and draft.chance.random() < 0.6:  # noqa: PLR2004 -- one less more often than one more
        draft.chance.choice(group.expressions).pop()
        return True
    column = draft.column(select)
    if column is None:
        return False
    group.append("expressions", column.copy())
    return True


def group_by_sets(draft: Draft) -> bool:
    """Add subtotals, or leave them out."""
    group = draft.node(exp.Group)
    if group is None:
        return False
    keys = ", ".join(text_of(one) for one in group.expressions)
    if not keys:
        sets = [*group.find_all(exp.Column)]
        if not sets or group.args.get("all"):
            return False
        group.replace(exp.Group(expressions=[one.copy() for one in sets]))
        return True
    how = draft.chance.choice(["rollup ({0})", "cube ({0})", "grouping sets (({0}), ())"])
    group.replace(piece(f"select 1 group by {how.format(keys)}").args["group"])
    return True


def group_by_all(draft: Draft) -> bool:
    """Group by all that is no aggregate."""
    group = draft.node(exp.Group)
    if group is None or group.args.get("all"):
        return False
    group.replace(exp.Group(all=True))
    return True


def distinct(draft: Draft) -> bool:
    """Drop duplicates, or keep them."""
    select = draft.pick(draft.selects())
    if select is None:
        return False
    select.set("distinct", None if select.args.get("distinct") else exp.Distinct())
    return True


def distinct_on(draft: Draft) -> bool:
    """Keep one row for each value."""
    select = draft.select()
    column = None if select is None else draft.column(select)
    if select is None or column is None or select.args.get("group"):
        return False
    select.set("distinct", exp.Distinct(on=exp.Tuple(expressions=[column.copy()])))
    return True


def other_order(draft: Draft) -> bool:
    """Sort the other way round, or NULL at the other end."""
    ordered = draft.node(exp.Ordered)
    if ordered is None:
        return False
    name = draft.chance.choice(["desc", "nulls_first"])
    ordered.set(name, not ordered.args.get(name))
    return True


def change_window(draft: Draft) -> bool:
    """Leave a partition or an order out, or set another frame."""
    window = draft.pick(one for one in draft.all(exp.Window) if not one.args.get("alias") or one.args.get("order"))
    if window is None:
        return False
    how = draft.chance.choice(["partition_by", "order", "spec", "spec"])
    if how == "spec":
        example = piece(f"sum(x) over (order by y {draft.chance.choice(FRAMES)})")
        window.set("spec", example.args["spec"])
        return True
    if not window.args.get(how):
        return False
    window.set(how, None)
    return True


def drop_unique(draft: Draft) -> bool:
    """Leave `row_number() ... = 1` out, or keep two."""
    equal = draft.pick(one for one in draft.all(exp.EQ) if isinstance(one.right, exp.Literal) and one.right.name == "1")
    if equal is None:
        return False
    other = draft.chance.choice([exp.LTE(this=equal.left.copy(), expression=exp.Literal.number(2)), exp.true()])
    equal.replace(other)
    return True


def change_limit(draft: Draft) -> bool:
    """Keep more, fewer, all, or skip some."""
    limit = draft.node(exp.Limit, exp.Offset)
    if limit is None:
        return False
    if draft.chance.random() < 0.3:  # noqa: PLR2004 -- now and then none at all
        limit.pop()
    else:
        limit.set("expression", exp.Literal.number(draft.chance.choice([0, 1, 2, 3, 7])))
    return True


def add_limit(draft: Draft) -> bool:
    """Keep the first rows, in an order or in none."""
    select = draft.select()
    if select is None or select.args.get("limit") or isinstance(select.parent, exp.SetOperation):
        return False
    if draft.chance.random() < 0.6 and not select.args.get("order"):  # noqa: PLR2004 -- in an order more often
        select.set("order", piece("select 1 order by all").args["order"])
    select.limit(draft.chance.choice([1, 2, 5]), copy=False)
    return True


def sort_inside(draft: Draft) -> bool:
    """Sort a subquery or CTE: who reads its first rows, or lists them, gets others."""
    select = draft.pick(
        one for one in draft.selects() if one.parent is not None and one.args.get("from_") and not one.args.get("order")
    )
    if select is None or isinstance(select.parent, exp.SetOperation):
        return False
    select.set("order", piece("select 1 order by all desc").args["order"])
    return True


def sample(draft: Draft) -> bool:
    """Keep a sample."""
    select = draft.select()
    if select is None or select.args.get("sample"):
        return False
    how = draft.chance.choice(["3 rows", "50 percent (bernoulli, 42)"])
    select.set("sample", piece(f"select 1 from t using sample {how}").args["sample"])
    return True


def other_operation(draft: Draft) -> bool:
    """Make a UNION an EXCEPT or INTERSECT, with or without duplicates."""
    found = draft.node(exp.SetOperation)
    if found is None:
        return False
    if draft.chance.random() < 0.5:  # noqa: PLR2004 -- even odds
        found.set("distinct", not found.args.get("distinct"))
        return True
    kind = draft.chance.choice([one for one in (exp.Union, exp.Except, exp.Intersect) if not isinstance(found, one)])
    found.replace(kind(**{name: value for name, value in found.copy().args.items() if value is not None}))
    return True


def swap_operands(draft: Draft) -> bool:
    """Swap the sides of a set operation."""
    found = draft.node(exp.SetOperation)
    if found is None or found.args.get("with_"):
        return False
    left, right = found.left.copy(), found.right.copy()
    found.set("this", right)
    found.set("expression", left)
    return True


def by_name(draft: Draft) -> bool:
    """Match the columns of a set operation by name, or by place."""
    found = draft.node(exp.SetOperation)
    if found is None:
        return False
    found.set("by_name", not found.args.get("by_name"))
    return True


def drop_operand(draft: Draft) -> bool:
    """Keep one side of a set operation."""
    found = draft.node(exp.SetOperation)
    if found is None or found.args.get("with_"):
        return False
    kept = draft.chance.choice([found.left, found.right]).copy()
    if found is draft.tree:
        draft.tree = kept
    else:
        found.replace(kept)
    return True


CHANGING = (
    other_aggregate,
    distinct_aggregate,
    filter_aggregate,
    drop_aggregate_filter,
    change_keys,
    group_by_sets,
    group_by_all,
    distinct,
    distinct_on,
    other_order,
    other_order,
    change_window,
    change_window,
    drop_unique,
    change_limit,
    add_limit,
    sort_inside,
    sample,
    other_operation,
    swap_operands,
    by_name,
    drop_operand,
)
