"""A copy of the database for each version, under the same name: there dbt may write what it likes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from datacanary.model.basic import Column, Fingerprint, Pair, Physical, Relation, Side
from datacanary.model.dbt import Json
from datacanary.model.fence import WHOLE, Fence
from datacanary.model.prints import PrintRequest
from datacanary.model.release import Observed
from datacanary.protocols.tables import Prints, Query
from datacanary.protocols.workspace import Workspace
from datacanary.warehouse.duckdb import sql
from datacanary.warehouse.duckdb.copy import Copied, copy_database
from datacanary.warehouse.duckdb.errors import statement
from datacanary.warehouse.duckdb.open import attach, beside
from datacanary.warehouse.duckdb.session import Session
from datacanary.warehouse.duckdb.workspace import DuckDBWorkspace, list_relations, run_catalog

if TYPE_CHECKING:
    # It takes a while, and dbt is started before it is needed.
    import pyarrow as pa

_FOLDER = "database"


class DuckDBContained:
    """Both versions' copies, each in the folder `database` beside the files of its version.

    The file's name stays, so that every name with a database in it means the copy.
    """

    def __init__(self, file: Path, folders: Pair[Path]) -> None:
        self._file = file
        self._folders = folders
        self._copied = Copied(0, 0.0, cloned=False)

    def prepare(self) -> None:
        """Make the copies; raises what `copy_database` raises."""
        for side in ("base", "head"):
            self._place(side).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._copied = copy_database(self._file, [self._place("base"), self._place("head")])

    @property
    def how(self) -> str:
        """Say how both versions came to the same input."""
        if not self._copied.size:
            return f"{self._file.name} is not there yet: both versions begin with an empty database"
        way = "cloned" if self._copied.cloned else "copied"
        size, seconds = self._copied.size / 1e6, self._copied.seconds
        return f"{self._file.name} {way} for each version ({size:,.1f} MB, {seconds:.1f} s)"

    def connection(self, side: Side, folder: Path) -> Mapping[str, Json]:
        """Return what a version's profile says otherwise; relative, so that it is the same in each run."""
        # What models write as files goes into the version's own folder.
        return {"path": Path(os.path.relpath(self._place(side), folder)).as_posix(), "external_root": "."}

    def environment(self, command: str, environ: Mapping[str, str]) -> Mapping[str, str]:
        """Return nothing: the profile says it all."""
        del command, environ
        return {}

    def fence(self, side: Side) -> Fence:
        """Return that all of a copy is a version's own."""
        del side
        return WHOLE

    def physical(self, side: Side, relation: Relation) -> Physical:
        """Return where a version's dbt makes a relation: the first part is the side."""
        return Physical(side, relation.schema, relation.name)

    def there(self, production: str) -> AbstractContextManager[Workspace]:
        """Open head's copy, as long as nothing was built in it, as production was."""
        return self._opened("head", production)

    def relations(self) -> frozenset[Relation]:
        """List the tables and views of head's copy, as long as nothing was built in it."""
        place = self._place("head")
        if not place.exists():
            return frozenset()
        with beside() as connection:
            listed = list_relations(connection, attach(connection, place))
        return frozenset(Relation(one.schema.lower(), one.name.lower()) for one in listed)

    def moved(self, observed: Sequence[Observed]) -> tuple[Relation, ...]:
        """Return nothing: the copies are of one moment."""
        del observed
        return ()

    def begin(self) -> None:
        """Do nothing: all that is made lies in the run's folder."""

    def bring(self, wanted: Pair[Sequence[Relation]]) -> None:
        """Do nothing: each copy has all of production's tables."""

    def begin_alike(self) -> None:
        """Give head a copy of all that base has by now."""
        copy_database(self._place("base"), [self._place("head")])

    @contextmanager
    def built(self, production: str) -> Iterator[BothCopies]:
        """Open what was built, for reading."""
        with ExitStack() as opened:
            yield BothCopies(
                Pair(
                    base=opened.enter_context(self._opened("base", production)),
                    head=opened.enter_context(self._opened("head", production)),
                )
            )

    def keep(self, relations: Sequence[Relation], run_id: str, folder: Path) -> Mapping[Relation, Physical]:
        """Copy tables of head into the run's own file, and return where they are; views and what is missing stay."""
        run_file = folder / f"{run_catalog(run_id)}.duckdb"
        kept: dict[Relation, Physical] = {}
        with beside() as connection, statement("keeping head's tables"):
            source = attach(connection, self._place("head"))
            connection.execute(f"ATTACH {sql.text(str(run_file))} AS {sql.identifier(run_file.stem)} (TYPE duckdb)")
            for relation in relations:
                target = Physical(run_file.stem, f"head_{relation.schema}", relation.name)
                origin = sql.table(Physical(source, relation.schema, relation.name))
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {sql.schema(target.catalog, target.schema)}")
                connection.execute(f"CREATE TABLE {sql.table(target)} AS FROM {origin}")
                kept[relation] = target
        run_file.chmod(0o600)
        return kept

    def drop(self) -> None:
        """Remove the copies."""
        for folder in self._folders:
            shutil.rmtree(folder / _FOLDER, ignore_errors=True)

    def _place(self, side: Side) -> Path:
        return self._folders.of(side) / _FOLDER / self._file.name

    @contextmanager
    def _opened(self, side: Side, production: str) -> Iterator[DuckDBWorkspace]:
        place = self._place(side)
        if not place.exists():
            # Nothing was there, and nothing was built.
            duckdb.connect(str(place)).close()
        with beside() as connection:
            catalog = attach(connection, place)
            session = Session(connection, sql.schema(catalog, "main"))
            try:
                yield DuckDBWorkspace(session, place.with_stem("none"), catalog, production)
            finally:
                session.readings.stop()


class BothCopies:
    """The tables of both versions; the first part of a name says whose."""

    def __init__(self, copies: Pair[DuckDBWorkspace]) -> None:
        self._copies = copies

    def columns(self, relation: Physical) -> tuple[Column, ...] | None:
        """Return the columns of a relation, None if it does not exist."""
        copy, there = self._find(relation)
        return copy.columns(there)

    def rows(self, relation: Physical) -> int:
        """Count a relation's rows."""
        copy, there = self._find(relation)
        return copy.rows(there)

    def in_order(self, relation: Physical) -> bool:
        """Tell whether a relation is a table."""
        copy, there = self._find(relation)
        return copy.in_order(there)

    def prints(self, sides: Pair[Physical], request: PrintRequest) -> Prints | None:
        """Return nothing: here all rows are read as quickly as their checksums."""
        del sides, request
        return None

    def identifies(self, sides: Pair[Physical], columns: Sequence[str]) -> bool | None:
        """Return nothing: here keys are read as quickly."""
        del sides, columns
        return None

    @contextmanager
    def reading(
        self, relation: Physical | Query, columns: Sequence[Column] | None = None
    ) -> Iterator[pa.RecordBatchReader]:
        """Stream a relation, or these columns of it, as Arrow."""
        if isinstance(relation, Query):
            raise TypeError(relation)
        copy, there = self._find(relation)
        with copy.reading(there, columns) as reader:
            yield reader

    def view(self, relation: Physical) -> str:
        """Return the query of a view, an empty text for a table."""
        copy, there = self._find(relation)
        return copy.view(there)

    def fingerprint(self, relation: Physical) -> Fingerprint | None:
        """Return the identity of a relation's rows, None if it does not exist."""
        copy, there = self._find(relation)
        return copy.fingerprint(there)

    def interrupt(self) -> None:
        """Stop every statement that runs."""
        for copy in self._copies:
            copy.interrupt()

    def _find(self, relation: Physical) -> tuple[DuckDBWorkspace, Physical]:
        copy = self._copies.base if relation.catalog == "base" else self._copies.head
        return copy, copy.production(Relation(relation.schema, relation.name))
