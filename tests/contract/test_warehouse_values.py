"""What a warehouse holds arrives as it is: values of every type, and the fingerprints of rows."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from stores import EQUAL, STORES, VALUES, Store, make, with_types, workspace

from datacanary.model.basic import Fingerprint, Pair, Physical
from datacanary.model.plan import Place
from datacanary.model.tablediff import DiffOptions
from datacanary.pipeline.relations import table_of_relation
from datacanary.protocols.workspace import Workspace
from datacanary.tablediff.compare import compare
from datacanary.tablediff.scratch import Scratch

pytest_plugins = ("postgres_server",)


Make = Callable[[str], Store]
PARTS = 4
"""So many tests share the types of values: each makes a database."""


KEYS: tuple[tuple[str, ...], ...] = ((), ("id",), ("v",))
"""A table of one row is compared without a key, by its number, and with the value as the key."""


def unchanged(space: Workspace, one: Physical, other: Physical, keys: Sequence[tuple[str, ...]] = KEYS) -> list[int]:
    """Compare two tables of one row by each of these keys."""
    tables = Pair(
        table_of_relation(space, one, Scratch(), 1 << 30), table_of_relation(space, other, Scratch(), 1 << 30)
    )
    options = DiffOptions(tolerances={}, samples=3, statistics=False)
    found = [compare(tables, replace(options, key=key)).summary for key in keys]
    assert [(table.comparison, table.notes) for table in found] == [("keyed" if key else "keyless", ()) for key in keys]
    return [table.rows.unchanged or 0 for table in found]


@pytest.mark.parametrize("ways", [1, pytest.param(len(KEYS), marks=pytest.mark.thorough)])
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", STORES)
def test_a_value_of_any_type_equals_itself_and_no_other(empty_store: Make, kind: str, part: int, ways: int) -> None:
    store = with_types(empty_store(kind))
    with workspace(store) as space:
        for number, (name, (one, other)) in enumerate(VALUES[kind].items()):
            if number % PARTS != part or not store.knows(name):
                continue
            sides: tuple[tuple[Place, str], ...] = (("base", one), ("head", one), ("own", other))
            first, again, second = (
                make(space, f"t{number}", f"select 1 as id, {value} as v", place) for place, value in sides
            )
            keys = [KEYS[(number // PARTS + way) % len(KEYS)] for way in range(ways)]
            assert unchanged(space, first, again, keys) == [1] * ways, name
            assert unchanged(space, first, second, keys) == [0] * ways, name
            assert space.fingerprint(first) == space.fingerprint(again), name
            assert space.fingerprint(first) != space.fingerprint(second), name


@pytest.mark.parametrize(("kind", "name"), [(store, name) for store in STORES for name in EQUAL[store]])
def test_what_means_the_same_is_equal(empty_store: Make, kind: str, name: str) -> None:
    with workspace(with_types(empty_store(kind))) as space:
        sides: tuple[tuple[Place, str], ...] = (("base", EQUAL[kind][name][0]), ("head", EQUAL[kind][name][1]))
        one, other = (make(space, "t", f"select 1 as id, {value} as v", place) for place, value in sides)
        assert unchanged(space, one, other) == [1, 1, 1]


def prints(store: Store, *queries: str) -> list[Fingerprint | None]:
    """Fingerprint what some queries give."""
    with workspace(store) as space:
        return [space.fingerprint(make(space, f"t{number}", query)) for number, query in enumerate(queries)]


def test_a_fingerprint_knows_nothing_of_the_order_of_rows(store: Store) -> None:
    one, other = prints(
        store,
        f"select range as a, range * 2 as b from {store.numbers(200_000)} order by a",
        f"select range as a, range * 2 as b from {store.numbers(200_000)} order by range % 7, range desc",
    )
    assert one == other
    assert one is not None
    assert one.rows == 200_000


@pytest.mark.parametrize(
    "other",
    [
        "(1, 'x', 1), (2, 'y', 3)",  # a cell
        "(1, 'x', 1), (2, 'y', null)",
        "(1, 'y', 1), (2, 'x', 2)",  # two rows swap a cell
        "(1, 'x', 2), (2, 'y', 1)",
        "(1, 'x', 1)",  # a row less
        "(1, 'x', 1), (2, 'y', 2), (2, 'y', 2)",  # a row twice
        "(1, 'x', 1), (2, 'y', 2), (null, null, null)",
        "(1, '', 1), (2, 'y', 2)",
        "(1, null, 1), (2, 'y', 2)",
        "(1, 'x ', 1), (2, 'y', 2)",
    ],
)
def test_a_fingerprint_sees_any_change(store: Store, other: str) -> None:
    values = ("(1, 'x', 1), (2, 'y', 2)", other, "(1, '', 1), (2, 'y', 2)", "(1, null, 1), (2, 'y', 2)")
    one, two, empty, null = prints(store, *(f"select * from (values {value}) as t(a, b, c)" for value in values))
    assert one != two
    assert empty != null


def test_a_fingerprint_sees_names_and_types_and_the_same_rows_twice_do_not_cancel(store: Store) -> None:
    found = prints(
        store, "select 1 as a", "select 1 as b", "select 1::bigint as a", "select 1 as a where false",
        f"select 1 as a from {store.numbers(2)}", f"select 2 as a from {store.numbers(2)}",
        "select 1 as a, 2 as b", "select 2 as a, 1 as b",
    )  # fmt: skip
    assert len({*found}) == len(found)
