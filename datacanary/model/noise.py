"""What differs between two builds of the same version: not the change, but noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Instability = Literal[
    "clock",
    "date",
    "random",
    "session",
    "sample",
    "limit",
    "distinct_on",
    "window_ties",
    "unordered_aggregate",
    "row_order",
    "float_sum",
]
"""Why a query may give other rows or values each time it runs.

`clock`: the time itself; `date`: today, or the time cut to the day or compared with, which seldom differs. `limit`,
`distinct_on` and `window_ties`: an order that does not settle which row comes first. `unordered_aggregate`: what an
aggregate makes of rows in whatever order. `row_order`: numbers that follow the order in which rows are met, as rowid.
`float_sum`: rounding, which depends on the order in which floats are added.
"""

ALWAYS: frozenset[Instability] = frozenset({"clock", "random"})
"""These differ at every run; the others may."""

WORDS: Mapping[Instability, str] = {
    "clock": "the time in",
    "date": "the date in",
    "random": "chance in",
    "session": "the session in",
    "sample": "the sample in",
    "limit": "the rows that are left by",
    "distinct_on": "the rows that are kept by",
    "window_ties": "ties in",
    "unordered_aggregate": "the order in",
    "row_order": "the order of rows in",
    "float_sum": "the order of floats in",
}
"""How each is said, before the piece of the query that does it."""

QUOTE = 48
"""So many characters of a query are quoted in a sentence."""


@dataclass(frozen=True, slots=True)
class NoiseMark:
    """A place in a model's query that may give other values or rows each time.

    `columns` are the model's own columns that it can reach, None if it can change which rows there are.
    `quoted` is the piece of the query, `path` and `line` where it stands.
    `inherited_from` names the table that it came from if this model only reads it.
    """

    kind: Instability
    columns: tuple[str, ...] | None
    quoted: str
    path: str
    line: int
    inherited_from: str = ""

    @property
    def short(self) -> str:
        """The piece of the query on one line, cut if it is long."""
        line = " ".join(self.quoted.split())
        return line if len(line) <= QUOTE else f"{line[: QUOTE - 1]}…"

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.path}:{self.line}"

    @property
    def words(self) -> str:
        """What does it.

        >>> NoiseMark("window_ties", None, "row_number() over (order by day)", "models/x.sql", 7).words
        'ties in row_number() over (order by day)'
        """
        return f"{WORDS[self.kind]} {self.short}"


@dataclass(frozen=True, slots=True)
class NoiseFloor:
    """How far two builds of base differ; shares are fractions of 1 as the checks measure them.

    `rows_added` and `rows_removed` are shares of base's rows; `cells` goes by column: the share of changed cells.
    `nulls`, `totals`, `shapes` and `distances` are the moves that the checks of that name would measure.
    Columns without noise are left out.
    """

    rows_added: float = 0.0
    rows_removed: float = 0.0
    cells: Mapping[str, float] = field(default_factory=dict)
    nulls: Mapping[str, float] = field(default_factory=dict)
    totals: Mapping[str, float] = field(default_factory=dict)
    shapes: Mapping[str, float] = field(default_factory=dict)
    distances: Mapping[str, float] = field(default_factory=dict)

    @property
    def unstable(self) -> bool:
        """Whether anything differed."""
        return bool(self.rows_added or self.rows_removed or self.cells)
