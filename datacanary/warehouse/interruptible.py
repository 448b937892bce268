"""Statements that a signal can stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

import duckdb

if TYPE_CHECKING:
    # It takes a while, and dbt is started before it is needed.
    import pyarrow as pa

T = TypeVar("T")

_SECONDS_BETWEEN_LOOKS = 0.1


def interruptible(connection: duckdb.DuckDBPyConnection, work: Callable[[], T]) -> T:
    """Run statements of a connection; whatever a signal raises in the meantime stops them and goes on.

    >>> with duckdb.connect() as connection:
    ...     interruptible(connection, lambda: connection.execute("SELECT 42").fetchall())
    [(42,)]
    """
    # DuckDB asks for signals seldom, and then raises an error of its own in place of the handler's: the main thread
    # must be free to take them. Other threads never get any.
    if threading.current_thread() is not threading.main_thread():
        return work()
    with ThreadPoolExecutor(1, "duckdb") as pool:
        return waited_for(pool.submit(work), connection.interrupt)


def batches(
    connection: duckdb.DuckDBPyConnection, reader: pa.RecordBatchReader
) -> Generator[pa.RecordBatch, None, None]:
    """Read batch by batch, each of them interruptible."""
    if threading.current_thread() is not threading.main_thread():
        yield from reader
        return
    with ThreadPoolExecutor(1, "duckdb") as pool:
        while (batch := waited_for(pool.submit(next, reader, None), connection.interrupt)) is not None:
            yield batch


def waited_for(running: Future[T], stop: Callable[[], object]) -> T:
    """Wait for what another thread does; whatever a signal raises meanwhile has `stop` end it, and goes on."""
    try:
        # Polars has waits go on after a Ctrl-C, so none may be long.
        while not running.done():
            wait([running], _SECONDS_BETWEEN_LOOKS)
    except BaseException:
        # Between two statements it is lost, so it is said until it is heard.
        while not running.done():
            stop()
            wait([running], _SECONDS_BETWEEN_LOOKS)
        raise
    return running.result()
