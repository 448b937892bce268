"""Changes inside of conditions and expressions that keep the meaning."""

from __future__ import annotations

from sqlglot import exp

from proof.draft import Draft

FLIPPED = {exp.GT: exp.LT, exp.LT: exp.GT, exp.GTE: exp.LTE, exp.LTE: exp.GTE, exp.EQ: exp.EQ, exp.NEQ: exp.NEQ}


def swap_conditions(draft: Draft) -> bool:
    """Swap the sides of AND or OR."""
    both = draft.node(exp.And, exp.Or)
    if both is None:
        return False
    left, right = exp.paren(both.left.copy()), exp.paren(both.right.copy())
    both.set("this", right)
    both.set("expression", left)
    return True


def flip_comparison(draft: Draft) -> bool:
    """Write `b > a` for `a < b`."""
    found = draft.pick(one for one in draft.all(*FLIPPED) if type(one) in FLIPPED)
    if found is None:
        return False
    left, right = exp.paren(found.left.copy()), exp.paren(found.right.copy())
    found.replace(FLIPPED[type(found)](this=right, expression=left))
    return True


def brackets(draft: Draft) -> bool:
    """Put brackets around a condition or an operation."""
    found = draft.node(exp.And, exp.Or, exp.EQ, exp.GT, exp.LT, exp.In, exp.Add, exp.Mul, exp.Case, exp.Is)
    if found is None:
        return False
    found.replace(exp.Paren(this=found.copy()))
    return True


def shuffle_values(draft: Draft) -> bool:
    """List the values of IN in another order, one of them twice."""
    found = draft.pick(one for one in draft.all(exp.In) if len(one.expressions) > 1 and not one.find(exp.Pivot))
    if found is None or isinstance(found.parent, exp.Pivot):
        return False
    values = [*found.expressions, found.expressions[0].copy()]
    draft.chance.shuffle(values)
    found.set("expressions", values)
    return True


def split_between(draft: Draft) -> bool:
    """Write two comparisons for BETWEEN."""
    found = draft.pick(one for one in draft.all(exp.Between) if not one.args.get("symmetric"))
    if found is None:
        return False
    value = found.this
    low = exp.GTE(this=value.copy(), expression=found.args["low"].copy())
    high = exp.LTE(this=value.copy(), expression=found.args["high"].copy())
    found.replace(exp.Paren(this=exp.And(this=low, expression=high)))
    return True


def swap_addends(draft: Draft) -> bool:
    """Swap the sides of a sum or product."""
    found = draft.node(exp.Add, exp.Mul)
    if found is None or found.find(exp.Interval):
        return False
    left, right = exp.paren(found.left.copy()), exp.paren(found.right.copy())
    found.set("this", right)
    found.set("expression", left)
    return True


def write_else(draft: Draft) -> bool:
    """Write ELSE NULL out."""
    case = draft.pick(one for one in draft.all(exp.Case) if one.args.get("default") is None)
    if case is None:
        return False
    case.set("default", exp.null())
    return True


def write_frame(draft: Draft) -> bool:
    """Write out the frame that a window with an order has anyway."""
    window = draft.pick(one for one in draft.all(exp.Window) if one.args.get("order") and not one.args.get("spec"))
    if window is None or not isinstance(window.this, (exp.Sum, exp.Count, exp.Max, exp.Min, exp.Avg)):
        return False
    frame = exp.WindowSpec(kind="RANGE", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW")
    window.set("spec", frame)
    return True


def count_one(draft: Draft) -> bool:
    """Count 1 instead of *."""
    found = draft.pick(one for one in draft.all(exp.Count) if isinstance(one.this, exp.Star))
    if found is None or isinstance(found.parent, exp.Select):
        return False
    found.set("this", exp.Literal.number(1))
    return True


def not_in(draft: Draft) -> bool:
    """Write NOT in front of brackets."""
    found = draft.node(exp.Not)
    if found is None:
        return False
    found.set("this", exp.paren(found.this.copy()))
    return True


KEEPING = (
    swap_conditions,
    swap_conditions,
    flip_comparison,
    flip_comparison,
    brackets,
    shuffle_values,
    split_between,
    swap_addends,
    write_else,
    write_frame,
    count_one,
    not_in,
)
