"""What is dropped with a run's schemas, and what elsewhere keeps them from being dropped."""

import pytest
from postgres_database import Database
from postgres_production import ORDERS, RUN, build, kept, promote, quoted
from postgres_versions import needs

from datacanary.errors import WarehouseError
from datacanary.warehouse.connect import connect_by
from datacanary.warehouse.postgres.names import run_schema
from datacanary.warehouse.postgres.session import connected
from datacanary.warehouse.postgres.state.registry import make_schema, register

pytest_plugins = ("postgres_server",)

KEPT = kept(ORDERS)
SCHEMA = quoted(run_schema(RUN, "kept", "analytics"))


@pytest.fixture
def shop(database: Database) -> Database:
    """Give a production whose table was replaced: the former one is kept."""
    database.execute(
        "create schema raw",
        "create schema analytics",
        "create table analytics.orders (id int primary key, word text)",
        "insert into analytics.orders values (1, 'a')",
    )
    promote(database, build(database, ORDERS, "select 7 as id, 'z'::text as word"))
    return database


OUTSIDE = {
    "raw.seen": f"create view raw.seen as select id from {KEPT}",
    "raw.snapshot": f"create materialized view raw.snapshot as select id from {KEPT}",
    "column o of table raw.typed": f"create table raw.typed (n int, o {KEPT}); "
    "insert into raw.typed values (1, (1, 'a'))",
    "column many of table raw.typed": f"create table raw.typed (n int, many {KEPT}[])",
    "function raw.counted()": "create function raw.counted() returns bigint "
    f"begin atomic select count(*) from {KEPT}; end",
    "function raw.taking": f"create function raw.taking(one {KEPT}) returns int language sql as 'select 1'",
    "default value for column n of table raw.numbered": f"create sequence {SCHEMA}.numbers; "
    f"create table raw.numbered (n int default nextval('{SCHEMA}.numbers'))",
    "policy few on table raw.hidden": f"create table raw.hidden (id int); "
    f"create policy few on raw.hidden using (exists (select 1 from {KEPT} k where k.id = hidden.id))",
    "publication of table": f"create publication told for table {KEPT}",
    "raw.child": f"create table raw.child () inherits ({KEPT})",
    "raw.parent": f"create table raw.parent (id int not null, word text); alter table {KEPT} inherit raw.parent",
    "raw.parted": f"create table raw.parted (id int not null, word text) partition by list (id); "
    f"alter table raw.parted attach partition {KEPT} for values in (1)",
    "constraint referring_id_fkey on table raw.referring": f"create table raw.referring (id int references {KEPT})",
    "trigger calls on table raw.called": f"create function {SCHEMA}.call() returns trigger language plpgsql as "
    f"'begin end'; create table raw.called (id int); "
    f"create trigger calls after insert on raw.called execute function {SCHEMA}.call()",
    "column m of table raw.moody": f"create type {SCHEMA}.mood as enum ('sad'); "
    f"create table raw.moody (m {SCHEMA}.mood)",
}


@pytest.mark.parametrize("what", OUTSIDE)
def test_what_lies_elsewhere_keeps_a_schema_and_is_named(shop: Database, what: str) -> None:
    if "begin atomic" in OUTSIDE[what]:
        needs(shop, 14)
        shop.execute(OUTSIDE[what])
    else:
        shop.execute(*OUTSIDE[what].split("; "))
    warehouse = connect_by(shop.login())
    entries = warehouse.registered()
    with pytest.raises(WarehouseError, match="was not dropped") as told:
        warehouse.drop(entries)
    assert what in told.value.problem
    assert shop.execute(f"select count(*) from {KEPT}") == [(1,)]
    assert warehouse.registered() == entries


def test_what_is_inside_only_goes_with_its_schema(shop: Database) -> None:
    shop.execute(
        "create table raw.customers (id int primary key)",
        "insert into raw.customers values (1)",
        "create function raw.touched() returns trigger language plpgsql as 'begin return new; end'",
        f"alter table {KEPT} add foreign key (id) references raw.customers",
        f"create index on {KEPT} (word)",
        f"create statistics {SCHEMA}.both on id, word from {KEPT}",
        f"create trigger touches after insert on {KEPT} execute function raw.touched()",
        f"create rule quiet as on delete to {KEPT} do instead nothing",
        f"create policy few on {KEPT} using (id > 0)",
        f"create view {SCHEMA}.seen as select * from {KEPT}",
        f"create materialized view {SCHEMA}.snapshot as select * from {SCHEMA}.seen",
        f"create type {SCHEMA}.mood as enum ('sad')",
        f"create table {SCHEMA}.parts (id int generated always as identity, o {KEPT}, m {SCHEMA}.mood, s serial) "
        "partition by list (id)",
        f"create table {SCHEMA}.part partition of {SCHEMA}.parts for values in (1)",
        f"create function {SCHEMA}.counted(one {KEPT}) returns int language sql as 'select 1'",
        f"create operator {SCHEMA}.## (function = {SCHEMA}.counted, rightarg = {KEPT})",
        f"create table {SCHEMA}.referring (id int references {KEPT})",
        f"alter default privileges in schema {SCHEMA} grant select on tables to public",
    )
    warehouse = connect_by(shop.login())
    warehouse.drop(warehouse.registered())
    assert warehouse.registered() == ()
    assert SCHEMA.strip('"') not in shop.schemas()
    assert shop.execute("select count(*) from raw.customers") == [(1,)]


def test_schemas_that_need_each_other_are_dropped_in_any_order(shop: Database) -> None:
    names = [run_schema(RUN, place, "analytics") for place in ("shared", "own")]
    with connected(shop.login(), "test", writable=True) as connection:
        register(connection, names, RUN, "build", "3 days")
        for name in names:
            make_schema(connection, name, RUN)
    shop.execute(
        f"create table {quoted(names[0])}.orders (id int)",
        f"create view {quoted(names[1])}.seen as select id from {quoted(names[0])}.orders",
    )
    warehouse = connect_by(shop.login())
    builds = {one.name: one for one in warehouse.registered()}
    warehouse.drop([builds[name] for name in names])
    assert not set(names) & set(shop.schemas())
