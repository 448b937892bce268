"""Runs queries on generated rows, and compares what comes out as bags of rows."""

from __future__ import annotations

import atexit
import itertools
import math
import threading
import time
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import duckdb

SECONDS = 3.0
"""So long may a query take."""
MOST = 20_000
"""So many rows may come out."""
RELATIVE = 1e-9
"""Sums of floats differ by the order of rows: that much of their size."""
FLOATS = ("DOUBLE", "FLOAT")

Cell = Hashable
Row = tuple[Cell, ...]


class NotRunError(Exception):
    """DuckDB refuses the query, or it takes too long, or too much comes out."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came out: the columns' names, made different as CREATE TABLE AS does, their types, and the rows."""

    names: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[Row, ...]

    def places(self, names: Sequence[str]) -> tuple[int, ...]:
        """Return where columns stand, by their folded names."""
        at = {name.lower(): place for place, name in enumerate(self.names)}
        return tuple(at[name] for name in names)

    def bag(self, places: Sequence[int]) -> Counter[Row]:
        """Count the rows over some columns."""
        if len(places) == 1:
            place = places[0]
            return Counter((row[place],) for row in self.rows)
        return Counter(tuple(row[place] for place in places) for row in self.rows)


class Tables(Protocol):
    """What can be made into tables."""

    def statements(self) -> Iterator[str]:
        """Return the SQL that makes them."""


class Watch:
    """Interrupts what takes too long; one thread for all queries, since to start one costs as much as a query."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Begin to watch."""
        self._connection = connection
        self._until = math.inf
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._ended.wait(SECONDS / 10):
            if time.monotonic() > self._until:
                self._connection.interrupt()

    def end(self) -> None:
        """Watch no longer, and let DuckDB go."""
        self._ended.set()
        self._thread.join()
        self._connection.close()
        _engine.cache_clear()

    @contextmanager
    def limited(self) -> Iterator[None]:
        """Run a query; raises NotRunError if it cannot be run, or was interrupted."""
        self._until = time.monotonic() + SECONDS
        try:
            yield
        except (duckdb.Error, RuntimeError, ValueError, OverflowError) as error:
            raise NotRunError(str(error).splitlines()[0] if str(error) else type(error).__name__) from error
        finally:
            self._until = math.inf


@cache
def _engine() -> tuple[duckdb.DuckDBPyConnection, Watch, Iterator[int]]:
    """Return the process's DuckDB; one thread, so that ties fall the same way each time."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET enable_progress_bar = false")
    watch = Watch(connection)
    atexit.register(watch.end)
    return connection, watch, itertools.count()


class Database:
    """A catalog for each dataset, in the process's DuckDB."""

    def __init__(self, datasets: Sequence[Tables]) -> None:
        """Make the tables."""
        self._connection, self._watch, numbers = _engine()
        self._catalogs = [f"d{next(numbers)}" for _ in datasets]
        for catalog, dataset in zip(self._catalogs, datasets, strict=True):
            self._connection.execute(f"ATTACH ':memory:' AS {catalog}")
            self._use(catalog)
            for statement in dataset.statements():
                self._connection.execute(statement)

    def run(self, sql: str) -> tuple[Result, ...]:
        """Run a query on each dataset; raises NotRunError."""
        return tuple(self._once(catalog, sql) for catalog in self._catalogs)

    def create(self, table: str, sql: str) -> None:
        """Make a table of each dataset anew, from a query; raises NotRunError."""
        for catalog in self._catalogs:
            self._use(catalog)
            with self._watch.limited():
                self._connection.execute(f"CREATE OR REPLACE TABLE {table} AS {sql}")

    def close(self) -> None:
        """Let the tables go."""
        self._use("memory")
        for catalog in self._catalogs:
            self._connection.execute(f"DETACH {catalog}")

    def _once(self, catalog: str, sql: str) -> Result:
        self._use(catalog)
        with self._watch.limited():
            cursor = self._connection.execute(sql)
            rows = cursor.fetchmany(MOST + 1)
        if len(rows) > MOST:
            raise NotRunError("too many rows")
        described = cursor.description or []
        return Result(
            told_apart([str(one[0]) for one in described]),
            tuple(str(one[1]) for one in described),
            tuple(tuple(map(_cell, row)) for row in rows),
        )

    def _use(self, catalog: str) -> None:
        self._connection.execute(f"USE {catalog}")


def told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Name columns as DuckDB does when it makes a table: the second `a` is `a_1`.

    >>> told_apart(["a", "A", "a", "a_1"])
    ('a', 'A_1', 'a_2', 'a_1_1')
    """
    seen, found = set[str](), list[str]()
    for name in names:
        written, number = name, 0
        while written.lower() in seen:
            number += 1
            written = f"{name}_{number}"
        seen.add(written.lower())
        found.append(written)
    return tuple(found)


def same(base: Result, head: Result, names: Sequence[str]) -> bool:
    """Tell whether two results have the same rows over some columns, by their folded names, to the last bit."""
    return base.bag(base.places(names)) == head.bag(head.places(names))


def nearly_same(base: Result, head: Result, names: Sequence[str]) -> bool:
    """Tell the same, but forgive what the order of addition does to floats."""
    if len(base.rows) != len(head.rows):
        return False
    left, right = base.places(names), head.places(names)
    floats = [place for place, column in enumerate(left) if base.types[column].startswith(FLOATS)]
    if not floats:
        return same(base, head, names)
    return all(
        _close(one, other, floats)
        for one, other in zip(_sorted(base, left, floats), _sorted(head, right, floats), strict=True)
    )


def _sorted(result: Result, places: Sequence[int], floats: Sequence[int]) -> list[Row]:
    rows = [tuple(row[place] for place in places) for row in result.rows]
    exact = [place for place in range(len(places)) if place not in floats]
    return sorted(
        rows, key=lambda row: (*(repr(row[place]) for place in exact), *(_rank(row[place]) for place in floats))
    )


def _rank(cell: Cell) -> tuple[int, float]:
    return (0, cell) if isinstance(cell, float) else (1, 0.0)


def _close(one: Row, other: Row, floats: Sequence[int]) -> bool:
    for place, (left, right) in enumerate(zip(one, other, strict=True)):
        if left == right:
            continue
        if place not in floats or not isinstance(left, float) or not isinstance(right, float):
            return False
        if not math.isclose(left, right, rel_tol=RELATIVE, abs_tol=RELATIVE):
            return False
    return True


def _cell(value: object) -> Cell:
    """Make a cell that can be counted; NaN equals NaN."""
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else value
    if isinstance(value, (list, tuple)):
        return tuple(map(_cell, value))
    if isinstance(value, dict):
        return tuple((name, _cell(inner)) for name, inner in value.items())
    return repr(value) if type(value).__hash__ is None else value
