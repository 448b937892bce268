"""Connections to DuckDB with the settings that every statement of ours relies on, and reading through them."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from datacanary.errors import StatementError
from datacanary.model.basic import Column, Fingerprint, Physical
from datacanary.protocols.tables import Query
from datacanary.warehouse.duckdb import sql
from datacanary.warehouse.duckdb.errors import statement
from datacanary.warehouse.duckdb.stream import Stream, keep_freed_memory
from datacanary.warehouse.duckdb.types import read_all, row_hash
from datacanary.warehouse.interruptible import interruptible
from datacanary.warehouse.readings import Readings

if TYPE_CHECKING:
    # It takes a while, and dbt is started before it is needed.
    import pyarrow as pa

_ROWS_PER_BATCH = 122_880  # DuckDB's row group: a batch never straddles two
# Text in the form that Polars has itself is shared, not copied.
_SHARED_WITH_POLARS = "SET produce_arrow_string_view = true; SET arrow_output_version = '1.4'"


class Reader:
    """Questions about relations, asked on one connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def columns(self, relation: Physical) -> tuple[Column, ...] | None:
        """Return the columns of a relation, None if there is none."""
        return tuple(Column(name, in_lower_case(kind)) for name, kind in self.described(relation)) or None

    def described(self, relation: Physical) -> list[tuple[str, str]]:
        """Return the names and types of columns as DuckDB writes them."""
        with statement(f"reading the columns of {relation}"):
            return self._connection.execute(
                f"SELECT column_name, data_type FROM duckdb_columns() WHERE {sql.OF_THE_TABLE} "  # noqa: S608 -- our own words
                "ORDER BY column_index",
                sql.place(relation),
            ).fetchall()

    def definition(self, relation: Physical) -> str:
        """Return a view's query, an empty text for anything else."""
        return self._text(relation, "(SELECT *, view_name AS table_name FROM duckdb_views())")

    def collated(self, relation: Physical) -> bool:
        """Tell whether a column of a table has a collation, or anything in its definition has that word."""
        return "collate" in self._text(relation, "duckdb_tables()").lower()

    def _text(self, relation: Physical, kind: str) -> str:
        with statement(f"reading the definition of {relation}"):
            found = self._connection.execute(
                f"SELECT sql FROM {kind} WHERE {sql.OF_THE_TABLE}",  # noqa: S608 -- our own words
                sql.place(relation),
            ).fetchone()
        return str(found[0]) if found else ""

    def rows(self, relation: Physical) -> int:
        """Count rows."""
        with statement(f"counting {relation}"):
            return int(self._one(f"SELECT count(*) FROM {sql.table(relation)}")[0])  # noqa: S608 -- quoted

    def query(self, text: str) -> Query:
        """Understand a query of the user; raises StatementError unless it is exactly one SELECT that can run."""
        with statement("the query"):
            found = self._connection.extract_statements(text)
            if [one.type for one in found] != [duckdb.StatementType.SELECT]:
                raise StatementError("The query is not exactly one SELECT.")
            one = found[0].query.strip().rstrip(";")
            described = self._connection.execute(f"SELECT * FROM (DESCRIBE (\n{one}\n))").fetchall()  # noqa: S608 -- the user asks for it
        twice = [name for name, times in Counter(name.lower() for name, *_ in described).items() if times > 1]
        if twice:
            raise StatementError(f"The query gives two columns the name {twice[0]!r}.")
        return Query(one, tuple(Column(name, in_lower_case(kind)) for name, kind, *_ in described))

    def _one(self, query: str) -> tuple[str, ...]:
        """Run a query that gives one row and may take long."""
        found = interruptible(self._connection, lambda: self._connection.execute(query).fetchone())
        return found or ()

    def identity(self, relation: Physical) -> Fingerprint | None:
        """Identify a relation that is to be swapped: a table by its rows, a view by its query."""
        columns, definition = self.columns(relation), self.definition(relation)
        if columns is not None and definition:
            return Fingerprint(columns, None, "", definition)
        return self.fingerprint(relation)

    def fingerprint(self, relation: Physical) -> Fingerprint | None:
        """Hash all rows, in any order: the sum of the rows' hashes, so that duplicates count too."""
        columns = self.columns(relation)
        if columns is None:
            return None
        with statement(f"fingerprinting {relation}"):
            hashes = row_hash(self._connection, columns)
            rows, digest = self._one(f"SELECT count(*), CAST(sum({hashes}) AS VARCHAR) FROM {sql.table(relation)}")  # noqa: S608 -- quoted
        return Fingerprint(columns, int(rows), digest or "0")


class Session:
    """One DuckDB instance; every statement runs on a connection of its own, so that threads do not meet."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, search_path: str, query_path: str = "") -> None:
        self._connection = connection
        self._search_path = search_path
        self._query_path = query_path or search_path
        self._running: set[duckdb.DuckDBPyConnection] = set()
        self.readings = Readings()
        self._lock = threading.Lock()
        self._schemas = threading.Lock()
        keep_freed_memory()

    @contextmanager
    def cursor(self, search_path: str = "") -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a connection with our settings; `interrupt` reaches it."""
        cursor = self._connection.cursor()
        with self._lock:
            self._running.add(cursor)
        try:
            # A progress bar would be drawn into the user's output; a Python variable must never pass for a table.
            cursor.execute("SET enable_progress_bar = false; SET python_enable_replacements = false")
            cursor.execute(f"SET search_path = {sql.text(search_path or self._search_path)}")
            yield cursor
        finally:
            with self._lock:
                self._running.discard(cursor)
            cursor.close()

    def ensure_schema(self, cursor: duckdb.DuckDBPyConnection, schema: str) -> None:
        """Make a schema if it is not there; two at once would conflict in DuckDB, so they take turns."""
        with self._schemas:
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")

    def interrupt(self) -> None:
        """Stop whatever runs."""
        with self._lock:
            for cursor in self._running:
                cursor.interrupt()

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """Lend a connection to ask questions on."""
        with self.cursor() as cursor:
            yield Reader(cursor)

    def query(self, text: str) -> Query:
        """Understand a query of the user, whose names are those that the query path finds."""
        with self.cursor(self._query_path) as cursor:
            return Reader(cursor).query(text)

    @contextmanager
    def reading(self, relation: Physical | Query, columns: Sequence[Column]) -> Iterator[pa.RecordBatchReader]:
        """Stream a relation or query as Arrow while the block runs."""
        query = isinstance(relation, Query)
        rows = f"(\n{relation.text}\n)" if isinstance(relation, Query) else sql.table(relation)
        with self.cursor(self._query_path if query else "") as cursor, statement(f"reading {relation}"):
            cursor.execute(_SHARED_WITH_POLARS)
            found = cursor.sql(read_all(cursor, rows, columns))
            reader = interruptible(cursor, lambda: found.to_arrow_reader(_ROWS_PER_BATCH))
            with self.readings.of(Stream(cursor, reader, f"reading {relation}")) as stream:
                yield type(reader).from_batches(reader.schema, stream)


def in_lower_case(kind: str) -> str:
    """Write a type as the contract does; the values of an enum and quoted names of fields keep their case.

    >>> in_lower_case("DECIMAL(12, 2)"), in_lower_case("ENUM('A', 'b')")
    ('decimal(12,2)', "enum('A','b')")
    """
    return re.sub(r"'[^']*'|\"[^\"]*\"|[^'\"]+", _lower_unquoted, kind)


def _lower_unquoted(piece: re.Match[str]) -> str:
    found = piece[0]
    return found if found[0] in "'\"" else found.lower().replace(", ", ",")
