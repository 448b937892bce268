"""PIVOT … ON without IN: DuckDB finds out the columns as it runs, so that it cannot tell beforehand how it reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import duckdb

_ENDS = frozenset({"using", "group", "order", "limit", "offset", "union", "intersect", "except", ";"})
_STEPS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


@dataclass(frozen=True, slots=True)
class Fixed:
    """A text, and what was inserted into it: the bytes of the text before them, and how many they are."""

    text: str
    inserted: tuple[tuple[int, int], ...] = ()

    def character(self, byte: int) -> int:
        """Return which character of the text as it was stands at a byte of the one with the insertions."""
        before = sum(length for start, length in self.inserted if start < byte)
        return len(self.text.encode()[:byte].decode(errors="replace")) - before


def unchanged(text: str) -> Fixed:
    """Return a text with nothing inserted."""
    return Fixed(text)


def with_fixed_pivots(text: str) -> Fixed | None:
    """Say for every PIVOT … ON which columns there are; None where nothing had to be said.

    >>> with_fixed_pivots("PIVOT t ON a, b || c USING sum(d) ORDER BY 1").text
    'PIVOT t ON (a) IN (0), (b || c) IN (0) USING sum(d) ORDER BY 1'
    """
    encoded = text.encode()
    words = _words(encoded)
    edges = sorted(edge for index in _ons(words) for edge in _items(words, index))
    if not edges:
        return None
    pieces, inserted, position, length = [], [], 0, 0
    for byte, piece in edges:
        pieces += [encoded[position:byte], piece]
        inserted.append((byte + length, len(piece)))
        position, length = byte, length + len(piece)
    return Fixed(b"".join([*pieces, encoded[position:]]).decode(), tuple(inserted))


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    text: str
    depth: int


def _words(encoded: bytes) -> list[_Word]:
    """Split a text by DuckDB's own rules; the depth counts the brackets around."""
    found: list[_Word] = []
    tokens = [(start, kind) for start, kind in duckdb.tokenize(encoded.decode()) if kind != duckdb.token_type.comment]
    depth = 0
    every = [start for start, _ in duckdb.tokenize(encoded.decode())]
    ends = dict(pairwise([*every, len(encoded)]))
    for start, _ in tokens:
        word = encoded[start : ends[start]].decode().rstrip()
        step = _STEPS.get(word, 0)
        found.append(_Word(start, start + len(word.encode()), word.lower(), depth + min(step, 0)))
        depth += step
    return found


def _ons(words: Sequence[_Word]) -> Iterator[int]:
    """Yield where ON stands behind PIVOT and what it pivots."""
    for index, word in enumerate(words):
        if word.text != "pivot":
            continue
        for behind in range(index + 1, len(words)):
            if words[behind].depth < word.depth or words[behind].text in _ENDS:
                break
            if words[behind].text == "on" and words[behind].depth == word.depth:
                yield behind
                break


def _items(words: Sequence[_Word], on: int) -> Iterator[tuple[int, bytes]]:
    """Yield what to insert around each expression behind ON that says no values."""
    depth, first = words[on].depth, on + 1
    for index in range(on + 1, len(words) + 1):
        word = words[index] if index < len(words) else None
        ended = word is None or word.depth < depth or (word.depth == depth and word.text in _ENDS)
        if not ended and not (word is not None and word.depth == depth and word.text == ","):
            continue
        item = words[first:index]
        if item and not any(one.text == "in" and one.depth == depth for one in item):
            yield item[0].start, b"("
            yield item[-1].end, b") IN (0)"
        first = index + 1
        if ended:
            return
