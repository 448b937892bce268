"""Changes inside of expressions."""

from __future__ import annotations

from sqlglot import exp

from proof.draft import Draft, piece, plain, text_of

ORDERED = (exp.Sub, exp.Div, exp.IntDiv, exp.Mod, exp.DPipe, exp.Pow)
TYPES = ("varchar", "double", "integer", "decimal(18, 1)", "bigint", "boolean", "date")


def swap_sides(draft: Draft) -> bool:
    """Swap the sides of an operator that is not commutative, or of a comparison."""
    found = draft.node(*ORDERED, exp.GT, exp.LT, exp.LTE, exp.GTE, exp.Like)
    if found is None:
        return False
    left, right = found.this.copy(), found.expression.copy()
    found.set("this", right)
    found.set("expression", left)
    return True


def other_operator(draft: Draft) -> bool:
    """Divide for whole numbers or not, add for subtract."""
    kinds = {exp.Add: exp.Sub, exp.Sub: exp.Add, exp.Mul: exp.Add, exp.Div: exp.IntDiv, exp.IntDiv: exp.Mul}
    found = draft.node(*kinds)
    if found is None:
        return False
    found.replace(kinds[type(found)](this=found.this.copy(), expression=found.expression.copy()))
    return True


def regroup(draft: Draft) -> bool:
    """Set the brackets of `a - b + c` otherwise."""
    found = draft.pick(one for one in draft.all(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.DPipe))
    inner = None if found is None else found.left
    if found is None or not isinstance(inner, (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.DPipe)):
        return False
    rest = exp.Paren(this=type(found)(this=inner.right.copy(), expression=found.right.copy()))
    found.replace(type(inner)(this=inner.left.copy(), expression=rest))
    return True


def change_case(draft: Draft) -> bool:
    """Swap what a CASE gives, leave its ELSE out, or swap the order of its conditions."""
    case = draft.node(exp.Case)
    if case is None:
        return False
    branches = case.args["ifs"]
    default = case.args.get("default")
    how = draft.chance.choice(["swap", "drop", "order"])
    if how == "order" and len(branches) > 1:
        case.set("ifs", [one.copy() for one in reversed(branches)])
        return True
    if default is None:
        return False
    if how == "drop":
        case.set("default", None)
        return True
    first = branches[0].args["true"].copy()
    branches[0].set("true", default.copy())
    case.set("default", first)
    return True


def other_arguments(draft: Draft) -> bool:
    """Swap or drop arguments of a function."""
    found = draft.pick(
        one
        for one in draft.all(exp.Coalesce, exp.Greatest, exp.Least, exp.Concat, exp.Anonymous, exp.Substring, exp.Round)
        if len(one.expressions) + bool(one.this) > 1
    )
    if found is None or not found.expressions:
        return False
    if len(found.expressions) > 1:
        found.set("expressions", [one.copy() for one in reversed(found.expressions)])
        return True
    if not isinstance(found.this, exp.Expr):
        return False
    first, second = found.this.copy(), found.expressions[0].copy()
    found.set("this", second)
    found.set("expressions", [first])
    return True


def other_type(draft: Draft) -> bool:
    """Cast to another type, try it only, or do not cast."""
    cast = draft.node(exp.Cast, exp.TryCast)
    if cast is None:
        return False
    how = draft.chance.choice(["type", "drop", "try"])
    if how == "drop":
        cast.replace(cast.this.copy())
    elif how == "type":
        cast.set("to", exp.DataType.build(draft.chance.choice(TYPES), dialect="duckdb"))
    else:
        kind = exp.Cast if isinstance(cast, exp.TryCast) else exp.TryCast
        cast.replace(kind(this=cast.this.copy(), to=cast.args["to"].copy()))
    return True


def add_collation(draft: Draft) -> bool:
    """Compare, sort or group texts without regard to case."""
    column = draft.pick(one for one in draft.all(exp.Column) if plain(one) and not isinstance(one.parent, exp.Select))
    if column is None:
        return False
    column.replace(piece(f"({text_of(column)} collate nocase)"))
    return True


def other_names(draft: Draft) -> bool:
    """Write another pattern, field, index, or lambda."""
    found = draft.node(exp.Dot, exp.Bracket, exp.Lambda, exp.Columns, exp.Interval, exp.PivotAlias)
    if isinstance(found, exp.Dot) and isinstance(found.expression, exp.Identifier):
        found.set("expression", exp.to_identifier(draft.chance.choice(["x", "y", "z"])))
        return True
    if isinstance(found, exp.Bracket):
        found.set("expressions", [exp.Literal.number(draft.chance.choice([0, 1, 2, 3]))])
        return True
    if isinstance(found, exp.Lambda):
        found.set("this", piece(f"({text_of(found.this)}) is null"))
        return True
    if isinstance(found, exp.Columns):
        found.set("this", exp.Literal.string(draft.chance.choice(["^[ab]$", "k", "^.$"])))
        return True
    if isinstance(found, exp.Interval):
        found.replace(piece(f"interval '{draft.chance.choice([1, 2, 30])}' day"))
        return True
    return False


def repeated(draft: Draft) -> bool:
    """Put a scalar subquery in place of a column: the greatest of all, or of those that match."""
    table = draft.pick(draft.schema)
    found = draft.projection()
    if table is None or found is None or not isinstance(found[1], exp.Alias):
        return False
    name = draft.chance.choice(draft.schema[table])[0]
    column = draft.column(found[0])
    where = f" where cast(zz.{name} as varchar) = cast({text_of(column)} as varchar)" if column is not None else ""
    found[1].set("this", piece(f"(select count(zz.{name}) from {table} as zz{where})"))
    return True


CHANGING = (
    swap_sides,
    other_operator,
    regroup,
    change_case,
    other_arguments,
    other_type,
    add_collation,
    other_names,
    other_names,
    repeated,
)
