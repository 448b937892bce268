"""What a PostgreSQL holds arrives as it is: values of every type, odd ones too, and names of any kind."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest
from postgres_database import Database
from postgres_store import OWN_TYPES

from datacanary.errors import StatementError
from datacanary.model.basic import Pair, Physical, Relation, Side
from datacanary.model.tablediff import DiffOptions
from datacanary.pipeline.relations import table_of_relation
from datacanary.tablediff.compare import compare
from datacanary.tablediff.scratch import Scratch
from datacanary.warehouse.postgres import stream as postgres_stream
from datacanary.warehouse.postgres.built import BothPlaces
from datacanary.warehouse.postgres.contained import PostgresContained
from datacanary.warehouse.postgres.stream import Stream
from datacanary.warehouse.postgres.warehouse import connect_by

pytest_plugins = ("postgres_server",)

NASTY = (
    'a"b',
    "a.b",
    "select",
    "größe",
    "Upper Case",
    "$1",
    "%s",
    "^x$",
    "*",
    "x" * 63,
    "é" * 31,
    "new\nline",
    "'",
    "{}",
)


@pytest.fixture
def both(database: Database, tmp_path: Path) -> PostgresContained:
    """Give a run's places in a database with types of its own."""
    database.execute(*OWN_TYPES)
    return contained(database, tmp_path)


def contained(database: Database, folder: Path) -> PostgresContained:
    """Return the places of a run in a folder, with empty schemas for both versions."""
    run = folder / "20261121-101500-4f1c9e2"
    run.mkdir()
    made = connect_by(database.login()).contain(Pair(run / "dbt" / "base", run / "dbt" / "head"))
    made.prepare()
    for side in SIDES:
        database.execute(f'create schema "{made.fence(side).schema}"')
    return made


SIDES: tuple[Side, ...] = ("base", "head")
T = Relation("analytics", "t")


def make(database: Database, both: PostgresContained, base: str, head: str) -> Pair[Physical]:
    """Make the table `t` of each version."""
    for side, query in (("base", base), ("head", head)):
        schema = both.fence("base" if side == "base" else "head").schema
        database.execute(f'drop table if exists "{schema}".t', f'create table "{schema}".t as {query}')
    return Pair(both.physical("base", T), both.physical("head", T))


@contextmanager
def opened(both: PostgresContained) -> Iterator[BothPlaces]:
    with both.built("analytics") as places:
        yield places


def test_numbers_and_times_stay_what_they_are(database: Database, both: PostgresContained) -> None:
    pair = make(
        database,
        both,
        "select 12.50::numeric(12,2) as exact, 1.5 as any, avg(x) as mean, date '2026-01-02' as day, "
        "timestamptz '2026-01-02 02:00+02' as at from (values (1), (2), (2)) as v (x)",
        "select 1::numeric(12,2) as exact, 1.25 as any, 1.5 as mean, date '2026-01-02' as day, now() as at",
    )
    with opened(both) as places:
        table = table_of_relation(places, pair.base, Scratch(), 1 << 30)
        frame = table.frame.collect()
    assert table.types == {
        "exact": "numeric(12,2)",
        "any": "numeric",
        "mean": "numeric",
        "day": "date",
        "at": "timestamp with time zone",
    }
    assert [type(dtype) for dtype in frame.dtypes] == [pl.Decimal, pl.Decimal, pl.Decimal, pl.Date, pl.Datetime]
    assert str(frame["mean"][0]) == "1.6666666666666667"
    assert str(frame["at"][0]) == "2026-01-02 00:00:00+00:00"


def test_one_odd_value_has_both_sides_travel_alike(database: Database, both: PostgresContained) -> None:
    rows = "select i as id, i::numeric(10,2) as n, date '2026-01-01' + i as d from generate_series(1, 100) i"
    odd = f"{rows} union all select 101, 'NaN', 'infinity'"
    pair = make(database, both, rows, odd)
    with opened(both) as places:
        tables = pair.map(lambda one: table_of_relation(places, one, Scratch(), 1 << 30))
        found = compare(tables, DiffOptions(key=("id",), tolerances={}, samples=3)).summary
    assert (found.rows.unchanged, found.rows.added, found.rows.removed) == (100, 1, 0)
    frames = tables.map(lambda one: one.frame.collect_schema())
    assert frames.base == frames.head


@pytest.mark.parametrize("name", NASTY)
def test_names_of_any_kind(database: Database, both: PostgresContained, name: str) -> None:
    schema = both.fence("head").schema
    quoted = '"' + name.replace('"', '""') + '"'
    suffix = name[: 63 - len(f"{schema}_")] if name.isascii() else "größe"
    own = f'"{schema}_{suffix.replace(chr(34), chr(34) * 2)}"'
    database.execute(f"create schema {own}", f"create table {own}.{quoted} as select 1 as {quoted}, 2 as other")
    relation = Relation(f"analytics_{suffix}".lower(), name.lower())
    with opened(both) as places:
        physical = both.physical("head", relation)
        assert [column.name for column in places.columns(physical) or ()] == [name, "other"]
        assert places.rows(physical) == 1
        frame = table_of_relation(places, physical, Scratch(), 1 << 30).frame.collect()
    assert (frame.columns, frame.rows()) == ([name, "other"], [(1, 2)])


def test_names_that_only_upper_case_tells_apart(database: Database, both: PostgresContained) -> None:
    schema = both.fence("head").schema
    database.execute(f'create table "{schema}"."Orders" as select 1 as a', f'create table "{schema}"."ORDERS" (b int)')
    with opened(both) as places, pytest.raises(StatementError, match="told apart by upper case only"):
        places.columns(both.physical("head", Relation("analytics", "orders")))


def test_a_view_is_told_with_production_s_names(database: Database, both: PostgresContained) -> None:
    schema = both.fence("head").schema
    database.execute(
        f'create table "{schema}".t as select 1 as id',
        f'create view "{schema}".v as select t.id from "{schema}".t, "{schema}".t as other',
        f'create table "{schema}".large as select i as id from generate_series(1, 150000) as i',
    )
    with opened(both) as places:
        assert " ".join(places.view(both.physical("head", Relation("analytics", "v"))).split()) == (
            "SELECT t.id FROM analytics.t, analytics.t other"
        )
        assert not places.view(both.physical("head", T))
        assert not places.in_order(both.physical("head", T))
        assert not places.in_order(both.physical("head", Relation("analytics", "v")))
        assert places.in_order(both.physical("head", Relation("analytics", "large")))


def test_a_table_that_is_not_there(both: PostgresContained) -> None:
    with opened(both) as places:
        physical = both.physical("head", Relation("analytics", "nope"))
        assert places.columns(physical) is None
        with pytest.raises(StatementError, match="does not exist"):
            places.rows(physical)


def test_many_rows_come_in_batches_and_a_reading_may_be_left(database: Database, both: PostgresContained) -> None:
    rows = "select i as id, repeat('x', 100) as word from generate_series(1, 400000) i"
    pair = make(database, both, rows, "select 1 as id")
    with opened(both) as places:
        with places.reading(pair.base) as reader:
            assert sum(batch.num_rows for batch in reader) == 400_000
        with places.reading(pair.base) as reader:
            first = next(iter(reader))
        assert 0 < first.num_rows < 400_000


def test_a_cancellation_that_nobody_answers_keeps_nobody_waiting(
    database: Database, both: PostgresContained, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = make(database, both, "select i as id from generate_series(1, 400000) i", "select 1 as id")
    answered, cancel = threading.Event(), Stream._cancel  # noqa: SLF001 -- a network is hard to kill

    def cancelled(stream: Stream) -> None:
        answered.wait(60)
        cancel(stream)

    monkeypatch.setattr(Stream, "_cancel", cancelled)
    monkeypatch.setattr(postgres_stream, "_SECONDS_TO_END", 0.2)
    with opened(both) as places:
        begun = time.monotonic()
        with places.reading(pair.base) as reader:
            next(iter(reader))
        assert time.monotonic() - begun < 10
        assert connections(database) == 2
        answered.set()
        while connections(database) > 1 and time.monotonic() - begun < 30:
            time.sleep(0.05)
        assert connections(database) == 1


def connections(database: Database) -> int:
    """Count a run's connections."""
    ((count,),) = database.execute("select count(*) from pg_stat_activity where application_name like 'datacanary 2%'")
    return int(count)


def test_an_error_in_the_middle_of_a_stream_shows_no_cell(database: Database, both: PostgresContained) -> None:
    schema = both.fence("head").schema
    database.execute(
        f"create table \"{schema}\".words as select case when i = 300000 then 'Smith' else i::text end as word "
        "from generate_series(1, 300000) i",
        f'create view "{schema}".t as select word::int as number from "{schema}".words',
    )
    with (
        opened(both) as places,
        pytest.raises(StatementError, match='invalid input syntax for type integer: "…"') as caught,
        places.reading(both.physical("head", T)) as reader,
    ):
        reader.read_all()
    assert "Smith" not in repr(caught.value)
