"""Changes of the list of columns and of what is in them."""

from __future__ import annotations

from sqlglot import exp

from proof.draft import Draft, piece, plain, text_of

WRAPPED = (
    "nullif({0}, 1)",
    "nullif(cast({0} as varchar), 'a')",
    "coalesce({0}, {0})",
    "case when {0} is null then {0} else {0} end",
    "cast({0} as varchar)",
    "try_cast({0} as double)",
    "{0} is distinct from null",
    "random()",
    "coalesce(try_cast({0} as int), 0) + 1",
)
ADDED = (
    "7",
    "{0}",
    "count(*)",
    "max({0})",
    "count(*) over ()",
    "row_number() over (order by {0})",
    "unnest([1, 2])",
    "unnest([{0}])",
    "generate_series(1, 2)",
    "(select max(zz.x) from (values (1), (2)) as zz(x))",
    "(select zz.x from (values (1)) as zz(x) where zz.x = 2)",
    "random()",
    "current_schema()",
)


def wrap_projection(draft: Draft) -> bool:
    """Make something else of a column of a SELECT list."""
    found = draft.projection()
    if found is None or not isinstance(found[1], exp.Alias):
        return False
    value = found[1].this
    found[1].set("this", piece(draft.chance.choice(WRAPPED).format(f"({text_of(value)})")))
    return True


def wrap_reference(draft: Draft) -> bool:
    """Make something else of a column where it is used: in a filter, a join, a window, an aggregate, a subquery."""
    column = draft.pick(one for one in draft.all(exp.Column) if plain(one))
    if column is None:
        return False
    wrapped = piece(draft.chance.choice(WRAPPED[:5]).format(text_of(column)))
    if isinstance(column.parent, exp.Select):
        column.replace(exp.alias_(wrapped, column.name))
    else:
        column.replace(wrapped)
    return True


def wrap_in_cte(draft: Draft) -> bool:
    """Change a column of a CTE, whoever reads it and for what."""
    items = [
        item
        for cte in draft.all(exp.CTE)
        for item in cte.this.selects
        if isinstance(cte.this, exp.Query) and item.alias_or_name and not item.is_star
    ]
    item = draft.pick(items)
    if item is None:
        return False
    value = item.this if isinstance(item, exp.Alias) else item
    wrapped = piece(draft.chance.choice(WRAPPED[:2]).format(f"({text_of(value)})"))
    item.replace(exp.alias_(wrapped, item.alias_or_name, quoted=True))
    return True


def other_column(draft: Draft) -> bool:
    """Read another column of the same table."""
    select = draft.select()
    if select is None:
        return False
    columns, tables = draft.columns(select), dict(draft.read_by(select))
    column = draft.pick(columns)
    if column is None or not tables:
        return False
    names = tables.get(column.table, ()) if column.table else next(iter(tables.values()))
    others = [name for name in names if name.lower() != column.name.lower()]
    if not others:
        return False
    other = exp.column(draft.chance.choice(others), column.table or None)
    column.replace(exp.alias_(other, column.name) if isinstance(column.parent, exp.Select) else other)
    return True


def other_source(draft: Draft) -> bool:
    """Read the column of the same name of another table."""
    column = draft.pick(one for one in draft.all(exp.Column) if one.table and plain(one))
    select = None if column is None else column.parent_select
    if column is None or not isinstance(select, exp.Select):
        return False
    aliases = [alias for alias, _ in draft.read_by(select) if alias != column.table]
    if not aliases:
        return False
    column.set("table", exp.to_identifier(draft.chance.choice(aliases)))
    return True


def drop_qualifier(draft: Draft) -> bool:
    """Leave the table of a column out, so that another scope may win."""
    column = draft.pick(one for one in draft.all(exp.Column) if one.table and plain(one))
    if column is None:
        return False
    column.set("table", None)
    return True


def add_column(draft: Draft) -> bool:
    """Add a column to some SELECT list: under DISTINCT, UNION, GROUP BY ALL, PIVOT or NATURAL it changes much."""
    select = draft.pick(draft.selects())
    if select is None:
        return False
    column = draft.column(select)
    template = draft.chance.choice(ADDED if column is not None else [one for one in ADDED if "{0}" not in one])
    value = piece(template.format("" if column is None else text_of(column)))
    name = draft.chance.choice([draft.fresh("added"), *([column.name] if column is not None else [])])
    added = exp.alias_(value, name, quoted=True)
    if draft.chance.random() < 0.3:  # noqa: PLR2004 -- in front now and then: positions shift
        select.set("expressions", [added, *select.expressions])
    else:
        select.append("expressions", added)
    return True


def add_everywhere(draft: Draft) -> bool:
    """Add a column to each branch of a UNION, EXCEPT or INTERSECT."""
    operation = draft.node(exp.SetOperation)
    if operation is None:
        return False
    name = draft.fresh("added")
    branches = [one.unnest() if isinstance(one, exp.Subquery) else one for one in (operation.left, operation.right)]
    selects = [one for one in branches if isinstance(one, exp.Select)]
    if len(selects) < len(branches):
        return False
    for number, select in enumerate(selects):
        column = draft.column(select)
        value = column.copy() if column is not None else exp.Literal.number(number)
        select.append("expressions", exp.alias_(exp.cast(value, "varchar"), name))
    return True


def drop_column(draft: Draft) -> bool:
    """Leave a column out."""
    select = draft.pick(one for one in draft.selects() if len(one.expressions) > 1)
    if select is None:
        return False
    draft.chance.choice(select.expressions).pop()
    return True


def swap_values(draft: Draft) -> bool:
    """Swap what is in two columns."""
    select = draft.pick(
        one for one in draft.selects() if sum(isinstance(item, exp.Alias) for item in one.expressions) > 1
    )
    if select is None:
        return False
    first, second = draft.chance.sample([item for item in select.expressions if isinstance(item, exp.Alias)], 2)
    value = first.this.copy()
    first.set("this", second.this.copy())
    second.set("this", value)
    return True


def swap_places(draft: Draft) -> bool:
    """Swap the places of two columns: of a branch of a UNION, or under GROUP BY 1."""
    select = draft.pick(one for one in draft.selects() if len(one.expressions) > 1)
    if select is None:
        return False
    items = list(select.expressions)
    first, second = draft.chance.sample(range(len(items)), 2)
    items[first], items[second] = items[second], items[first]
    select.set("expressions", items)
    return True


def rename(draft: Draft) -> bool:
    """Give a column a new name, or one that the query already uses: it may shadow another."""
    found = draft.projection(named=False)
    if found is None:
        return False
    item = found[1]
    taken = sorted({one.name for one in found[0].find_all(exp.Column) if plain(one)})
    name = draft.chance.choice([draft.fresh("renamed"), *taken])
    value = item.this if isinstance(item, exp.Alias) else item
    item.replace(exp.alias_(value.copy(), name))
    return True


def change_star(draft: Draft) -> bool:
    """Leave a column out of a star, replace it or rename it."""
    star = draft.pick(one for one in draft.all(exp.Star) if not isinstance(one.parent, exp.Count))
    select = None if star is None else star.find_ancestor(exp.Select)
    if star is None or select is None:
        return False
    names = [name for _, names in draft.read_by(select) for name in names]
    if not names:
        return False
    name = draft.chance.choice(names)
    how = draft.chance.choice(["except_", "replace", "rename"])
    if how == "except_":
        star.set(how, [*(star.args.get(how) or []), exp.column(name)])
    elif how == "replace":
        other = exp.column(draft.chance.choice(names))
        value = piece(draft.chance.choice(WRAPPED[:3]).format(text_of(other)))
        star.set(how, [*(star.args.get(how) or []), exp.alias_(value, name)])
    else:
        star.set(how, [*(star.args.get(how) or []), exp.alias_(exp.column(name), draft.fresh("renamed"))])
    return True


def star_for_list(draft: Draft) -> bool:
    """Read all columns instead of some."""
    select = draft.pick(one for one in draft.selects() if one.args.get("from_") and not one.args.get("group"))
    if select is None or any(item.find(exp.AggFunc) for item in select.expressions):
        return False
    select.set("expressions", [exp.Star()])
    return True


CHANGING = (
    wrap_projection,
    wrap_projection,
    wrap_reference,
    wrap_reference,
    wrap_in_cte,
    wrap_in_cte,
    other_column,
    other_column,
    other_source,
    drop_qualifier,
    add_column,
    add_column,
    add_everywhere,
    drop_column,
    swap_values,
    swap_places,
    rename,
    change_star,
    star_for_list,
)
