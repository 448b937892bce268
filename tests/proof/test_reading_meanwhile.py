"""Whoever reads while tables are promoted and rolled back meets no error, and never old and new together."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb
import psycopg
import pytest
from duckdb_stall import DuckDBStall
from moments import Ends
from postgres_stall import PostgresStall
from proof_stalls import WHOLE
from psycopg.conninfo import make_conninfo
from stall import Stall, ran, told

pytest_plugins = ("postgres_server", "proof_stalls")
pytestmark = pytest.mark.thorough
PROMOTIONS = 100 if WHOLE else 10
TOTALS = "select sum(amount) from analytics.totals"
ORDERS = "select sum(amount) from analytics.orders"
SEEN = "select orders from analytics.watch"
TOGETHER = f"select ({ORDERS}), ({TOTALS}), ({SEEN})"

Row = tuple[object, ...]


class Reader:
    """Reads again and again in a thread of its own; `rows` is what it saw, each combination once."""

    def __init__(self, read: Callable[[], Row | None]) -> None:
        self.rows: set[Row] = set()
        self.reads = 0
        self.errors: list[str] = []
        self._read, self._over = read, threading.Event()

    def _go_on(self) -> None:
        while not self._over.is_set():
            try:
                row = self._read()
            except (psycopg.Error, duckdb.Error) as error:
                self.errors.append(repr(error))
                return
            # The promotions need the processor, too.
            self._over.wait(0.005)
            if row is not None:
                self.reads += 1
                self.rows.add(row)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read while the block runs."""
        thread = threading.Thread(target=self._go_on)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()


def back_and_forth(stall: Stall) -> None:
    """Promote and roll back, many times; who reads a DuckDB file may be in the way."""
    for _ in range(PROMOTIONS):
        for command in (("promote", "last"), ("rollback",)):
            for _ in range(200):
                found = ran(stall, *command)
                if found.exit_code != 4 or isinstance(stall, PostgresStall):
                    break
            assert found.exit_code == 0, told(found)


def test_readers_of_postgres_see_all_old_or_all_new(
    postgres_stall: tuple[PostgresStall, Ends], record_property: Callable[[str, object], None]
) -> None:
    stall, _ = postgres_stall
    stall.put_back("checked")
    conninfo = make_conninfo("", **stall.database.parameters)
    with (
        psycopg.connect(conninfo, autocommit=True) as first,
        psycopg.connect(conninfo) as second,
        psycopg.connect(conninfo) as third,
    ):
        third.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ

        def in_one_transaction(connection: psycopg.Connection) -> Row:
            with connection.transaction():
                return tuple(
                    value for one in (ORDERS, TOTALS, SEEN) for value in connection.execute(one).fetchone() or ()
                )

        readers = [
            Reader(lambda: first.execute(TOGETHER).fetchone()),
            Reader(lambda: in_one_transaction(second)),
            Reader(lambda: in_one_transaction(third)),
        ]
        with readers[0].reading(), readers[1].reading(), readers[2].reading():
            back_and_forth(stall)
    record_property("moments of postgres readers", sum(one.reads for one in readers))
    for reader in readers:
        assert not reader.errors
        assert len(reader.rows) == 2, reader.rows
        assert all(orders == totals for orders, totals, _ in reader.rows)
        assert reader.reads > PROMOTIONS


def test_readers_of_a_duckdb_file_see_all_old_or_all_new(
    duckdb_stall: tuple[DuckDBStall, Ends], record_property: Callable[[str, object], None]
) -> None:
    stall, _ = duckdb_stall
    stall.put_back("checked")
    pause = threading.Event()

    def read() -> Row | None:
        # The engine lets nobody read a file that somebody writes, and the other way.
        pause.wait(0.05)
        try:
            with duckdb.connect(str(stall.warehouse), read_only=True) as connection:
                return connection.execute(TOGETHER).fetchone()
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise
            return None

    reader = Reader(read)
    with reader.reading():
        back_and_forth(stall)
    record_property("moments of duckdb readers", reader.reads)
    assert not reader.errors
    assert len(reader.rows) == 2, reader.rows
    assert all(orders == totals for orders, totals, _ in reader.rows)
