"""Shuffled rows of any key, or of none: found by hashes, and settled by their values wherever they differ."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from datacanary.model.basic import Pair
from datacanary.tablediff.means import Means, Progress
from datacanary.tablediff.prints import CODE, HASH, take_prints, whole_key
from datacanary.tablediff.rest import Rest
from datacanary.tablediff.samples import ROW
from datacanary.tablediff.tally import Tally
from datacanary.tablediff.views import SIDES, View, both

BYTES_PER_ROW = 48
"""Memory for a row's code, hash and number, and for joining them."""

Mask = npt.NDArray[np.bool_]


def match_by_hash(views: Pair[View], rests: Pair[Rest], tally: Tally, means: Means) -> None:
    """Count equal rows and leave all others to the rests.

    Rows whose key, or whose key's hash, occurs more than once on a side are all left. Whole rows without a key are
    left wherever the sides have different numbers of them.
    """
    key = tally.terms.key
    exact = bool(key) and all(whole_key(view, key) for view in views)
    prints = Pair(*(collect_prints(views, side_view, tally, means, exact=exact) for side_view in views))
    equal = equal_by_key(prints) if key else equal_in_number(prints)
    tally.same(int(np.count_nonzero(equal.base)))
    del prints
    for side in SIDES:
        leave_others(views.of(side), rests.of(side), equal.of(side), means)


def collect_prints(views: Pair[View], view: View, tally: Tally, means: Means, *, exact: bool) -> pl.DataFrame:
    """Read the codes and hashes of a side."""
    before = 0 if view.side == "base" else views.base.table.rows
    parts = [pl.DataFrame(schema={CODE: pl.Int64 if exact else pl.UInt64, HASH: pl.UInt64})]
    done = 0
    for batch in take_prints(view, tally, means.hashing, exact=exact):
        parts.append(batch)
        done += batch.height
        means.tell(Progress("hashing", before + done, both(views)))
    return pl.concat(parts)


def equal_by_key(prints: Pair[pl.DataFrame]) -> Pair[Mask]:
    """Tell of each row whether it has the one partner of its key, and is equal to it."""
    pairs = (
        prints.base.lazy()
        .with_row_index("base")
        .join(prints.head.lazy().with_row_index("head"), on=CODE, how="inner", nulls_equal=True)
        .select("base", "head", CODE, same=pl.col(HASH) == pl.col(f"{HASH}_right"))
        .collect(engine="streaming")
    )
    repeated = pl.concat([repeats(side[CODE]) for side in prints]).unique()
    if repeated.len():
        pairs = pairs.filter(~pl.col(CODE).is_in(repeated.implode(), nulls_equal=True))
    pairs = pairs.filter("same")
    return Pair(marked(pairs["base"], prints.base.height), marked(pairs["head"], prints.head.height))


def repeats(codes: pl.Series) -> pl.Series:
    """Return the codes that occur more than once."""
    if codes.n_unique() == codes.len():
        return codes.clear()
    return codes.to_frame().group_by(CODE).len().filter(pl.col("len") > 1)[CODE]


def equal_in_number(prints: Pair[pl.DataFrame]) -> Pair[Mask]:
    """Tell of each row whether both sides have as many of it."""
    counts = prints.map(lambda side: side.lazy().group_by(CODE).len())
    same = counts.base.join(counts.head, on=[CODE, "len"], how="semi").select(CODE).collect(engine="streaming")[CODE]
    return prints.map(lambda side: side[CODE].is_in(same.implode()).to_numpy())


def marked(places: pl.Series, height: int) -> Mask:
    """Mark these places among so many."""
    mask = np.zeros(height, np.bool_)
    mask[places.to_numpy()] = True
    return mask


def leave_others(view: View, rest: Rest, equal: Mask, means: Means) -> None:
    """Read a side again for the rows that are not marked."""
    if equal.all():
        return
    done = 0
    for batch in view.batches():
        left = ~equal[done : done + batch.height]
        if left.any():
            rest.add(batch.with_row_index(ROW, done).filter(pl.Series(left)))
        done += batch.height
        means.tell(Progress("fetching", done, view.table.rows))
