"""What explains a difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CauseKind = Literal[
    "ratio",
    "offset",
    "time_zone",
    "sign",
    "rounding",
    "truncation",
    "trimming",
    "case",
    "unicode",
    "nulls",
    "constant",
    "swapped",
    "renamed",
    "fan_out",
    "lost_join",
    "segment",
]

Differing = Literal["changed", "added", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One explanation: it holds for `count` of the `of` differing cells or rows that were looked at.

    `about` says which kind of difference it explains, `columns` whose cells (none: whole rows); of a segment, `where`
    names the columns that tell it from the other rows. `share` is count / of, a fraction of 1; `estimated` if only a
    part was looked at. `message` is one sentence. It shows values of cells of the columns in `shows`; `discreet` is the
    sentence without them.
    """

    kind: CauseKind
    about: Differing
    columns: tuple[str, ...]
    count: int
    of: int
    message: str
    where: tuple[str, ...] = ()
    estimated: bool = False
    shows: tuple[str, ...] = ()
    discreet: str = ""

    @property
    def share(self) -> float:
        """The part of the differing cells or rows that it explains, a fraction of 1."""
        return self.count / self.of if self.of else 0.0
