"""Promotions in PostgreSQL that are refused: nothing changes, and whoever asked is told why and what to do."""

from collections.abc import Iterator

import psycopg
import pytest
from postgres_database import Database
from postgres_production import (
    ORDERS,
    WORDS,
    build,
    definitions,
    promote,
    quoted,
    releases,
    removal_of,
    role,
    roll_back,
    schema_of,
)
from postgres_versions import needs

from datacanary.errors import Refused, RunError, WarehouseError
from datacanary.model.basic import Relation

pytest_plugins = ("postgres_server",)


REFUSED = {
    "materialized view": "create materialized view raw.m as select * from analytics.orders",
    "trigger": "create function raw.f() returns trigger language plpgsql as 'begin return new; end'; "
    "create trigger t before insert on analytics.orders for each row execute function raw.f()",
    "rule": "create rule r as on insert to analytics.orders do nothing",
    "row-level security": "alter table analytics.orders enable row level security",
    "policy": "create policy p on analytics.orders using (true)",
    "publication": "create publication p for table analytics.orders",
    "the publication of_all": "create publication of_all for all tables",
    "the publication of_schema": "create publication of_schema for tables in schema analytics",
    "child": "create table raw.child () inherits (analytics.orders)",
    "inheritance from": "create table raw.parent (id int, word text); alter table analytics.orders inherit raw.parent",
    "identity": "alter table analytics.orders alter id set not null, alter id add generated always as identity",
    "generated": "alter table analytics.orders add twice int generated always as (id * 2) stored",
    "sequence": "create sequence analytics.s; alter sequence analytics.s owner to OWNER; "
    "alter sequence analytics.s owned by analytics.orders.id",
    "replica identity": "alter table analytics.orders replica identity full",
    "not logged": "alter table analytics.orders set unlogged",
    "function": "create function raw.g(o analytics.orders) returns int language sql as 'select 1'",
    "function raw.h": "create function raw.h() returns bigint return (select count(*) from analytics.orders)",
    "column o": "create table raw.typed (o analytics.orders)",
    "constraint": "alter table analytics.orders add unique (id); create table raw.refers (id int references "
    "analytics.orders (id))",
}
SINCE = {"function raw.h": 14, "the publication of_schema": 15}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_go_over_is_refused_and_nothing_changes(shop: Database, what: str) -> None:
    needs(shop, SINCE.get(what, 0))
    made = REFUSED[what].replace("OWNER", role(shop, "owner"))
    shop.execute(*([made] if what == "trigger" else made.split("; ")))
    swap = build(shop, ORDERS, "select 7 as id, 'z'::text as word")
    before, rows = definitions(shop), shop.contents()
    with pytest.raises(Refused, match=what) as refused:
        promote(shop, swap)
    assert "Nothing was changed" in refused.value.hint
    assert (definitions(shop), {k: v for k, v in shop.contents().items() if "datacanary" not in k}) == (before, rows)


UNFIT = {
    "pk": ("alter table analytics.orders add constraint pk primary key (id)", "select 1 as id union all select 1"),
    "check": ("alter table analytics.orders add constraint check_id check (id < 5)", "select 7 as id"),
    "apart": (
        "alter table analytics.orders add constraint apart exclude (id with =)",
        "select 'secret'::text as id from generate_series(1, 2)",
    ),
    "key": (
        (
            "create table raw.k (id int primary key); alter table analytics.orders add constraint key foreign key (id) "
            "references raw.k not valid"
        ),
        "select 'text' as id",
    ),
    "by_word": ("create index by_word on analytics.orders (word)", "select 1 as id"),
    "NOT NULL of word|orders_word_not_null": (
        "alter table analytics.orders alter word set not null",
        "select 1 as id, null::text as word",
    ),
    "default of word": ("alter table analytics.orders alter word set default 'a'", "select 1 as id, 2 as word"),
    "words": ("select 1", "select 1 as id"),
    "raw.typed": ("create view raw.typed as select id from analytics.orders", "select 1::bigint as id, 'a' as word"),
}


@pytest.mark.parametrize("what", UNFIT)
def test_rows_and_columns_that_do_not_fit_are_refused(shop: Database, what: str) -> None:
    made, query = UNFIT[what]
    shop.execute(*made.split("; "))
    swap = build(shop, ORDERS, query)
    before = definitions(shop)
    with pytest.raises(Refused, match=what) as refused:
        promote(shop, swap)
    assert "secret" not in str(refused.value)
    assert definitions(shop) == before
    assert not [name for name in shop.schemas() if "kept" in name]


@pytest.fixture
def roles(shop: Database) -> Iterator[dict[str, str]]:
    """Give a role that builds, and one that promotes: a member of the builder and of the owner of production."""
    names = {kind: f"{kind}_{shop.parameters['dbname']}" for kind in ("build", "promote")}
    shop.execute(
        *(f"create role {name} login" for name in names.values()),
        f"grant {names['build']}, {role(shop, 'owner')} to {names['promote']}",
        f"grant create on database {shop.parameters['dbname']} to {names['build']}",
        f"grant usage on schema analytics to {', '.join(names.values())}",
    )
    yield names
    shop.execute(*(f"drop owned by {name} cascade" for name in names.values()))
    shop.execute(*(f"drop role {name}" for name in names.values()))


def test_a_role_that_may_not_is_told_what_to_grant_and_one_that_may_promotes(
    shop: Database, roles: dict[str, str]
) -> None:
    shop.execute(f"alter view analytics.words owner to {role(shop, 'owner')}")
    before = definitions(shop)
    builder, promoter = (Database({**shop.parameters, "user": roles[kind]}) for kind in ("build", "promote"))
    swaps = (
        build(builder, ORDERS, "select 7 as id, 'z'::text as word"),
        build(builder, Relation("analytics", "extra"), "select 1 as id"),
    )
    with pytest.raises(Refused, match=r"may not change analytics\.orders") as refused:
        promote(builder, *swaps)
    assert f"GRANT {role(shop, 'owner')} TO {roles['build']};" in refused.value.hint
    shop.execute("drop schema datacanary cascade")
    with pytest.raises(Refused, match="may put nothing into the schema analytics") as refused:
        promote(promoter, *swaps)
    assert f"GRANT USAGE, CREATE ON SCHEMA analytics TO {roles['promote']};" in refused.value.hint
    shop.execute(f"grant create on schema analytics to {role(shop, 'owner')}")
    live = promote(promoter, *swaps)
    owners = shop.execute("select tableowner from pg_tables where schemaname = 'analytics'")
    assert owners == [(role(shop, "owner"),)] * 2
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        builder.execute("insert into analytics.extra values (2)")
    roll_back(promoter, live)
    shop.execute(f"revoke create on schema analytics from {role(shop, 'owner')}")
    assert definitions(shop) == before


def test_without_a_schema_for_the_ledger_the_administrator_is_told_how_to_make_it(
    shop: Database, roles: dict[str, str]
) -> None:
    shop.execute(f"revoke create on database {shop.parameters['dbname']} from {roles['build']}")
    promoter = Database({**shop.parameters, "user": roles["promote"]})
    with pytest.raises(WarehouseError, match="may not be made") as told, releases(promoter):
        pass
    assert f"GRANT CREATE ON DATABASE {shop.parameters['dbname']} TO {roles['promote']};" in told.value.hint


def test_what_is_read_by_a_view_that_stays_is_not_removed(shop: Database) -> None:
    with pytest.raises(Refused, match=r"analytics\.words"):
        promote(shop, removal_of(ORDERS))
    live = promote(shop, removal_of(ORDERS), removal_of(WORDS))
    roll_back(shop, live)
    assert shop.execute("select * from analytics.words") == [("a",), ("b",)]


def test_judged_tables_that_are_gone_or_not_plain_are_told(shop: Database) -> None:
    swap = build(shop, ORDERS, "select 1 as id, 'a' as word")
    name = quoted(schema_of(swap), "orders")
    shop.execute(f"alter table {name} set unlogged")
    with pytest.raises(Refused, match="not a plain, logged table"):
        promote(shop, swap)
    shop.execute(
        f"alter table {name} set logged",
        f"create type {quoted(schema_of(swap))}.mood as enum ('sad')",
        f"alter table {name} add m {quoted(schema_of(swap))}.mood",
    )
    with pytest.raises(Refused, match="mood"):
        promote(shop, swap)
    shop.execute(f"drop table {name}")
    with pytest.raises(RunError, match="gone"):
        promote(shop, swap)
