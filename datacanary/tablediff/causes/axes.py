"""The columns along which differing rows may crowd."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from datacanary.model.basic import Pair, Side
from datacanary.tablediff.causes.case import Case, DifferingRows
from datacanary.tablediff.causes.limits import comparable
from datacanary.tablediff.causes.mass import Candidate, Form, Mass
from datacanary.tablediff.causes.segment_ranges import range_candidates, tries_of_ranges
from datacanary.tablediff.causes.segment_values import tries_of_values, value_candidates
from datacanary.tablediff.columns import ColumnPair
from datacanary.tablediff.statistics.bins import Bins, Counts, EdgeBins, ValueBins
from datacanary.tablediff.statistics.courses import Write, common_form, stored

SPECIAL = 4
"""The last bins of numbers and times: NULL, NaN, infinity, -infinity."""
MOST_AXES = 100

Chosen = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Axis:
    """A column of one side, cut into bins.

    `write` brings cells of the side into the form that has bins. `cells` are those of the differing rows, `places`
    their bins. `counts` are of all rows of the side, `opposite` of the other side, None if it lacks the column.
    `sample` are cells spread over the side, `across` over the other, None if its type is not the same.
    """

    code: str
    name: str
    bins: Bins
    write: Write
    cells: pl.Series
    places: npt.NDArray[np.intp]
    counts: Counts
    opposite: Counts | None
    sample: pl.Series
    across: pl.Series | None

    @property
    def ordered(self) -> int:
        """How many of the first bins have an order."""
        return self.bins.size - SPECIAL if isinstance(self.bins, EdgeBins) else 0

    @property
    def whole(self) -> bool:
        """Whether the sample has all rows of the side."""
        return self.sample.len() == int(self.counts.sum())

    @property
    def known(self) -> bool:
        """Whether the samples have all rows of both sides, as far as they have the column."""
        return self.whole and (self.opposite is None or self.whole_across)

    @property
    def whole_across(self) -> bool:
        """Whether all rows of the other side are known, too."""
        return self.across is not None and self.opposite is not None and self.across.len() == int(self.opposite.sum())

    @property
    def in_order(self) -> pl.Series:
        """The cells as plain numbers."""
        return comparable(self.cells)

    @property
    def null(self) -> int:
        """The bin of NULL."""
        return self.ordered or self.bins.size - 1

    @property
    def single(self) -> list[int]:
        """The bins of one value each."""
        if isinstance(self.bins, ValueBins):
            return [*range(self.bins.values.len()), self.null]
        return list(range(self.ordered, self.bins.size))

    @property
    def excluded(self) -> list[int]:
        """The bins whose absence may describe rows."""
        return self.single if isinstance(self.bins, ValueBins) else [self.null]

    def mass(self, total: int, chosen: Chosen | None) -> Mass:
        """Count the differing rows, or the chosen ones of them, by bin; there are `total`."""
        places = self.places if chosen is None else self.places[chosen]
        return Mass.of(np.bincount(places, minlength=self.bins.size).astype(np.int64), self.counts, total)

    def candidates(self, mass: Mass) -> list[Candidate]:
        """Give the best description of each form that stands out."""
        if not mass.uneven:
            return []
        return [*value_candidates(mass, self.single, self.excluded), *range_candidates(mass, self.ordered)]

    def tries(self) -> Mapping[Form, int]:
        """Count the descriptions that were possible."""
        return {**tries_of_values(len(self.single), len(self.excluded)), **tries_of_ranges(self.ordered)}


def axes_of(case: Case, differing: DifferingRows) -> list[Axis]:
    """Cut the columns of differing rows into bins, those that can be."""
    side: Side = differing.side
    other: Side = "head" if side == "base" else "base"
    names = case.names
    schemas = case.sampled.map(lambda rows: rows.schema)
    pairs = {column.code: column for column in case.terms.columns}
    found: list[Axis] = []
    for code in differing.rows.columns:
        measured = case.measured.columns.get(code)
        counts = None if measured is None else measured.counts.of(side)
        if measured is None or measured.bins is None or counts is None or len(found) == MOST_AXES:
            continue
        cells, sample = stored(differing.rows[code]), stored(case.sampled.of(side)[code])
        alike = schemas.base.get(code) == schemas.head.get(code)
        write = stored if alike or measured.counts.of(other) is None else common(pairs[code], schemas).of(side)
        across = stored(case.sampled.of(other)[code]) if alike else None
        places = measured.bins.places(write(cells))
        opposite = measured.counts.of(other)
        found.append(Axis(code, names[code], measured.bins, write, cells, places, counts, opposite, sample, across))
    return found


def common(column: ColumnPair, schemas: Pair[pl.Schema]) -> Pair[Write]:
    """Say how to write cells in the form in which columns of two types are counted together."""
    form = common_form(column, schemas.map(lambda schema: schema[column.code]))
    return Pair(stored, stored) if form is None else form[0]
