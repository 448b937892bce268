"""Rows of a query as they come, batch by batch."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import duckdb

from datacanary.errors import StatementError
from datacanary.warehouse.interruptible import batches

if TYPE_CHECKING:
    # It takes a while, and dbt is started before it is needed.
    import pyarrow as pa

_LARGEST_DYNAMIC = 31 << 20


def keep_freed_memory() -> None:
    """Let batches use the memory of those before them, instead of fresh pages from the system each time.

    glibc takes blocks for large ones, and gives them back at once, only until it has seen one of that size freed
    (mallopt(3), M_MMAP_THRESHOLD); it learns so up to 32 MiB. Other allocators do not mind.
    """
    bytearray(_LARGEST_DYNAMIC)


class Stream(Iterator["pa.RecordBatch"]):
    """Batches that any thread may ask for, and any other may end."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, reader: pa.RecordBatchReader, what: str) -> None:
        self._cursor, self._reader, self._what = cursor, reader, what
        self._batches = batches(cursor, reader)
        self._lock = threading.Lock()
        self._ended = False

    def __next__(self) -> pa.RecordBatch:
        with self._lock:
            if self._ended:
                raise StatementError(f"{self._what} was stopped.")
            return next(self._batches)

    def close(self) -> None:
        """End the query and let go of the file, even if somebody holds on to this object."""
        with self._lock:
            if not self._ended:
                self._ended = True
                self._batches.close()
                self._reader.close()
                self._cursor.close()
