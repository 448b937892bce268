"""That no key occurs twice is proven where the rows lie; what is no proof is none."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Literal

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from postgres_database import Database, new_database
from postgres_versions import needs
from psycopg.conninfo import make_conninfo

from datacanary.model.basic import Pair
from datacanary.warehouse.postgres.prune import uniqueness
from datacanary.warehouse.postgres.prune.hash import Hashed
from datacanary.warehouse.postgres.prune.uniqueness import is_unique

pytest_plugins = ("postgres_server",)
ID = Hashed('"id"', "bigint")
MANY = "create table t as select {} as id, 'x' as word from generate_series(1, 20000) as i"


@pytest.fixture(scope="module")
def place(postgres: dict[str, str]) -> Iterator[Database]:
    with new_database(postgres) as database:
        needs(database, 14)
        yield database


@contextmanager
def connected(database: Database) -> Iterator[Pair[psycopg.Connection]]:
    """Give two connections, as a comparison has."""
    with ExitStack() as opened:
        conninfo = make_conninfo("", **database.parameters)
        yield Pair(*(opened.enter_context(psycopg.connect(conninfo, autocommit=True)) for _ in range(2)))


def proven(database: Database, key: Sequence[Hashed] = (ID,)) -> bool:
    """Look whether the keys of the table `t` are proven to be unique."""
    ((oid,),) = database.execute("select 't'::regclass::oid::bigint")
    with connected(database) as connections:
        return is_unique(connections, int(oid), "t", tuple(key))


def fill(database: Database, numbers: Sequence[int]) -> None:
    """Make the table `t` anew, three rows on a page, so that a few have halves and parts."""
    values = ", ".join(f"({one}, repeat('x', 2500))" for one in numbers)
    inserted = [f"insert into t values {values}"] if numbers else []
    database.execute(
        "drop table if exists t",
        "create table t (id bigint, filler text)",
        "alter table t alter filler set storage plain",
        *inserted,
    )


@pytest.fixture(params=["one part", "many parts"])
def parts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at a table in two parts, and in many."""
    monkeypatch.setattr(uniqueness, "_FIRST", 4)
    if request.param == "many parts":
        monkeypatch.setattr(uniqueness, "_GROUPS", 20)


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize(
    ("number", "unique"),
    [
        ("i", True),
        ("i - 10000", True),
        ("i * 2", True),
        ("9223372036854755807 + i", True),
        ("-9223372036854775808 + i", True),
        ("i::integer", True),
        ("case i when 15000 then 14999 else i end", False),
        ("case i when 15000 then 14990 else i end", False),
        ("case i when 20000 then 1 else i end", False),
        ("case i when 20000 then 3000 else i end", False),
        ("case i when 11000 then 10001 when 9000 then 10001 else i end", False),
        # Unique, but who would know?
        ("20001 - i", False),
    ],
)
def test_whole_numbers_are_proven_by_bits(
    place: Database, monkeypatch: pytest.MonkeyPatch, number: str, *, unique: bool
) -> None:
    monkeypatch.delattr(uniqueness, "_is_growing")
    place.execute("drop table if exists t", MANY.format(number))
    assert proven(place) is unique


@pytest.mark.parametrize(
    ("number", "form", "unique"),
    [
        ("i * 1000::bigint", "bigint", True),
        ("case i when 15000 then 14999 else i end * 1000::bigint", "bigint", False),
        ("lpad(i::text, 9, '0')", "text", True),
        ("lpad(case i when 15000 then 14999 else i end::text, 9, '0')", "text", False),
        ("i * 0.5", "number", True),
        ("case i when 10000 then 9 else i end * 0.5", "number", False),
    ],
)
def test_what_lies_far_apart_and_what_is_no_whole_number_is_proven_by_its_order(
    place: Database, monkeypatch: pytest.MonkeyPatch, number: str, form: str, *, unique: bool
) -> None:
    monkeypatch.delattr(uniqueness, "_by_bits")
    place.execute("drop table if exists t", MANY.format(number))
    assert proven(place, [Hashed('"id"', form)]) is unique  # type: ignore[arg-type]


def test_of_two_columns_the_order_is_that_of_both(place: Database) -> None:
    two = "create table t as select i / 3 as id, i % 3 as n from generate_series(1, 20000) as i"
    place.execute("drop table if exists t", two)
    assert proven(place, [ID, Hashed('"n"', "integer")])
    assert not proven(place)


def test_a_table_without_rows_has_no_key_twice(place: Database) -> None:
    place.execute("drop table if exists t", "create table t (id bigint)")
    assert proven(place)


@pytest.mark.parametrize("form", ["bigint", "number"])
def test_two_of_a_kind_are_found_wherever_they_lie(
    place: Database, monkeypatch: pytest.MonkeyPatch, form: Literal["bigint", "number"]
) -> None:
    for name, value in (("_FIRST", 2), ("_GROUPS", 1), ("_DENSE", 0)):
        monkeypatch.setattr(uniqueness, name, value)
    for twice in range(1, 24):
        fill(place, [*range(1, twice + 1), *range(twice, 24)])
        assert not proven(place, [Hashed('"id"', form)]), twice


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(
    numbers=st.lists(st.integers(-90, 90), max_size=60),
    ordered=st.booleans(),
    form=st.sampled_from(("bigint", "number")),
)
def test_a_proof_is_never_wrong_and_what_lies_in_order_is_proven(
    place: Database, numbers: list[int], form: Literal["bigint", "number"], *, ordered: bool
) -> None:
    rows = sorted(numbers) if ordered else numbers
    fill(place, rows)
    with pytest.MonkeyPatch.context() as patched:
        for name, value in (("_FIRST", 2), ("_GROUPS", 1), ("_DENSE", 0)):
            patched.setattr(uniqueness, name, value)
        found = proven(place, [Hashed('"id"', form)])
    twice = len(set(rows)) < len(rows)
    assert not (found and twice)
    assert found or twice or not ordered
