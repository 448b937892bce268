"""Tables that are there already, and how it is known that they hold what a build would make."""

from __future__ import annotations

from dataclasses import dataclass

from datacanary.model.basic import Physical


@dataclass(frozen=True, slots=True)
class Content:
    """What a table holds, as two digests: of its query's meaning, and of all that was read from outside to make it.

    Tables with the same content have the same columns and the same rows, in any order.
    """

    identity: str
    inputs: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A table that a run leaves behind for later ones to read."""

    content: Content
    relation: Physical


@dataclass(frozen=True, slots=True)
class Found:
    """A table that need not be built; `run_id` is the run that made it, or that put it into production."""

    relation: Physical
    run_id: str
    in_production: bool = False

    @property
    def origin(self) -> str:
        """Say where it is read, for people."""
        return f"production, as {self.run_id} promoted it" if self.in_production else f"the run {self.run_id}"
