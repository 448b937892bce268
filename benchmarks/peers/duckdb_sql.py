"""Both sides as DuckDB relations named base and head, and the pieces of SQL that compare them."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
from contender import Counts, Task


@dataclass(frozen=True, slots=True)
class Pieces:
    """SQL over a join of base as b and head as h; a row that the join invents has NULL for its key."""

    on: str
    paired: str
    differs: str
    counts: str
    columns: tuple[str, ...]


def connect(task: Task) -> duckdb.DuckDBPyConnection:
    """Open the tables read-only, or the Parquet files as views."""
    if task.base.startswith("duckdb://"):
        return duckdb.connect(task.base.removeprefix("duckdb://").partition("#")[0], read_only=True)
    connection = duckdb.connect()
    for name, path in zip(("base", "head"), task.files, strict=True):
        connection.read_parquet(path).create_view(name)
    return connection


def pieces(connection: duckdb.DuckDBPyConnection, key: tuple[str, ...]) -> Pieces:
    """Write the SQL for the columns that base has. The generated tables have no NULL in a key."""
    columns = tuple(name for name in connection.table("base").columns if name not in key)
    first = f'"{key[0]}"'
    paired = f"b.{first} IS NOT NULL AND h.{first} IS NOT NULL"
    distinct = {name: f'b."{name}" IS DISTINCT FROM h."{name}"' for name in columns}
    differs = f"({' OR '.join(distinct.values())})"
    counts = [
        f"count(*) FILTER (h.{first} IS NULL)",
        f"count(*) FILTER (b.{first} IS NULL)",
        f"count(*) FILTER ({paired} AND {differs})",
        *(f"count(*) FILTER ({paired} AND {test})" for test in distinct.values()),
    ]
    on = " AND ".join(f'b."{name}" = h."{name}"' for name in key)
    return Pieces(on, paired, differs, ", ".join(counts), columns)


def counts_of(sql: Pieces, counted: tuple[int, ...], samples: int) -> Counts:
    """Name the numbers that the counts brought."""
    removed, added, changed, *cells = counted
    by_column = dict(zip(sql.columns, cells, strict=True))
    return Counts(removed=removed, added=added, changed=changed, cells=by_column, samples=samples)
