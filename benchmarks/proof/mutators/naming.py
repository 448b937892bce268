"""Changes of names and places that keep the meaning: aliases, CTEs, qualifiers, stars, positions."""

from __future__ import annotations

from sqlglot import exp

from proof.draft import Draft, joins, listed, plain, sources, starred


def rename_cte(draft: Draft) -> bool:
    """Give a CTE another name."""
    ctes = draft.all(exp.CTE)
    cte = draft.pick(ctes)
    if cte is None or sum(one.alias.lower() == cte.alias.lower() for one in ctes) > 1:
        return False
    old, new = cte.alias, draft.fresh("cte")
    for table in draft.all(exp.Table):
        if table.name.lower() == old.lower() and not table.db:
            if not table.args.get("alias"):
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
            table.set("this", exp.to_identifier(new))
    cte.args["alias"].set("this", exp.to_identifier(new))
    return True


def rename_alias(draft: Draft) -> bool:
    """Give a table in FROM another alias."""
    select = draft.select()
    source = None if select is None else draft.pick(sources(select))
    if select is None or source is None or not isinstance(source, (exp.Table, exp.Subquery)):
        return False
    old, new = source.alias_or_name, draft.fresh("src")
    mentioned = [one for one in draft.all(exp.Identifier) if one.name.lower() == old.lower()]
    qualifiers = [one for one in mentioned if one.arg_key == "table"]
    taken = {exp.TableAlias, exp.Table, exp.CTE}
    others = [one for one in mentioned if one not in qualifiers and type(one.parent) not in taken]
    aliases = [one for one in mentioned if isinstance(one.parent, (exp.TableAlias, exp.Table))]
    if others or len(aliases) > 1 or source.args.get("pivots"):
        return False
    alias = source.args.get("alias")
    if alias is None:
        source.set("alias", exp.TableAlias(this=exp.to_identifier(new)))
    else:
        alias.set("this", exp.to_identifier(new))
    for one in qualifiers:
        one.replace(exp.to_identifier(new))
    return True


def qualify(draft: Draft) -> bool:
    """Say of which table a column is."""
    select = draft.pick(one for one in draft.selects() if len(list(sources(one))) == 1)
    read = draft.read_by(select) if select else []
    if select is None or not read or select.find(exp.Lambda):
        return False
    alias, names = read[0]
    folded = {name.lower() for name in names} - {item.alias.lower() for item in select.expressions if item.alias}
    column = draft.pick(
        one for one in draft.columns(select) if not one.table and one.name.lower() in folded and _free(one)
    )
    if column is None:
        return False
    column.set("table", exp.to_identifier(alias))
    return True


def unqualify(draft: Draft) -> bool:
    """No longer say it, where there is one table only."""
    select = draft.pick(one for one in draft.selects() if len(list(sources(one))) == 1 and one.parent_select is None)
    if select is None:
        return False
    named = {item.alias.lower() for item in select.expressions if item.alias}
    alias = next(sources(select)).alias_or_name
    column = draft.pick(
        one for one in draft.columns(select) if one.table == alias and one.name.lower() not in named and _free(one)
    )
    if column is None:
        return False
    column.set("table", None)
    return True


def _free(column: exp.Column) -> bool:
    """Tell whether it is no field, star or name of an output."""
    return not isinstance(column.parent, (exp.Dot, exp.Order, exp.Star, exp.Ordered)) and plain(column)


def write_star_out(draft: Draft) -> bool:
    """List the columns instead of the star."""
    select = draft.pick(
        one
        for one in draft.selects()
        if len(one.expressions) == 1
        and isinstance(one.expressions[0], exp.Star)
        and not any(one.expressions[0].args.get(key) for key in ("except_", "replace", "rename"))
        and not joins(one)
        and one.args.get("from_")
    )
    read = draft.read_by(select) if select else []
    if select is None or not read or len({name.lower() for name in read[0][1]}) < len(read[0][1]):
        return False
    select.set("expressions", [exp.column(name, read[0][0], quoted=True) for name in read[0][1]])
    return True


def position_for_key(draft: Draft) -> bool:
    """Group by the expression instead of its position."""
    select = draft.pick(one for one in draft.selects() if one.args.get("group") and not starred(one))
    if select is None:
        return False
    for key in select.args["group"].expressions:
        if isinstance(key, exp.Literal) and key.name.isdigit() and 0 < int(key.name) <= len(select.expressions):
            item = select.expressions[int(key.name) - 1]
            value = item.this if isinstance(item, exp.Alias) else item
            if not value.find(exp.Query, exp.Literal):
                key.replace(value.copy())
                return True
    return False


def key_for_position(draft: Draft) -> bool:
    """Group by the position instead of the expression."""
    select = draft.pick(one for one in draft.selects() if one.args.get("group") and not starred(one))
    if select is None:
        return False
    for key in select.args["group"].expressions:
        for place, item in enumerate(select.expressions, start=1):
            value = item.this if isinstance(item, exp.Alias) else item
            if value == key and not isinstance(key, exp.Literal):
                key.replace(exp.Literal.number(place))
                return True
    return False


def list_keys_out(draft: Draft) -> bool:
    """Write out what GROUP BY ALL means."""
    select = draft.pick(
        one for one in draft.selects() if (one.args.get("group") or exp.Group()).args.get("all") and not starred(one)
    )
    if select is None:
        return False
    if any(item.find(exp.Query, exp.Anonymous, exp.Window) for item in select.expressions):
        return False
    keys = [
        exp.Literal.number(place)
        for place, item in enumerate(select.expressions, start=1)
        if not item.find(exp.AggFunc)
    ]
    select.set("group", exp.Group(expressions=keys) if keys else None)
    return bool(keys)


def shuffle_keys(draft: Draft) -> bool:
    """Group by the same columns in another order."""
    group = draft.pick(one for one in draft.all(exp.Group) if len(one.expressions) > 1)
    if group is None:
        return False
    keys = list(group.expressions)
    draft.chance.shuffle(keys)
    group.set("expressions", keys)
    return True


def name_window(draft: Draft) -> bool:
    """Give a window a name, and use that."""
    window = draft.pick(one for one in draft.all(exp.Window) if not one.args.get("alias") and not one.args.get("first"))
    select = None if window is None else window.parent_select
    if window is None or not isinstance(select, exp.Select) or not isinstance(window.parent, (exp.Alias, exp.Select)):
        return False
    name = draft.fresh("win")
    parts = {key: window.args.get(key) for key in ("partition_by", "order", "spec")}
    named = exp.Window(this=exp.to_identifier(name), **{key: part for key, part in parts.items() if part})
    select.set("windows", [*(select.args.get("windows") or []), named.copy()])
    for key in parts:
        window.set(key, None)
    window.set("alias", exp.to_identifier(name))
    return True


def alias_output(draft: Draft) -> bool:
    """Write a column's own name as its alias."""
    select = draft.pick(one for one in draft.selects() if listed(one))
    item = None if select is None else draft.pick(one for one in select.expressions if isinstance(one, exp.Column))
    if item is None:
        return False
    item.replace(exp.alias_(item.copy(), item.name, quoted=True))
    return True


KEEPING = (
    rename_cte,
    rename_cte,
    rename_alias,
    rename_alias,
    qualify,
    unqualify,
    write_star_out,
    position_for_key,
    key_for_position,
    list_keys_out,
    shuffle_keys,
    name_window,
    alias_output,
)
