"""A server that is too old is told to be that, with its version, by whatever is asked of it first."""

from collections.abc import Callable
from pathlib import Path

import pytest
from postgres_database import Database

from datacanary.errors import WarehouseError
from datacanary.model.basic import Pair, Relation
from datacanary.warehouse.postgres import session
from datacanary.warehouse.postgres.warehouse import PostgresWarehouse, connect_by

pytest_plugins = ("postgres_server",)

ASKED: dict[str, Callable[[PostgresWarehouse, Path], object]] = {
    "doctor": lambda warehouse, _: warehouse.symptoms("analytics"),
    "status": lambda warehouse, _: warehouse.promotions(),
    "diff": lambda warehouse, _: warehouse.columns_of_tables([Relation("raw", "orders")], "analytics"),
    "dbt": lambda warehouse, folder: warehouse.contain(Pair(folder / "base", folder / "head")).prepare(),
}


@pytest.mark.parametrize("asked", ASKED)
def test_a_server_that_is_too_old_is_told(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.setattr(session, "_OLDEST", 10**9)
    with pytest.raises(WarehouseError) as told:
        ASKED[asked](connect_by(database.login()), tmp_path)
    assert told.value.problem.startswith(f"PostgreSQL 13 or newer is needed; the server has {database.version}.")
    assert told.value.hint == "Upgrade the server."
