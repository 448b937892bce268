"""Signs that are not on every keyboard."""

from __future__ import annotations

from typing import Final

DASH: Final = "\N{EN DASH}"
"""Stands where there is nothing to say."""

MINUS: Final = "\N{MINUS SIGN}"
PLUS_ICON: Final = "\N{HEAVY PLUS SIGN}"
MINUS_ICON: Final = "\N{HEAVY MINUS SIGN}"
NOT_A_BACKTICK: Final = "\N{MODIFIER LETTER GRAVE ACCENT}"
"""Looks like a backtick and ends no code."""
