"""What datacanary is meant to reach at each workload's own size: bounds on ratios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from contests import Kind


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound on a number.

    >>> Goal("≤", 1.5).text, Goal("≤", 1.5).holds(1.6), Goal("≥", 7).holds(7.1)
    ('≤ 1.5', False, True)
    """

    sign: Literal["≤", "≥"]
    bound: float

    @property
    def text(self) -> str:
        """What the tables say."""
        return f"{self.sign} {self.bound:g}"

    def holds(self, number: float) -> bool:
        """Whether it is reached."""
        return number <= self.bound if self.sign == "≤" else number >= self.bound


@dataclass(frozen=True, slots=True)
class Versus:
    """A column of the table of goals: CPU time of `over` divided by that of `under`, and what it should be."""

    heading: str
    kind: Kind
    over: str
    under: str
    goals: Mapping[str, Goal]


def per_workload(sign: Literal["≤", "≥"], *bounds: float) -> Mapping[str, Goal]:
    """Give W1 to W5 their bounds."""
    return {f"W{number}": Goal(sign, bound) for number, bound in enumerate(bounds, start=1)}


VERSUS = (
    Versus("ours / limit", "parquet", "ours", "limit", per_workload("≤", 1.5, 2.3, 1.25, 1.2, 1.5)),
    Versus("datacompy / ours", "parquet", "datacompy", "ours", per_workload("≥", 7, 6, 6, 9, 6)),
    Versus("diffly / ours", "parquet", "diffly", "ours", per_workload("≥", 12, 9, 9, 7, 5)),
    Versus("DuckDB SQL / ours", "parquet", "duckdb", "ours", per_workload("≥", 3, 2, 3.4, 4, 3.7)),
    Versus("one join / ours", "parquet", "duckdb_single", "ours", {}),
    Versus("on tables: DuckDB SQL / ours", "tables", "duckdb", "ours", per_workload("≥", 1, 1, 1, 1, 1)),
    Versus("on tables: one join / ours", "tables", "duckdb_single", "ours", per_workload("≥", 1, 1, 1, 1, 1)),
)
MEMORY = Goal("≤", 0.6)
"""Peak memory of ours on Parquet files, divided by the size of both decoded sides."""
GROWTH = Goal("≤", 1.15)
"""CPU time per cell at 50M rows, divided by that at 10M; without start and imports."""
SMALL = Goal("≤", 30)
"""Milliseconds of one call on 1,000 rows that are in memory."""
