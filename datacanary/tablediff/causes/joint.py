"""Two conditions that describe differing rows better together than the first alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from datacanary.tablediff.causes.axes import Chosen
from datacanary.tablediff.causes.chance import Odds
from datacanary.tablediff.causes.descriptions import Description
from datacanary.tablediff.statistics.bins import Counts

PRECISE = 0.9
"""Where so many of the rows differ that the first condition describes, no second one is looked for."""
BETTER = 1.5
"""Of the rows that both describe so many times more must differ."""
KEPT = 0.95
"""Of the differing rows that the first describes, the second must describe so many."""
FEWEST = 30
"""So many rows that meet both must be in a sample that is not all rows, for their number to be known well enough."""


@dataclass(frozen=True, slots=True)
class Joint:
    """One description of differing rows, or two that hold together.

    `differing` of the kept differing rows are described so, and so many `rows` of the side, estimated unless `exact`.
    `alone` if it is known that no row of the other side is.
    """

    parts: tuple[Description, ...]
    differing: int
    rows: int
    exact: bool
    alone: bool


def joint(found: Sequence[Description], seen: int, total: int, chosen: Chosen | None) -> Joint:
    """Take the best description, and a second one by another column if it narrows the first down.

    `seen` of `total` differing rows were kept.
    """
    best = found[0]
    single = Joint((best,), best.differing, best.rows, best.exact, alone(best))
    if precision(single, seen, total) >= PRECISE:
        return single
    options = [
        both
        for other in found[1:]
        if other.axis.code != best.axis.code
        and (both := together(best, other, chosen, len(found)))
        and precision(both, seen, total) >= BETTER * precision(single, seen, total)
    ]
    return max(options, key=lambda one: precision(one, seen, total), default=single)


def precision(one: Joint, seen: int, total: int) -> float:
    """Reckon how many of the rows that are described so differ."""
    return min(one.differing / seen * total / max(one.rows, 1), 1.0)


def together(first: Description, second: Description, chosen: Chosen | None, tries: int) -> Joint | None:
    """Count what meets both, in the differing rows and in the sample of the side; None if the second adds nothing."""
    among = [meets(one, one.axis.cells) for one in (first, second)]
    if chosen is not None:
        among = [rows & chosen for rows in among]
    sample = [meets(one, one.axis.sample) for one in (first, second)]
    differing, inside = int((among[0] & among[1]).sum()), int((sample[0] & sample[1]).sum())
    chance = inside / max(int(sample[0].sum()), 1)
    axis = first.axis
    if differing < KEPT * first.differing or (inside < FEWEST and not axis.whole):
        return None
    if not Odds(differing, first.differing, chance, tries).surprising:
        return None
    rows = inside if axis.whole else round(inside / max(axis.sample.len(), 1) * int(axis.counts.sum()))
    return Joint(
        (first, second), differing, rows, axis.whole, alone(first) or alone(second) or none_across(first, second)
    )


def meets(found: Description, cells: pl.Series) -> Chosen:
    """Tell which cells of the column are described so; they come as the side stores them."""
    if found.limits is not None:
        return found.limits.holds(cells).to_numpy()
    return np.isin(found.axis.bins.places(found.axis.write(cells)), found.bins)


def alone(found: Description) -> bool:
    """Tell whether it is known that no row of the other side is described so."""
    axis = found.axis
    if axis.opposite is None or endless(found, axis.opposite):
        return False
    if found.limits is not None and axis.across is not None and axis.whole_across:
        return not found.limits.holds(axis.across).any()
    tight = found.limits is None or (axis.across is not None and not axis.known)
    return tight and not axis.opposite[list(found.bins)].any()


def endless(found: Description, counts: Counts) -> bool:
    """Tell whether infinities lie where a range has no bound."""
    if found.limits is None:
        return False
    bounds = (found.limits.above, found.limits.below)
    return any(bound is None and counts[found.axis.null + 2 + place] for place, bound in enumerate(bounds))


def none_across(first: Description, second: Description) -> bool:
    """Tell whether it is known that no row of the other side meets both."""
    if first.axis.across is None or second.axis.across is None or not first.axis.whole_across:
        return False
    return not (meets(first, first.axis.across) & meets(second, second.axis.across)).any()
