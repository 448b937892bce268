"""What every warehouse can do: the whole of what the other stages know of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from datacanary.errors import CanaryError
from datacanary.model.basic import Column, Fingerprint, Pair, Physical, Relation, Side
from datacanary.model.dbt import Json
from datacanary.model.fence import Fence
from datacanary.model.outline import Outline
from datacanary.model.plan import Place
from datacanary.model.prints import FoundPrints, PrintRequest
from datacanary.model.project import Materialized, SourceData
from datacanary.model.release import (
    JournalEntry,
    Lease,
    LiveTable,
    Observed,
    PromotionRecord,
    Registered,
    Swap,
)
from datacanary.model.symptom import Symptom

if TYPE_CHECKING:
    # It takes a while to import, and here it only names types.
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine promises, told by `doctor` and the README.

    `reads_files`: queries may name data files of this machine. `builds_in_folder`: what a run builds lies in its own
    folder, and is gone with it. `promotion_obstacle` says why nothing can be promoted there, if that is so.
    """

    atomic_promotion: str
    pinned_input: str
    parallel_builds: bool
    reads_files: bool = True
    builds_in_folder: bool = True
    promotion_obstacle: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A query of the user, as the engine has understood it: exactly one SELECT, and its columns."""

    text: str
    columns: tuple[Column, ...]

    def __str__(self) -> str:
        return "the query"


@dataclass(frozen=True, slots=True)
class Prints:
    """What the checksums of two relations say, and what `Tables.reading` gives of the rows that may differ.

    `ends` gives two rows: the least and the greatest finite cell of some columns of base, of numbers and times.
    """

    found: FoundPrints
    reading: Callable[[Side, Sequence[Column]], AbstractContextManager[pa.RecordBatchReader]]
    ends: Callable[[Sequence[Column]], AbstractContextManager[pa.RecordBatchReader]]


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

    def prints(self, sides: Pair[Physical], request: PrintRequest) -> Prints | None:
        """Compare the checksums of two relations where they lie; None where engine or columns do not allow it.

        Raises StatementError.
        """

    def identifies(self, sides: Pair[Physical], columns: Sequence[str]) -> bool | None:
        """Prove where they lie that columns are never NULL and unique in two relations, and that they pair rows.

        They pair at least half of the smaller side's rows, as far as a sample tells. None where engine or columns do
        not allow it. Raises StatementError.
        """


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

    def begin(self) -> None:
        """Be ready for builds: write down what they will make before they do."""

    def begin_alike(self) -> None:
        """Give head's place all that base's has by now."""

    def built(self, production: str) -> AbstractContextManager[BuiltTables]:
        """Open what was built, for reading."""

    def keep(self, relations: Sequence[Relation], run_id: str, folder: Path) -> Mapping[Relation, Physical]:
        """Put head's tables where a promotion finds them, and return the places."""

    def drop(self) -> None:
        """Remove the places with all that is in them."""


class Releases(Protocol):
    """Production, open for writing, by the one who holds the lease; all within a `transaction` happens or does not."""

    def transaction(self) -> AbstractContextManager[None]:
        """Commit at the end of the block, or undo all of it on an error.

        Raises Refused if somebody else got the lease meanwhile, and UnknownOutcome if the warehouse was lost during the
        commit and cannot be asked what became of it.
        """

    def promotions(self) -> tuple[PromotionRecord, ...]:
        """Read the state of record, oldest first."""

    def journal(self) -> tuple[JournalEntry, ...]:
        """Read the journal, oldest first."""

    def note(self, entry: JournalEntry) -> None:
        """Add a line to the journal: at once, or with the transaction that it is in."""

    def hold(self, relations: Sequence[Relation]) -> None:
        """Keep others from writing these until the transaction ends, while they may read on; raises Refused."""

    def fingerprint(self, relation: Relation) -> Fingerprint | None:
        """Return the identity of a production relation's rows, None if it does not exist."""

    def identity(self, relation: Relation) -> Fingerprint | None:
        """Return the identity of a production relation that is to be swapped: a table's rows, a view's query."""

    def swap(self, swaps: Sequence[Swap]) -> tuple[LiveTable, ...]:
        """Put judged tables into production, in this order, and keep what they replace.

        They get what belongs to the tables in production: indexes, constraints, comments, privileges. Raises Refused
        for what cannot be carried over, and for rows that break a constraint.
        """

    def restore(self, tables: Sequence[LiveTable]) -> None:
        """Put back what a swap replaced, in this order; raises Refused if it is gone or no longer fits."""

    def readers(self, tables: Sequence[LiveTable]) -> tuple[Relation, ...]:
        """Return the views that read the promoted tables now and did not when they were put in."""

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

        Raises Refused for a replaced table while the lease is somebody else's.
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
