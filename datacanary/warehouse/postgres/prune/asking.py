"""Two connections that are asked at the same time, one for each side or half."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

from datacanary.model.basic import Pair
from datacanary.warehouse.postgres.session import Connection, interrupt

Row = tuple[Any, ...]
_SECONDS_BETWEEN_LOOKS = 0.1


def together(connections: Pair[Connection], queries: Pair[str]) -> Pair[list[Row]]:
    """Ask on both connections at the same time; whatever ends the waiting ends what runs there."""
    with ThreadPoolExecutor(2, "postgres") as pool:
        running = Pair(*(pool.submit(rows_of, *asked) for asked in zip(connections, queries, strict=True)))
        try:
            # Signals must find the main thread free.
            while wait(running, _SECONDS_BETWEEN_LOOKS, FIRST_EXCEPTION).not_done and not any(map(_failed, running)):
                continue
            return running.map(Future.result)
        except BaseException:
            while wait(running, _SECONDS_BETWEEN_LOOKS).not_done:
                for connection in connections:
                    interrupt(connection)
            raise


def rows_of(connection: Connection, query: str) -> list[Row]:
    """Ask; an empty query has no rows."""
    return connection.execute(query.encode()).fetchall() if query else []


def _failed(one: Future[list[Row]]) -> bool:
    return one.done() and one.exception() is not None


@contextmanager
def without_sorting(connections: Pair[Connection]) -> Iterator[None]:
    """Let the server group by hashes: its planner takes each row for a group of its own, and would sort all of them."""
    for connection in connections:
        connection.execute("SET enable_sort = off")
    yield
    for connection in connections:
        connection.execute("RESET enable_sort")
