"""What a run will build and compare, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from datacanary.model.basic import Pair, Relation, Version
from datacanary.model.declared import Declared
from datacanary.model.impact import Impact
from datacanary.model.noise import NoiseMark
from datacanary.model.project import Model, SourceData

Place = Literal["shared", "base", "head", "own", "noise", "shuffled"]
"""Where a run builds something: for one side, or once for both because it is the same in both versions.

`own`: head's queries on what base's read; `noise`: base once more, on the rows of `shuffled`: copies of all that it
reads from outside, in another order.
"""

Node = tuple[Place, Relation]
"""What names a build within its plan."""

_DATA_PLACES: dict[Place, Place] = {"own": "head", "shared": "base"}

Effect = Literal["changed", "inherited", "added", "removed", "renamed", "unaffected"]
"""`changed`: its own text, kind or data file; `inherited`: only what it reads."""


def place_for(relation: Relation, reader: Place, shared: frozenset[Relation]) -> Place:
    """Return where a build in `reader`'s place finds a model or source.

    What both sides share can read something that differs in ways that do not matter to it: base's, then.
    """
    if relation in shared:
        return "shared"
    return "base" if reader == "shared" else reader


@dataclass(frozen=True, slots=True)
class Build:
    """A model to build in a place; `broken` says why it cannot be built, before anything is tried.

    `identity` is the digest of what its query means, through all that it reads: equal ones make equal tables of equal
    input. It is empty where that is not known for sure, or where the query gives another result each time.
    """

    place: Place
    model: Model
    broken: str = ""
    identity: str = ""

    @property
    def data_place(self) -> Place:
        """The place that reads the same data files, where no other is shared."""
        return _DATA_PLACES.get(self.place, self.place)


@dataclass(frozen=True, slots=True)
class PlacedSource:
    """Data files that a place reads."""

    place: Place
    source: SourceData


@dataclass(frozen=True, slots=True)
class PlannedTable:
    """One relation of either version: what the change does to it and why; the sides that have it.

    `impact` says what of it can differ and how that is known: of tables of both versions that changed, or that read
    something that did. `notes` are worth telling even if no row differs. `roots` are the names of the changed models
    that it reads, directly or through others. `marks` are places in base's query that may give other rows or values
    each time. `declared` is what the project itself says of the table.
    """

    name: str
    effect: Effect
    reason: str
    relations: Pair[Relation | None]
    paths: Pair[str | None]
    notes: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    marks: tuple[NoiseMark, ...] = ()
    impact: Impact | None = None
    declared: Declared = field(default_factory=Declared)

    @property
    def compared(self) -> bool:
        """Whether both sides have it and it can differ."""
        return self.effect in {"changed", "inherited", "renamed"}

    @property
    def readers(self) -> tuple[str, ...]:
        """Who is told that the table may change: the exposures that read it, none where it cannot."""
        return () if self.effect == "unaffected" else self.declared.readers


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything to do for one check; `shared` is what both sides read from one place.

    `externals` are the relations that are read from the warehouse as they are; one without a schema is looked up
    in the production schema, then in the warehouse's default one. `unselected` are affected tables that the user
    left out. `unknown_columns` says of what is read from outside why its columns are not known. `unpinned` are reads
    that cannot be held still, each with its file and line. `new` are the models that base lacks and `own` builds read.
    `in_production` names models that no change reaches and that both sides read there: they are not built.
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
    unknown_columns: tuple[str, ...] = ()
    unpinned: tuple[str, ...] = ()
    new: frozenset[Relation] = frozenset()
    in_production: tuple[str, ...] = ()

    def place_of(self, relation: Relation, reader: Place) -> Place:
        """Return where a build in `reader`'s place finds a model or source."""
        return place_for(relation, "base" if reader == "own" and relation not in self.new else reader, self.shared)
