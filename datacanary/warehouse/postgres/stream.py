"""Rows of a query as Arrow, batch by batch, through ADBC: PostgreSQL's own COPY."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import adbc_driver_manager
import adbc_driver_postgresql.dbapi
import pyarrow as pa
import pyarrow.compute as pc

from datacanary.errors import StatementError
from datacanary.warehouse.interruptible import waited_for
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.errors import statement

T = TypeVar("T")
_SECONDS_TO_END = 15.0


class Stream(Iterator[pa.RecordBatch]):
    """Batches of a query that any thread may ask for, and any other may end; one connection of its own.

    `types` are those that texts become on the way, `snapshot` is whose rows are seen: those of now if it is empty.
    Raises what `statement` raises; ended, it closes the connection.
    """

    def __init__(
        self, conninfo: str, query: str, types: Mapping[str, pa.DataType], what: str, snapshot: str = ""
    ) -> None:
        self._types, self._what = types, what
        # Signals must find the main thread free, so another one waits for the server.
        self._pool = ThreadPoolExecutor(1, "postgres")
        self._lock = threading.Lock()
        self._ended = False
        with statement("connecting to PostgreSQL"):
            self._connection = adbc_driver_postgresql.dbapi.connect(conninfo, autocommit=True)
        self._cursor = self._connection.cursor()
        try:
            with statement(what):
                if snapshot:
                    self._cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                    self._cursor.execute(f"SET TRANSACTION SNAPSHOT {sql.text(snapshot)}")
                self._waited_for(lambda: self._cursor.execute(query))
                self._reader: pa.RecordBatchReader = self._cursor.fetch_record_batch()
        except BaseException:
            self.close()
            raise
        self.schema = pa.schema([pa.field(one.name, types.get(one.name, one.type)) for one in self._reader.schema])

    def __next__(self) -> pa.RecordBatch:
        with self._lock:
            if self._ended:
                raise StatementError(f"{self._what} was stopped.")
            with statement(self._what):
                found: pa.RecordBatch | None = self._waited_for(lambda: next(self._reader, None))
            if found is None:
                raise StopIteration
            return self._typed(found)

    def close(self) -> None:
        """End the query and the connection, even if somebody holds on to this object.

        Where nobody answers, a cancellation takes minutes: then that is left to itself.
        """
        if self._ended:
            return
        self._ended = True
        ending = threading.Thread(target=self._end, daemon=True)
        ending.start()
        ending.join(_SECONDS_TO_END)

    def _end(self) -> None:
        # The driver's connection must outlive its own cancellation, so one follows the other.
        self._cancel()
        with self._lock:
            self._pool.shutdown()
            # One that cannot be closed is lost, and whoever reads has been told so.
            with suppress(adbc_driver_manager.Error):
                self._cursor.close()
            with suppress(adbc_driver_manager.Error):
                self._connection.close()

    def _typed(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if not self._types:
            return batch
        arrays = [
            pc.cast(array, self._types[name]) if name in self._types else array
            for name, array in zip(batch.schema.names, batch.columns, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def _waited_for(self, work: Callable[[], T]) -> T:
        return waited_for(self._pool.submit(work), self._cancel)

    def _cancel(self) -> None:
        try:
            self._connection.adbc_cancel()
        except adbc_driver_manager.Error:
            # Nothing runs any more.
            return
