"""Promotions in PostgreSQL while somebody uses what is not production: what foreign keys name, and judged tables."""

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from postgres_database import Database
from postgres_production import (
    ORDERS,
    RUN,
    WORDS,
    build,
    promote,
    quoted,
    releases,
    removal_of,
    roll_back,
    schema_of,
    shop_with_roles,
)
from psycopg.conninfo import make_conninfo

from datacanary.errors import Refused
from datacanary.warehouse.postgres.release import locks as postgres_locks

pytest_plugins = ("postgres_server",)

NEW_ORDERS = "select 2 as id, 'b'::text as word"
WRITES = "insert into raw.people values (3)"


@pytest.fixture
def shop(database: Database) -> Iterator[Database]:
    """Give a production with a table that has a foreign key to one that is not promoted."""
    with shop_with_roles(database) as made:
        made.execute(
            "create table raw.people (id int primary key)",
            "insert into raw.people values (1), (2)",
            "alter table analytics.orders add constraint person foreign key (id) references raw.people",
        )
        yield made


@pytest.fixture
def writer(shop: Database) -> Iterator[psycopg.Connection]:
    """Give a connection that has written what the foreign key names, and has not committed it."""
    with psycopg.connect(make_conninfo("", **shop.parameters), application_name="etl") as connection:
        yield connection


def in_the_way(writer: psycopg.Connection) -> str:
    """Tell how who wrote is named."""
    return rf"process {writer.info.backend_pid} \(etl\) has raw.people"


def test_a_writer_of_what_a_foreign_key_names_is_waited_for_before_production_is_held(
    shop: Database, writer: psycopg.Connection
) -> None:
    swap, ended = build(shop, ORDERS, NEW_ORDERS), []
    writer.execute(WRITES)
    thread = threading.Thread(target=lambda: ended.append(promote(shop, swap)))
    thread.start()
    try:
        waiting = "select count(*) from pg_locks where not granted and relation = 'raw.people'::regclass"
        while shop.execute(waiting) == [(0,)]:
            time.sleep(0.01)
        # Whoever had production now would wait for us, and we for him.
        writer.execute("insert into analytics.orders values (3, 'c')")
        writer.commit()
    finally:
        writer.rollback()
        thread.join()
    assert shop.execute("select * from analytics.orders") == [(2, "b")]
    roll_back(shop, ended[0])
    assert shop.execute("select id from analytics.orders order by id") == [(1,), (2,), (3,)]


def test_who_writes_what_a_foreign_key_names_for_too_long_is_named(
    shop: Database, writer: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = promote(shop, build(shop, ORDERS, NEW_ORDERS))
    monkeypatch.setattr(postgres_locks, "SECONDS_IN_ALL", 0.5)
    writer.execute(WRITES)
    with pytest.raises(Refused, match=in_the_way(writer)):
        roll_back(shop, live)
    writer.rollback()
    roll_back(shop, live)


def test_what_the_role_may_not_hold_is_not_waited_for_without_end(
    shop: Database, writer: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap = build(shop, ORDERS, NEW_ORDERS)
    monkeypatch.setattr(postgres_locks, "SECONDS_IN_ALL", 0.5)
    writer.execute(WRITES)
    with pytest.raises(Refused, match=in_the_way(writer)), releases(shop, RUN) as release, release.transaction():
        release.swap([swap])
    writer.rollback()
    promote(shop, swap)


def test_a_foreign_key_that_comes_back_with_its_table_is_not_waited_for_without_end(
    shop: Database, writer: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = promote(shop, removal_of(ORDERS), removal_of(WORDS))
    monkeypatch.setattr(postgres_locks, "SECONDS_IN_ALL", 0.5)
    writer.execute(WRITES)
    with pytest.raises(Refused, match=r"in use for 0\.5 seconds"):
        roll_back(shop, live)
    writer.rollback()
    roll_back(shop, live)


def test_what_the_role_may_only_refer_to_is_not_locked(shop: Database) -> None:
    promoter, owner = (f"{name}_{shop.parameters['dbname']}" for name in ("promote", "owner"))
    shop.execute(
        f"create role {promoter} login",
        f"grant {owner} to {promoter}",
        f"grant usage, create on schema analytics to {promoter}, {owner}",
        f"grant usage on schema raw to {promoter}, {owner}",
        f"grant references, select on raw.people to {promoter}, {owner}",
        f"grant create on database {shop.parameters['dbname']} to {promoter}",
        f"alter view analytics.words owner to {owner}",
    )
    try:
        as_promoter = Database({**shop.parameters, "user": promoter})
        live = promote(as_promoter, build(as_promoter, ORDERS, NEW_ORDERS))
        roll_back(as_promoter, live)
    finally:
        shop.execute(f"drop owned by {promoter} cascade", f"drop role {promoter}")
    assert shop.execute("select id from analytics.orders") == [(1,), (2,)]


def test_who_reads_a_judged_table_for_too_long_is_named(
    shop: Database, writer: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap = build(shop, ORDERS, NEW_ORDERS)
    monkeypatch.setattr(postgres_locks, "SECONDS_IN_ALL", 0.5)
    writer.execute(f"select * from {quoted(schema_of(swap), 'orders')}".encode())
    with pytest.raises(Refused, match=rf"process {writer.info.backend_pid} \(etl\) has {schema_of(swap)}\.orders"):
        promote(shop, swap)
    writer.rollback()
    promote(shop, swap)
