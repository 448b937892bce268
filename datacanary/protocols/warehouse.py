"""One warehouse by its URL: the whole of what the other stages know of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from datacanary.errors import CanaryError
from datacanary.model.basic import Column, Pair, Relation
from datacanary.model.outline import Outline
from datacanary.model.project import SourceData
from datacanary.model.release import JournalEntry, Lease, PromotionRecord, Registered
from datacanary.model.symptom import Symptom
from datacanary.protocols.contained import Contained
from datacanary.protocols.releases import Releases
from datacanary.protocols.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine promises, told by `doctor` and the README.

    `reads_files`: queries may name data files of this machine. `builds_in_folder`: what a run builds lies in its own
    folder, and is gone with it.
    """

    atomic_promotion: str
    pinned_input: str
    parallel_builds: bool
    reads_files: bool = True
    builds_in_folder: bool = True


class Warehouse(Protocol):
    """One warehouse by its URL.

    `shown` is the URL without secrets, `catalog` what it calls its own database, `engine` its name and version:
    fingerprints are the same only within one.
    """

    shown: str
    dialect: str
    catalog: str
    engine: str
    capabilities: Capabilities

    def workspace(self, folder: Path, run_id: str, production: str) -> AbstractContextManager[Workspace]:
        """Open, and make if need be, the isolated place of a run in its private folder."""

    def releases(self, folder: Path | None, run_id: str, holder: str = "") -> AbstractContextManager[Releases]:
        """Open production for writing, with the run's tables beside it, and have its lease while it is open.

        `holder` is whom others are told of. Raises Refused if somebody else has the lease.
        """

    def lease(self) -> Lease | None:
        """Return who has the lease now; None if nobody has, or if the engine's own lock takes its place."""

    def unlock(self, lease_id: str) -> None:
        """Take the lease from a holder who is dead; raises Refused if that is not the one who has it."""

    def journal(self) -> tuple[JournalEntry, ...]:
        """Read the journal, oldest first; empty where nothing was ever promoted."""

    def registered(self) -> tuple[Registered, ...]:
        """List what runs have in the warehouse, oldest first; nothing for an engine where it lies in a run's folder."""

    def drop(self, registered: Sequence[Registered]) -> None:
        """Drop what is registered and marked as ours, and take it from the register; what is gone already is no error.

        Raises Refused for a replaced table while the lease is somebody else's. Whether a promotion still needs it can
        only be told by `Releases`, while nobody else changes production.
        """

    def promotions(self) -> tuple[PromotionRecord, ...]:
        """Read the state of record, oldest first; empty where nothing was ever promoted."""

    def relations(self) -> tuple[Relation, ...]:
        """List the tables and views of the warehouse, without datacanary's own."""

    def state(self) -> str:
        """Return a text that is another one after anybody wrote to the warehouse."""

    def columns_of_tables(self, names: Collection[Relation], production: str) -> Mapping[Relation, tuple[Column, ...]]:
        """Return the columns of those tables and views that are there, by the name that queries have for them.

        Names without a schema are looked up as `Workspace.locate` does. A column whose collation may say which texts
        are equal has it in its type, as `varchar collate nocase`. Raises WarehouseError.
        """

    def columns_of_source(self, source: SourceData, files: Sequence[Path]) -> tuple[Column, ...]:
        """Return the columns that a source has once it is loaded from these files; raises what `load` raises."""

    def columns_of_call(self, call: str) -> tuple[Column, ...]:
        """Return the columns of what stands in FROM: a data file's path, or a call of a function that reads files.

        Raises StatementError.
        """

    def contain(self, folders: Pair[Path]) -> Contained:
        """Return places for both versions, in these private folders; nothing is made yet."""

    def in_short(self, message: str) -> str:
        """Return what the engine says in one line, without cells."""

    def outline(self, query: str) -> Outline | None:
        """Read one query with the engine's own parser; None where it does not read it, or more than reads in it.

        Nothing is opened, looked up or run.
        """

    def symptoms(self, production: str) -> tuple[Symptom, ...]:
        """Say what there is to know of the server, and of what may be done there; writes nothing."""

    def write_obstacle(self) -> CanaryError | None:
        """Say what would keep a promotion from writing production now; None if nothing would. Writes nothing."""


Connect = Callable[[str, Path], Warehouse]
