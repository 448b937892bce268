"""Ways to read text: as booleans, dates and timestamps."""

from __future__ import annotations

from typing import Protocol

import polars as pl

from datacanary.tablediff.texts import Texts, longest

DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-5][0-9](\.[0-9]{1,9})?"
ZONE = r"(Z|[-+][0-9]{2}(:?[0-9]{2})?)$"
MICROSECOND_DIGITS = 6
NANOSECOND_YEARS = (1678, 2261)


class Reading(Protocol):
    """One way to read the values of a column, which may fit or not."""

    def fits(self, texts: Texts) -> bool:
        """Tell whether some more values can be read this way, and remember of them what matters."""

    @property
    def dtype(self) -> pl.DataType | None:
        """The type for all values so far; None if another reading is better for them together."""

    def read(self, text: pl.Series) -> pl.Series:
        """Read values that fit."""


class Booleans:
    """True and false, in one spelling throughout."""

    dtype = pl.Boolean()

    def __init__(self, true: str, false: str) -> None:
        self._true, self._false = true, false

    def fits(self, texts: Texts) -> bool:
        """Tell whether all values are spelt so."""
        return texts.all_match(f"^({self._true}|{self._false})$")

    def read(self, text: pl.Series) -> pl.Series:
        """Read booleans."""
        return text == self._true


class Dates:
    """Days as ISO 8601 writes them."""

    dtype = pl.Date()

    def fits(self, texts: Texts) -> bool:
        """Tell whether all values are days of the calendar."""
        return texts.all_match(DATE) and self.read(texts.values).null_count() == 0

    def read(self, text: pl.Series) -> pl.Series:
        """Read days."""
        return text.str.to_date("%Y-%m-%d", strict=False)


class Times:
    """Timestamps without a time zone, or with Z or an offset as instants; in nanoseconds where they need them."""

    def __init__(self, zone: str | None) -> None:
        self._zone = zone
        self._pattern = TIME + (ZONE if zone else "$")
        self._form = "%Y-%m-%dT%H:%M:%S%.f" + ("%#z" if zone else "")
        self._digits = 0
        self._nanoseconds_reach = True

    def fits(self, texts: Texts) -> bool:
        """Tell whether all values are times of the calendar."""
        if not texts.all_match(self._pattern):
            return False
        values = self._parsed(texts.values, "us")
        if values.null_count():
            return False
        fractions = texts.values.filter(texts.values.str.contains(".", literal=True)).str.extract(r"\.([0-9]+)")
        self._digits = max(self._digits, longest(fractions))
        # Nanoseconds end in 2262; Polars would wrap what lies beyond.
        self._nanoseconds_reach &= bool(values.dt.year().is_between(*NANOSECOND_YEARS).all())
        return True

    @property
    def dtype(self) -> pl.DataType | None:
        """Microseconds, or nanoseconds where there are more digits; None if these do not reach far enough."""
        if self._digits <= MICROSECOND_DIGITS:
            return pl.Datetime("us", self._zone)
        return pl.Datetime("ns", self._zone) if self._nanoseconds_reach else None

    def read(self, text: pl.Series) -> pl.Series:
        """Read timestamps."""
        return self._parsed(text, "us" if self._digits <= MICROSECOND_DIGITS else "ns")

    def _parsed(self, text: pl.Series, unit: pl._typing.TimeUnit) -> pl.Series:
        text = text.str.replace(" ", "T", literal=True)
        return text.str.to_datetime(self._form, time_unit=unit, time_zone=self._zone, strict=False)
