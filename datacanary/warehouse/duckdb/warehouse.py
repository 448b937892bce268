"""DuckDB: one file is the warehouse."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import duckdb

from datacanary.errors import CanaryError, Refused, WarehouseError
from datacanary.model.basic import Column, Pair, Relation
from datacanary.model.outline import Outline
from datacanary.model.project import SourceData
from datacanary.model.release import JournalEntry, Lease, PromotionRecord, Registered
from datacanary.model.symptom import Symptom
from datacanary.protocols.warehouse import Capabilities
from datacanary.warehouse.duckdb import sql
from datacanary.warehouse.duckdb.contained import DuckDBContained
from datacanary.warehouse.duckdb.errors import in_short, statement
from datacanary.warehouse.duckdb.open import LockedError, attach, beside, catalog_of
from datacanary.warehouse.duckdb.outline import outline_of
from datacanary.warehouse.duckdb.release.journal import read_journal
from datacanary.warehouse.duckdb.release.kept import read_kept
from datacanary.warehouse.duckdb.release.ledger import read_promotions
from datacanary.warehouse.duckdb.release.releases import DuckDBReleases, open_releases
from datacanary.warehouse.duckdb.schema import columns_of_rows, columns_of_tables
from datacanary.warehouse.duckdb.workspace import (
    DuckDBWorkspace,
    list_relations,
    open_workspace,
    read_files,
    run_catalog,
)

_PREFIX = "duckdb:///"


def connect(url: str, folder: Path) -> DuckDBWarehouse:
    """Return the warehouse of a `duckdb:///path` URL; the path is relative to `folder`.

    `duckdb:////path` is absolute. Raises WarehouseError for a URL without a path.
    """
    return DuckDBWarehouse(database_file(url, folder))


def database_file(url: str, folder: Path) -> Path:
    """Return the file of a URL; a path that is only there when read as an absolute one is taken so.

    >>> database_file("duckdb:///data/w.duckdb", Path("/repo"))
    PosixPath('/repo/data/w.duckdb')
    """
    if not url.startswith(_PREFIX) or url == _PREFIX:
        raise WarehouseError(
            "A DuckDB URL needs the path of a file.",
            hint="Write duckdb:///relative/path.duckdb, or duckdb:////absolute/path.duckdb.",
        )
    path = url.removeprefix(_PREFIX)
    relative, absolute = folder / path, Path("/") / path
    return absolute if not relative.exists() and absolute.exists() else relative


class DuckDBWarehouse:
    """A DuckDB file; opened only while something is read or written, since one writer locks all others out."""

    dialect = sql.DIALECT
    engine = f"duckdb {duckdb.__version__}"
    capabilities = Capabilities(
        atomic_promotion="all tables in one transaction",
        pinned_input="duckdb file attached read-only",
        parallel_builds=True,
    )

    def __init__(self, file: Path) -> None:
        self._file = file
        self.shown = f"duckdb:///{file.name}"
        self.catalog = catalog_of(file)

    def workspace(self, folder: Path, run_id: str, production: str) -> AbstractContextManager[DuckDBWorkspace]:
        """Open the run's own file beside production, which is attached read-only."""
        return open_workspace(folder, run_id, self._file, production)

    def releases(self, folder: Path | None, run_id: str, holder: str = "") -> AbstractContextManager[DuckDBReleases]:
        """Open production for writing, with the run's file attached read-only if there is one.

        The file's own lock is the lease, and DuckDB itself tells others which process has it.
        """
        del holder
        run_file = folder / f"{run_catalog(run_id)}.duckdb" if folder else None
        return open_releases(self._file, run_file)

    def lease(self) -> Lease | None:
        """Return nothing: the lock of the file goes with the process that has it."""
        return None

    def unlock(self, lease_id: str) -> None:
        """Refuse: no lease is left behind by a process that died, and one that works is to be stopped."""
        del lease_id
        try:
            with beside() as connection:
                attach(connection, self._file, writable=True)
        except LockedError as error:
            raise Refused(
                f"{error.problem} DuckDB's file is locked by the process itself, there is no lease to take from it.",
                where=error.where,
                hint="Stop that process: the lock goes with it.",
            ) from error
        raise Refused("Nobody has the DuckDB file: there is nothing to unlock.")

    def journal(self) -> tuple[JournalEntry, ...]:
        """Read the journal, oldest first."""
        with self._read_only() as connection:
            return read_journal(connection, self.catalog)

    def registered(self) -> tuple[Registered, ...]:
        """List what promotions replaced and keep, oldest first; a run's own tables lie in its folder."""
        with self._read_only() as connection:
            return read_kept(connection, self.catalog)

    def drop(self, registered: Sequence[Registered]) -> None:
        """Drop kept tables and views, all in one transaction; raises Refused if another process has the file."""
        if not registered:
            return
        with open_releases(self._file, None) as releases, releases.transaction():
            releases.drop(registered)

    def promotions(self) -> tuple[PromotionRecord, ...]:
        """Read the state of record, oldest first."""
        with self._read_only() as connection:
            return read_promotions(connection, self.catalog)

    def relations(self) -> tuple[Relation, ...]:
        """List tables and views, without datacanary's own."""
        with self._read_only() as connection:
            return list_relations(connection, self.catalog)

    def state(self) -> str:
        """Return the sizes and times of change of the file and of what was written last, which lies beside it."""
        files = (self._file, self._file.with_name(f"{self._file.name}.wal"))
        found = [file.stat() for file in files if file.exists()]
        return " ".join(f"{one.st_size}@{one.st_mtime_ns}" for one in found)

    def columns_of_tables(self, names: Collection[Relation], production: str) -> Mapping[Relation, tuple[Column, ...]]:
        """Return the columns of those tables and views that are there, with their collations."""
        with self._read_only() as connection:
            return columns_of_tables(connection, self.catalog, names, production)

    def columns_of_source(self, source: SourceData, files: Sequence[Path]) -> tuple[Column, ...]:
        """Let DuckDB look at files as it does to load them; production is not opened."""
        query = read_files(source, files)
        with beside() as connection:
            return columns_of_rows(connection, query, source.pattern)

    def columns_of_call(self, call: str) -> tuple[Column, ...]:
        """Let DuckDB look at the files of a call; production is not opened."""
        with beside() as connection:
            return columns_of_rows(connection, f"FROM {call}", "a data file")

    def contain(self, folders: Pair[Path]) -> DuckDBContained:
        """Return copies of the file for both versions, each below one of these folders; nothing is made yet."""
        return DuckDBContained(self._file, folders)

    def in_short(self, message: str) -> str:
        """Keep DuckDB's sentence without cells."""
        return in_short(message)

    def outline(self, query: str) -> Outline | None:
        """Read one query with DuckDB's own parser; no file is opened."""
        return outline_of(query)

    def symptoms(self, production: str) -> tuple[Symptom, ...]:
        """Say nothing: a file has no roles."""
        del production
        return ()

    def write_obstacle(self) -> CanaryError | None:
        """Say why production could not be written now: its file or folder is read-only."""
        if os.access(self._file, os.W_OK) and os.access(self._file.parent, os.W_OK):
            return None
        return WarehouseError(
            f"{self._file.name} or its folder may not be written: promote will be refused.",
            hint="Right for a machine that only checks; else change the permissions.",
        )

    @contextmanager
    def _read_only(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with beside() as connection, statement(f"reading {self._file.name}"):
            attach(connection, self._file)
            yield connection
