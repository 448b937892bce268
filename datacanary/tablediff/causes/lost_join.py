"""Joins that find no partner: rows that come or go without one, and columns that became NULL together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from datacanary.model.basic import Side
from datacanary.model.cause import Cause
from datacanary.tablediff.causes.axes import Axis, Chosen
from datacanary.tablediff.causes.case import Case
from datacanary.tablediff.causes.chance import Odds
from datacanary.tablediff.causes.crowds import Crowd
from datacanary.tablediff.causes.mass import MOST
from datacanary.tablediff.causes.wording import Part, all_called
from datacanary.tablediff.samples import CHANGED, PLACES
from datacanary.tablediff.views import SIDES

ALIKE = 0.95
"""Columns turn NULL together if they do so in this share of the rows in which one of them does."""
FEWEST = 3


def without_partner(crowds: Sequence[Crowd]) -> tuple[Cause, ...]:
    """Find removed or added rows that have NULLs where other rows have none."""
    return tuple(rows_without_partner(crowd, found) for crowd in crowds if (found := all_null(crowd)))


def otherwise_described(crowds: Sequence[Crowd]) -> tuple[Crowd, ...]:
    """Give what else describes these rows, where it does not already say that they found no partner."""
    left = []
    for crowd in crowds:
        told = {axis.code for axis in all_null(crowd)}
        found = tuple(one for one in crowd.found if not (one.null and one.axis.code in told))
        if found:
            left.append(replace(crowd, found=found))
    return tuple(left)


def all_null(crowd: Crowd) -> list[Axis]:
    """Find the columns that are NULL in most of these rows, and hardly ever in rows of the side that do not differ."""
    if crowd.about == "changed":
        return []
    return [
        one.axis
        for one in crowd.found
        if one.null
        and one.differing >= MOST * crowd.seen
        and one.differing * crowd.total >= MOST * one.rows * crowd.seen
    ]


def rows_without_partner(crowd: Crowd, axes: Sequence[Axis]) -> Cause:
    """Say that such rows came or went."""
    nulls = np.logical_and.reduce([axis.places == axis.null for axis in axes])
    names = tuple(axis.name for axis in axes)
    part = Part(int(nulls.sum()), crowd.seen, crowd.total)
    why = (
        "dropped by a filter, or by an inner join that finds no partner?"
        if crowd.about == "removed"
        else "kept by an outer join that finds no partner?"
    )
    return Cause(
        kind="lost_join",
        about=crowd.about,
        columns=names,
        count=part.count,
        of=part.of,
        message=f"{part.told(crowd.things)} are NULL in {all_called(names)}: {why}",
        estimated=part.estimated,
    )


def turned_together(case: Case, changed: pl.DataFrame | None) -> tuple[Cause, ...]:
    """Find columns whose cells became NULL in the very same rows, or got their values in the same rows.

    `changed` are the kept pairs of rows that differ.
    """
    if changed is None:
        return ()
    return tuple(turned(case, changed, group, side) for side in SIDES for group in turned_groups(case, changed, side))


def turned_groups(case: Case, changed: pl.DataFrame, side: Side) -> list[list[str]]:
    """Group the columns whose changed cells are NULL on one side in the same rows, two or more of them."""
    some = [code for code in case.most_changed if int(turned_cells(changed, code, side).sum()) >= FEWEST]
    found: list[list[str]] = []
    for code in some:
        for group in found:
            if same_rows(case, changed, side, (group[0], code), len(some)):
                group.append(code)
                break
        else:
            found.append([code])
    return [group for group in found if len(group) > 1]


def turned_cells(changed: pl.DataFrame, code: str, side: Side) -> Chosen:
    """Tell in which rows a cell changed from or to NULL."""
    return (changed[CHANGED + code] & changed[PLACES[side] + code].is_null()).to_numpy()


def same_rows(case: Case, changed: pl.DataFrame, side: Side, codes: tuple[str, str], columns: int) -> bool:
    """Tell whether two columns turned in the same rows, as far as they had values, and not because they all did."""
    one, other = (turned_cells(changed, code, side) for code in codes)
    nulls = [changed[PLACES[side] + code].is_null().to_numpy() for code in codes]
    both, either = int((one & other).sum()), int((one | other).sum())
    if int(((one & nulls[1]) | (other & nulls[0])).sum()) < ALIKE * either:
        return False
    rows = case.summary.rows
    paired = (rows.changed or 0) + (rows.unchanged or 0)
    fewer, more = sorted((int(one.sum()), int(other.sum())))
    chance = min(1.0, more / case.changed.share / max(paired, 1))
    return Odds(both, fewer, chance, columns * columns).surprising


def turned(case: Case, changed: pl.DataFrame, group: Sequence[str], side: Side) -> Cause:
    """Say that some columns lost their values together, or got them."""
    turned_any = np.logical_or.reduce([turned_cells(changed, code, side) for code in group])
    nulls = np.logical_and.reduce([changed[PLACES[side] + code].is_null().to_numpy() for code in group])
    any_changed = np.logical_or.reduce([changed[CHANGED + code].to_numpy() for code in group])
    seen = int(any_changed.sum())
    names = [case.names[code] for code in group]
    most = max(seen, *map(case.changes, group))
    part = Part(int((turned_any & nulls).sum()), seen, seen if case.changed.complete else most)
    became, why = (
        ("became NULL together in", "a join found no partner")
        if side == "head"
        else ("were NULL together in", "a join now found partners")
    )
    return Cause(
        kind="lost_join",
        about="changed",
        columns=tuple(names),
        count=part.count,
        of=part.of,
        message=f"{all_called(names)} {became} {part.told('rows where they changed')}: {why}",
        estimated=part.estimated,
    )
