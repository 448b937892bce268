"""Changes of what is read, and how it is brought together."""

from __future__ import annotations

from sqlglot import exp

from proof.draft import Draft, joins, piece, sources, starred, text_of

KINDS = (
    ("", ""),
    ("LEFT", ""),
    ("RIGHT", ""),
    ("FULL", ""),
    ("", "SEMI"),
    ("", "ANTI"),
)
"""Side and kind of a join."""


def other_kind(draft: Draft) -> bool:
    """Make a join an inner, outer, semi or anti join."""
    join = draft.pick(
        one
        for one in draft.all(exp.Join)
        if (one.args.get("on") or one.args.get("using")) and one.method in {"", "NATURAL"}
    )
    if join is None:
        return False
    now = ((join.side or "").upper(), (join.kind or "").upper().replace("INNER", "").replace("OUTER", ""))
    side, kind = draft.chance.choice([one for one in KINDS if one != now])
    join.set("side", side or None)
    join.set("kind", kind or None)
    return True


def other_condition(draft: Draft) -> bool:
    """Leave a column of USING out, or let a join compare texts."""
    join = draft.pick(one for one in draft.all(exp.Join) if one.args.get("on") or one.args.get("using"))
    if join is None:
        return False
    using = join.args.get("using") or []
    if len(using) > 1:
        join.set("using", [one for one in using if one is not using[-1]])
        return True
    equal = draft.pick((join.args.get("on") or exp.Null()).find_all(exp.EQ))
    if equal is None:
        return False
    for side in (equal.left, equal.right):
        side.replace(piece(f"lower(cast({text_of(side)} as varchar))"))
    return True


def constant_condition(draft: Draft) -> bool:
    """Join each row with each."""
    join = draft.pick(one for one in draft.all(exp.Join) if one.args.get("on"))
    if join is None:
        return False
    join.set("on", exp.true())
    return True


def nearly_unique(draft: Draft) -> bool:
    """Left join a table that is, nearly is, or is not unique, and show a column of it."""
    select = draft.pick(one for one in draft.selects() if one.args.get("from_") and not one.args.get("group"))
    column = None if select is None else draft.column(select)
    if select is None or column is None:
        return False
    value = text_of(column)
    rows = "(values ('1', 'p'), ('01', 'q'), ('a', 'r'), ('A', 's'), ('a', 'u')) as v(x, y)"
    table, key = draft.chance.choice(
        [
            (f"(select x, max(y) as y from {rows} group by x)", f"nj.x = cast({value} as varchar)"),
            (f"(select distinct x, 'p' as y from {rows})", f"nj.x = cast({value} as varchar)"),
            (f"(select distinct on (x) x, y from {rows} order by x, y)", f"nj.x = cast({value} as varchar)"),
            (f"(select x, max(y) as y from {rows} group by x)", f"try_cast(nj.x as int) = {value}"),
            (f"(select x, max(y) as y from {rows} where x <= '1' group by x)", f"nj.x = {value}"),
            (f"(select x, max(y) as y from {rows} group by x, lower(y))", f"nj.x = cast({value} as varchar)"),
            (f"(select lower(x) as x, max(y) as y from {rows} group by x)", f"nj.x = cast({value} as varchar)"),
            (f"(select x, y from {rows})", f"nj.x = cast({value} as varchar)"),
            (
                f"(select x, y from {rows} qualify row_number() over (partition by x order by y) = 1)",
                f"nj.x = cast({value} as varchar)",
            ),
            (
                f"(select x, y from {rows} qualify row_number() over (partition by x, y order by y) = 1)",
                f"nj.x = cast({value} as varchar)",
            ),
            (
                f"(select x, max(y) as y from {rows} group by rollup (x))",
                f"nj.x is not distinct from cast({value} as varchar)",
            ),
        ]
    )
    example = piece(f"select 1 from t left join {table} as nj on {key}")
    select.append("joins", example.args["joins"][0])
    if not starred(select) and not select.args.get("distinct"):
        select.append("expressions", exp.alias_(exp.column("y", "nj"), draft.fresh("joined")))
    return True


def lookup_kind(draft: Draft) -> bool:
    """Make the key that a derived table is unique by another one: a DISTINCT, GROUP BY or row_number() less or more."""
    found = draft.pick(
        one
        for one in draft.all(exp.CTE, exp.Subquery)
        if isinstance(one.this, exp.Select) and (one.this.args.get("group") or one.this.args.get("distinct"))
    )
    if found is None:
        return False
    if found.this.args.get("distinct"):
        found.this.set("distinct", None)
        return True
    group = found.this.args["group"]
    if not group.expressions:
        return False
    group.append("expressions", group.expressions[0].copy())
    if len(group.expressions) > 2:  # noqa: PLR2004 -- one key goes, and the one that was doubled stays
        group.expressions[1].pop()
        return True
    group.expressions[-1].replace(piece("1 + 1" if draft.chance.random() < 0.5 else "random()"))  # noqa: PLR2004
    return True


def other_table(draft: Draft) -> bool:
    """Read another CTE or table under the same alias."""
    names = [cte.alias for cte in draft.all(exp.CTE)]
    table = draft.pick(one for one in draft.all(exp.Table) if isinstance(one.this, exp.Identifier))
    if table is None:
        return False
    others = [name for name in (*names, *draft.schema) if name.lower() != table.name.lower() and "." not in name]
    if not others:
        return False
    alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name))
    table.set("this", exp.to_identifier(draft.chance.choice(others)))
    table.set("db", None)
    table.set("alias", alias.copy())
    return True


def drop_join(draft: Draft) -> bool:
    """Leave a join out."""
    select = draft.pick(one for one in draft.selects() if joins(one))
    if select is None:
        return False
    draft.chance.choice(list(joins(select))).pop()
    return True


def swap_sides(draft: Draft) -> bool:
    """Swap the two sides of a join, whatever its kind."""
    select = draft.pick(one for one in draft.selects() if joins(one))
    if select is None:
        return False
    start, join = select.args["from_"], joins(select)[0]
    left, right = start.this.copy(), join.this.copy()
    start.set("this", right)
    join.set("this", left)
    return True


def swap_aliases(draft: Draft) -> bool:
    """Let two sources of a SELECT change their aliases."""
    select = draft.pick(one for one in draft.selects() if joins(one))
    named = [] if select is None else [one for one in sources(select) if one.args.get("alias")]
    if len(named) < 2:  # noqa: PLR2004 -- two of them
        return False
    first, second = draft.chance.sample(named, 2)
    alias = first.args["alias"].copy()
    first.set("alias", second.args["alias"].copy())
    second.set("alias", alias)
    return True


def natural(draft: Draft) -> bool:
    """Join by all columns of the same name, or only by the written ones."""
    join = draft.pick(one for one in draft.all(exp.Join) if one.args.get("using") or one.method == "NATURAL")
    if join is None:
        return False
    if join.method == "NATURAL":
        select = join.find_ancestor(exp.Select)
        column = None if select is None else draft.column(select)
        if column is None:
            return False
        join.set("method", None)
        join.set("using", [exp.to_identifier(column.name)])
        return True
    join.set("using", None)
    join.set("method", "NATURAL")
    return True


def cross_one(draft: Draft) -> bool:
    """Cross join one row, two rows, or none."""
    select = draft.select()
    if select is None:
        return False
    rows = draft.chance.choice(["(values (1))", "(values (1), (2))", "(select 1 where 1 = 0)", "range(1)"])
    example = piece(f"select 1 from t cross join {rows} as {draft.fresh('cj')}")
    select.append("joins", example.args["joins"][0])
    return True


CHANGING = (
    other_kind,
    other_kind,
    other_condition,
    constant_condition,
    nearly_unique,
    lookup_kind,
    other_table,
    other_table,
    drop_join,
    swap_sides,
    swap_aliases,
    natural,
    cross_one,
)
