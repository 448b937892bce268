"""A part of a text column, with what is known of it so far."""

from __future__ import annotations

import polars as pl

GLANCE = 1_000
"""Values that are looked at before all are."""


class Texts:
    """The values of a part of a column, without NULL; several readings ask the same of them."""

    def __init__(self, text: pl.Series) -> None:
        self.values = text.alias("").cast(pl.String).drop_nulls()
        self._answers: dict[str, bool] = {}

    def all_match(self, pattern: str) -> bool:
        """Tell whether every value looks like this; looks at some before all.

        >>> Texts(pl.Series(["1", None, "2"])).all_match("^[0-9]$")
        True
        """
        if pattern not in self._answers:
            glance = self.values.head(GLANCE).str.contains(pattern).all()
            self._answers[pattern] = bool(glance and self.values.str.contains(pattern).all())
        return self._answers[pattern]

    def longer_than(self, size: int) -> pl.Series:
        """Return the values of more than so many bytes."""
        return self.values.filter(self.values.str.len_bytes() > size)

    @property
    def longest(self) -> int:
        """The bytes of the longest value."""
        return longest(self.values)


def longest(text: pl.Series) -> int:
    """Return the bytes of the longest text; 0 for none."""
    return int(text.to_frame("").select(pl.first().str.len_bytes().max().fill_null(0)).item())
