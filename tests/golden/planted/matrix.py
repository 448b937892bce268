"""All planted mistakes, in the order in which they are read."""

from __future__ import annotations

from planted.columns import COLUMNS
from planted.numbers import NUMBERS
from planted.plant import Plant
from planted.quiet import NOISE, UNCHANGED
from planted.rows import JOINS, SEGMENTS
from planted.texts import TEXTS

PLANTS: tuple[Plant, ...] = (*NUMBERS, *TEXTS, *COLUMNS, *JOINS, *SEGMENTS, *NOISE, *UNCHANGED)
