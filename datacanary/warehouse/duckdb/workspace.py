"""A run's own DuckDB file, with production attached read-only beside it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from datacanary.errors import DataError, StatementError, WarehouseError, Where
from datacanary.model.basic import Column, Fingerprint, Pair, Physical, Relation
from datacanary.model.plan import Place
from datacanary.model.prints import PrintRequest
from datacanary.model.project import Materialized, SourceData
from datacanary.model.release import Observed, PromotionRecord
from datacanary.protocols.tables import Prints, Query
from datacanary.warehouse.duckdb import sql
from datacanary.warehouse.duckdb.conditions import conditions
from datacanary.warehouse.duckdb.errors import statement
from datacanary.warehouse.duckdb.open import attach
from datacanary.warehouse.duckdb.perturb import perturbed, shuffle
from datacanary.warehouse.duckdb.release.ledger import read_promotions
from datacanary.warehouse.duckdb.session import Session
from datacanary.warehouse.interruptible import interruptible

if TYPE_CHECKING:
    # It takes a while, and dbt is started before it is needed.
    import pyarrow as pa

_DEFAULT_SCHEMA = "main"
_SOURCES = "source"


class DuckDBWorkspace:
    """Builds go into `dc_<run>`, one schema per place and schema; production cannot be written from here."""

    def __init__(self, session: Session, run_file: Path, warehouse_catalog: str, production: str) -> None:
        self._session = session
        self._run = run_file.stem
        self._noise = run_file.with_stem(f"{run_file.stem}_noise")
        self._warehouse = warehouse_catalog
        self._production = production

    def physical(self, place: Place, relation: Relation) -> Physical:
        """Return where a build or source of a place lies."""
        catalog = self._noise.stem if place in {"noise", "shuffled"} else self._run
        return Physical(catalog, f"{place}_{relation.schema or _SOURCES}", relation.name)

    def production(self, relation: Relation) -> Physical:
        """Return where a relation lies in production."""
        return Physical(self._warehouse, relation.schema, relation.name)

    def locate(self, relation: Relation) -> Relation | None:
        """Find a relation of the warehouse; without a schema: in production's, then in `main`."""
        schemas = (relation.schema,) if relation.schema else (self._production, _DEFAULT_SCHEMA)
        for schema in schemas:
            found = Relation(schema, relation.name)
            if self.columns(self.production(found)) is not None:
                return found
        return None

    def nearest(self, relation: Relation) -> str:
        """Return the name most like one that is not there, or an empty text."""
        with self._session.cursor() as cursor, statement("listing the warehouse's tables"):
            known = list_relations(cursor, self._warehouse)
        close = difflib.get_close_matches(relation.name, [one.name for one in known], n=1)
        return next((str(one) for one in known if close and one.name == close[0]), "")

    def load(self, place: Place, source: SourceData, files: Sequence[Path]) -> None:
        """Make a source readable: Parquet stays where it is, the rest is read once into the run's file."""
        if source.relation is None:
            return
        target = self.physical(place, source.relation)
        query = read_files(source, files)
        kind = "VIEW" if query.startswith("FROM read_parquet") else "TABLE"
        with self._session.cursor() as cursor, statement(f"reading {source.pattern}"):
            self._session.ensure_schema(cursor, sql.schema(target.catalog, target.schema))
            interruptible(cursor, lambda: cursor.execute(f"CREATE {kind} {sql.table(target)} AS {query}"))

    def create(self, target: Physical, materialized: Materialized, preamble: Sequence[str], query: str) -> None:
        """Run the preamble and make the target from the query; a failed one leaves nothing."""
        kind = "VIEW" if materialized == "view" else "TABLE"
        with self._session.cursor() as cursor, statement(f"building {target.schema}.{target.name}"):
            self._session.ensure_schema(cursor, sql.schema(target.catalog, target.schema))
            for one in (*preamble, f"CREATE {kind} {sql.table(target)} AS\n{query}"):
                interruptible(cursor, partial(cursor.execute, one))

    def perturbed(self) -> AbstractContextManager[None]:
        """While the block runs, use one thread more, and have a database for the places `noise` and `shuffled`."""
        return perturbed(self._session, self._noise)

    def shuffle(self, source: Physical | str, target: Physical) -> None:
        """Copy a relation, or the data file of this path, into a table in the order of the rows' hashes."""
        shuffle(self._session, source, target)

    def columns(self, relation: Physical) -> tuple[Column, ...] | None:
        """Return the columns of a relation, None if it does not exist."""
        with self._session.reader() as reader:
            return reader.columns(relation)

    def rows(self, relation: Physical) -> int:
        """Count a relation's rows."""
        with self._session.reader() as reader:
            return reader.rows(relation)

    @contextmanager
    def reading(
        self, relation: Physical | Query, columns: Sequence[Column] | None = None
    ) -> Iterator[pa.RecordBatchReader]:
        """Stream a relation or query, or these columns of it, as Arrow; types that Arrow would lose come as text."""
        if columns is None:
            columns = relation.columns if isinstance(relation, Query) else self.columns(relation)
        if columns is None:
            raise StatementError(f"{relation} does not exist.")
        with self._session.reading(relation, columns) as reader:
            yield reader

    def conditions(self) -> str:
        """Describe the time zone, and production's own functions and types."""
        with self._session.cursor() as cursor, statement("reading the settings"):
            return conditions(cursor, self._warehouse)

    def told_by_fingerprint(self, relation: Physical) -> bool:
        """Tell whether a relation is a table without collations."""
        with self._session.reader() as reader:
            return not reader.definition(relation) and not reader.collated(relation)

    def open_run(self, folder: Path, run_id: str) -> bool:
        """Attach a finished run's file read-only, as many may at once; an open file outlives its name."""
        try:
            with self._session.cursor() as cursor:
                attach(cursor, folder / f"{run_catalog(run_id)}.duckdb")
        except WarehouseError:
            return False
        return True

    def promotions(self) -> tuple[PromotionRecord, ...]:
        """Read the state of record, oldest first."""
        with self._session.cursor() as cursor:
            return read_promotions(cursor, self._warehouse)

    def in_order(self, relation: Physical) -> bool:
        """Tell whether a relation is a table: a view is computed each time, in any order."""
        with self._session.reader() as reader:
            return not reader.definition(relation)

    def prints(self, sides: Pair[Physical], request: PrintRequest) -> Prints | None:
        """Return nothing: here all rows are read as quickly as their checksums."""
        del sides, request
        return None

    def identifies(self, sides: Pair[Physical], columns: Sequence[str]) -> bool | None:
        """Return nothing: here keys are read as quickly."""
        del sides, columns
        return None

    def view(self, relation: Physical) -> str:
        """Return the query of a view, an empty text for anything else."""
        from datacanary.warehouse.duckdb.views import query_of_view  # noqa: PLC0415 -- not needed before dbt runs

        with self._session.reader() as reader:
            return query_of_view(reader.definition(relation))

    def query(self, text: str) -> Query:
        """Understand a query; its names are looked up in production."""
        return self._session.query(text)

    def fingerprint(self, relation: Physical) -> Fingerprint | None:
        """Return the identity of a relation's rows, None if it does not exist."""
        with self._session.reader() as reader:
            return reader.fingerprint(relation)

    def identity(self, relation: Physical) -> Fingerprint | None:
        """Return the identity of a relation that is to be swapped: a table's rows, a view's query."""
        with self._session.reader() as reader:
            return reader.identity(relation)

    def unpinned(self, observed: Sequence[Observed]) -> tuple[str, ...]:
        """Say nothing: nobody can write to the file while it is attached."""
        del observed
        return ()

    def keep(self, built: Sequence[Physical]) -> None:
        """Do nothing: the run's file is kept as it is."""
        del built

    def limit_memory(self, size: int) -> None:
        """Let DuckDB keep so many bytes of tables and results."""
        with self._session.cursor() as cursor:
            cursor.execute(f"SET memory_limit = '{size} B'")

    def interrupt(self) -> None:
        """Stop every statement that runs."""
        self._session.interrupt()


def list_relations(cursor: duckdb.DuckDBPyConnection, catalog: str) -> tuple[Relation, ...]:
    """List the tables and views of a database, without datacanary's own."""
    found = cursor.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = $1 UNION ALL "
        "SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = $1 AND NOT internal ORDER BY ALL",
        [catalog],
    ).fetchall()
    own = ("datacanary",)
    return tuple(
        Relation(schema, name) for schema, name in found if schema not in own and not name.startswith("__dc_prev_")
    )


def read_files(source: SourceData, files: Sequence[Path]) -> str:
    """Write the query that reads a source's files, by the ending of the first."""
    if not files:
        raise DataError(
            f"No file matches {source.pattern}.",
            where=Where("datacanary.yml", source.line),
            hint="Check the path; it is relative to the config.",
        )
    listed = "[" + ", ".join(sql.text(str(file)) for file in files) + "]"
    name = files[0].name.lower()
    if name.endswith((".parquet", ".pq")):
        return f"FROM read_parquet({listed}, hive_partitioning = false)"
    if name.endswith((".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt")):
        # Types from all rows, not from a sample: a late odd value must not fail the load.
        return f"FROM read_csv({listed}, sample_size = -1, hive_partitioning = false)"
    if name.endswith((".ndjson", ".jsonl", ".json", ".ndjson.gz", ".jsonl.gz")):
        return f"FROM read_json({listed}, sample_size = -1, hive_partitioning = false)"
    raise DataError(
        f"The kind of {files[0].name} is not known.",
        hint="Known endings: .parquet, .csv, .csv.gz, .tsv, .ndjson, .jsonl.",
    )


def open_workspace(
    folder: Path, run_id: str, warehouse_file: Path, production: str
) -> AbstractContextManager[DuckDBWorkspace]:
    """Open the run's file, made if need be, and attach production read-only."""
    return _opened(folder / f"{run_catalog(run_id)}.duckdb", warehouse_file, production)


def run_catalog(run_id: str) -> str:
    """Return the name of a run's own database.

    >>> run_catalog("20261120-101500-4f1c9e2")
    'dc_20261120_101500_4f1c9e2'
    """
    return f"dc_{run_id.replace('-', '_')}"


@contextmanager
def _opened(run_file: Path, warehouse_file: Path, production: str) -> Iterator[DuckDBWorkspace]:
    with statement("the run's own database"):
        connection = duckdb.connect(str(run_file))
        run_file.chmod(0o600)
    try:
        catalog, run = attach(connection, warehouse_file), run_file.stem
        # Tables are always named in full; the path is for production's macros and types.
        path = f"{run}.main,{sql.schema(catalog, _DEFAULT_SCHEMA)}"
        if connection.execute(
            "SELECT 1 FROM duckdb_schemas() WHERE database_name = ? AND schema_name = ?", [catalog, production]
        ).fetchone():
            path += f",{sql.schema(catalog, production)}"
        session = Session(connection, path, query_path=sql.schema(catalog, _DEFAULT_SCHEMA))
        try:
            yield DuckDBWorkspace(session, run_file, catalog, production)
        finally:
            session.readings.stop()
    finally:
        connection.close()
