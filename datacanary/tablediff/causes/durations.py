"""Lengths of time in words."""

from __future__ import annotations

from datacanary.model.words import count

SIZES = (("h", 3_600_000_000_000), ("min", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("µs", 1_000))
DAY = 86_400_000_000_000


def duration_told(nanoseconds: int) -> str:
    """Say how long it is.

    >>> duration_told(90_000_000_000), duration_told(2 * DAY), duration_told(DAY + 3_600_000_000_000)
    ('1 min 30 s', '2 days', '1 day 1 h')
    """
    days, rest = divmod(nanoseconds, DAY)
    parts = [count(days, "day")] if days else []
    for name, size in (*SIZES, ("ns", 1)):
        number, rest = divmod(rest, size)
        parts += [f"{number} {name}"] if number else []
    return " ".join(parts)
