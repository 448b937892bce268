"""Text becomes numbers, booleans, dates and timestamps where that loses nothing."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from datacanary.tablediff.readings import Booleans, Dates, Reading, Times
from datacanary.tablediff.textnumbers import Decimals, Floats, Integers
from datacanary.tablediff.texts import Texts

BOOLEANS = (("true", "false"), ("True", "False"), ("TRUE", "FALSE"))


class TextColumn:
    """What the values of a text column are, found out part by part: however it is cut, the answer is the same.

    >>> column = TextColumn()
    >>> column.add(pl.Series(["1", "2"])), column.add(pl.Series(["3.5", None]))
    (None, None)
    >>> column.read(pl.Series(["1", "2"])).to_list()
    [1.0, 2.0]
    """

    def __init__(self) -> None:
        self._empty = True
        self._possible: Sequence[Reading] = (
            *(Booleans(*spelling) for spelling in BOOLEANS),
            Integers(),
            Floats(),
            Decimals(),
            Dates(),
            Times("UTC"),
            Times(None),
        )

    def add(self, text: pl.Series) -> None:
        """Look at some more of the values."""
        texts = Texts(text)
        if texts.values.len():
            self._empty = False
            self._possible = [reading for reading in self._possible if reading.fits(texts)]

    @property
    def dtype(self) -> pl.DataType:
        """The first type that keeps every value that was added; null for none."""
        if self._empty:
            return pl.Null()
        return next((dtype for reading in self._possible if (dtype := reading.dtype) is not None), pl.String())

    def read(self, text: pl.Series) -> pl.Series:
        """Turn values that were added into that type."""
        text = text.cast(pl.String)
        if self._empty:
            return pl.repeat(None, text.len(), dtype=pl.Null, eager=True).alias(text.name)
        reading = next((one for one in self._possible if one.dtype is not None), None)
        return text if reading is None else reading.read(text.alias("")).alias(text.name)


def typed_values(text: pl.Series) -> pl.Series:
    """Read text as the first type that keeps every value; a column without values has the type null.

    >>> [typed_values(pl.Series(texts)).dtype for texts in (["1", None], ["007", "8"], ["1.50", "2"], ["x"], [None])]
    [Int64, String, Float64, String, Null]
    """
    column = TextColumn()
    column.add(text)
    return column.read(text)
