"""Whole rows that are there several times on one side and once on the other, where there is no key."""

from __future__ import annotations

import polars as pl

from datacanary.model.basic import Side
from datacanary.model.cause import Cause
from datacanary.model.words import count
from datacanary.tablediff.causes.case import Case, in_order
from datacanary.tablediff.causes.chance import Odds
from datacanary.tablediff.causes.fan_out import FEWER, MORE, NEARLY_ALL, other, sentence
from datacanary.tablediff.causes.occurrences import occurrences
from datacanary.tablediff.causes.wording import Part
from datacanary.tablediff.views import SIDES, written

MOST_ROWS = 5_000
"""So many rows are looked up on the other side, and as many of that side's own."""
FEW = 0.05
"""Rows are multiplied only if no more than so many, for each that came, are gone."""
APART = 0.5
"""Where fewer of a side's rows than this are distinct, one more like them says nothing."""
EXPECTED = 20
UNLIKELY = 1 / 3
"""If so many rows are expected in a sample, it does not have this part of them by accident less than once in 1,000."""


def repeated_rows(case: Case) -> tuple[Cause, ...]:
    """Find rows that one side has more often than the other; reads the other side if some may be."""
    if case.terms.key:
        return ()
    return tuple(cause for side in SIDES if (cause := multiplied(case, side)) is not None)


def multiplied(case: Case, side: Side) -> Cause | None:
    """Look whether the rows that this side alone has are repetitions of rows that both have."""
    kept, opposite = case.gone.of(side), other(side)
    found = in_order(kept)
    if found is None or case.gone.of(opposite).total > FEW * kept.total:
        return None
    rows = found.select(written(case.terms.compared, side))
    own = case.sampled.of(opposite).select(written(case.terms.compared, opposite))
    values = some(rows)
    if not worth_a_pass(case, opposite, values, own):
        return None
    counted = looked_up(case, opposite, pl.concat([values, some(own)]).unique(maintain_order=True))
    codes = rows.columns
    twins = own.join(counted, on=codes, how="inner", nulls_equal=True)[FEWER]
    came = rows.join(values, on=codes, how="semi", nulls_equal=True).group_by(codes, maintain_order=True).len("came")
    came = came.join(counted, on=codes, how="left", nulls_equal=True, maintain_order="left")
    again = came.filter(pl.col(FEWER) > 0).with_columns((pl.col(FEWER) + pl.col("came")).alias(MORE))
    hits, of = int(again["came"].sum()), int(came["came"].sum())
    chance = max(int((twins > 1).sum()), 1) / max(twins.len(), 1)
    if hits < NEARLY_ALL * of or not Odds(hits, of, chance).surprising:
        return None
    return told(side, again, Part(hits, of, kept.total))


def told(side: Side, again: pl.DataFrame, part: Part) -> Cause:
    """Write the cause."""
    if part.estimated:
        why = "has, too: a join multiplies rows" if side == "head" else "still has: repeated rows are gone"
        message = (
            f"{part.told('added rows' if side == 'head' else 'removed rows')} equal a row that {other(side)} {why}"
        )
    else:
        message = sentence(side, again, count(again.height, "row"))
    return Cause(
        kind="fan_out",
        about="added" if side == "head" else "removed",
        columns=(),
        count=part.count,
        of=part.of,
        message=message,
        estimated=part.estimated,
    )


def some(rows: pl.DataFrame) -> pl.DataFrame:
    """Take the distinct rows, or a fair part of them."""
    values = rows.unique(maintain_order=True)
    return values if values.height <= MOST_ROWS else values.sample(MOST_ROWS, seed=0)


def worth_a_pass(case: Case, side: Side, values: pl.DataFrame, own: pl.DataFrame) -> bool:
    """Tell from a sample of a side whether most of these rows may be in it."""
    distinct = own.unique()
    if distinct.height < APART * own.height:
        return False
    there = values.join(distinct, on=values.columns, how="semi", nulls_equal=True).height
    if case.whole(side):
        return there >= NEARLY_ALL * values.height
    expected = values.height * own.height / max(case.views.of(side).table.rows, 1)
    return expected < EXPECTED or there >= UNLIKELY * expected


def looked_up(case: Case, side: Side, values: pl.DataFrame) -> pl.DataFrame:
    """Count how often a side has these rows: by the column that tells most of them apart, then by all."""
    if case.whole(side):
        rows = case.sampled.of(side).select(written(case.terms.compared, side))
        counted = rows.group_by(values.columns).len(FEWER)
        found = values.join(counted, on=values.columns, how="left", nulls_equal=True, maintain_order="left")
        return found.with_columns(pl.col(FEWER).fill_null(0))
    return values.with_columns(occurrences(case.views.of(side), case.terms.compared, values).alias(FEWER))
