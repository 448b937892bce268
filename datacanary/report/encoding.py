"""Texts from data, names and errors, made harmless for a terminal."""

from __future__ import annotations

import unicodedata


def for_terminal(text: str) -> str:
    r"""Write control and direction characters as escapes, so that no text can steer the terminal.

    >>> for_terminal("a" + chr(27) + "[31mred" + chr(10))
    'a\\x1b[31mred\\n'
    """
    return "".join(_escaped(character) for character in text)


def _escaped(character: str) -> str:
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return character.encode("unicode_escape").decode("ascii")
    return character
