"""Finding the way again where two nearly equal sequences part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint64] | npt.NDArray[np.int64]

FIRST_STEP = 4096
NEAR = (8, 64)
"""Distances, in rows, in which every code is compared with every other: most breaks are a row or two."""
FAR = 4096
"""From this distance on codes are sorted to find common ones, each time over sixteen times as many."""
FARTHER = 16
MOST_RUNS = 10_000
"""So many runs are found at a time: each takes a step of its own."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Runs of equal codes: `starts` of base and head and `lengths`, ascending; what lies between them has no partner.

    `walked` is how much of either sequence is settled. `lost` says that nothing in the rest of one is in the other's.
    """

    base: tuple[int, ...]
    head: tuple[int, ...]
    lengths: tuple[int, ...]
    walked: tuple[int, int]
    lost: bool

    @property
    def paired(self) -> int:
        """How many codes have a partner."""
        return sum(self.lengths)


def align(base: Codes, head: Codes) -> Alignment:
    """Walk both sequences in step; where they part, go on at the nearest code that both have.

    Greedy, so that codes which moved far find no partner: they are for others to find. Ends early after many runs.

    >>> align(np.array([1, 2, 4, 5]), np.array([1, 3, 4, 5, 6]))
    Alignment(base=(0, 2), head=(0, 2), lengths=(1, 2), walked=(4, 4), lost=False)
    """
    starts: list[tuple[int, int, int]] = []
    at_base, at_head, lost = 0, 0, False
    while at_base < len(base) and at_head < len(head) and len(starts) < MOST_RUNS:
        step = in_step(base[at_base:], head[at_head:])
        if step:
            starts.append((at_base, at_head, step))
            at_base, at_head = at_base + step, at_head + step
            continue
        found = nearest(base[at_base:], head[at_head:])
        if found is None:
            lost = True
            break
        at_base, at_head = at_base + found[0], at_head + found[1]
    base_starts, head_starts, lengths = zip(*starts, strict=True) if starts else ((), (), ())
    return Alignment(base_starts, head_starts, lengths, (at_base, at_head), lost)


def in_step(base: Codes, head: Codes) -> int:
    """Count how many codes from the start are equal."""
    length, start, step = min(len(base), len(head)), 0, FIRST_STEP
    while start < length:
        differs = base[start : min(start + step, length)] != head[start : min(start + step, length)]
        first = int(differs.argmax())
        if differs[first]:
            return start + first
        start, step = start + step, step * 4
    return length


def nearest(base: Codes, head: Codes) -> tuple[int, int] | None:
    """Find the pair of equal codes with the fewest codes before it on both sides together."""
    for reach in NEAR:
        near = np.argwhere(base[:reach, None] == head[None, :reach])
        if len(near):
            best = near[near.sum(axis=1).argmin()]
            return int(best[0]), int(best[1])
    reach, longest = FAR, max(len(base), len(head))
    while True:
        _, in_base, in_head = np.intersect1d(base[:reach], head[:reach], return_indices=True)
        if len(in_base):
            best = int((in_base + in_head).argmin())
            return int(in_base[best]), int(in_head[best])
        if reach >= longest:
            return None
        reach *= FARTHER
