"""What is kept of one column of one side while its cells pass by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from datacanary.model.basic import Side
from datacanary.model.statistics import Statistics
from datacanary.tablediff.statistics.bins import Bins, Counts
from datacanary.tablediff.totals import BLOCK


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in a column of a side; `counts` go by bins, None where there are none."""

    statistics: Statistics
    counts: Counts | None = None


class Account(Protocol):
    """Counts the cells of one column of one side, which come in any order and any portions."""

    def add(self, cells: pl.Series) -> None:
        """Take in cells."""

    def remove(self, cells: pl.Series) -> None:
        """Take cells out that were taken in; before any others come after the first reading."""

    def certain(self) -> bool:
        """Tell whether everything is known although cells were taken out."""

    def findings(self) -> Findings:
        """Sum up."""


class Plan(Protocol):
    """How a column is counted: the same bins on both sides."""

    @property
    def bins(self) -> Bins | None:
        """The bins, if the type has any."""

    def account(self, side: Side) -> Account:
        """Begin to count a side."""


PORTION = 8 * BLOCK
"""So many cells are handed to Polars at once: its calls cost too much for one block."""


def portions_of(cells: pl.Series) -> Iterator[pl.Series]:
    """Cut a column into parts."""
    plain = cells.alias("")
    return (plain[begin : begin + PORTION] for begin in range(0, plain.len(), PORTION))
