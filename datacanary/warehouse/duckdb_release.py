"""Production in DuckDB, open for writing: swaps and restores inside one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import duckdb

from datacanary.errors import Refused, RunError
from datacanary.model.basic import Fingerprint, Physical, Relation
from datacanary.model.release import LiveTable, PromotionRecord, Swap
from datacanary.warehouse import duckdb_sql as sql
from datacanary.warehouse.duckdb_definition import (
    NOTHING,
    Definition,
    comment_statements,
    create_like,
    read_definition,
)
from datacanary.warehouse.duckdb_errors import statement
from datacanary.warehouse.duckdb_ledger import ensure_ledger, mark_rolled_back, read_promotions, write_promotion
from datacanary.warehouse.duckdb_open import LockedError, attach, beside
from datacanary.warehouse.duckdb_session import Reader
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

    def restore(self, table: LiveTable) -> None:
        """Drop what a swap put in, and give what it set aside its name back."""
        with _refusing(table.relation):
            self._restore(table)

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
                hint="It cannot be put back; build it again from the old commit.",
            )
        self._rename(kept, table.kept_kind, table.kept_name or table.relation.name)
        for made in table.indexes if table.kept_kind == "table" else ():
            self._run(made)

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

    def _former(self, relation: Relation) -> _Former:
        """Look at what is in production, before anything is done to it."""
        kind, physical = self._kind(relation), self._physical(relation)
        if not kind:
            return _Former("", relation.name, NOTHING)
        definition = read_definition(self._connection, physical)
        if definition.immovable:
            raise Refused(
                f"{relation} has what a promotion cannot carry over: {', '.join(definition.immovable)}.",
                hint="Nothing was changed. Drop it in production first if it is no longer wanted.",
            )
        indexes = self._ask(
            "SELECT index_name, sql, comment FROM duckdb_indexes() WHERE lower(database_name) = lower(?) "
            "AND lower(schema_name) = lower(?) AND lower(table_name) = lower(?) AND sql IS NOT NULL ORDER BY ALL",
            physical,
        )
        name = self._ask(
            "SELECT table_name FROM duckdb_columns() WHERE lower(database_name) = lower(?) "
            "AND lower(schema_name) = lower(?) AND lower(table_name) = lower(?) LIMIT 1",
            physical,
        )[0][0]
        made = [(f"{self._in_schema(relation, index)}", statement, comment) for index, statement, comment in indexes]
        comments = [f"COMMENT ON INDEX {index} IS {sql.text(comment)}" for index, _, comment in made if comment]
        return _Former(
            kind, name, definition, (*(one for _, one, _ in made), *comments), tuple(index for index, _, _ in made)
        )

    def _set_aside(self, relation: Relation, former: _Former, kept_as: str) -> None:
        """Rename what is in production; its indexes go first, since DuckDB renames no indexed table."""
        for index in former.index_names:
            self._run(f"DROP INDEX {index}")
        self._rename(relation, former.kind, kept_as)

    def _fill(self, target: Relation, built: Physical, former: _Former) -> None:
        physical, definition = self._physical(target), former.definition
        if definition.constraints or definition.defaults:
            self._run(create_like(definition, physical, self._columns(built)))
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

    def _comment(self, target: Relation, kind: str, former: _Former) -> None:
        physical = self._physical(target)
        for made in comment_statements(former.definition, kind, physical, self._columns(physical)):
            self._run(made)

    def _columns(self, relation: Physical) -> list[tuple[str, str]]:
        """Return names and types as DuckDB writes them."""
        found = self._ask(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE lower(database_name) = lower(?) "
            "AND lower(schema_name) = lower(?) AND lower(table_name) = lower(?) ORDER BY column_index",
            relation,
        )
        return [(name, kind) for name, kind in found]

    def _ask(self, query: str, relation: Physical) -> list[tuple[str, ...]]:
        return self._connection.execute(query, [relation.catalog, relation.schema, relation.name]).fetchall()

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

    def _in_schema(self, relation: Relation, name: str) -> str:
        return f"{sql.schema(self._catalog, relation.schema)}.{sql.identifier(name)}"

    def _rename(self, relation: Relation, kind: str, name: str) -> None:
        self._run(f"ALTER {kind.upper()} {sql.table(self._physical(relation))} RENAME TO {sql.identifier(name)}")


_CHANGE_INDEX = "Nothing was changed. Mend the query, or drop the index in production first."


@dataclass(frozen=True, slots=True)
class _Former:
    """What a swap finds in production: `kind` is empty for nothing, `indexes` are statements that make them again."""

    kind: Literal["table", "view", ""]
    name: str
    definition: Definition
    indexes: tuple[str, ...] = ()
    index_names: tuple[str, ...] = ()


@contextmanager
def _refusing(relation: Relation) -> Iterator[None]:
    try:
        yield
    except duckdb.DependencyException as error:
        raise Refused(
            f"{relation} cannot be swapped: something else in production depends on it, a foreign key or a trigger.",
            hint="Nothing was changed. Drop that in production first, or promote without this table.",
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
