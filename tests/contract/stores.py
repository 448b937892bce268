"""The warehouses under contract, and how a test reaches them."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from duckdb_store import DUCKDB_EQUAL, DUCKDB_VALUES
from postgres_store import OWN_TYPES, POSTGRES_EQUAL, POSTGRES_VALUES

from datacanary.model.basic import Physical, Relation
from datacanary.model.plan import Place
from datacanary.model.release import Swap
from datacanary.protocols.releases import Releases
from datacanary.protocols.warehouse import Warehouse
from datacanary.protocols.workspace import Workspace

STORES = ("duckdb", "postgres")
VALUES: Mapping[str, Mapping[str, tuple[str, str]]] = {"duckdb": DUCKDB_VALUES, "postgres": POSTGRES_VALUES}
EQUAL: Mapping[str, Mapping[str, tuple[str, str]]] = {"duckdb": DUCKDB_EQUAL, "postgres": POSTGRES_EQUAL}

RUN = "20261120-101500-4f1c9e2"
ORDERS = Relation("analytics", "orders")


class Store(Protocol):
    """A warehouse of a test's own, and the words of its SQL that differ.

    `main` is the schema where names without one are looked up last, `text` the type of texts.
    """

    def spelt(self, name: str) -> str:
        """Return a name as the engine keeps it."""

    def knows(self, value: str) -> bool:
        """Tell whether the engine's version has such a value of `VALUES`."""

    @property
    def kind(self) -> str:
        """What it is made of."""

    @property
    def folder(self) -> Path:
        """A folder of the test's own."""

    @property
    def main(self) -> str:
        """The schema where names without one are looked up last."""

    @property
    def text(self) -> str:
        """The type of texts."""

    @property
    def catalog(self) -> str:
        """What it calls its own database in queries, quoted."""

    def open(self) -> Warehouse:
        """Return the warehouse."""

    def execute(self, *statements: str) -> list[tuple[Any, ...]]:
        """Do something in production, as somebody else; return what the last statement gives."""

    def numbers(self, count: int) -> str:
        """Write what stands in FROM for the column `range` of as many numbers from 0."""

    def indexes(self) -> int:
        """Count the indexes of production but for those of primary keys."""


def make_store(made: Store) -> Store:
    """Put two tables and a view into a warehouse."""
    made.execute(
        "create schema analytics",
        "create schema raw",
        "create table analytics.orders as select 1 as id, 'a' as word union all select 2, 'b'",
        "create view analytics.words as select word from analytics.orders",
        f"create table raw.clicks as select range as id from {made.numbers(5)}",
    )
    return made


def with_types(store: Store) -> Store:
    """Make the types that some of its values are of."""
    if store.kind == "postgres":
        store.execute(*OWN_TYPES)
    return store


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
        made = {name: make(space, name, query) for name, query in queries.items()}
        space.keep(tuple(made.values()))
    return made


def named(physical: Physical) -> str:
    """Write where a relation lies as queries have it."""
    parts = (part for part in (physical.catalog, physical.schema, physical.name) if part)
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def swap_of(built: Physical, target: Relation) -> Swap:
    """Plan to put a built table into production."""
    return Swap(target, built, "table", "", f"__dc_prev__{target.name}")


def read(store: Store, relation: Relation) -> list[tuple[object, ...]]:
    """Read a production table as somebody else does."""
    place = named(Physical("", relation.schema, relation.name))
    return sorted(store.execute(f"select * from {place}"))
