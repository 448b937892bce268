"""How a terminal report may look: with colour or without, in a given width or free."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from datacanary.model.verdict import Status
from datacanary.report.encoding import for_terminal

_TIES = {"=", "->", ".."}
"""Words that hold those beside them on their line."""

Tone = Literal["red", "yellow", "green", "magenta", "dim", "bold"]

_CODES: dict[Tone, str] = {"red": "31", "yellow": "33", "green": "32", "magenta": "35", "dim": "2", "bold": "1"}
_OF_STATUS: dict[Status, Tone] = {"pass": "green", "warn": "yellow", "inconclusive": "magenta", "fail": "red"}


@dataclass(frozen=True, slots=True)
class Style:
    """`width` in characters, None for no limit: in a pipe nothing is cut."""

    colour: bool = False
    width: int | None = None

    def paint(self, text: str, *tones: Tone) -> str:
        r"""Colour a text that is already harmless.

        >>> Style().paint("x", "red"), Style(colour=True).paint("x", "red")
        ('x', '\x1b[31mx\x1b[0m')
        """
        if not self.colour or not text:
            return text
        return f"\x1b[{';'.join(_CODES[tone] for tone in tones)}m{text}\x1b[0m"

    def status(self, status: Status) -> str:
        """Write a status as a word that stands out."""
        return self.paint(status.upper(), _OF_STATUS[status], "bold")

    def shorten(self, text: str, width: int) -> str:
        """Make a text harmless, and cut its middle if the terminal is narrow.

        >>> Style(width=80).shorten("a_very_long_table_name", 12), Style().shorten("a_very_long_table_name", 12)
        ('a_very…_name', 'a_very_long_table_name')
        """
        clean = for_terminal(text)
        if self.width is None or len(clean) <= width:
            return clean
        tail = (width - 1) // 2
        return f"{clean[: width - 1 - tail]}…{clean[len(clean) - tail :]}"


def labelled(label: str, text: str, style: Style, painted: str = "") -> Iterator[str]:
    """Write a sentence after a label; on a terminal its further lines are indented under its first.

    `painted` is the label in colour, without the blanks at its end.

    >>> list(labelled("  why   ", "all is ten times as much", Style(width=30)))
    ['  why   all is ten times as', '        much']
    """
    shown = painted + label[len(label.rstrip()) :] if painted else label
    if style.width is None:
        yield shown + text
        return
    indent = " " * len(label)
    lines = wrap(text, max(style.width - len(label), 20))
    yield shown + lines[0]
    yield from (indent + line for line in lines[1:])


def titled(name: str, text: str, style: Style, indent: str = "") -> Iterator[str]:
    """Write a name and the sentence about it; further lines are indented a little, however long the name."""
    bold = f"{for_terminal(name)}:"
    whole = f"{indent}{bold} {for_terminal(text)}"
    lines = (
        [whole]
        if style.width is None
        else textwrap.wrap(
            whole, style.width, subsequent_indent=f"{indent}    ", break_long_words=False, break_on_hyphens=False
        )
    )
    yield indent + style.paint(bold, "bold") + lines[0].removeprefix(indent + bold)
    yield from lines[1:]


def wrap(text: str, width: int) -> list[str]:
    """Break a sentence into lines, but neither in `a = 1`, `1 -> 2` or `3 %` nor in a command to paste at its end.

    >>> wrap("e.g. order_id = 1; to undo it: datacanary rollback last", 14)
    ['e.g.', 'order_id = 1;', 'to undo it:', 'datacanary rollback last']
    >>> wrap("limit 0.1 % (default)", 9)
    ['limit', '0.1 %', '(default)']
    """
    lines: list[str] = []
    for piece in _pieces(text):
        if lines and len(lines[-1]) + 1 + len(piece) <= width:
            lines[-1] += f" {piece}"
        else:
            lines.append(piece)
    return lines


def _pieces(text: str) -> list[str]:
    sentence, colon, command = text.partition(": datacanary ")
    pieces: list[str] = []
    tied = False
    for word in f"{sentence}{colon[:1]}".split(" "):
        if pieces and (tied or word in _TIES or word.startswith("%")):
            pieces[-1] += f" {word}"
        else:
            pieces.append(word)
        tied = word in _TIES
    return [*pieces, f"datacanary {command}"] if colon else pieces
