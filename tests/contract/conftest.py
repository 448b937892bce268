"""The warehouse of a test."""

from pathlib import Path

import pytest
from stores import STORES, Store, make_store


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Give a warehouse of each kind, with two tables and a view."""
    return make_store(str(request.param), tmp_path)
