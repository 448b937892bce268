"""How the hosts differ in the words of Markdown that they read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from datacanary.report.encoding import LONGEST, cut, for_code_span, for_markdown, prose
from datacanary.report.signs import MINUS_ICON, PLUS_ICON

ICONS: Mapping[str, str] = {
    "pass": "✅",
    "warn": "⚠️",
    "inconclusive": "❔",
    "fail": "❌",
    "new": PLUS_ICON,
    "gone": MINUS_ICON,
    "not compared": "❔",
}
"""Never alone: the word stands beside it."""

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._ +-]")


@dataclass(frozen=True, slots=True)
class Dialect:
    """A host's Markdown: with `html` elements, or without any."""

    html: bool = True

    def code(self, text: str, most: int = LONGEST) -> str:
        """Write a name or a value."""
        return for_markdown(text, most) if self.html else for_code_span(text, most)

    def prose(self, sentence: str, most: int = 600) -> str:
        """Write a sentence with names in it."""
        return prose(sentence, "html" if self.html else "backticks", most)

    def plain(self, text: str) -> str:
        """Write a version or a name of ours, with nothing in it that could mean anything.

        >>> Dialect().plain("1.0.0"), Dialect().plain("a*b")
        ('1.0.0', 'a-b')
        """
        return _NOT_PLAIN.sub("-", cut(text, 80)).strip()
