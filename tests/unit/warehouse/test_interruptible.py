"""A signal stops what DuckDB runs, at once and with the handler's own error."""

import subprocess
import sys
import threading
import time

import duckdb
import pyarrow as pa
import pytest

from datacanary.warehouse.interruptible import batches, interruptible

SCRIPT = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
import polars  # which takes Ctrl-C for itself
import duckdb
from datacanary.warehouse.interruptible import batches, interruptible

class Stopped(Exception): pass
def stop(number, frame): raise Stopped
signal.signal(signal.SIGTERM, stop)
connection = duckdb.connect()
number = getattr(signal, sys.argv[1])
subprocess.Popen(["sh", "-c", f"sleep 0.3; kill -{int(number)} {os.getpid()}"])
started = time.perf_counter()
try:
    if sys.argv[2] == "statement":
        interruptible(connection, lambda: connection.execute("select sum(range) from range(20000000000)"))
    else:
        query = "select sum(range) from range(100000000000) group by range % 3"
        reader = interruptible(connection, lambda: connection.sql(query).to_arrow_reader(1000))
        list(batches(connection, reader))
except BaseException as error:
    print(type(error).__name__, time.perf_counter() - started < 3)
print(connection.execute("select 1").fetchall())
"""


@pytest.mark.parametrize("what", ["statement", "stream"])
@pytest.mark.parametrize(("number", "name"), [("SIGINT", "KeyboardInterrupt"), ("SIGTERM", "Stopped")])
def test_a_signal_stops_a_long_statement_and_the_connection_lives_on(number: str, name: str, what: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, number, what], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.splitlines() == [f"{name} True", "[(1,)]"], done.stderr


def test_what_the_statement_itself_raises_goes_on() -> None:
    with duckdb.connect() as connection, pytest.raises(duckdb.CatalogException):
        interruptible(connection, lambda: connection.execute("from nowhere"))


def test_all_batches_arrive_in_their_order() -> None:
    with duckdb.connect() as connection:
        reader = connection.sql("from range(10000)").to_arrow_reader(1000)
        table = pa.RecordBatchReader.from_batches(reader.schema, batches(connection, reader)).read_all()
    assert table.column(0).to_pylist() == list(range(10000))


def test_other_threads_run_their_statements_themselves() -> None:
    names: list[str] = []
    with duckdb.connect() as connection:
        worker = threading.Thread(
            target=interruptible, args=(connection, lambda: names.append(threading.current_thread().name)), name="mine"
        )
        worker.start()
        worker.join()
    assert names == ["mine"]


def test_short_statements_are_not_slowed_down() -> None:
    with duckdb.connect() as connection:
        started = time.perf_counter()
        for _ in range(50):
            interruptible(connection, lambda: connection.execute("select 1").fetchall())
        assert time.perf_counter() - started < 2
