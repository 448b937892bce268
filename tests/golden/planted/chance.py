"""Seeded chance: columns of random cells that look like those of real tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import polars as pl

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Chance:
    """Draws columns of so many rows; the same seed draws the same."""

    def __init__(self, seed: int, rows: int) -> None:
        self.random = np.random.default_rng(seed)
        self.rows = rows

    def one_of(self, words: Sequence[str], skew: float = 0.0) -> pl.Series:
        """Pick a word per row: all alike, or the first far more often than the last."""
        return pl.Series(list(words)).gather(self.ranks(len(words), skew))

    def ranks(self, kinds: int, skew: float = 0.0) -> Numbers:
        """Pick one of so many kinds per row; `skew` is the exponent of Zipf's law."""
        weights = 1 / np.arange(1, kinds + 1) ** skew
        return self.random.choice(kinds, self.rows, p=weights / weights.sum()).astype(np.int64)

    def some(self, share: float) -> Flags:
        """Pick about a share of the rows."""
        return self.random.random(self.rows) < share

    def whole(self, low: int, high: int) -> Numbers:
        """Draw whole numbers from `low` up to below `high`."""
        return self.random.integers(low, high, self.rows)

    def lognormal(self, middle: float, spread: float) -> Floats:
        """Draw amounts: most are near `middle`, a few are many times as large."""
        return middle * np.exp(self.random.normal(0, spread, self.rows))

    def thinned(self, values: pl.Series, share: float) -> pl.Series:
        """Replace a share of the cells by NULL."""
        return kept_where(~self.some(share), values)

    def day(self, first: date, last: date) -> pl.Series:
        """Draw days."""
        return days(self.whole(first.toordinal(), last.toordinal() + 1))

    def moments(self, first: datetime, last: datetime) -> Numbers:
        """Draw seconds since 1970, ascending; by day more than by night."""
        begin, end = (int((moment - datetime(1970, 1, 1)).total_seconds()) for moment in (first, last))  # noqa: DTZ001
        day = self.whole(begin // 86_400, end // 86_400)
        hour = np.clip(self.random.normal(15, 4.5, self.rows), 0, 23.99)
        return np.sort(day * 86_400 + (hour * 3_600).astype(np.int64))


def kept_where(wanted: Flags, values: pl.Series) -> pl.Series:
    """Leave the wanted cells, and NULL elsewhere."""
    return pl.select(pl.when(pl.Series(wanted)).then(values)).to_series()


def where(wanted: Flags, values: pl.Series, others: pl.Series) -> pl.Series:
    """Take the cells of one column or of the other."""
    return pl.select(pl.when(pl.Series(wanted)).then(values).otherwise(others)).to_series()


def money(amounts: Floats, precision: int = 12) -> pl.Series:
    """Write amounts as decimals with two digits.

    >>> money(np.array([19.99, -0.004])).to_list()
    [Decimal('19.99'), Decimal('0.00')]
    """
    return pl.Series(np.round(amounts, 2)).cast(pl.Decimal(precision, 2))


def days(ordinals: Numbers) -> pl.Series:
    """Turn proleptic Gregorian ordinals into dates.

    >>> days(np.array([date(2025, 3, 1).toordinal()])).to_list()
    [datetime.date(2025, 3, 1)]
    """
    return pl.Series(ordinals - date(1970, 1, 1).toordinal()).cast(pl.Int32).cast(pl.Date)


def times(seconds: Numbers) -> pl.Series:
    """Turn seconds since 1970 into timestamps without a zone."""
    return pl.Series(seconds * 1_000_000).cast(pl.Datetime("us"))


def codes(prefix: str, numbers: Numbers, digits: int) -> pl.Series:
    """Write numbers as codes.

    >>> codes("E-", np.array([7]), 4).to_list()
    ['E-0007']
    """
    return pl.select(pl.lit(prefix) + pl.Series(numbers).cast(pl.String).str.zfill(digits)).to_series()
