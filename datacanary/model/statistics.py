"""What the values of one column are like on each side, and how far apart the two sides are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from typing_extensions import TypeAliasType

Cell = TypeAliasType("Cell", "bool | int | float | str | list[Cell] | dict[str, Cell] | None")
"""A value of a cell as JSON can say it: decimals, times and bytes as text, NaN and infinities as their names."""

Number = int | float | str
"""A number as JSON can say it: decimals as text, NaN and infinities as their names."""


@dataclass(frozen=True, slots=True)
class ValueCount:
    """A value and how many cells have it."""

    value: Cell
    count: int


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long the texts, or lists, of a column are: in characters, or elements; NULLs are left out."""

    minimum: int
    maximum: int
    mean: float
    quantiles: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """One column of one side; counts are of cells and exact, what does not fit the column's type is None.

    `distinct` counts values other than NULL, estimated where `distinct_estimated`. `minimum`, `maximum` and the
    `quantiles` (`p1`, `p5`, `p25`, `p50`, `p75`, `p95`, `p99`) are of finite values, and values of cells. `mean` and
    `deviation` (the standard deviation of all rows) are of finite values, times in seconds since 1970, dates in days.
    `total` is the exact sum. `blank` counts texts that are empty or white space. `midnight` counts timestamps without
    a time of day. `top` are the most frequent values, `shapes` those of texts with 9 for each digit and a for each
    letter, as counted in a sample.
    """

    rows: int
    nulls: int
    distinct: int | None = None
    distinct_estimated: bool = False
    minimum: Cell = None
    maximum: Cell = None
    mean: float | None = None
    deviation: float | None = None
    total: Number | None = None
    quantiles: Mapping[str, Cell] = field(default_factory=dict)
    nan: int | None = None
    positive_infinity: int | None = None
    negative_infinity: int | None = None
    zero: int | None = None
    negative: int | None = None
    blank: int | None = None
    midnight: int | None = None
    lengths: Lengths | None = None
    top: tuple[ValueCount, ...] = ()
    shapes: tuple[ValueCount, ...] = ()


@dataclass(frozen=True, slots=True)
class AtMost:
    """What `Distances.shape` and the distance in base's spreads cannot exceed; None where they have no meaning."""

    shape: float | None
    distance: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Distances:
    """How far head's values are from base's; shares are fractions of 1, None where a distance has no meaning.

    `largest_gap` is D: the largest difference of the two shares of values up to an edge, reckoned at edges that
    quantiles of both sides draw (NULL, NaN and infinities are bins of their own); between edges it is at most
    `largest_gap_at_most`.
    `earth_mover` is the first Wasserstein distance of finite values in units of the column (times in seconds, dates in
    days), `earth_mover_in_spreads` the same in spreads of base (its interquartile range / 1.349, else its standard
    deviation); None if base is constant. `variation` is the total variation over bins or values. `largest_move` is
    the value whose share moved most, `largest_move_by` how far (head less base). `new_share` is the share of head's
    cells with a value that base has not, where all values are known. `psi` and `jensen_shannon` (a distance, base 2)
    are for display only. There are no distances below 30 rows on either side.
    """

    largest_gap: float | None = None
    largest_gap_at_most: float | None = None
    earth_mover: float | None = None
    earth_mover_in_spreads: float | None = None
    variation: float | None = None
    largest_move: Cell = None
    largest_move_by: float | None = None
    new_share: float | None = None
    psi: float | None = None
    jensen_shannon: float | None = None

    @property
    def shape(self) -> float | None:
        """The share of mass that moved: D for what has an order, else the total variation."""
        return self.largest_gap if self.largest_gap is not None else self.variation
