"""What a run will build and compare, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from datacanary.model.basic import Pair, Relation, Version
from datacanary.model.noise import NoiseMark
from datacanary.model.project import Model, SourceData

Place = Literal["shared", "base", "head", "own", "noise", "shuffled"]
"""Where a run builds something: for one side, or once for both because it is the same in both versions.

`own`: head's queries on what base's read; `noise`: base once more, on the rows of `shuffled`: copies of all that it
reads from outside, in another order.
"""

Effect = Literal["changed", "inherited", "added", "removed", "renamed", "unaffected"]
"""`changed`: its own text, kind or data file; `inherited`: only what it reads."""


@dataclass(frozen=True, slots=True)
class Build:
    """A model to build in a place; `broken` says why it cannot be built, before anything is tried."""

    place: Place
    model: Model
    broken: str = ""

    @property
    def data_place(self) -> Place:
        """The place that reads the same data files, where no other is shared."""
        return "head" if self.place == "own" else self.place


@dataclass(frozen=True, slots=True)
class PlacedSource:
    """Data files that a place reads."""

    place: Place
    source: SourceData


@dataclass(frozen=True, slots=True)
class PlannedTable:
    """One relation of either version: what the change does to it and why; the sides that have it.

    `notes` are worth telling even if no row differs. `roots` are the names of the changed models that it reads,
    directly or through others. `marks` are places in base's query that may give other rows or values each time.
    """

    name: str
    effect: Effect
    reason: str
    relations: Pair[Relation | None]
    paths: Pair[str | None]
    notes: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    marks: tuple[NoiseMark, ...] = ()

    @property
    def compared(self) -> bool:
        """Whether both sides have it and it can differ."""
        return self.effect in {"changed", "inherited", "renamed"}


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything to do for one check; `shared` is what both sides read from one place.

    `externals` are the relations that are read from the warehouse as they are; one without a schema is looked up
    in the production schema, then in the warehouse's default one. `unselected` are affected tables that the user
    left out. `unpinned` are reads that cannot be held still, each with its file and line. `new` are the models that
    base lacks and `own` builds read.
    """

    versions: Pair[Version]
    builds: tuple[Build, ...]
    sources: tuple[PlacedSource, ...]
    files: tuple[PlacedSource, ...]
    tables: tuple[PlannedTable, ...]
    externals: tuple[Relation, ...]
    shared: frozenset[Relation]
    shared_files: frozenset[str]
    unselected: tuple[str, ...] = ()
    unpinned: tuple[str, ...] = ()
    new: frozenset[Relation] = frozenset()

    def place_of(self, relation: Relation, reader: Place) -> Place:
        """Return where a build in `reader`'s place finds a model or source."""
        if relation in self.shared:
            return "shared"
        return "base" if reader == "own" and relation not in self.new else reader
