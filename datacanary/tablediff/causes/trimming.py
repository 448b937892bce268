"""Head is base with something at its ends taken away, or put there: white space, zeros, quotes."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from datacanary.tablediff.causes.claim import ChangedCells, Claim
from datacanary.tablediff.causes.spelling import Spelling, Write, as_is, respelt


def stripped(texts: pl.Expr) -> pl.Expr:
    """Take white space off both ends."""
    return texts.str.strip_chars()


def without_end(texts: pl.Expr) -> pl.Expr:
    """Take white space off the end."""
    return texts.str.strip_chars_end()


def without_beginning(texts: pl.Expr) -> pl.Expr:
    """Take white space off the beginning."""
    return texts.str.strip_chars_start()


def without_zeros(texts: pl.Expr) -> pl.Expr:
    """Take leading zeros off, but not the last one."""
    return texts.str.replace(r"^0+(.)", "$1")


def without_quotes(texts: pl.Expr) -> pl.Expr:
    """Take quotes off both ends."""
    return texts.str.replace(r"""(?s)^(?:"(.*)"|'(.*)')$""", "$1$2")


def without_blanks(texts: pl.Expr) -> pl.Expr:
    """Take all white space away."""
    return texts.str.replace_all(r"\s+", "")


ENDS: tuple[tuple[str, Write], ...] = (
    ("white space at its end", without_end),
    ("white space at its beginning", without_beginning),
    ("white space at its ends", stripped),
    ("leading zeros", without_zeros),
    ("quotes around it", without_quotes),
)
SPELLINGS = (
    *(Spelling(f"are base without {what}", write) for what, write in ENDS),
    *(Spelling(f"are base with {what}", as_is, write) for what, write in ENDS),
    Spelling("differ from base in white space at the ends alone", stripped, stripped),
    Spelling("differ from base in white space alone", without_blanks, without_blanks),
)


def claims(cells: ChangedCells) -> Iterator[Claim]:
    """Say what was taken off the ends of texts, or put there."""
    if cells.are_texts:
        yield from respelt(cells, "trimming", SPELLINGS)
