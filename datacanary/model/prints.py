"""Checksums of two tables, by which their rows need not travel: what is asked for, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from datacanary.model.basic import Pair


@dataclass(frozen=True, slots=True)
class PrintRequest:
    """What two relations are to be told apart by.

    `key` are the columns by which rows find each other, none for whole rows; `compared` all that are compared, the
    key's own too. `others` are further columns of each side, whose NULLs are counted. Rows are put into so many
    `buckets`, a power of two, by the hash of the key, of which so many whole numbers that are `neighbours` may share
    one. If any are to be read, so many rows are `drawn` with them by chance, to tell what the others are like.
    """

    key: tuple[str, ...]
    compared: tuple[str, ...]
    others: Pair[tuple[str, ...]]
    buckets: int
    drawn: int = 0
    neighbours: int = 1

    @property
    def pairing(self) -> tuple[str, ...]:
        """The columns by which rows find each other."""
        return self.key or self.compared


@dataclass(frozen=True, slots=True)
class Nulls:
    """What was counted over all rows of a side: those with a NULL in the key, and NULLs by column."""

    in_key: int
    columns: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class FoundPrints:
    """What the checksums say: of so many `rows`, those that are `alike` lie in buckets that are the same on both sides.

    `repeated` key values occur more than once there. `differing` are the numbers of the other buckets, and of some that
    were drawn: base's rows in those are not counted as alike. `nulls` are those of all rows of a side: of base in all
    columns that were asked for, of head in the others alone. So many `neighbours` were drawn together.
    """

    rows: Pair[int]
    alike: int
    repeated: int
    differing: tuple[int, ...]
    nulls: Pair[Nulls]
    neighbours: int = 1
