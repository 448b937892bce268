"""Which of many hashes occur more than once, in as much memory as there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]

HIGHEST = 2**64 - 1
FIRST_ROOM = 1 << 20
"""Hashes that are gathered before they are looked through for the first time."""
GROWTH = 4
LEAST_ROOM = 4
"""With room for fewer a pile could not tell apart what repeats and what is next to it."""
MOVED = 1 << 16
"""Hashes that are moved together."""


class Pile:
    """The hashes from `lowest` to `highest` that passed by, ascending; each is kept twice at most.

    `complete`: all of them passed by. A pile without room grows, up to `most` hashes, then it lowers `highest`: what
    lies above is for another pile and another pass.
    """

    def __init__(self, lowest: int, most: int) -> None:
        self.lowest, self.highest = lowest, HIGHEST
        self.complete = False
        self.most = max(most, LEAST_ROOM)
        self.room: Hashes = np.empty(min(FIRST_ROOM, self.most), np.uint64)
        self.used = 0

    def take(self, hashes: Hashes) -> Iterator[None]:
        """Take hashes in; stops each time that the pile is full and was sorted."""
        left = self.within(hashes)
        while left.size > self.room.size - self.used:
            fitting = self.room.size - self.used
            self.add(left[:fitting])
            self.sort()
            yield
            self.make_room()
            left = self.within(left[fitting:])
        self.add(left)

    def within(self, hashes: Hashes) -> Hashes:
        """Leave out what is for other piles."""
        if (self.lowest, self.highest) == (0, HIGHEST):
            return hashes
        return hashes[(hashes >= np.uint64(self.lowest)) & (hashes <= np.uint64(self.highest))]

    def add(self, hashes: Hashes) -> None:
        """Put hashes where there is room for them."""
        self.room[self.used : self.used + hashes.size] = hashes
        self.used += hashes.size

    def sort(self) -> None:
        """Sort what is there, and keep two of each."""
        pile = self.room[: self.used]
        pile.sort()
        kept = np.ones(self.used, np.bool_)
        np.not_equal(pile[2:], pile[:-2], out=kept[2:])
        if kept.all():
            return
        self.used = 0
        # In small steps, downwards and in place: there may be no memory for a copy.
        for start in range(0, kept.size, MOVED):
            step = slice(start, start + MOVED)
            self.add(pile[step][kept[step]])

    def make_room(self) -> None:
        """Grow; a pile that must not grow leaves its upper half to another one."""
        if self.room.size < self.most:
            # Resized in place, not copied: nobody else has a view of it.
            self.room.resize(min(self.room.size * GROWTH, self.most), refcheck=False)
        elif self.used > self.room.size // 2:
            self.highest = int(self.room[self.used // 2 - 1])
            self.used = int(np.searchsorted(self.room[: self.used], np.uint64(self.highest), side="right"))

    def repeated(self) -> Hashes:
        """Return the hashes that passed by more than once until the pile was last sorted, each one time."""
        pile = self.room[: self.used]
        repeated: Hashes = pile[1:][pile[1:] == pile[:-1]]
        return repeated


def piles(passes: Iterable[Iterable[Hashes]], most: int) -> Iterator[Pile]:
    """Go over hashes as often as it takes with `most` of them kept; give each pile as often as it is sorted.

    A pile is given the last time when it is complete. Together the complete ones hold every hash that repeats, each
    in one pile. Every pass must bring the same hashes, in any order.

    >>> hashes = np.array([7, 1, 9, 3, 7, 5, 1, 1], np.uint64)
    >>> [pile.repeated().tolist() for pile in piles([[hashes]] * 9, most=4) if pile.complete]
    [[1], [7]]
    """
    lowest = 0
    for hashes_of_pass in passes:
        pile = Pile(lowest, most)
        for hashes in hashes_of_pass:
            for _ in pile.take(hashes):
                yield pile
        pile.sort()
        pile.complete = True
        yield pile
        if pile.highest == HIGHEST:
            return
        lowest = pile.highest + 1
