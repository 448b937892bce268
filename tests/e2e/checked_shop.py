"""A shop whose branch was checked, for all who promote it.

Test modules ask for it by `pytest_plugins = ("checked_shop",)`: PYTEST_DONT_REWRITE.
"""

import pytest
from shop import Shelf, Shop, make_smaller_shop


@pytest.fixture(scope="session")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Give a shop on its branch `smaller`, checked: pass."""
    return make_smaller_shop(tmp_path_factory.mktemp("checked"), "check")


@pytest.fixture
def shop(checked: Shelf) -> Shop:
    """Give that shop, untouched by other tests."""
    return checked.fresh()
