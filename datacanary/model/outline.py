"""How a warehouse's own parser reads a query: enough to find the names in it and to replace them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NamedTable:
    """A name in FROM: its parts as they are written, its alias or an empty text, and the character where it begins."""

    parts: tuple[str, ...]
    alias: str
    start: int


@dataclass(frozen=True, slots=True)
class Outline:
    """One query: the tables that it names without those that its WITH makes, and a digest of everything else.

    `functions` are those in FROM. `columns` are names of columns with three parts and more. `nameless` says that a
    table is read within a column that has no name of its own.
    """

    tables: tuple[NamedTable, ...]
    functions: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    nameless: bool
    rest: str


OutlineOf = Callable[[str], Outline | None]
"""Reads one query that only reads; None for any other text."""
