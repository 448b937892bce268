"""The warehouses under contract, and how a test reaches them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from duckdb_store import DUCKDB_EQUAL, DUCKDB_VALUES, DuckDBStore

from datacanary.model.basic import Physical, Relation
from datacanary.model.plan import Place
from datacanary.model.release import Swap
from datacanary.protocols import Releases, Workspace

Store = DuckDBStore
STORES: dict[str, Callable[[Path], Store]] = {"duckdb": DuckDBStore}
VALUES = {"duckdb": DUCKDB_VALUES}
EQUAL = {"duckdb": DUCKDB_EQUAL}

RUN = "20261120-101500-4f1c9e2"
ORDERS = Relation("analytics", "orders")


def make_store(kind: str, folder: Path) -> Store:
    """Make a warehouse with two tables and a view."""
    made = STORES[kind](folder)
    made.execute(
        "create schema analytics",
        "create schema raw",
        "create table analytics.orders as select 1 as id, 'a' as word union all select 2, 'b'",
        "create view analytics.words as select word from analytics.orders",
        "create table raw.clicks as select range as id from range(5)",
    )
    return made


def workspace(store: Store) -> AbstractContextManager[Workspace]:
    """Open the run's own place."""
    folder = store.folder / "run"
    folder.mkdir(exist_ok=True)
    return store.open().workspace(folder, RUN, "analytics")


def releases(store: Store) -> AbstractContextManager[Releases]:
    """Open production for writing, with the run beside it."""
    return store.open().releases(store.folder / "run", RUN)


def make(space: Workspace, name: str, query: str, place: Place = "head") -> Physical:
    """Build a table of the schema `analytics`."""
    target = space.physical(place, Relation("analytics", name))
    space.create(target, "table", (), query)
    return target


def built(store: Store, **queries: str) -> dict[str, Physical]:
    """Build tables of head and close the run."""
    with workspace(store) as space:
        return {name: make(space, name, query) for name, query in queries.items()}


def swap_of(built: Physical, target: Relation) -> Swap:
    """Plan to put a built table into production."""
    return Swap(target, built, "table", "", f"__dc_prev__{target.name}")


def read(store: Store, relation: Relation) -> list[tuple[object, ...]]:
    """Read a production table as somebody else does."""
    quoted = ".".join('"' + part.replace('"', '""') + '"' for part in (relation.schema, relation.name))
    return store.execute(f"select * from {quoted} order by all")
