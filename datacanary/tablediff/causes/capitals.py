"""Head is base in other letters: small ones, capitals."""

from __future__ import annotations

from collections.abc import Iterator

from datacanary.tablediff.causes.claim import ChangedCells, Claim
from datacanary.tablediff.causes.spelling import Spelling, respelt

SPELLINGS = (
    Spelling("are base in lower case", lambda texts: texts.str.to_lowercase()),
    Spelling("are base in upper case", lambda texts: texts.str.to_uppercase()),
    Spelling("are base with every word capitalised", lambda texts: texts.str.to_titlecase()),
    Spelling(
        "differ from base in upper and lower case alone",
        lambda texts: texts.str.to_lowercase(),
        lambda texts: texts.str.to_lowercase(),
    ),
)


def claims(cells: ChangedCells) -> Iterator[Claim]:
    """Say in which letters texts are now."""
    if cells.are_texts:
        yield from respelt(cells, "case", SPELLINGS)
