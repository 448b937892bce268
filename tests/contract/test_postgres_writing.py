"""What `doctor` says a role may write, in whatever way it may."""

from collections.abc import Iterator

import pytest
from postgres_database import Database
from postgres_versions import needs

from datacanary.warehouse.connect import connect_by
from datacanary.warehouse.postgres.privileges.writing import writes_outside
from datacanary.warehouse.postgres.session import connected

pytest_plugins = ("postgres_server",)


@pytest.fixture
def shop(database: Database) -> Iterator[Database]:
    """Give a production, its owner `etl_…` and a role `build_…` that may read it."""
    name = database.parameters["dbname"]
    database.execute(
        "revoke create on schema public from public",
        f"create role etl_{name}",
        f"create role build_{name} login",
        f"grant create on database {name} to build_{name}",
        *(f"create schema {schema} authorization etl_{name}" for schema in ("analytics", "staging")),
        *(f"create table {schema}.orders (id int, word text)" for schema in ("analytics", "staging")),
        *(f"alter table {schema}.orders owner to etl_{name}" for schema in ("analytics", "staging")),
        *(f"grant usage on schema {schema} to build_{name}" for schema in ("analytics", "staging")),
        f"grant select on all tables in schema analytics, staging to build_{name}",
    )
    yield database
    database.execute(*(f"drop owned by {one}_{name} cascade; drop role {one}_{name}" for one in ("build", "etl")))


def told(shop: Database) -> str:
    """Return what is said of the builder's writing."""
    builder = Database({**shop.parameters, "user": f"build_{shop.parameters['dbname']}"})
    (found,) = [one for one in connect_by(builder.login()).symptoms("analytics") if " write " in one.what]
    with connected(builder.login(), "test") as connection:
        assert writes_outside(connection) == (found.state == "odd")
    return found.what


def test_a_role_that_only_reads_cannot_write(shop: Database) -> None:
    assert told(shop).endswith("cannot write production")


GRANTED = {
    "update (word) on analytics.orders": "can write production (analytics.orders)",
    "insert (id) on analytics.orders": "can write production (analytics.orders)",
    "truncate on analytics.orders": "can write production (analytics.orders)",
    "create on schema analytics": "can write production (analytics)",
    "delete on staging.orders": "cannot write the schema analytics, but others (staging.orders)",
    "create on schema staging": "cannot write the schema analytics, but others (staging)",
    "update on analytics.orders, staging.orders": "can write production (analytics.orders, staging.orders)",
}


@pytest.mark.parametrize("what", GRANTED)
def test_each_way_to_write_is_told(shop: Database, what: str) -> None:
    shop.execute(f"grant {what} to build_{shop.parameters['dbname']}")
    assert told(shop).endswith(GRANTED[what])


def test_a_role_that_can_become_one_that_writes_can_write(shop: Database) -> None:
    name = shop.parameters["dbname"]
    shop.execute(f"alter role build_{name} noinherit", f"grant etl_{name} to build_{name}")
    assert told(shop).endswith("can write production (analytics.orders, staging.orders)")


def test_so_can_one_whose_membership_is_not_inherited(shop: Database) -> None:
    needs(shop, 16)
    name = shop.parameters["dbname"]
    shop.execute(f"grant etl_{name} to build_{name} with inherit false")
    assert told(shop).endswith("can write production (analytics.orders, staging.orders)")
