"""What every warehouse can do: the whole of what the other stages know of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from datacanary.errors import CanaryError
from datacanary.model.basic import Column, Fingerprint, Pair, Physical, Relation, Side
from datacanary.model.dbt import Json
from datacanary.model.fence import Fence
from datacanary.model.outline import Outline
from datacanary.model.plan import Place
from datacanary.model.project import Materialized, SourceData
from datacanary.model.release import LiveTable, Observed, PromotionRecord, Swap


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine promises, told by `doctor` and the README.

    `promotion_obstacle` says why nothing can be promoted there, if that is so.
    """

    atomic_promotion: str
    pinned_input: str
    parallel_builds: bool
    promotion_obstacle: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A query of the user, as the engine has understood it: exactly one SELECT, and its columns."""

    text: str
    columns: tuple[Column, ...]

    def __str__(self) -> str:
        return "the query"


class Tables(Protocol):
    """Relations that can be read."""

    def columns(self, relation: Physical) -> tuple[Column, ...] | None:
        """Return the columns of a relation, None if it does not exist."""

    def rows(self, relation: Physical) -> int:
        """Count a relation's rows."""

    def reading(
        self, relation: Physical | Query, columns: Sequence[Column] | None = None
    ) -> AbstractContextManager[pa.RecordBatchReader]:
        """Stream a relation or query, or these columns of it, as Arrow while the block runs.

        Types that Arrow would lose come as text. Several may be read at once, by any thread.
        """

    def in_order(self, relation: Physical) -> bool:
        """Tell whether a relation gives the same rows in the same order each time, at no more cost: a table does."""


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

    def limit_memory(self, size: int) -> None:
        """Let the engine keep about so many bytes in memory, not more; the rest goes to disk."""

    def interrupt(self) -> None:
        """Stop every statement that runs; may be called from another thread."""


class BuiltTables(Tables, Protocol):
    """What a version's own tool has built, beside what the other's has."""

    def view(self, relation: Physical) -> str:
        """Return the query of a view with production's names, an empty text for a table."""


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

    def begin_alike(self) -> None:
        """Give head's place all that base's has by now."""

    def built(self, production: str) -> AbstractContextManager[BuiltTables]:
        """Open what was built, for reading."""

    def keep(self, relations: Sequence[Relation], run_id: str, folder: Path) -> Mapping[Relation, Physical]:
        """Put head's tables where a promotion finds them, and return the places."""

    def drop(self) -> None:
        """Remove the places with all that is in them."""


class Releases(Protocol):
    """Production, open for writing; everything within a `transaction` happens or does not."""

    def transaction(self) -> AbstractContextManager[None]:
        """Commit at the end of the block, or undo all of it on an error."""

    def promotions(self) -> tuple[PromotionRecord, ...]:
        """Read the state of record, oldest first."""

    def fingerprint(self, relation: Relation) -> Fingerprint | None:
        """Return the identity of a production relation's rows, None if it does not exist."""

    def identity(self, relation: Relation) -> Fingerprint | None:
        """Return the identity of a production relation that is to be swapped: a table's rows, a view's query."""

    def swap(self, swap: Swap) -> LiveTable:
        """Put one judged table into production and keep what it replaces; it gets its indexes and constraints.

        Raises Refused for what cannot be carried over, and for rows that break a constraint.
        """

    def restore(self, table: LiveTable) -> None:
        """Put back what a swap replaced."""

    def record(self, promotion: PromotionRecord) -> None:
        """Write a promotion into the state of record."""

    def mark_rolled_back(self, promotion: PromotionRecord, at: str) -> None:
        """Write that a promotion was undone."""


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

    def releases(self, folder: Path | None, run_id: str) -> AbstractContextManager[Releases]:
        """Open production for writing, with the run's tables beside it; raises Refused if somebody else has it."""

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

    def write_obstacle(self) -> CanaryError | None:
        """Say what would keep a promotion from writing production now; None if nothing would. Writes nothing."""


Connect = Callable[[str, Path], Warehouse]
