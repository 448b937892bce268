"""How likely it is that a rule holds by accident."""

from __future__ import annotations

import math
from dataclasses import dataclass

LEAST_SHARE = 0.6
"""A rule that holds for less of the changed cells explains nothing."""
PROMISING = 0.45
"""A rule that holds for less of a glance than this holds for less than LEAST_SHARE of all."""
FALSE = 1e-4
"""The chance at which a rule that holds by accident is believed all the same, if cells change one by one."""
FALSE_FOR_VALUES = 1e-2
"""The same if all cells with one value change alike: rare, and a rule that fits each value is not wrong even then."""


@dataclass(frozen=True, slots=True)
class Odds:
    """`hits` of `of` changes fit a rule; each would by accident with the probability `chance`, at most.

    `tries` is how many rules were tried; `learnt` is how many changes it took to find this one: they prove nothing.
    `false` is the chance at which an accident is believed.
    """

    hits: int
    of: int
    chance: float
    tries: int = 1
    learnt: int = 0
    false: float = FALSE

    @property
    def surprising(self) -> bool:
        """Whether so many changes would hardly fit by accident, by Chernoff's bound for every rule that was tried.

        The bound holds for changes of different chances too, `chance` being their mean (Hoeffding 1963).

        >>> Odds(3, 3, 1e-3).surprising, Odds(3, 3, 0.2).surprising, Odds(70, 100, 0.2).surprising
        (True, False, True)
        """
        hits, of = self.hits - self.learnt, self.of - self.learnt
        if of <= 0 or hits <= self.chance * of:
            return False
        return of * divergence(hits / of, self.chance) >= math.log(self.tries / self.false)


def divergence(share: float, chance: float) -> float:
    """Return the divergence of Kullback and Leibler between two coins, in nats.

    >>> divergence(0.5, 0.5), round(divergence(1, 0.5), 4), divergence(0.1, 0)
    (0.0, 0.6931, inf)
    """
    result = 0.0
    for seen, expected in ((share, chance), (1 - share, 1 - chance)):
        if seen > 0:
            result += math.inf if expected <= 0 else seen * math.log(seen / expected)
    return result
