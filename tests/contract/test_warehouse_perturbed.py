"""Every warehouse can work under other conditions: rows in another order, at a place that is gone afterwards."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from duckdb_store import DuckDBStore
from stores import ORDERS, VALUES, Store, make, make_store, named, with_types, workspace

from datacanary.errors import StatementError
from datacanary.model.basic import Physical, Relation
from datacanary.protocols.workspace import Workspace

pytest_plugins = ("postgres_server",)

MANY = Relation("raw", "many")
MANY_ROWS = "select range as id, range % 7 as g, 'n' || range as name from {}"


@pytest.fixture
def space(store: Store) -> Iterator[Workspace]:
    store.execute(
        f"create table raw.many as {MANY_ROWS.format(store.numbers(5000))}",
        "create view raw.seen as select * from raw.many",
    )
    with workspace(store) as opened:
        yield opened


def ids(space: Workspace, relation: Physical) -> list[int]:
    with space.reading(relation) as reader:
        return [int(one) for one in reader.read_all()["id"].to_pylist()]


def test_rows_are_copied_in_another_order_that_is_the_same_each_time(store: Store, space: Workspace) -> None:
    with space.perturbed():
        first, second, last = (space.physical("shuffled", Relation(str(number), "many")) for number in range(3))
        space.shuffle(space.production(MANY), first)
        space.shuffle(space.production(Relation("raw", "seen")), second)
        space.create(last, "table", (), MANY_ROWS.format(store.numbers(5000)))
        space.shuffle(last, last)
        assert ids(space, space.production(MANY)) == list(range(5000))
        shuffled = ids(space, first)
        assert sorted(shuffled) == list(range(5000))
        # By chance about one row in 5000 stays where it was, and one pair in two is turned round.
        assert sum(one == place for place, one in enumerate(shuffled)) < 10
        assert 2000 < sum(one > other for one, other in itertools.pairwise(shuffled)) < 3000
        for other in (second, last):
            assert ids(space, other) == shuffled
            assert space.fingerprint(other) == space.fingerprint(space.production(MANY))


def make_file(space: Workspace, file: Path) -> None:
    """Write the rows of a table to a file, as a project has it."""
    with space.reading(space.production(MANY)) as reader:
        pl.DataFrame(reader.read_all()).write_parquet(file)


def test_a_data_file_is_copied_in_the_same_order(tmp_path: Path) -> None:
    store, file = make_store(DuckDBStore(tmp_path)), tmp_path / "many.parquet"
    store.execute(f"create table raw.many as {MANY_ROWS.format(store.numbers(5000))}")
    with workspace(store) as space, space.perturbed():
        of_file, of_table = (space.physical("shuffled", Relation(name, "many")) for name in ("file", "table"))
        make_file(space, file)
        space.shuffle(str(file), of_file)
        space.shuffle(space.production(MANY), of_table)
        assert ids(space, of_file) == ids(space, of_table) != list(range(5000))


@pytest.mark.parametrize("kind", VALUES)
def test_values_of_any_type_are_copied(empty_store: Callable[[str], Store], kind: str) -> None:
    store = with_types(empty_store(kind))
    known = {name: both for name, both in VALUES[kind].items() if store.knows(name)}
    with workspace(store) as space, space.perturbed():
        for number, (name, (one, other)) in enumerate(known.items()):
            made = make(space, f"t{number}", f"select 1 as id, {one} as v union all select 2, {other}")
            copy = space.physical("shuffled", Relation("0", f"t{number}"))
            space.shuffle(made, copy)
            assert space.fingerprint(copy) == space.fingerprint(made), name


def test_the_places_of_the_noise_check_are_gone_after_it_and_the_rest_stays(store: Store, space: Workspace) -> None:
    kept = make(space, "orders", "select 7 as id", "base")
    before = {*store.folder.rglob("*")}
    with space.perturbed():
        noise, shuffled = (make(space, "orders", "select 1 as id", place) for place in ("noise", "shuffled"))
        assert len({noise, shuffled, kept, space.production(ORDERS)}) == 4
        seen = space.physical("noise", Relation("analytics", "seen"))
        space.create(seen, "view", (), f"select id + 1 as id from {named(noise)}")
        assert ids(space, seen) == [2]
    assert ids(space, kept) == [7]
    assert [space.columns(one) for one in (noise, shuffled, seen)] == [None, None, None]
    assert {*store.folder.rglob("*")} == before
    with space.perturbed():
        assert ids(space, make(space, "orders", "select 2 as id", "noise")) == [2]


def test_a_relation_that_cannot_be_copied_is_told_and_production_is_never_the_target(
    store: Store, space: Workspace
) -> None:
    with space.perturbed():
        target = space.physical("shuffled", Relation("0", "t"))
        for source in (space.production(Relation("raw", "none")), "nothing.parquet", str(store.folder)):
            with pytest.raises(StatementError):
                space.shuffle(source, target)
        assert space.columns(target) is None
        for production in (ORDERS, Relation("analytics", "new")):
            with pytest.raises(StatementError):
                space.shuffle(space.production(MANY), space.production(production))
    assert sorted(ids(space, space.production(ORDERS))) == [1, 2]
    assert space.locate(Relation("analytics", "new")) is None


def test_what_is_still_read_does_not_hold_its_place(store: Store, space: Workspace) -> None:
    with space.perturbed():
        made = make(space, "many", f"select range as id from {store.numbers(1_000_000)}", "noise")
        reading = space.reading(made)
        next(iter(reading.__enter__()))
    assert space.columns(made) is None


def fail() -> None:
    raise ZeroDivisionError


def test_a_check_that_fails_meanwhile_says_why_it_failed(space: Workspace) -> None:
    with pytest.raises(ZeroDivisionError), space.perturbed():
        fail()
