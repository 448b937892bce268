"""Columns, values and parts of a whole in the sentences that explain a difference."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from datacanary.model.words import count, percent
from datacanary.tablediff.jsoncells import json_cells

PLAIN = re.compile(r"\w(?:[\w .\-]{0,62}\w)?")
LONGEST = 40
"""Characters of a value that are shown."""
MOST_NAMED = 4


def called(name: str) -> str:
    """Name a column: quoted where it could be misread.

    >>> called("order total"), called("a = b"), called("")
    ('order total', "'a = b'", "''")
    """
    return name if PLAIN.fullmatch(name) else repr(name)


def all_called(names: Sequence[str]) -> str:
    """Name several columns.

    >>> all_called(["a"]), all_called(["a", "b"]), all_called(list("abcdefg"))
    ('a', 'a and b', 'a, b, c, d and 3 other columns')
    """
    told = [called(name) for name in names]
    if len(told) > MOST_NAMED + 1:
        told = [*told[:MOST_NAMED], count(len(told) - MOST_NAMED, "other column")]
    return listed(told, "and")


def listed(parts: Sequence[str], last: str) -> str:
    """Put parts of a sentence in a row.

    >>> listed(["a", "b", "c"], "or")
    'a, b or c'
    """
    return f" {last} ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def values_told(values: pl.Series) -> list[str]:
    """Write the values of a short series: text quoted, what is long cut.

    >>> values_told(pl.Series(["it", "a" * 99, None])), values_told(pl.Series([True, False]))
    (["'it'", "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…'", 'NULL'], ['true', 'false'])
    """
    write: Callable[[str], str] = str
    if isinstance(values.dtype, pl.String | pl.Categorical | pl.Enum | pl.BaseExtension):
        write = repr
    elif isinstance(values.dtype, pl.Binary):
        write = "x{!r}".format
    return [value_told(cell, write) for cell in json_cells(values)]


def value_told(cell: object, write: Callable[[str], str]) -> str:
    """Write one value."""
    if cell is None:
        return "NULL"
    told = str(cell).lower() if isinstance(cell, bool) else str(cell)
    short = told if len(told) <= LONGEST else f"{told[:LONGEST]}…"
    return write(short) if isinstance(cell, str) else short


@dataclass(frozen=True, slots=True)
class Part:
    """So many `count` of the `of` things that were looked at; there are `total`.

    >>> Part(3, 3, 3).told("removed rows"), Part(2, 3, 3).told("removed rows"), Part(3, 3, 9).told("removed rows")
    ('all 3 removed rows', '66.7 % of the removed rows', 'all removed rows (3 looked at)')
    """

    count: int
    of: int
    total: int

    @property
    def estimated(self) -> bool:
        """Whether only a part was looked at."""
        return self.of < self.total

    def told(self, things: str) -> str:
        """Begin a sentence."""
        if self.count == self.of:
            return f"all {things} ({self.of:,} looked at)" if self.estimated else f"all {self.of:,} {things}"
        return f"{'about ' if self.estimated else ''}{percent(self.count / self.of)} of the {things}"
