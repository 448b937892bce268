"""The warehouse of a test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from duckdb_store import DuckDBStore
from postgres_database import Database
from postgres_production import shop_with_roles
from postgres_store import PostgresStore
from stores import STORES, Store, make_store


@pytest.fixture
def empty_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Store]:
    """Give what makes an empty warehouse of a kind; its module names the plugin `postgres_server`."""

    def make(kind: str) -> Store:
        if kind == "duckdb":
            return DuckDBStore(tmp_path)
        # Who tests DuckDB alone need not wait for a server.
        return PostgresStore(tmp_path, request.getfixturevalue("database"))

    return make


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, empty_store: Callable[[str], Store]) -> Store:
    """Give a warehouse of each kind, with two tables and a view."""
    return make_store(empty_store(str(request.param)))


@pytest.fixture
def shop(database: Database) -> Iterator[Database]:
    """Give a PostgreSQL production with two tables, a view and three roles."""
    with shop_with_roles(database) as made:
        yield made
