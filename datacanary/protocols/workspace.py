"""Where plain SQL is built, with production beside it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from datacanary.model.basic import Fingerprint, Physical, Relation
from datacanary.model.plan import Place
from datacanary.model.project import Materialized, SourceData
from datacanary.model.release import Observed, PromotionRecord
from datacanary.protocols.tables import Query, Tables


class Standing(Protocol):
    """Production as it stands."""

    def production(self, relation: Relation) -> Physical:
        """Return where a relation lies in production."""

    def locate(self, relation: Relation) -> Relation | None:
        """Find a relation that is only in the warehouse; without a schema, by the warehouse's own look-up."""

    def fingerprint(self, relation: Physical) -> Fingerprint | None:
        """Return the identity of a relation's rows, None if it does not exist."""

    def identity(self, relation: Physical) -> Fingerprint | None:
        """Return the identity of a relation that is to be swapped: a table's rows, a view's query."""


class Workspace(Tables, Standing, Protocol):
    """A run's isolated place: builds go here, production is read and never written."""

    def physical(self, place: Place, relation: Relation) -> Physical:
        """Return where a build or source of a place lies."""

    def nearest(self, relation: Relation) -> str:
        """Return the name most like a relation that is not there, or an empty text."""

    def load(self, place: Place, source: SourceData, files: Sequence[Path]) -> None:
        """Make a source's files readable under its name; raises StatementError or DataError."""

    def create(self, target: Physical, materialized: Materialized, preamble: Sequence[str], query: str) -> None:
        """Run the preamble and make the target from the query; nothing stays of a failed one."""

    def perturbed(self) -> AbstractContextManager[None]:
        """While the block runs, work with another number of threads, and have the places `noise` and `shuffled`.

        What was built there is gone after it. Raises WarehouseError or StatementError.
        """

    def shuffle(self, source: Physical | str, target: Physical) -> None:
        """Copy a relation, or the data file of this path, into a table in another order, the same each time.

        The target may be the source. Raises StatementError for a source that is not there or cannot be read.
        """

    def conditions(self) -> str:
        """Describe what results depend on besides queries and rows: the time zone, functions of production's own."""

    def told_by_fingerprint(self, relation: Physical) -> bool:
        """Tell whether equal fingerprints mean equal tables.

        Not for a view, which is computed each time it is read, nor where a collation says which texts are equal.
        """

    def open_run(self, folder: Path, run_id: str) -> bool:
        """Have the tables of a finished run, which lie in its folder, readable where they are, while this is open.

        False if they cannot be read. The run may be dropped in the meantime: what was opened stays readable.
        """

    def promotions(self) -> tuple[PromotionRecord, ...]:
        """Read the state of record, oldest first."""

    def query(self, text: str) -> Query:
        """Understand a query over production; raises StatementError unless it is exactly one SELECT that can run."""

    def unpinned(self, observed: Sequence[Observed]) -> tuple[str, ...]:
        """Say of the relations that builds read which were perhaps not the same for all of them, and why."""

    def keep(self, built: Sequence[Physical]) -> None:
        """Have these tables there still when a promotion asks for them; more may be."""

    def limit_memory(self, size: int) -> None:
        """Let the engine keep about so many bytes in memory, not more; the rest goes to disk."""

    def interrupt(self) -> None:
        """Stop every statement that runs; may be called from another thread."""
