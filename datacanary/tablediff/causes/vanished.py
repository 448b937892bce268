"""Rows that went because their values did: an inner join loses all rows of a partner that it does not find."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from datacanary.model.cause import Cause
from datacanary.tablediff.causes.case import Case, gone_rows
from datacanary.tablediff.causes.chance import Odds
from datacanary.tablediff.causes.crowds import Crowd
from datacanary.tablediff.causes.mass import MOST
from datacanary.tablediff.causes.wording import Part, called
from datacanary.tablediff.views import reading

FEWEST = 2
"""One value that is gone is told as the part of the table where the removed rows lie."""
VALUE, ROWS, REMOVED = "value", "rows", "removed"


def vanished(case: Case, crowds: Sequence[Crowd]) -> tuple[Cause, ...]:
    """Find a column of which some values have left head with the removed rows, and few rows went without that.

    Nothing is said if it is known already in which part of the table the removed rows lie. Raises DataError if head
    cannot be read: that the values are gone is proven on all its rows.
    """
    if any(crowd.about == "removed" for crowd in crowds):
        return ()
    found = max(candidates(case), key=lambda cause: cause.share, default=None)
    return () if found is None else (found,)


def candidates(case: Case) -> Iterator[Cause]:
    """Look at every column that may name a partner: a text or a whole number on both sides."""
    gone = gone_rows(case, "base")
    rows = case.summary.rows
    if gone is None or not rows.base or not rows.head:
        return
    for column in case.terms.compared:
        code = column.code
        if not all(names_partners(side.schema[code]) for side in case.sampled) or len(set(dtypes(case, code))) > 1:
            continue
        values = gone.rows[code].value_counts(name=REMOVED).rename({code: VALUE})
        if values.height < FEWEST or values.height > gone.rows.height // 2:
            continue
        left = values.filter(~is_in(case.sampled.head[code], values))
        if left[REMOVED].sum() < MOST * gone.rows.height:
            continue
        left = left.filter(~is_in(still_there(case, code, left[VALUE]), left))
        hits, seen = int(left[REMOVED].sum()), gone.rows.height
        if left.height < FEWEST or hits < MOST * seen:
            continue
        share = gone.total / rows.base
        if not Odds(hits, seen, by_accident(case, code, values, share), len(case.terms.compared)).surprising:
            continue
        yield told(column.name, Part(hits, seen, gone.total), left)


def names_partners(dtype: pl.DataType) -> bool:
    """Tell whether values of this type are looked up in other tables."""
    return dtype.is_integer() or isinstance(dtype, pl.String)


def dtypes(case: Case, code: str) -> list[pl.DataType]:
    """Give the types of a column on both sides."""
    return [side.schema[code] for side in case.sampled]


def is_in(cells: pl.Series, values: pl.DataFrame) -> pl.Series:
    """Tell which of some values, NULL among them, occur among the cells."""
    return values[VALUE].is_in(cells.unique().implode(), nulls_equal=True)


def still_there(case: Case, code: str, values: pl.Series) -> pl.Series:
    """Read head for those of the values that it still has."""
    if case.whole("head"):
        return case.sampled.head[code]
    frame = case.views.head.frame.select(code)
    with reading("head"):
        wanted = frame.filter(pl.col(code).is_in(values.implode(), nulls_equal=True))
        return wanted.unique().collect(engine="streaming")[code]


def by_accident(case: Case, code: str, values: pl.DataFrame, share: float) -> float:
    """Reckon the chance that all other rows of a removed row's value went, too, if this `share` of all rows went."""
    sample = case.sampled.base[code]
    scale = (case.summary.rows.base or 0) / max(sample.len(), 1)
    counted = sample.value_counts(name=ROWS).rename({code: VALUE})
    both = values.join(counted, on=VALUE, how="left", nulls_equal=True)
    others = pl.max_horizontal(pl.col(ROWS).fill_null(0) * scale, pl.col(REMOVED)) - 1
    chances = both.select((pl.lit(share).pow(others) * pl.col(REMOVED)).sum() / pl.col(REMOVED).sum())
    return float(chances.item())


def told(name: str, part: Part, left: pl.DataFrame) -> Cause:
    """Write the cause."""
    nulls = " or NULL" if left[VALUE].null_count() else ""
    number = left.height - left[VALUE].null_count()
    values = f"one of {number:,} values" if number > 1 else "a value"
    return Cause(
        kind="lost_join",
        about="removed",
        columns=(name,),
        count=part.count,
        of=part.of,
        message=f"{part.told('removed rows')} have {values} of {called(name)}{nulls} that head has no row of: "
        "an inner join that finds no partner, or a filter?",
        estimated=part.estimated,
    )
