"""Pieces of a Markdown text, and which of them are left out so that it fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_RESERVED = 400
"""Bytes for the line that says what was left out."""
_GAP = 2
"""A blank line between pieces."""

_FIRST_OUT = ("pictures", "examples", "columns", "details", "declarations", "tests", "notes")
"""What is left out first comes first."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A whole block of a text; one without a `kind` is never left out. `group` ties the pieces of one table."""

    text: str
    kind: str = ""
    group: str = ""

    @property
    def size(self) -> int:
        """Bytes of UTF-8, with the blank line behind it."""
        return len(self.text.encode("utf-8", "replace")) + _GAP


@dataclass(frozen=True, slots=True)
class Group:
    """What is told of one table: how it begins, its pieces, and how it ends."""

    begin: Piece
    pieces: tuple[Piece, ...]
    end: Piece


@dataclass(frozen=True, slots=True)
class Parts:
    """A whole text: what stands before the tables, `number` groups that are made when they are asked for, the end."""

    opening: Sequence[Piece]
    groups: Iterable[Group]
    number: int
    closing: Sequence[Piece]


def fitted(parts: Parts, budget: int) -> str:
    """Join all that fits into `budget` bytes: pieces are left out whole, by kind and from the end, and counted."""
    room = budget - sum(piece.size for piece in parts.closing)
    taken, begun = _taken(parts.groups, room)
    found = [*parts.opening, *taken]
    left = {"details": parts.number - begun} if parts.number > begun else {}
    excess = sum(piece.size for piece in found) - room
    # What says that something was left out needs room itself.
    excess += _RESERVED if left or excess > 0 else 0
    for kind in _FIRST_OUT:
        while excess > 0:
            place = next((n for n in range(len(found) - 1, -1, -1) if found[n].kind == kind), None)
            if place is None:
                break
            gone = _removed(found, place)
            excess -= sum(piece.size for piece in gone)
            left[kind] = left.get(kind, 0) + 1
    told = [Piece(_left_out(left))] if left else []
    return "\n\n".join(piece.text for piece in (*found, *told, *parts.closing))


def _taken(groups: Iterable[Group], room: int) -> tuple[list[Piece], int]:
    """Take groups until they would fill more than the room, and count them: pieces of all of these may be left out."""
    taken: list[Piece] = []
    size = begun = 0
    for group in groups:
        pieces = (group.begin, *group.pieces, group.end)
        size += sum(piece.size for piece in pieces)
        taken += pieces
        begun += 1
        if size > room + min(room, _MORE):
            break
    return taken, begun


_MORE = 40_000
"""So many bytes more than there is room for are made: without their examples, more tables fit."""


def _removed(found: list[Piece], place: int) -> list[Piece]:
    """Take a piece out; with what begins or ends a table's pieces all of them go, and with the last one these two."""
    piece = found[place]
    alone = piece.kind == "details" or sum(one.group == piece.group for one in found) == _ENDS + 1
    gone = [one for one in found if one.group == piece.group] if piece.group and alone else [piece]
    found[:] = [one for one in found if all(one is not other for other in gone)]
    return gone


_ENDS = 2


def _left_out(left: dict[str, int]) -> str:
    """Say what was left out.

    >>> _left_out({"examples": 2, "details": 1})
    '**Left out to fit:** examples of 2 tables, details of 1 table. The full report has them: `datacanary report`.'
    """
    words = []
    for kind, number in left.items():
        tables = f"{number:,} table{'' if number == 1 else 's'}"
        words.append(f"{kind} of {tables}" if kind in {"examples", "columns", "details"} else f"the {kind}")
    return f"**Left out to fit:** {', '.join(words)}. The full report has them: `datacanary report`."
