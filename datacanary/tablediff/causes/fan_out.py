"""Rows of a key value that are there several times on one side and once on the other: a join multiplies rows."""

from __future__ import annotations

import polars as pl

from datacanary.model.basic import Side
from datacanary.model.cause import Cause
from datacanary.model.words import count
from datacanary.tablediff.causes.case import Case, in_order
from datacanary.tablediff.causes.occurrences import occurrences
from datacanary.tablediff.causes.wording import Part
from datacanary.tablediff.views import SIDES, written

MOST_KEYS = 10_000
"""So many key values are looked up on both sides."""
FEW = 0.1
"""Repeated key values are the exception on one side if there are at most so many for each on the other."""
NEARLY_ALL = 0.9

FEWER, MORE = "fewer", "more"
"""How often a key value occurs on the side that has it less often, and on the other."""


def fan_out(case: Case) -> tuple[Cause, ...]:
    """Find key values that are single on one side and repeat on the other; reads the keys of both sides if some may."""
    if not case.terms.key:
        return ()
    return tuple(cause for side in SIDES if (cause := multiplied(case, side)) is not None)


def multiplied(case: Case, side: Side) -> Cause | None:
    """Look whether key values repeat on this side that do not on the other."""
    repeated = case.summary.key.duplicates
    kept = in_order(case.gone.of(side))
    if kept is None or repeated.of(side) == 0 or repeated.of(other(side)) > FEW * repeated.of(side):
        return None
    keys = kept.select(written(case.terms.key, side))
    values = keys.unique(maintain_order=True)
    looked_up = values if values.height <= MOST_KEYS else values.sample(MOST_KEYS, seed=0)
    counts = {
        name: occurrences(case.views.of(one), case.terms.key, looked_up).alias(name)
        for name, one in ((FEWER, other(side)), (MORE, side))
    }
    found = looked_up.with_columns(counts.values()).filter((pl.col(FEWER) > 0) & (pl.col(MORE) > pl.col(FEWER)))
    if found.height == 0:
        return None
    of, rows = (keys.join(some, on=keys.columns, how="semi", nulls_equal=True).height for some in (looked_up, found))
    part = Part(rows, of, case.gone.of(side).total)
    number = repeated.of(side) - repeated.of(other(side)) if part.estimated else found.height
    return Cause(
        kind="fan_out",
        about="added" if side == "head" else "removed",
        columns=(),
        count=part.count,
        of=part.of,
        message=sentence(side, found, f"{'about ' if part.estimated else ''}{count(number, 'key value')}"),
        estimated=part.estimated,
    )


def other(side: Side) -> Side:
    """Name the other side."""
    return "base" if side == "head" else "head"


def sentence(side: Side, found: pl.DataFrame, values: str) -> str:
    """Say how often these values occur on either side: what they are comes as a number and a noun."""
    are, occur = ("is", "occurs") if found.height == 1 else ("are", "occur")
    if found.filter(pl.col(FEWER) == 1).height < NEARLY_ALL * found.height:
        return f"{values} {occur} more often in {side} than in {other(side)}"
    times = usual(found[MORE])
    if side == "head":
        return f"{values} that {are} single in base {occur} {times} in head: a join multiplies rows"
    return f"{values} that {occur} {times} in base {are} single in head: repeated rows are gone"


def usual(times: pl.Series) -> str:
    """Say how often values occur.

    >>> usual(pl.Series([2, 2, 2])), usual(pl.Series([2, 3]))
    ('2 times', '2 to 3 times')
    """
    counted = times.alias(MORE).value_counts(sort=True, name="values")
    if counted["values"][0] >= NEARLY_ALL * times.len():
        return f"{counted[MORE][0]} times"
    return f"{counted[MORE].min()!r} to {counted[MORE].max()!r} times"
