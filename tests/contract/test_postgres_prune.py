"""What checksums leave out is the same: a comparison of the rows that may differ is that of all rows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from postgres_database import Database, new_database
from postgres_store import OWN_TYPES
from postgres_versions import needs

from datacanary.config import parse
from datacanary.config.defaults import default_policy
from datacanary.errors import DataError
from datacanary.model.basic import Pair, Physical, Relation
from datacanary.model.config import Policy, Tolerance
from datacanary.model.fence import Fence
from datacanary.model.plan import PlannedTable
from datacanary.model.tablediff import DiffOptions, TableDiff
from datacanary.model.verdict import Subject
from datacanary.pipeline.narrowing import Thrift, compare_narrowed
from datacanary.pipeline.options import Rules, options_of
from datacanary.pipeline.relations import table_of_relation
from datacanary.tablediff.compare import compare
from datacanary.tablediff.means import Means
from datacanary.tablediff.table import Table
from datacanary.verdict.judge import judge
from datacanary.warehouse.postgres import reading as postgres_reading
from datacanary.warehouse.postgres.built import BothPlaces
from datacanary.warehouse.postgres.catalog import Catalog
from datacanary.warehouse.postgres.prune import narrowing
from datacanary.warehouse.postgres.session import connected, conninfo
from datacanary.warehouse.postgres.stream import Stream

pytest_plugins = ("postgres_server",)

ALWAYS = Thrift(rows=0, share=1.0, per_bucket=2)
# Of each type values that differ, that mean the same, and that hashes of PostgreSQL's own take for one another.
VALUES: dict[str, tuple[str, ...]] = {
    "boolean": ("true", "false"),
    "smallint": ("1", "-1", "32767"),
    "integer": ("1", "-1", "2147483647"),
    "bigint": ("1", "4294967296", "-1", "9223372036854775807", "-9223372036854775808"),
    "real": ("1.1", "'-0'", "0", "'NaN'", "'-Infinity'"),
    "double precision": ("0.1", "0.30000000000000004", "'-0'", "0", "'NaN'", "'Infinity'", "1.05"),
    "numeric(12,2)": ("1.10", "-1.10", "11000.00", "0", "'NaN'"),
    "numeric(14,4)": ("1.1", "-1.10", "11000.00", "0.0001"),
    "numeric(50,2)": (f"{'9' * 48}.99", f"{'9' * 48}.98", "1"),
    "numeric(5,-2)": ("12300", "12400"),
    "numeric": ("1.0", "1.00", "-1", "10000", "'NaN'", "'Infinity'", "'-Infinity'", f"{'9' * 60}.10"),
    "text": ("'a'", "'a '", "''", "'A'", "E'\\u00e9'", "E'e\\u0301'"),
    "varchar(3)": ("'a'", "'a '", "'A'"),
    "char(3)": ("'a'", "'b'"),
    "bytea": ("'\\x00ff'", "'\\x00fe'", "''"),
    "date": ("'2026-01-01'", "'2026-01-02'", "'infinity'", "'0044-03-15 BC'"),
    "timestamp": ("'2026-01-01'", "'2026-01-01 00:00:00.000001'", "'infinity'", "'294276-12-31 23:59:59'"),
    "timestamptz": ("'2026-01-01 00:00+02'", "'2026-01-01 00:00+01'", "'2025-12-31 22:00Z'"),
    "time": ("'12:00'", "'12:00:00.000001'", "'24:00'", "'00:00'"),
    "timetz": ("'12:00+02'", "'12:00+01'"),
    "interval": ("'14 months'", "'428 days'", "'1 day'", "'24:00'"),
    "uuid": ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12'"),
    "json": ('\'{"a": 1, "a": 2}\'', "'{\"a\": 2}'", "'null'"),
    "jsonb": ("'{\"a\": 1}'", "'{\"a\": 2}'", "'null'"),
    "public.mood": ("'good'", "'bad'"),
    "int4range": ("'[1,3)'", "'[1,2]'", "'empty'"),
    "inet": ("'10.0.0.1/8'", "'10.0.0.1/16'"),
    "int[]": ("array[1,null]", "array[null,1]", "array[[1],[null]]"),
    "money": ("'1.00'", "'1.01'"),
    "bit(3)": ("b'101'", "b'100'"),
    "point": ("'(1,2)'", "'(2,1)'"),
    "public.pair": ("row(1, null)", "row(null, 1)"),
    "public.amount": ("1.5", "1.50"),
}
# What a type may become, so that values of both have a common form.
BECOMES: dict[str, tuple[str, ...]] = {
    "smallint": ("integer", "bigint", "numeric"),
    "integer": ("bigint", "numeric", "text", "double precision"),
    "bigint": ("numeric", "double precision"),
    "real": ("double precision",),
    "numeric(12,2)": ("numeric(14,4)", "numeric", "numeric(50,2)", "double precision"),
    "numeric": ("public.amount", "text"),
    "varchar(3)": ("text", "char(3)"),
    "json": ("jsonb", "text"),
    "uuid": ("text",),
    "date": ("timestamp", "timestamptz", "text"),
    "timestamp": ("timestamptz",),
}
# Values that servers before that version do not have.
SINCE = {
    ("numeric(5,-2)", "12300"): 15,
    ("numeric(5,-2)", "12400"): 15,
    ("numeric", "'Infinity'"): 14,
    ("numeric", "'-Infinity'"): 14,
}
NUMBERS = ("smallint", "integer", "bigint", "real", "double precision", "numeric(12,2)")
Row = tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """Two tables with the columns c0, c1, ..., and how they are compared."""

    types: Pair[tuple[str, ...]]
    rows: Pair[tuple[Row, ...]]
    extra: Pair[bool]
    options: DiffOptions


def values_of(version: int) -> dict[str, tuple[str, ...]]:
    """Return the values that a server of that version has, without types of which it has none."""
    known = {kind: tuple(one for one in some if SINCE.get((kind, one), 0) <= version) for kind, some in VALUES.items()}
    return {kind: some for kind, some in known.items() if some}


@st.composite
def cases(draw: st.DrawFn, version: int) -> Case:
    values = values_of(version)
    base = tuple(draw(st.lists(st.sampled_from(list(values)), min_size=1, max_size=4)))
    head = tuple(draw(st.sampled_from((one, one, one, *BECOMES.get(one, ())))) for one in base)
    names = [f"c{place}" for place, _ in enumerate(base)]
    cells = [st.sampled_from(("null", *values[one])) for one in base]
    row = st.builds(lambda *found: found, *cells)
    rows = draw(st.lists(row, max_size=8))
    changed = draw(st.lists(row, max_size=3))
    shuffled = draw(st.booleans()) and bool(rows)
    kept = draw(st.lists(st.sampled_from(rows), max_size=12)) if shuffled else rows
    key = tuple(names[: draw(st.integers(0, min(2, len(names))))])
    loose = [name for name, one, other in zip(names, base, head, strict=True) if one in NUMBERS and other in NUMBERS]
    beside = [name for name in names if name not in key]
    ignore = tuple(draw(st.lists(st.sampled_from(beside), max_size=1))) if beside else ()
    options = DiffOptions(
        key=key,
        ignore=ignore,
        tolerances={name: Tolerance(absolute=0.2) for name in loose if draw(st.booleans())},
        float_tolerance=draw(st.sampled_from((Tolerance(), Tolerance(relative=1e-9)))),
        totals=tuple(loose),
        statistics=False,
        samples=3,
    )
    extra = Pair(draw(st.booleans()), draw(st.booleans()))
    return Case(Pair(base, head), Pair(tuple(rows), (*kept, *changed)), extra, options)


@pytest.fixture(scope="module")
def crowd(postgres: dict[str, str]) -> Iterator[tuple[Database, "Places"]]:
    """Give a database with types of its own for all cases, and the places of a run in it."""
    with new_database(postgres) as database:
        database.execute(
            *OWN_TYPES,
            "create schema dc_base",
            "create schema dc_head",
        )
        yield database, Places(database)


@dataclass(frozen=True)
class Places:
    """Both versions' schemas in a database."""

    database: Database
    relations: Pair[Physical] = Pair(Physical("base", "dc_base", "t"), Physical("head", "dc_head", "t"))

    @contextmanager
    def opened(self) -> Iterator[BothPlaces]:
        """Open them as a run does that compares."""
        login, fences = self.database.login(), Pair(Fence("dc_base", "shop", ""), Fence("dc_head", "shop", ""))
        with connected(login, "test") as connection:
            places = BothPlaces(Catalog(connection), fences, conninfo(login, "test"))
            yield places
            places.readings.stop()


def make(database: Database, places: Places, queries: Pair[Sequence[str]]) -> None:
    """Make the table `t` of each version by statements in which it is called {t}."""
    for relation, statements in zip(places.relations, queries, strict=True):
        name = f'"{relation.schema}".t'
        database.execute(f"drop table if exists {name}", *(one.replace("{t}", name) for one in statements))


def statements(types: Sequence[str], rows: Sequence[Row], bases: Sequence[str], *, extra: bool) -> list[str]:
    """Write a table; the cells are literals of the types in `bases`."""
    columns = [f"c{place} {one}" for place, one in enumerate(types)] + (["only_here int"] if extra else [])
    written = []
    for row in rows:
        cells = [f"({cell})::{base}::{one}" for cell, base, one in zip(row, bases, types, strict=True)]
        written.append(f"({', '.join([*cells, *(['7'] if extra else [])])})")
    made = f"create table {{t}} ({', '.join(columns)})"
    return [made, f"insert into {{t}} values {', '.join(written)}"] if written else [made]


def both_ways(places: Places, options: DiffOptions, thrift: Thrift = ALWAYS) -> tuple[TableDiff, TableDiff]:
    """Compare the tables narrowed, and whole."""
    with places.opened() as opened:
        tables = opened_tables(opened, places.relations)
        narrowed = compare_narrowed(opened, places.relations, tables, options, Means(), thrift)
        return narrowed, compare(tables, options).summary


def opened_tables(opened: BothPlaces, relations: Pair[Physical]) -> Pair[Table]:
    means = Means()
    return relations.map(lambda one: table_of_relation(opened, one, means.scratch, means.memory))


@pytest.fixture
def hashing(crowd: tuple[Database, Places]) -> None:
    """Leave out a server that does not hash rows: there nothing is narrowed."""
    needs(crowd[0], 14)


@pytest.fixture(params=["this server", "a server before 18"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash as this server can, and as older ones can, which do not hash bytes."""
    if request.param != "this server":
        monkeypatch.setattr(narrowing, "_SENDS", 10**9)


@pytest.mark.usefixtures("server")
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_narrowed_comparison_finds_what_a_whole_one_finds(
    crowd: tuple[Database, Places], data: st.DataObject
) -> None:
    database, places = crowd
    case = data.draw(cases(database.version))
    sides = zip(case.types, case.rows, case.extra, strict=True)
    make(
        database,
        places,
        Pair(*(statements(types, rows, case.types.base, extra=extra) for types, rows, extra in sides)),
    )
    try:
        narrowed, whole = both_ways(places, case.options)
    except DataError as refused:
        # Types that have nothing in common, and a numeric with NaN, which comes as text, cannot be compared so.
        assert any(why in str(refused) for why in ("cannot pair rows", "is not numeric"))  # noqa: PT017 -- one of two
        return
    assert narrowed == whole


class Counting(Stream):
    """Counts the rows that come."""

    rows = 0

    def __next__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204 -- as its parent
        batch = super().__next__()
        Counting.rows += batch.num_rows
        return batch


@pytest.fixture
def travelled(monkeypatch: pytest.MonkeyPatch) -> type[Counting]:
    """Count all rows that are read from now on."""
    monkeypatch.setattr(Counting, "rows", 0)
    monkeypatch.setattr(postgres_reading, "Stream", Counting)
    return Counting


MANY = (
    "create table {t} as select i as id, i % 7 as word, (i * 0.01)::numeric(12,2) as n from generate_series(1, 20000) i"
)
KEYED = DiffOptions(key=("id",), tolerances={}, samples=3, statistics=False)
INFERRED = replace(KEYED, key=None)
THRIFT = Thrift(rows=0)
FINE = Thrift(rows=0, per_bucket=100)


@pytest.mark.usefixtures("hashing")
def test_of_equal_tables_no_row_travels(crowd: tuple[Database, Places], travelled: type[Counting]) -> None:
    database, places = crowd
    make(database, places, Pair([MANY], [MANY + " order by -i"]))
    for options in (KEYED, replace(KEYED, key=())):
        with places.opened() as opened:
            tables = opened_tables(opened, places.relations)
            travelled.rows = 0
            found = compare_narrowed(opened, places.relations, tables, options, Means(), THRIFT)
        assert (found.rows.base, found.rows.head, found.rows.unchanged) == (20_000, 20_000, 20_000)
        assert travelled.rows == 0


@pytest.mark.usefixtures("hashing")
def test_only_rows_near_the_changed_ones_travel(crowd: tuple[Database, Places], travelled: type[Counting]) -> None:
    database, places = crowd
    change = ["update {t} set n = n + 1 where id in (5, 9000)", "delete from {t} where id = 77"]
    make(database, places, Pair([MANY], [MANY, *change]))
    with places.opened() as opened:
        tables = opened_tables(opened, places.relations)
        travelled.rows = 0
        options = replace(KEYED, statistics=True)
        found = compare_narrowed(opened, places.relations, tables, options, Means(), THRIFT)
    assert (found.rows.removed, found.rows.changed, found.rows.unchanged) == (1, 2, 19_997)
    assert 0 < travelled.rows < 40_000 * 0.2
    (note,) = found.notes
    assert f"not looked for: {travelled.rows:,} of 39,999 rows travelled" in note
    assert all(column.statistics == Pair(None, None) for column in found.columns)


SPREAD = (
    "create table {t} as select i as id, i % 7 as word, (i * 7919 % 10007)::int as n, (i % 100 * 0.01)::numeric(12,2) "
    "as rate, (i * 0.001)::float8 as share, date '2024-01-01' + i % 700 as day, 'x' || i % 9 as code, "
    "timestamp '2024-01-01' + i * interval '1 minute' as at from generate_series(1, 6000) i"
)
LIMITS = {
    "default": "",
    "of a column": "tables: {t: {columns: {n: {distance: {fail: '> 0.001'}}, code: {shape: {warn: '> 0'}}}}}",
}
CHANGES = {
    "nothing": [],
    "an outlier": ["update {t} set n = 1000000000 where id = 5"],
    "an outlier that was there": ["update {t} set n = n + 1 where id = 5"],
    "few cells": ["update {t} set n = n + 1, code = 'y', share = share + 1 where id % 2000 = 1"],
    "rows that came": [
        "insert into {t} select 300000 + i, 1, 5, 0.5, 3.5, '2024-02-02', 'x1', now() from generate_series(1, 5) i"
    ],
    "a row that came far from all": [
        "insert into {t} values (30000, 1, 5, 0.5, 1e300, '2024-02-02', 'x1', '2024-01-01')"
    ],
    "rows that went": ["delete from {t} where id in (7, 9)"],
    "cells that are NULL now": ["update {t} set n = null, day = null, at = 'infinity' where id in (7, 9)"],
    "cells that are no number now": [
        "update {t} set share = 'NaN' where id = 7",
        "update {t} set share = -share where id = 8",
    ],
    "a wider type": ["alter table {t} alter n type bigint", "update {t} set n = n + 1 where id = 5"],
}


@pytest.mark.parametrize(
    ("limits", "far"),
    [
        ("default", False),
        *(pytest.param(*one, marks=pytest.mark.thorough) for one in (("default", True), ("of a column", False))),
    ],
)
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.usefixtures("hashing")
def test_a_narrowed_table_is_judged_as_a_whole_one(
    crowd: tuple[Database, Places], limits: str, change: str, *, far: bool
) -> None:
    database, places = crowd
    base = [SPREAD, *(["update {t} set n = -2000000000, share = 1e12 where id = 77"] if far else [])]
    make(database, places, Pair(base, [*base, *CHANGES[change]]))
    config = parse(f"version: 1\nwarehouse: duckdb:///w.duckdb\nproduction: a\n{LIMITS[limits]}\n", "x.yml", {})
    # So few are drawn that neighbours come together, or not.
    narrowed, whole, judged = judged_both_ways(places, config.policy, replace(FINE, drawn=16) if far else FINE)
    assert judged.base == judged.head
    assert any(note.startswith("Distributions and causes") for note in narrowed.notes)
    assert not whole.notes


@pytest.mark.usefixtures("hashing")
def test_an_outlier_among_few_changed_cells_fails_as_it_does_unnarrowed(crowd: tuple[Database, Places]) -> None:
    database, places = crowd
    make(database, places, Pair([SPREAD], [SPREAD, *CHANGES["an outlier"]]))
    narrowed, _, judged = judged_both_ways(places, default_policy())
    assert judged.base["distance", "n"] == "fail"
    assert [column.name for column in narrowed.columns if column.distances is not None] == ["n"]
    assert any("All rows of n were read" in note for note in narrowed.notes)


@pytest.mark.usefixtures("hashing")
def test_few_rows_that_travel_show_that_a_column_hardly_moved(crowd: tuple[Database, Places]) -> None:
    database, places = crowd
    large = SPREAD.replace("6000", "200000")
    change = [
        "update {t} set n = n + 1 where id = 5",
        "insert into {t} select 300000, 1, 5, 0.5, 3.5, day, code, at from {t} limit 1",
    ]
    make(database, places, Pair([large], [large, *change]))
    narrowed, _, judged = judged_both_ways(places, default_policy())
    assert judged.base == judged.head
    assert all(column.distances is None for column in narrowed.columns)
    bounds = {column.name: column.at_most for column in narrowed.columns}
    assert bounds["id"] is None
    assert all(bounds[name] is not None for name in ("n", "share", "day", "at", "code"))
    (note,) = narrowed.notes
    assert "measured" not in note


def judged_both_ways(
    places: Places, policy: Policy, thrift: Thrift = FINE
) -> tuple[TableDiff, TableDiff, Pair[dict[object, str]]]:
    """Compare narrowed and whole, with the key `id`, and judge both."""
    relation = Relation("a", "t")
    planned = PlannedTable("t", "changed", "", Pair(relation, relation), Pair("t.sql", "t.sql"))
    with places.opened() as opened:
        tables = opened_tables(opened, places.relations)
        options, _ = options_of(planned, tables, Rules(Pair(policy, policy), (), statistics=True))
        options = replace(options, key=("id",), key_origin="config")
        narrowed = compare_narrowed(opened, places.relations, tables, options, Means(), thrift)
        whole = compare(tables, options).summary
    checks = Pair(narrowed, whole).map(lambda found: judge((Subject(planned, found),), policy).checks)
    return narrowed, whole, checks.map(lambda side: {(one.check, one.column): one.status for one in side})


@pytest.mark.parametrize("options", [replace(KEYED, statistics=True), INFERRED])
def test_on_a_server_before_14_all_rows_are_read(
    crowd: tuple[Database, Places], monkeypatch: pytest.MonkeyPatch, options: DiffOptions
) -> None:
    monkeypatch.setattr(narrowing, "_OLDEST", 10**9)
    database, places = crowd
    make(database, places, Pair([MANY], [MANY, "update {t} set n = n + 1 where id = 5"]))
    narrowed, whole = both_ways(places, options, THRIFT)
    assert narrowed == whole
    assert (whole.key.columns, whole.rows.changed, whole.notes) == (("id",), 1, ())


def test_where_most_differs_all_rows_are_read_at_once(crowd: tuple[Database, Places]) -> None:
    database, places = crowd
    make(database, places, Pair([MANY], [MANY, "update {t} set n = n + 1"]))
    narrowed, whole = both_ways(places, replace(KEYED, statistics=True), THRIFT)
    assert narrowed == whole
    assert whole.rows.changed == 20_000


@pytest.mark.parametrize(
    "change",
    [
        # Values of two rows change places; PostgreSQL's own hashes take both numbers of a pair for one.
        "update {t} set n = 20001 * 0.01 - n",
        "update {t} set n = case id when 1 then 100 else 0.01 end where id in (1, 10000)",
        "update {t} set n = -n where id = 3",
        "update {t} set word = word + 4294967295 where word = 1",
        "update {t} set word = word + 4294967296 where word = 1",
        "update {t} set at = at + interval '1 microsecond' where id = 5",
        "update {t} set zoned = zoned + interval '1 microsecond' where id = 5",
        "update {t} set day = day + 1 where id = 5",
        "update {t} set forever = '-infinity' where id = 5",
        "update {t} set forever = '2024-01-01' where id = 5",
        # What has no digits is hashed as if it were nothing.
        "update {t} set free = 'Infinity' where free = 'NaN'",
    ],
)
@pytest.mark.usefixtures("hashing")
def test_what_sums_of_hashes_of_cells_would_not_see(crowd: tuple[Database, Places], change: str) -> None:
    database, places = crowd
    wide = (
        "alter table {t} alter word type bigint, add free numeric default 'NaN', add day date default '2024-01-01', "
        "add forever date default 'infinity', add at timestamp default '2024-01-01', "
        "add zoned timestamptz default '2024-01-01 UTC'"
    )
    make(database, places, Pair([MANY, wide], [MANY, wide, change]))
    narrowed, whole = both_ways(places, KEYED, Thrift(rows=0, share=1.0, per_bucket=100_000))
    assert narrowed == whole
    assert whole.rows.changed


def test_repeated_keys_are_counted_where_nothing_differs(crowd: tuple[Database, Places]) -> None:
    database, places = crowd
    twice = "insert into {t} select * from {t} where id in (1, 2, 3)"
    make(database, places, Pair([MANY, twice], [MANY, twice, "delete from {t} where id = 19000"]))
    narrowed, whole = both_ways(places, KEYED, THRIFT)
    assert narrowed == whole
    assert whole.key.duplicates == Pair(3, 3)
    indexed = "create unique index on {t} (id) where word = 1"
    make(database, places, Pair([MANY, twice.replace(" in (1, 2, 3)", " = 6"), indexed], [MANY]))
    assert both_ways(places, KEYED, THRIFT)[0].key.duplicates == Pair(1, 0)


@pytest.mark.parametrize("order", ["i", "-i"])
@pytest.mark.usefixtures("hashing")
def test_a_key_is_proven_where_the_rows_lie(
    crowd: tuple[Database, Places], travelled: type[Counting], order: str
) -> None:
    database, places = crowd
    lying = f"{MANY} order by {order}"
    make(database, places, Pair([lying], [lying, "update {t} set n = 0 where id = 5"]))
    with places.opened() as opened:
        tables = opened_tables(opened, places.relations)
        travelled.rows = 0
        found = compare_narrowed(opened, places.relations, tables, INFERRED, Means(), THRIFT)
    assert (found.key.columns, found.key.origin, found.rows.changed) == (("id",), "inferred", 1)
    # The first ones show what may be a key.
    assert travelled.rows < 45_000


@pytest.mark.parametrize(
    "change",
    [
        "insert into {t} values (5, 5, 0)",
        "insert into {t} values (null, 0, 0)",
        "update {t} set id = id + 12000",
        "update {t} set id = id + 9000",
    ],
)
def test_what_is_no_key_is_none_there_either(crowd: tuple[Database, Places], change: str) -> None:
    database, places = crowd
    make(database, places, Pair([MANY], [MANY, change]))
    narrowed, whole = both_ways(places, INFERRED, replace(THRIFT, share=1.0))
    assert narrowed == whole
    assert whole.key.origin == ("inferred" if change.endswith("9000") else "none")
