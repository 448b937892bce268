"""What a comparison may use, and whom it tells how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from datacanary.tablediff.hashing import SEEDED, Hashing
from datacanary.tablediff.memory import usual_limit
from datacanary.tablediff.scratch import Scratch

Strategy = Literal["memory", "lockstep", "direct", "hash", "partitions"]
"""How rows find each other.

memory: all rows at once. lockstep: both sides batch by batch, in the order they have. direct: shuffled rows by a dense
whole number. hash: shuffled rows by hashes of key and row. partitions: on disk, by hash, then each in memory.
"""

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a comparison is: `done` of `total` rows, both sides together, in the pass that `doing` names."""

    doing: str
    done: int
    total: int


def silent(progress: Progress) -> None:
    """Tell nobody."""
    del progress


@dataclass(frozen=True, slots=True)
class Means:
    """Bytes of memory, a private folder on disk, and whom to tell.

    `force` makes every table take one strategy, `hashing` is how rows are hashed, `most_at_once` the bytes of a side
    that are looked at together: these are for tests.
    """

    memory: int = field(default_factory=usual_limit)
    scratch: Scratch = field(default_factory=Scratch)
    tell: Callable[[Progress], None] = silent
    force: Strategy | None = None
    most_at_once: int = 208 * MIB
    hashing: Hashing = SEEDED

    @property
    def portion(self) -> int:
        """The bytes of a side that are looked at together: several copies of them are made."""
        return min(self.most_at_once, self.memory // 16)
