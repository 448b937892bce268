"""A column of base and one of head that hold the same values under two names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from datacanary.model.basic import Pair, Side
from datacanary.model.cause import Cause
from datacanary.model.statistics import Statistics
from datacanary.model.tablediff import ColumnDiff
from datacanary.model.words import count, percent
from datacanary.tablediff.causes.case import Case
from datacanary.tablediff.causes.chance import Odds
from datacanary.tablediff.causes.wording import called
from datacanary.tablediff.cells import unequal, write
from datacanary.tablediff.columns import ColumnPair
from datacanary.tablediff.meeting import IncomparableError, meet
from datacanary.tablediff.numeric import Writer
from datacanary.tablediff.samples import side_by_side
from datacanary.tablediff.settle import settle
from datacanary.tablediff.spread import spread_places
from datacanary.tablediff.views import SIDES, Terms, View, reading, rows_at, written

MOST_COLUMNS = 24
"""So many columns of one side alone are looked at."""
MOST_PROVEN = 4
"""So many pairs of columns are compared in all rows."""
MOST = 0.99
"""In so many of the paired rows the values must be equal."""
LIKELY = 0.95
"""In so many of a few paired rows, for all to be compared."""
ENOUGH = 30
MOST_ROWS = 5_000
"""So many paired rows tell whether two columns may be the same, and so many are looked for."""
SHIFTS = 4
FEWEST_VALUES = 10
"""Columns with fewer values can look alike by accident."""

RENAMED = "renamed"
"""Put before a number: the code of two columns where they are compared as one."""


@dataclass(frozen=True, slots=True)
class Two:
    """A column of base and one of head, and the forms in which they are compared."""

    base: ColumnPair
    head: ColumnPair
    writers: Pair[Writer]


def renamed(case: Case) -> tuple[Cause, ...]:
    """Find columns that one side alone has and that equal one that the other alone has; reads both if some may."""
    two = list(comparable(case))
    if not two:
        return ()
    if not case.terms.key:
        return tuple(look_alike(case, two))
    chosen = apart(likely(case, two))[:MOST_PROVEN]
    return tuple(
        proven(one, equal, paired)
        for one, (equal, paired) in zip(chosen, compare_columns(case, chosen), strict=True)
        if equal >= MOST * paired
    )


def apart(two: Iterable[Two]) -> list[Two]:
    """Take each column once, in the first pair that it is in."""
    taken: set[str] = set()
    found: list[Two] = []
    for one in two:
        if not taken & {one.base.code, one.head.code}:
            taken |= {one.base.code, one.head.code}
            found.append(one)
    return found


def comparable(case: Case) -> Iterator[Two]:
    """Pair each column that base alone has with each that head alone has, where their types have common values."""
    schemas = case.views.map(lambda view: view.frame.collect_schema())
    gone, new = (
        [column for column in case.terms.columns if column.change == change][:MOST_COLUMNS]
        for change in ("removed", "added")
    )
    for base in gone:
        for head in new:
            try:
                writers = meet(schemas.base[base.code], schemas.head[head.code])
            except IncomparableError:
                continue
            yield Two(base, head, writers)


def likely(case: Case, two: Sequence[Two]) -> list[Two]:
    """Choose those that are equal in some paired rows, more than by chance; the most equal first."""
    rows = paired_rows(case, two)
    shares: list[tuple[float, Two]] = []
    for one in two:
        base = write(rows.base[one.base.code], one.writers.base)
        head = write(rows.head[one.head.code], one.writers.head)
        share = share_equal(base, head, 0)
        shifts = {max(1, base.len() * turn // (SHIFTS + 1)) for turn in range(1, SHIFTS + 1)}
        chance = sum(share_equal(base, head, shift) for shift in shifts) / len(shifts)
        odds = Odds(round(share * base.len()), base.len(), max(chance, 1 / max(base.len(), 1)), len(two))
        if share >= LIKELY and odds.surprising:
            shares.append((share, one))
    return [one for _, one in sorted(shares, key=lambda pair: -pair[0])]


def share_equal(base: pl.Series, head: pl.Series, shift: int) -> float:
    """Reckon how many cells are equal to those `shift` rows before."""
    moved = pl.concat([base.tail(shift), base.head(-shift)]) if shift else base
    differs = unequal(moved, head)
    return 1 - (int(differs.sum()) if differs is not None else 0) / max(head.len(), 1)


def paired_rows(case: Case, two: Sequence[Two]) -> Pair[pl.DataFrame]:
    """Give some rows that pair by key, position by position: sampled ones of both sides, or looked up in head."""
    codes = Pair(sorted({one.base.code for one in two}), sorted({one.head.code for one in two}))
    key = [column.code for column in case.terms.key]
    base, head = (sampled_rows(case, side, codes.of(side)) for side in SIDES)
    both = base.join(head, on=key, how="inner", nulls_equal=True, maintain_order="left")
    if both.height < ENOUGH and not case.whole("head"):
        some = rows_at(base, pl.Series(spread_places(base.height, MOST_ROWS)))
        near = looked_up(case, some.select(key), codes.head)
        both = some.join(near, on=key, how="inner", nulls_equal=True, maintain_order="left")
    both = both.head(MOST_ROWS)
    return Pair(both.select(codes.base), both.select(codes.head))


def sampled_rows(case: Case, side: Side, codes: Sequence[str]) -> pl.DataFrame:
    """Give sampled rows of a side whose key values do not repeat: the key in its common form, and some columns."""
    rows = case.sampled.of(side)
    shown = side_by_side(rows.select(written(case.terms.key, side)), rows.select(codes))
    return shown.unique([column.code for column in case.terms.key], keep="none", maintain_order=True)


def looked_up(case: Case, keys: pl.DataFrame, codes: Sequence[str]) -> pl.DataFrame:
    """Give the rows of head with these key values: the key in its common form, and some columns."""
    rows = case.views.head.frame.select(*written(case.terms.key, "head"), *codes)
    with reading("head"):
        found = rows.join(keys.lazy(), on=keys.columns, how="semi", nulls_equal=True).collect(engine="streaming")
    return found.unique(keys.columns, keep="none", maintain_order=True)


def compare_columns(case: Case, two: Sequence[Two]) -> list[tuple[int, int]]:
    """Compare columns of base with columns of head in all rows that pair; give how many are equal, of how many."""
    if not two:
        return []
    key = case.terms.key
    pairs = [
        ColumnPair(one.base.name, f"{RENAMED}{place}", "none", Pair("", ""), one.writers)
        for place, one in enumerate(two)
    ]
    views = Pair(
        *(renamed_view(case, side, [one.base if side == "base" else one.head for one in two]) for side in SIDES)
    )
    tally = settle(views, Terms((*key, *pairs), key, samples=0), case.means)
    paired = tally.unchanged + tally.changed.rows
    return [(paired - tally.cells[pair.code], paired) for pair in pairs]


def renamed_view(case: Case, side: Side, columns: Sequence[ColumnPair]) -> View:
    """Show the key of a side, and some columns under the codes under which they are compared."""
    view = case.views.of(side)
    codes = [column.code for column in case.terms.key]
    others = [pl.col(column.code).alias(f"{RENAMED}{place}") for place, column in enumerate(columns)]
    shown = (*codes, *(f"{RENAMED}{place}" for place in range(len(columns))))
    return replace(view, codes=shown, frame=view.frame.select(*codes, *others))


def proven(two: Two, equal: int, paired: int) -> Cause:
    """Say that a column has another name."""
    where = f"all {count(paired, 'paired row')}" if equal == paired else f"{percent(equal / paired)} of the paired rows"
    return Cause(
        kind="renamed",
        about="changed",
        columns=(two.base.name, two.head.name),
        count=equal,
        of=paired,
        message=f"{called(two.base.name)} of base is {called(two.head.name)} of head: the same values in {where}",
    )


def look_alike(case: Case, two: Sequence[Two]) -> Iterator[Cause]:
    """Find columns whose statistics are the same: without a key nothing shows that their rows are."""
    by_name = case.by_name
    for one in apart(one for one in two if same_statistics(by_name[one.base.name], by_name[one.head.name])):
        rows = case.views.base.table.rows
        yield Cause(
            kind="renamed",
            about="changed",
            columns=(one.base.name, one.head.name),
            count=rows,
            of=rows,
            message=f"{called(one.base.name)} of base looks like {called(one.head.name)} of head: "
            "as many values and NULLs, with the same extremes",
            estimated=True,
        )


def same_statistics(old: ColumnDiff, new: ColumnDiff) -> bool:
    """Tell whether a column of base and one of head look alike, and not by accident."""
    base, head = old.statistics.base, new.statistics.head
    if base is None or head is None:
        return False
    return telling(base) == telling(head) and (base.distinct or 0) >= FEWEST_VALUES


def telling(statistics: Statistics) -> tuple[object, ...]:
    """Give what two columns must have in common to look alike."""
    one = statistics
    return (one.rows, one.nulls, one.distinct, one.minimum, one.maximum, one.total, one.lengths)
