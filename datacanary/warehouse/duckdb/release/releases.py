"""Production in DuckDB, open for writing: swaps and restores inside one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from datacanary.errors import Refused, RunError
from datacanary.model.basic import Fingerprint, Physical, Relation
from datacanary.model.release import JournalEntry, LiveTable, PromotionRecord, Registered, Swap
from datacanary.warehouse.duckdb import sql
from datacanary.warehouse.duckdb.errors import statement
from datacanary.warehouse.duckdb.open import LockedError, attach, beside
from datacanary.warehouse.duckdb.release.definition import comment_statements, create_like
from datacanary.warehouse.duckdb.release.former import Former, Kind, read_former
from datacanary.warehouse.duckdb.release.journal import read_journal, write_entry
from datacanary.warehouse.duckdb.release.kept import drop_kept, read_kept
from datacanary.warehouse.duckdb.release.ledger import ensure_ledger, mark_rolled_back, read_promotions, write_promotion
from datacanary.warehouse.duckdb.session import Reader
from datacanary.warehouse.interruptible import interruptible


class DuckDBReleases:
    """One connection that alone may write production's file while it is open."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
        self._connection = connection
        self._catalog = catalog
        self._reader = Reader(connection)
        self._indexed: list[str] = []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit at the end of the block, or undo all of it on an error."""
        with statement("the transaction"):
            self._connection.execute("BEGIN TRANSACTION")
            try:
                yield
            except BaseException:
                # After a fatal error there is no transaction any more: what was not committed is gone anyhow.
                with suppress(duckdb.Error):
                    self._connection.execute("ROLLBACK")
                raise
            try:
                self._connection.execute("COMMIT")
            except duckdb.TransactionException as error:
                # DuckDB looks whether the rows of a new table are unique only now, and does not say which table's.
                if "UNIQUE constraint violation" not in str(error):
                    raise
                raise Refused(
                    f"The new rows of {' or '.join(self._indexed)} break a unique index of production's table.",
                    hint=_CHANGE_INDEX,
                ) from error

    def now(self) -> str:
        """Return this machine's time: a file has no clock of its own."""
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def promotions(self) -> tuple[PromotionRecord, ...]:
        """Read the state of record, oldest first."""
        return read_promotions(self._connection, self._catalog)

    def journal(self) -> tuple[JournalEntry, ...]:
        """Read the journal, oldest first."""
        return read_journal(self._connection, self._catalog)

    def note(self, entry: JournalEntry) -> None:
        """Add a line to the journal; outside of a transaction it is written at once."""
        write_entry(self._connection, self._catalog, entry)

    def fingerprint(self, relation: Relation) -> Fingerprint | None:
        """Return the identity of a production relation's rows, None if it does not exist."""
        return self._reader.fingerprint(self._physical(relation))

    def identity(self, relation: Relation) -> Fingerprint | None:
        """Return the identity of a relation that is to be swapped: a table's rows, a view's query."""
        return self._reader.identity(self._physical(relation))

    def hold(self, relations: Sequence[Relation]) -> None:
        """Do nothing: while the file is open for writing here, nobody else can write to it."""
        del relations

    def swap(self, swaps: Sequence[Swap]) -> tuple[LiveTable, ...]:
        """Keep what is in production under another name, and put the judged tables in its place."""
        live = tuple(self._guarded(swap) for swap in swaps)
        self._refuse_broken(live)
        readers = self._readers(live)
        return tuple(replace(one, readers=readers[one.relation]) for one in live)

    def _guarded(self, swap: Swap) -> LiveTable:
        with _refusing(swap.target):
            return self._swap(swap)

    def _swap(self, swap: Swap) -> LiveTable:
        former = self._former(swap.target)
        if former.kind:
            self._set_aside(swap.target, former, swap.kept_as)
        live = LiveTable(
            relation=swap.target,
            action="removed",
            kept_as=swap.kept_as,
            kept_kind=former.kind,
            materialized=swap.materialized,
            promoted=None,
            indexes=former.indexes,
            kept_name=former.name,
        )
        if swap.built is None and not swap.view:
            return live
        if not self._has_schema(swap.target.schema):
            live = replace(live, new_schema=True)
            self._run(f"CREATE SCHEMA {sql.schema(self._catalog, swap.target.schema)}")
        if swap.materialized == "view":
            self._run(f"CREATE VIEW {sql.table(self._physical(swap.target))} AS\n{swap.view}")
        elif swap.built is not None:
            self._fill(swap.target, swap.built, former)
        self._comment(swap.target, swap.materialized, former)
        promoted = self.identity(swap.target)
        if former.kind:
            return replace(live, action="replaced", promoted=promoted, content=swap.content)
        return replace(live, action="created", kept_as="", promoted=promoted, content=swap.content)

    def restore(self, tables: Sequence[LiveTable]) -> None:
        """Drop what a swap put in, and give what it set aside its name back."""
        for table in tables:
            with _refusing(table.relation):
                self._restore(table)
        self._refuse_broken(tables)

    def _restore(self, table: LiveTable) -> None:
        if table.action != "removed":
            self._run(f"DROP {table.materialized.upper()} {sql.table(self._physical(table.relation))}")
        if table.new_schema and self._is_empty(table.relation.schema):
            self._run(f"DROP SCHEMA {sql.schema(self._catalog, table.relation.schema)}")
        if not table.kept_kind:
            return
        kept = Relation(table.relation.schema, table.kept_as)
        if self._kind(kept) != table.kept_kind:
            raise Refused(
                f"{kept}, the table that was replaced, is gone.",
                hint="It cannot be put back.",
            )
        self._rename(kept, table.kept_kind, table.kept_name or table.relation.name)
        for made in table.indexes if table.kept_kind == "table" else ():
            self._run(made)
        if table.kept is not None and self.identity(table.relation) != table.kept:
            raise Refused(
                f"{kept}, the {table.kept_kind} that was replaced, was written or altered since.",
                hint="It cannot be put back.",
            )

    def readers(self, tables: Sequence[LiveTable]) -> tuple[Relation, ...]:
        """Return the views that read the promoted tables now and did not when they were put in."""
        now = self._readers(tables)
        own = {table.relation for table in tables}
        found = {view for table in tables for view in now[table.relation] if view not in table.readers}
        return tuple(sorted(found - own))

    def _readers(self, tables: Sequence[LiveTable]) -> Mapping[Relation, tuple[Relation, ...]]:
        from datacanary.warehouse.duckdb.release.readers import readers_of  # noqa: PLC0415 -- only a promotion asks

        return readers_of(self._connection, self._catalog, {table.relation for table in tables})

    def _refuse_broken(self, tables: Sequence[LiveTable]) -> None:
        from datacanary.warehouse.duckdb.release.readers import refuse_broken  # noqa: PLC0415 -- only a promotion asks

        refuse_broken(self._connection, self._catalog, {table.relation for table in tables})

    def record(self, promotion: PromotionRecord) -> None:
        """Write a promotion into the state of record."""
        ensure_ledger(self._connection, self._catalog)
        write_promotion(self._connection, self._catalog, promotion)

    def mark_rolled_back(self, promotion: PromotionRecord, at: str) -> None:
        """Write that a promotion was undone."""
        mark_rolled_back(self._connection, self._catalog, promotion, at)

    def registered(self) -> tuple[Registered, ...]:
        """List what live promotions keep of what they replaced, oldest first."""
        return read_kept(self._connection, self._catalog)

    def drop(self, registered: Sequence[Registered]) -> None:
        """Drop what live promotions keep of what they replaced."""
        drop_kept(self._connection, self._catalog, registered)

    def _physical(self, relation: Relation) -> Physical:
        return Physical(self._catalog, relation.schema, relation.name)

    def _kind(self, relation: Relation) -> Kind:
        if self._reader.columns(self._physical(relation)) is None:
            return ""
        return "view" if self._reader.definition(self._physical(relation)) else "table"

    def _former(self, relation: Relation) -> Former:
        """Look at what is in production, before anything is done to it."""
        return read_former(self._connection, self._physical(relation), self._kind(relation))

    def _set_aside(self, relation: Relation, former: Former, kept_as: str) -> None:
        """Rename what is in production; its indexes go first, since DuckDB renames no indexed table."""
        for index in former.index_names:
            self._run(f"DROP INDEX {index}")
        self._rename(relation, former.kind, kept_as)

    def _fill(self, target: Relation, built: Physical, former: Former) -> None:
        physical, definition = self._physical(target), former.definition
        if definition.constraints or definition.defaults:
            self._run(create_like(definition, physical, self._reader.described(built)))
            try:
                self._run(f"INSERT INTO {sql.table(physical)} FROM {sql.table(built)}")
            except duckdb.ConstraintException as error:
                raise Refused(
                    f"The new rows of {target} break what production's table demands: {definition.text}.",
                    hint="Nothing was changed. Mend the query, or drop the constraint in production first.",
                ) from error
        else:
            self._run(f"CREATE TABLE {sql.table(physical)} AS FROM {sql.table(built)}")
        for made in former.indexes:
            try:
                self._run(made)
            except (duckdb.BinderException, duckdb.CatalogException) as error:
                problem = f"An index of {target} cannot be made on the new table: a column of it is gone."
                raise Refused(problem, hint=_CHANGE_INDEX) from error
        self._indexed += [str(target)] if former.indexes else []

    def _comment(self, target: Relation, kind: str, former: Former) -> None:
        physical = self._physical(target)
        for made in comment_statements(former.definition, kind, physical, self._reader.described(physical)):
            self._run(made)

    def _run(self, made: str) -> None:
        interruptible(self._connection, lambda: self._connection.execute(made))

    def _has_schema(self, schema: str) -> bool:
        return schema.lower() in self._schemas_of("duckdb_schemas")

    def _is_empty(self, schema: str) -> bool:
        kinds = ("duckdb_tables", "duckdb_views", "duckdb_sequences", "duckdb_types", "duckdb_functions")
        return not any(schema.lower() in self._schemas_of(kind) for kind in kinds)

    def _schemas_of(self, kind: str) -> set[str]:
        """Return the schemas that have something of a kind, in lower case."""
        query = f"SELECT DISTINCT lower(schema_name) FROM {kind}() WHERE database_name = ?"  # noqa: S608 -- our own words
        return {name for (name,) in self._connection.execute(query, [self._catalog]).fetchall()}

    def _rename(self, relation: Relation, kind: str, name: str) -> None:
        self._run(f"ALTER {kind.upper()} {sql.table(self._physical(relation))} RENAME TO {sql.identifier(name)}")


_CHANGE_INDEX = "Nothing was changed. Mend the query, or drop the index in production first."


@contextmanager
def _refusing(relation: Relation) -> Iterator[None]:
    try:
        yield
    except (duckdb.DependencyException, duckdb.CatalogException) as error:
        # A table that a foreign key points to is not renamed for the one reason, and not dropped for the other.
        if isinstance(error, duckdb.CatalogException) and "is main key table" not in str(error):
            raise
        raise Refused(
            f"{relation} cannot be swapped: something else in production depends on it, a foreign key or a trigger.",
            hint="Nothing was changed. Drop that in production first, or check other tables alone: --select.",
        ) from error


@contextmanager
def open_releases(warehouse_file: Path, run_file: Path | None) -> Iterator[DuckDBReleases]:
    """Open production for writing; raises Refused if another process has it, RunError if the run's file is gone."""
    if run_file is not None and not run_file.exists():
        raise RunError("The run's tables are gone.", hint="Run `datacanary check` again.")
    with beside() as connection:
        try:
            catalog = attach(connection, warehouse_file, writable=True)
        except LockedError as error:
            raise Refused(error.problem, where=error.where, hint=error.hint) from error
        if run_file is not None:
            attach(connection, run_file)
        # A view that is made here must name its tables without the database: the file may get another name.
        connection.execute(f"USE {sql.identifier(catalog)}")
        yield DuckDBReleases(connection, catalog)
