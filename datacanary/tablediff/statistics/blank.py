"""Texts without anything to read."""

from __future__ import annotations

import polars as pl

SPACE = " \t\n\r\v\f"
"""The white space of ASCII."""
FIRST_READABLE = "!"
"""What begins with white space, and what is empty, comes before this."""


def blanks(texts: pl.Series) -> int:
    r"""Count the texts that are empty or white space; NULLs are not.

    >>> blanks(pl.Series(["", " \t", " a", "b", None]))
    2
    """
    likely = texts.filter(texts < FIRST_READABLE)
    return int((likely.str.strip_chars(SPACE) == "").sum())
