"""Where the user's own tool builds what it likes, while production stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from datacanary.model.basic import Fingerprint, Pair, Physical, Relation, Side
from datacanary.model.dbt import Json
from datacanary.model.fence import Fence
from datacanary.model.release import Observed
from datacanary.protocols.tables import Tables
from datacanary.protocols.workspace import Standing


class BuiltTables(Tables, Protocol):
    """What a version's own tool has built, beside what the other's has."""

    def view(self, relation: Physical) -> str:
        """Return the query of a view with production's names, an empty text for a table."""

    def fingerprint(self, relation: Physical) -> Fingerprint | None:
        """Return the identity of a relation's rows, None if it does not exist."""


class Contained(Protocol):
    """A place for each version where the user's own tool may write what it likes, while production stays as it is."""

    def prepare(self) -> None:
        """Make the places, with production's tables in both; raises WarehouseError."""

    @property
    def how(self) -> str:
        """Say how both versions came to the same input, and what that cost."""

    def connection(self, side: Side, folder: Path) -> Mapping[str, Json]:
        """Return what the tool's connection must say otherwise to be in a version's place; it works in `folder`."""

    def environment(self, command: str, environ: Mapping[str, str]) -> Mapping[str, str]:
        """Return what the tool's environment must say otherwise while it does a command, such as `build`."""

    def fence(self, side: Side) -> Fence:
        """Return what of all that can be written is a version's own."""

    def physical(self, side: Side, relation: Relation) -> Physical:
        """Return where a version's tool makes a relation."""

    def there(self, production: str) -> AbstractContextManager[Standing]:
        """Open what was there before anything is built."""

    def relations(self) -> frozenset[Relation]:
        """List the tables and views that were there before anything is built."""

    def moved(self, observed: Sequence[Observed]) -> tuple[Relation, ...]:
        """Return what the versions' tools read that is no longer as it was observed."""

    def begin(self) -> None:
        """Be ready for builds: write down what they will make before they do."""

    def bring(self, wanted: Pair[Sequence[Relation]]) -> None:
        """Give each version's place, which was begun, these tables of production.

        What production lacks, or has as a view, is left out. All are read at one moment.
        """

    def begin_alike(self) -> None:
        """Give head's place all that base's has by now."""

    def built(self, production: str) -> AbstractContextManager[BuiltTables]:
        """Open what was built, for reading."""

    def keep(self, relations: Sequence[Relation], run_id: str, folder: Path) -> Mapping[Relation, Physical]:
        """Put head's tables where a promotion finds them, and return the places."""

    def drop(self) -> None:
        """Remove the places with all that is in them."""
