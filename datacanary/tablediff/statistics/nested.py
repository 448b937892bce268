"""Counting a column whose values are neither numbers nor listed: lists, structs, objects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from datacanary.model.basic import Side
from datacanary.model.statistics import Statistics
from datacanary.tablediff.statistics.account import Findings
from datacanary.tablediff.statistics.lengths import LengthCounts


@dataclass(frozen=True, slots=True)
class NestedPlan:
    """How such a column is counted: NULLs, and the lengths of lists."""

    dtype: pl.DataType
    bins: None = None

    def account(self, side: Side) -> NestedAccount:
        """Begin to count a side."""
        del side
        return NestedAccount(self.dtype)


class NestedAccount:
    """Counts NULLs and lengths."""

    def __init__(self, dtype: pl.DataType) -> None:
        self.dtype = dtype
        self.rows = self.nulls = 0
        self.lengths = LengthCounts()

    def add(self, cells: pl.Series) -> None:
        """Take in cells."""
        self.take(cells, 1)

    def remove(self, cells: pl.Series) -> None:
        """Take cells out that were taken in."""
        self.take(cells, -1)

    def take(self, cells: pl.Series, times: int) -> None:
        """Take cells in, or with -1 out."""
        self.rows += times * cells.len()
        self.nulls += times * cells.null_count()
        lengths = list_lengths(cells)
        if lengths is not None:
            self.lengths.take(lengths, times)

    def certain(self) -> bool:
        """Tell whether everything is known although cells were taken out: counts always are."""
        return True

    def findings(self) -> Findings:
        """Sum up."""
        return Findings(Statistics(rows=self.rows, nulls=self.nulls, lengths=self.lengths.lengths()))


def list_lengths(cells: pl.Series) -> npt.NDArray[np.uint32] | None:
    """Count the elements of lists, arrays and maps; None for other types.

    >>> list_lengths(pl.Series([[1, 2], None, []])).tolist()
    [2, 0]
    """
    match cells.dtype:
        case pl.Array(size=size):
            return np.full(cells.len() - cells.null_count(), size, dtype=np.uint32)
        case pl.Map():
            return list_lengths(cells.to_physical())
        case pl.List():
            return cells.list.len().drop_nulls().to_numpy()
    return None
