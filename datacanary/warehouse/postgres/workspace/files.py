"""Data files of this machine, brought into a PostgreSQL database: DuckDB reads them, COPY takes them in."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.csv

from datacanary.errors import StatementError
from datacanary.model.basic import Column, Physical
from datacanary.model.project import SourceData
from datacanary.warehouse.duckdb import sql as duckdb_sql
from datacanary.warehouse.duckdb.errors import statement as duckdb_statement
from datacanary.warehouse.duckdb.open import beside
from datacanary.warehouse.duckdb.schema import columns_of_rows
from datacanary.warehouse.duckdb.workspace import read_files
from datacanary.warehouse.interruptible import batches
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.session import Connection

_ROWS_PER_BATCH = 16_384
_DECIMAL = re.compile(r"decimal\(\d+,\d+\)")
_SAME = {
    "boolean": "boolean",
    "tinyint": "smallint",
    "smallint": "smallint",
    "integer": "integer",
    "bigint": "bigint",
    "utinyint": "smallint",
    "usmallint": "integer",
    "uinteger": "bigint",
    "ubigint": "numeric(20,0)",
    "hugeint": "numeric(39,0)",
    "uhugeint": "numeric(39,0)",
    "bignum": "numeric",
    "float": "real",
    "double": "double precision",
    "varchar": "text",
    "blob": "bytea",
    "date": "date",
    "time": "time without time zone",
    "timestamp": "timestamp without time zone",
    "timestamp_s": "timestamp without time zone",
    "timestamp_ms": "timestamp without time zone",
    "timestamp_ns": "timestamp without time zone",
    "timestamp with time zone": "timestamp with time zone",
    "time with time zone": "time with time zone",
    "uuid": "uuid",
    "interval": "interval",
    "json": "jsonb",
}
"""PostgreSQL's type for each of DuckDB's."""

_NESTED = re.compile(r".*(?:\]|\))")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A column as it will be, and DuckDB's expression for its text."""

    column: Column
    text: str


def not_seen() -> StatementError:
    """Say that a query cannot name a file, and what can."""
    return StatementError(
        "PostgreSQL does not see the files of this machine.", hint="Name the file under `sources:` in the config."
    )


def incoming(source: SourceData, files: Sequence[Path]) -> tuple[Incoming, ...]:
    """Look at files; raises StatementError or DataError as reading them does."""
    with beside() as connection:
        found = columns_of_rows(connection, read_files(source, files), source.pattern)
    return tuple(_incoming(column) for column in found)


def _incoming(column: Column) -> Incoming:
    name = duckdb_sql.identifier(column.name)
    kind, text = _SAME.get(column.type), f"CAST({name} AS VARCHAR)"
    if _DECIMAL.fullmatch(column.type):
        kind = column.type.replace("decimal", "numeric")
    elif column.type == "blob":
        text = rf"'\x' || hex({name})"
    elif column.type.startswith(("date", "timestamp")):
        text = f"replace({text}, '(BC)', 'BC')"
    elif kind is None:
        kind = "text" if column.type.startswith("enum") or not _NESTED.fullmatch(column.type) else "jsonb"
        text = text if kind == "text" else f"CAST(to_json({name}) AS VARCHAR)"
    return Incoming(Column(column.name, kind or "text"), text)


def bring_in(connection: Connection, source: SourceData, files: Sequence[Path], target: Physical) -> None:
    """Make a table of files' rows; raises StatementError or DataError.

    What is written is CSV where every value is in quotes, so that NULL, which is not, differs from an empty text.
    """
    columns = incoming(source, files)
    made = ", ".join(f"{sql.identifier(one.column.name)} {one.column.type}" for one in columns)
    connection.execute(f"CREATE TABLE {sql.table(target)} ({made})".encode())
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="all_valid")
    texts = ", ".join(f"{one.text} AS c{place}" for place, one in enumerate(columns))
    query = f"SELECT {texts} FROM ({read_files(source, files)})"  # noqa: S608 -- quoted
    with (
        beside() as reading,
        duckdb_statement(f"reading {source.pattern}"),
        connection.cursor() as cursor,
        cursor.copy(f"COPY {sql.table(target)} FROM STDIN (FORMAT csv)".encode()) as copy,
    ):
        for batch in batches(reading, reading.sql(query).to_arrow_reader(_ROWS_PER_BATCH)):
            text = io.BytesIO()
            pyarrow.csv.write_csv(batch, text, options)
            copy.write(text.getbuffer())
