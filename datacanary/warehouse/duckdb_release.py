"""Production in DuckDB, open for writing: swaps and restores inside one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal

import duckdb

from datacanary.errors import Refused, RunError, StatementError, WarehouseError
from datacanary.model.basic import Fingerprint, Physical, Relation
from datacanary.model.release import LiveTable, PromotionRecord, Swap
from datacanary.warehouse import duckdb_sql as sql
from datacanary.warehouse.duckdb_errors import opening, statement
from datacanary.warehouse.duckdb_ledger import ensure_ledger, mark_rolled_back, read_promotions, write_promotion
from datacanary.warehouse.duckdb_session import Reader


class DuckDBReleases:
    """One connection that alone may write production's file while it is open."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
        self._connection = connection
        self._catalog = catalog
        self._reader = Reader(connection)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit at the end of the block, or undo all of it on an error."""
        with statement("the transaction"):
            self._connection.execute("BEGIN TRANSACTION")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def promotions(self) -> tuple[PromotionRecord, ...]:
        """Read the state of record, oldest first."""
        return read_promotions(self._connection, self._catalog)

    def fingerprint(self, relation: Relation) -> Fingerprint | None:
        """Return the identity of a production relation's rows, None if it does not exist."""
        return self._reader.fingerprint(self._physical(relation))

    def identity(self, relation: Relation) -> Fingerprint | None:
        """Return the identity of a relation that is to be swapped: a table's rows, a view's query."""
        return self._reader.identity(self._physical(relation))

    def swap(self, swap: Swap) -> LiveTable:
        """Keep what is in production under another name, and put the judged table in its place."""
        kind = self._kind(swap.target)
        indexes = self._set_aside(swap.target, kind, swap.kept_as) if kind else ()
        if swap.built is None and not swap.view:
            return LiveTable(swap.target, "removed", swap.kept_as, kind, swap.materialized, None, indexes)
        self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {sql.schema(self._catalog, swap.target.schema)}")
        target = sql.table(self._physical(swap.target))
        if swap.materialized == "view":
            self._connection.execute(f"CREATE VIEW {target} AS\n{swap.view}")
        elif swap.built is not None:
            self._connection.execute(f"CREATE TABLE {target} AS FROM {sql.table(swap.built)}")
            self._again(indexes, swap.target)
        return LiveTable(
            relation=swap.target,
            action="replaced" if kind else "created",
            kept_as=swap.kept_as if kind else "",
            kept_kind=kind,
            materialized=swap.materialized,
            promoted=self.identity(swap.target),
            indexes=indexes,
        )

    def restore(self, table: LiveTable) -> None:
        """Drop what a swap put in, and give what it set aside its name back."""
        if table.action != "removed":
            self._connection.execute(f"DROP {table.materialized.upper()} {sql.table(self._physical(table.relation))}")
        if table.kept_kind:
            kept = Relation(table.relation.schema, table.kept_as)
            if self._kind(kept) != table.kept_kind:
                raise Refused(
                    f"{kept}, the table that was replaced, is gone.",
                    hint="It cannot be put back; build it again from the old commit.",
                )
            self._rename(kept, table.kept_kind, table.relation.name)
            if table.kept_kind == "table":
                self._again(table.indexes, table.relation)

    def record(self, promotion: PromotionRecord) -> None:
        """Write a promotion into the state of record."""
        ensure_ledger(self._connection, self._catalog)
        write_promotion(self._connection, self._catalog, promotion)

    def mark_rolled_back(self, promotion: PromotionRecord, at: str) -> None:
        """Write that a promotion was undone."""
        mark_rolled_back(self._connection, self._catalog, promotion, at)

    def _physical(self, relation: Relation) -> Physical:
        return Physical(self._catalog, relation.schema, relation.name)

    def _kind(self, relation: Relation) -> Literal["table", "view", ""]:
        if self._reader.columns(self._physical(relation)) is None:
            return ""
        return "view" if self._reader.definition(self._physical(relation)) else "table"

    def _set_aside(self, relation: Relation, kind: Literal["table", "view", ""], kept_as: str) -> tuple[str, ...]:
        """Rename what is in production; its indexes go first, since DuckDB renames no indexed table."""
        found = self._connection.execute(
            "SELECT index_name, sql FROM duckdb_indexes() WHERE lower(database_name) = lower(?) "
            "AND lower(schema_name) = lower(?) AND lower(table_name) = lower(?) AND sql IS NOT NULL ORDER BY ALL",
            [self._catalog, relation.schema, relation.name],
        ).fetchall()
        for name, _ in found:
            self._connection.execute(f"DROP INDEX {sql.schema(self._catalog, relation.schema)}.{sql.identifier(name)}")
        self._rename(relation, kind, kept_as)
        return tuple(made for _, made in found)

    def _rename(self, relation: Relation, kind: str, name: str) -> None:
        target = sql.table(self._physical(relation))
        self._connection.execute(f"ALTER {kind.upper()} {target} RENAME TO {sql.identifier(name)}")

    def _again(self, indexes: tuple[str, ...], relation: Relation) -> None:
        for made in indexes:
            try:
                self._connection.execute(made)
            except duckdb.Error as error:
                raise Refused(
                    f"An index of {relation} cannot be made on the new table.",
                    hint="Drop the index in production first, or keep its columns unique and in place.",
                ) from error


def open_releases(warehouse_file: Path, catalog: str, run_file: Path | None) -> AbstractContextManager[DuckDBReleases]:
    """Open production for writing; raises Refused if another process has it, RunError if the run's file is gone."""
    return _opened(warehouse_file, catalog, run_file)


@contextmanager
def _opened(warehouse_file: Path, catalog: str, run_file: Path | None) -> Iterator[DuckDBReleases]:
    if run_file is not None and not run_file.exists():
        raise RunError("The run's tables are gone.", hint="Run `datacanary check` again.")
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("SET enable_progress_bar = false; SET python_enable_replacements = false")
        try:
            with opening(warehouse_file):
                connection.execute(f"ATTACH {sql.text(str(warehouse_file))} AS {sql.identifier(catalog)}")
        except StatementError:
            raise
        except WarehouseError as error:
            raise Refused(error.problem, where=error.where, hint=error.hint) from error
        if run_file is not None:
            with opening(run_file):
                connection.execute(f"ATTACH {sql.text(str(run_file))} AS {sql.identifier(run_file.stem)} (READ_ONLY)")
        # A view that is made here must name its tables without the database: the file may get another name.
        connection.execute(f"USE {sql.identifier(catalog)}")
        yield DuckDBReleases(connection, catalog)
    finally:
        connection.close()
