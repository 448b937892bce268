"""What became of a plan's builds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from datacanary.model.basic import Physical, Relation
from datacanary.model.plan import Place
from datacanary.model.reuse import Found


@dataclass(frozen=True, slots=True)
class Outcome:
    """One build: where it lies and how long it took in seconds; or the problem, and the file that has it.

    `because_of` names the build that failed first, where this one was not tried for that reason. `found` says where the
    table was already, so that nothing was built.
    """

    physical: Physical
    path: str
    seconds: float = 0.0
    problem: str = ""
    because_of: str = ""
    found: Found | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the relation is there."""
        return not self.problem


@dataclass(frozen=True, slots=True)
class Built:
    """All builds of a run; `busy_seconds` is the time in which at least one statement ran in the warehouse."""

    outcomes: Mapping[tuple[Place, Relation], Outcome]
    busy_seconds: float
