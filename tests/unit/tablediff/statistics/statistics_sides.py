"""Kinds of columns by how they are stored, and two frames measured as a comparison would do it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from hypothesis import strategies as st

from datacanary.model.basic import Pair
from datacanary.model.config import Tolerance
from datacanary.model.statistics import Distances
from datacanary.model.tablediff import DiffOptions
from datacanary.tablediff.columns import pair_columns
from datacanary.tablediff.means import Means
from datacanary.tablediff.settle import settle
from datacanary.tablediff.statistics.measure import Measured, Measurement, measure
from datacanary.tablediff.table import Table
from datacanary.tablediff.tally import Tally
from datacanary.tablediff.views import SIDES, Terms, View

GIB = 1 << 30
Stored = int | float | None
"""A cell as it is stored: whole numbers for decimals and times."""


@dataclass(frozen=True)
class NumberKind:
    """A type whose values have an order: `per_unit` stored numbers make one, a second or a day."""

    dtype: pl.DataType
    stored: pl.DataType
    values: tuple[int | float, ...]
    per_unit: int = 1
    never: float = math.inf
    """What is not between this and its opposite is infinite."""

    def __repr__(self) -> str:
        return str(self.dtype)

    def build(self, cells: Sequence[object]) -> pl.Series:
        """Make a column of stored values."""
        plain = pl.Series("v", cells, dtype=self.stored)
        return plain.reinterpret(dtype=self.dtype) if isinstance(self.dtype, pl.Decimal) else plain.cast(self.dtype)

    def cells(self) -> st.SearchStrategy[Stored]:
        """Draw a cell."""
        low, high = min(self.values), max(value for value in self.values if value < self.never)
        more: st.SearchStrategy[int | float]
        if self.dtype.is_float():
            more = st.floats(-100, 100, width=32)
        else:
            more = st.integers(max(int(low), -1000), min(int(high), 1000))
        return st.one_of(st.none(), st.sampled_from(self.values), more)


def whole(dtype: pl.DataType, *values: int) -> NumberKind:
    return NumberKind(dtype, dtype, (0, 1, 2, *values))


def decimal(precision: int, scale: int, *values: int) -> NumberKind:
    return NumberKind(pl.Decimal(precision, scale), pl.Int128(), (0, 1, -1, *values), 10**scale)


def stamp(unit: str, zone: str | None = None) -> NumberKind:
    per_second = {"ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}[unit]
    values = (0, 1, -1, 86_400 * per_second, 2**63 - 1, -(2**63) + 1)
    return NumberKind(pl.Datetime(unit, zone), pl.Int64(), values, per_second, 2**63 - 1)  # type: ignore[arg-type]


FLOATS = (0.0, -0.0, 1.0, -1.0, 0.1, 5e-324, 1e-300, math.nan, math.inf, -math.inf, 2.0**53, 1e15)
NUMBERS = (
    whole(pl.Int8(), -128, 127),
    whole(pl.Int16(), -(2**15), 2**15 - 1),
    whole(pl.Int64(), -(2**63), 2**63 - 1, 2**53 + 1),
    whole(pl.Int128(), -(2**127), 2**127 - 1, 2**63, -(2**63)),
    whole(pl.UInt8(), 255),
    whole(pl.UInt64(), 2**64 - 1, 2**63),
    whole(pl.UInt128(), 2**128 - 1, 2**64),
    NumberKind(pl.Float32(), pl.Float32(), (0.0, -0.0, 1.0, 0.5, -2.0, math.nan, math.inf, -math.inf)),
    NumberKind(pl.Float64(), pl.Float64(), FLOATS),
    decimal(4, 1, 9999, -9999),
    decimal(18, 2, 10**17, -(10**17)),
    decimal(38, 10, 10**37, -(10**37), 2**63),
    NumberKind(pl.Date(), pl.Int32(), (0, 1, -1, 20_000, 2**31 - 1, -(2**31) + 1), never=2**31 - 1),
    stamp("ms"),
    stamp("us", "UTC"),
    stamp("ns"),
    NumberKind(pl.Time(), pl.Int64(), (0, 1, 86_399_999_999_999), 10**9),
    NumberKind(pl.Duration("us"), pl.Int64(), (0, 1, -1, 10**9), 10**6),
)

TEXTS = ("", "a", "b", "ab", " ", "\t", "é", "ß1", "A-12", "🙂", "%", "'", '"; drop', "NULL")


@dataclass(frozen=True)
class WordKind:
    """A type whose values are counted one by one."""

    dtype: pl.DataType
    values: tuple[object, ...]

    def __repr__(self) -> str:
        return str(self.dtype.base_type())

    def build(self, cells: Sequence[object]) -> pl.Series:
        """Make a column."""
        return pl.Series("v", cells, dtype=self.dtype)

    def cells(self) -> st.SearchStrategy[object]:
        """Draw a cell."""
        return st.sampled_from((None, *self.values))


WORDS = (
    WordKind(pl.String(), TEXTS),
    WordKind(pl.Categorical(), TEXTS),
    WordKind(pl.Enum(TEXTS), TEXTS),
    WordKind(pl.Boolean(), (True, False)),
    WordKind(pl.Binary(), (b"", b"a", b"\x00", b"\xff\xfe")),
)


def prepared(
    base: pl.DataFrame,
    head: pl.DataFrame,
    key: Sequence[str] = (),
    means: Means | None = None,
    tolerances: Mapping[str, Tolerance] | None = None,
    ignore: Sequence[str] = (),
) -> tuple[Pair[View], Tally, Means]:
    """Compare two frames, as far as `measure` needs it."""
    means = means or Means(GIB)
    tables = Pair(Table.of(base), Table.of(head))
    options = DiffOptions(tolerances=tolerances or {}, ignore=tuple(ignore))
    columns = pair_columns(Pair(base.schema, head.schema), tables.map(lambda one: one.types), options)
    chosen = tuple(column for column in columns if column.name in key)
    views = Pair(*(View.of(side, tables.of(side), columns, means.portion) for side in SIDES))
    return views, settle(views, Terms(columns, chosen, samples=0, statistics=True), means), means


def measured(
    base: pl.DataFrame,
    head: pl.DataFrame,
    key: Sequence[str] = (),
    means: Means | None = None,
    tolerances: Mapping[str, Tolerance] | None = None,
    ignore: Sequence[str] = (),
) -> Measured:
    return measure(*prepared(base, head, key, means, tolerances, ignore))


def column(found: Measured, place: int) -> Measurement:
    return found.columns[f"c{place}"]


def one_column(base: pl.Series, head: pl.Series) -> Measurement:
    """Measure one column of two frames without a key."""
    found = measured(base.alias("v").to_frame(), head.alias("v").to_frame())
    assert not found.fault
    return column(found, 0)


def between(base: pl.Series, head: pl.Series) -> Distances:
    """Measure the distances of one column."""
    found = one_column(base, head).distances
    assert found is not None
    return found
