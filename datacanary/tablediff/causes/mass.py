"""How rows lie over the bins of a column, and which bins describe those that differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from datacanary.tablediff.statistics.bins import Counts

Form = Literal["value", "other_than", "values", "cut", "range"]
"""One value, all but one, two or three of them, all on one side of a bound, all between two bounds."""

FORMS: tuple[Form, ...] = ("value", "other_than", "cut", "values", "range")
"""The simplest first."""

Numbers = npt.NDArray[np.float64]

MOST = 0.9
"""This share of the rows that differ must lie in what describes them."""
MANY = 0.8
"""Less is enough if they crowd there."""
LIFT = 2.0
CROWDED = 4.0
"""So many times their share of all rows."""
WIDE = 0.9
"""What holds for more of all rows than this describes nothing."""
RARE = 0.1
"""Where most rows differ: at most this share of those that do not."""
FEWEST = 2
"""What a single row has is no description."""


@dataclass(frozen=True, slots=True)
class Mass:
    """Rows by bin: those that differ, and all rows of the side.

    `differing` may count a fair part of them only, `seen` in all; there are `total`. The side has `rows`.
    """

    differing: Counts
    everything: Counts
    seen: int
    rows: int
    total: int

    @classmethod
    def of(cls, differing: Counts, everything: Counts, total: int) -> Mass:
        """Count up both."""
        return cls(differing, everything, int(differing.sum()), int(everything.sum()), total)

    @property
    def uneven(self) -> bool:
        """Whether any bins can stand out: their shares of differing and of all rows differ by the variation at most."""
        variation = np.abs(self.differing / max(self.seen, 1) - self.everything / max(self.rows, 1)).sum() / 2
        most_differ = self.total * LIFT / MANY > self.rows
        return most_differ or bool(variation >= MANY - MANY / LIFT)

    def gain(self, differing: Numbers, everything: Numbers) -> Numbers:
        """Reckon what it says of a differing row to lie among `everything`, in nats: the mutual information.

        It grows with both, the share of differing rows that lie there and the share of what lies there that differs.
        """
        inside = np.minimum(differing * (self.total / self.seen), everything)
        cells = (
            (inside, self.total * everything),
            (self.total - inside, self.total * (self.rows - everything)),
            (everything - inside, (self.rows - self.total) * everything),
            (self.rows - self.total - everything + inside, (self.rows - self.total) * (self.rows - everything)),
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            parts = [np.where(cell > 0, cell * np.log(cell * self.rows / by_chance), 0.0) for cell, by_chance in cells]
        return np.asarray(sum(parts) / self.total)

    def stands_out(self, differing: Numbers, everything: Numbers) -> npt.NDArray[np.bool_]:
        """Tell where most differing rows lie, and many more of them than of all rows."""
        recall, share = differing / self.seen, everything / self.rows
        lifted = ((recall >= MOST) & (recall >= LIFT * share)) | ((recall >= MANY) & (recall >= CROWDED * share))
        # Where more than half of the rows differ nothing can be twice as frequent among them.
        others = max(self.rows - self.total, 1)
        untouched = np.maximum(everything - recall * self.total, 0) / others
        mirrored = (recall >= MOST) & (share <= WIDE) & (untouched <= RARE) & (recall * self.total >= MOST * everything)
        return np.asarray((differing >= FEWEST) & (lifted | mirrored))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Some bins that may describe the differing rows: how many of those lie in them, and of all rows of the side."""

    form: Form
    bins: npt.NDArray[np.intp]
    differing: int
    everything: int
    gain: float


def best(
    form: Form, mass: Mass, counts: tuple[Counts, Counts], bins: Callable[[int], Sequence[int] | range]
) -> list[Candidate]:
    """Choose the best of several descriptions: `counts` are the differing and all rows in each, `bins` names them."""
    differing, everything = (side.astype(np.float64) for side in counts)
    if not differing.size:
        return []
    fits = mass.stands_out(differing, everything)
    if not fits.any():
        return []
    gain = np.where(fits, mass.gain(differing, everything), -np.inf)
    place = int(gain.argmax())
    chosen = np.asarray(bins(place), dtype=np.intp)
    return [Candidate(form, chosen, int(counts[0][place]), int(counts[1][place]), float(gain[place]))]
