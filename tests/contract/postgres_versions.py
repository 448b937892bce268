"""What older servers of PostgreSQL do not know: tests of that are left out there, and say so."""

import pytest
from postgres_database import Database


def needs(database: Database, oldest: int) -> None:
    """Leave out the test that asks on a server before this major version."""
    found = database.version
    if found < oldest:
        pytest.skip(f"PostgreSQL {oldest} or newer is needed, this is {found}")
