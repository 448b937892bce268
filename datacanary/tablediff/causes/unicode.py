"""Head is base in another Unicode form, in the wrong encoding, or without what is not ASCII."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import polars as pl

from datacanary.tablediff.causes.claim import ChangedCells, Claim
from datacanary.tablediff.causes.spelling import Spelling, Write, as_is, respelt, side_by_side

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
FORMS: tuple[Form, ...] = ("NFC", "NFD", "NFKC", "NFKD")
ASCII = r"[\x00-\x7f]+"
NOT_ASCII = r"[^\x00-\x7f]"
MARKS = r"\p{M}+"


def in_form(form: Form) -> Write:
    """Write texts in a Unicode form."""
    return lambda texts: texts.str.normalize(form)


def without_marks(texts: pl.Expr) -> pl.Expr:
    """Write letters without their accents."""
    return texts.str.normalize("NFD").str.replace_all(MARKS, "")


def replaced_by(mark: str) -> Write:
    """Write a mark for every character that is not ASCII."""
    return lambda texts: texts.str.replace_all(NOT_ASCII, mark)


def misread(read: Callable[[bytes], str]) -> Write:
    """Write texts as their UTF-8 looks in an encoding with one byte per character: é as Ã©."""

    def write(texts: pl.Series) -> pl.Series:
        foreign = texts.str.replace_all(ASCII, "").unique().str.split("").explode().unique().drop_nulls()
        misreadings = {character: read(character.encode()) for character in foreign.to_list() if character}
        return texts.str.replace_many(misreadings) if misreadings else texts

    return lambda texts: texts.map_batches(write, return_dtype=pl.String)


def as_latin(encoded: bytes) -> str:
    """Read bytes as Latin-1."""
    return encoded.decode("latin-1")


def as_windows(encoded: bytes) -> str:
    r"""Read bytes as Windows-1252, which leaves five of them open: those are read as Latin-1.

    >>> as_windows("éÍ".encode())
    'Ã©Ã\x8d'
    """
    return "".join(bytes([byte]).decode("cp1252" if byte not in OPEN else "latin-1") for byte in encoded)


OPEN = frozenset({0x81, 0x8D, 0x8F, 0x90, 0x9D})

ENCODINGS: tuple[tuple[str, Callable[[bytes], str]], ...] = (("Windows-1252", as_windows), ("Latin-1", as_latin))
SPELLINGS = (
    *(Spelling(f"are base in the Unicode form {form}", in_form(form)) for form in FORMS),
    Spelling("differ from base in their Unicode form alone", in_form("NFKC"), in_form("NFKC")),
    *(Spelling(f"are base, its UTF-8 read as {name}", misread(read)) for name, read in ENCODINGS),
    *(
        Spelling(f"are base mended: its UTF-8 had been read as {name}", as_is, misread(read))
        for name, read in ENCODINGS
    ),
    Spelling("are base without accents", without_marks),
    Spelling("are base with accents that it lacked", as_is, without_marks),
    *(
        Spelling(f"are base with {mark!r} for every character that is not ASCII", replaced_by(mark))
        for mark in ("?", "\N{REPLACEMENT CHARACTER}")
    ),
)


def claims(cells: ChangedCells) -> Iterator[Claim]:
    """Say in which form or encoding texts are now."""
    # ASCII is the same in every form and encoding.
    longer = pl.all().str.len_bytes() > pl.all().str.len_chars()
    if cells.are_texts and any(side_by_side(cells.glance).select(longer.any()).row(0)):
        yield from respelt(cells, "unicode", SPELLINGS)
