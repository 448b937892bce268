"""How far a comparison is, told now and then."""

from __future__ import annotations

import time

from datacanary.cli.console import Console
from datacanary.model.words import count, percent
from datacanary.tablediff.means import Progress

QUIET_START = 1.0
"""Seconds within which most comparisons are done and nobody needs to be told."""
ON_SCREEN = 0.1
"""Seconds between two tellings where one replaces the other,"""
IN_A_LOG = 10.0
"""and where each is a line of its own."""


class Ticker:
    """Tells the console of a pass over the rows, not more often than one can read."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._due = time.perf_counter() + QUIET_START
        self._pause = ON_SCREEN if console.replaces_lines else IN_A_LOG

    def tell(self, progress: Progress) -> None:
        """Tell, if it is time."""
        now = time.perf_counter()
        if now < self._due:
            return
        self._due = now + self._pause
        self._console.tell(words(progress))


def words(progress: Progress) -> str:
    """Say how far a comparison is.

    >>> words(Progress("comparing", 5_000_000, 20_000_000))
    'comparing: 5,000,000 of 20,000,000 rows (25.0 %)'
    """
    if progress.total == 0 or progress.done == 0:
        return progress.doing
    share = percent(progress.done / progress.total)
    return f"{progress.doing}: {progress.done:,} of {count(progress.total, 'row')} ({share})"
