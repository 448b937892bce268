"""What others have and do in PostgreSQL beside production's tables: it keeps working, or the promotion is refused."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from postgres_database import Database
from postgres_production import (
    NEXT,
    ORDERS,
    WORDS,
    build,
    definitions,
    promote,
    quoted,
    removal_of,
    role,
    roll_back,
    schema_of,
    view_of,
)
from postgres_versions import needs
from psycopg.conninfo import make_conninfo

from datacanary.errors import Refused
from datacanary.model.basic import Relation

pytest_plugins = ("postgres_server",)

NEW = "select 7 as id, 'z'::text as word"
FRESH = Relation("analytics", "fresh")


@contextmanager
def session(shop: Database) -> Iterator[psycopg.Connection]:
    """Lend somebody else's session."""
    with psycopg.connect(make_conninfo("", **shop.parameters), autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("schema", ["dc_sales_base", "dc_20261120_shared", "dc_x_kept_analytics"])
def test_a_view_in_a_schema_that_is_merely_named_like_ours_follows(shop: Database, schema: str) -> None:
    shop.execute(f"create schema {schema}", f"create view {schema}.v as select id from analytics.orders")
    live = promote(shop, build(shop, ORDERS, NEW))
    assert shop.execute(f"select * from {schema}.v") == [(7,)]
    assert Relation(schema, "v") in live[0].readers
    roll_back(shop, live)
    assert shop.execute(f"select * from {schema}.v") == [(1,), (2,)]


def test_what_is_needed_of_a_schema_that_is_merely_named_like_ours_may_be_needed(shop: Database) -> None:
    shop.execute("create schema dc_sales_base", "create type dc_sales_base.mood as enum ('sad')")
    promote(shop, build(shop, ORDERS, "select 7 as id, 'z'::text as word, 'sad'::dc_sales_base.mood as mood"))
    assert shop.execute("select mood::text from analytics.orders") == [("sad",)]


def test_a_table_that_a_subscription_writes_is_refused(shop: Database) -> None:
    swap = build(shop, ORDERS, NEW)
    before = definitions(shop)
    with session(shop) as administrator:
        administrator.execute(
            "create subscription incoming connection 'host=/nowhere' publication p "
            "with (connect = false, slot_name = none)"
        )
        try:
            # As CREATE SUBSCRIPTION does where the publisher answers.
            administrator.execute("set allow_system_table_mods = on")
            administrator.execute(
                "insert into pg_subscription_rel select oid, 'analytics.orders'::regclass, 'r' from pg_subscription "
                "where subname = 'incoming'"
            )
            with pytest.raises(Refused, match=r"subscription incoming, which writes .* REFRESH PUBLICATION") as refused:
                promote(shop, swap)
        finally:
            administrator.execute("drop subscription incoming")
    assert "Nothing was changed" in refused.value.hint
    assert definitions(shop) == before
    promote(shop, swap)


@pytest.fixture
def builder(shop: Database) -> Iterator[Database]:
    """Give who builds: a role of its own."""
    name = role(shop, "builder")
    shop.execute(f"create role {name} login", f"grant create on database {shop.parameters['dbname']} to {name}")
    yield Database({**shop.parameters, "user": name})
    shop.execute(f"drop owned by {name} cascade", f"drop role {name}")


DEFAULTS = {
    "none": (),
    "for all schemas": ("grant select on tables to BI",),
    "for this schema": ("in schema analytics grant select on tables to BI with grant option",),
    "both": ("grant select on tables to BI", "in schema analytics grant insert, select on tables to public"),
    "less than usual": ("revoke insert, delete on tables from OWNER",),
    "for another schema": ("in schema raw grant select on tables to BI",),
}


@pytest.mark.parametrize("defaults", DEFAULTS)
def test_a_new_table_has_what_its_owner_would_have_given_and_nothing_of_the_builders(
    shop: Database, builder: Database, defaults: str
) -> None:
    owner, bi, other = (role(shop, name) for name in ("owner", "bi", "other"))
    shop.execute(
        f"grant usage, create on schema analytics to {owner}",
        f"grant usage on schema analytics to {builder.parameters['user']}",
        f"grant select on analytics.orders to {builder.parameters['user']}",
        f"alter view analytics.words owner to {owner}",
        *(
            f"alter default privileges for role {owner} {one.replace('BI', bi).replace('OWNER', owner)}"
            for one in DEFAULTS[defaults]
        ),
    )
    builder.execute(f"alter default privileges grant select, update on tables to {other}")
    table = build(builder, FRESH, "select 1 as id")
    builder.execute(f"grant update (id) on {quoted(schema_of(table), 'fresh')} to public")
    promote(shop, table, view_of(Relation("analytics", "seen"), "select id from analytics.orders"))
    shop.execute(f"set role {owner}; create table analytics.made (id int); create view analytics.viewed as select 1")
    acl = "select coalesce(relacl, acldefault('r', relowner))::text from pg_class where oid = '{}'::regclass"
    rights = {name: shop.execute(acl.format(f"analytics.{name}")) for name in ("fresh", "seen", "made", "viewed")}
    assert sorted(rights["fresh"][0][0][1:-1].split(",")) == sorted(rights["made"][0][0][1:-1].split(","))
    assert sorted(rights["seen"][0][0][1:-1].split(",")) == sorted(rights["viewed"][0][0][1:-1].split(","))
    assert shop.execute("select attacl from pg_attribute where attrelid = 'analytics.fresh'::regclass and attnum = 1")[
        0
    ] == (None,)


LASTING = {
    "trigger t": "create function raw.f() returns trigger language plpgsql as 'begin return new; end'; "
    "create trigger t before insert on BUILT for each row execute function raw.f()",
    "row-level security": "alter table BUILT enable row level security",
    "identity column": "alter table BUILT alter id set not null, alter id add generated always as identity",
    "rule": "create rule r as on insert to BUILT do nothing",
    "sequence": "create sequence SCHEMA.s owned by BUILT.id",
    "publication p": "create publication p for table BUILT",
    "replica identity": "alter table BUILT replica identity full",
}


@pytest.mark.parametrize("what", LASTING)
@pytest.mark.parametrize("relation", [ORDERS, FRESH])
def test_what_a_judged_table_could_not_be_rolled_back_with_is_refused(
    shop: Database, relation: Relation, what: str
) -> None:
    swap = build(shop, relation, NEW)
    built, made = quoted(schema_of(swap), relation.name), LASTING[what].replace("SCHEMA", quoted(schema_of(swap)))
    first, _, second = made.partition("; create trigger")
    shop.execute(*(one.replace("BUILT", built) for one in (first, f"create trigger{second}") if one.split()[2:]))
    before = definitions(shop)
    with pytest.raises(Refused, match=rf"judged table of {relation} .*{what}") as refused:
        promote(shop, swap)
    assert "Nothing was changed" in refused.value.hint
    assert definitions(shop) == before


def test_a_first_table_of_a_published_schema_is_refused(shop: Database) -> None:
    needs(shop, 15)
    shop.execute("create publication of_schema for tables in schema analytics")
    with pytest.raises(Refused, match=r"analytics\.fresh .*publication of_schema"):
        promote(shop, build(shop, FRESH, NEW))
    promote(shop, build(shop, Relation("raw", "fresh"), NEW))


def test_a_temporary_view_of_another_session_is_told(shop: Database) -> None:
    swap = build(shop, ORDERS, NEW)
    before = definitions(shop)
    with session(shop) as other:
        other.execute("create temp view mine as select * from analytics.words")
        other.execute("create temp view seen as select * from analytics.orders")
        with pytest.raises(Refused, match="temporary view seen of another session") as refused:
            promote(shop, swap)
        assert "Nothing was changed" in refused.value.hint
        process = f"pg_terminate_backend({other.info.backend_pid})"
        assert (process in refused.value.hint) == (shop.version >= 16)
        assert definitions(shop) == before
        with pytest.raises(Refused, match="temporary view"):
            promote(shop, removal_of(ORDERS), removal_of(WORDS))
        other.execute("drop view seen")
        live = promote(shop, swap)
        assert other.execute("select * from mine").fetchall() == [("z",)]
        other.execute("create temp view seen as select * from analytics.orders")
        with pytest.raises(Refused, match="temporary view"):
            roll_back(shop, live)
    roll_back(shop, live)
    assert definitions(shop) == before


@pytest.mark.parametrize("code", ["P0001", "42501"])
@pytest.mark.parametrize("on", ["CREATE SCHEMA", "ALTER TABLE", "COMMENT", "GRANT"])
def test_an_event_trigger_that_forbids_a_change_is_named(shop: Database, on: str, code: str) -> None:
    shop.execute(
        "comment on table analytics.orders is 'all'", f"grant select on analytics.orders to {role(shop, 'bi')}"
    )
    swap = build(shop, ORDERS, NEW)
    # Where datacanary remembers things is made before.
    promote(shop, build(shop, FRESH, NEW))
    before = definitions(shop)
    shop.execute(
        "create function raw.frozen() returns event_trigger language plpgsql as $$ begin "
        f"raise exception 'no changes, says Smith' using errcode = '{code}'; end $$",
        f"create event trigger \"No changes\" on ddl_command_start when tag in ('{on}') execute function raw.frozen()",
    )
    with pytest.raises(Refused, match=rf'event trigger "No changes" .*\(SQLSTATE {code}\)') as refused:
        promote(shop, swap, run=NEXT)
    assert "Smith" not in str(refused.value) + refused.value.hint
    assert "Nothing was changed" in refused.value.hint
    assert 'ALTER EVENT TRIGGER "No changes" DISABLE' in refused.value.hint
    assert definitions(shop) == before
    shop.execute('drop event trigger "No changes"')
    promote(shop, swap, run=NEXT)


def test_an_event_trigger_that_forbids_a_rollback_is_named(shop: Database) -> None:
    live = promote(shop, build(shop, ORDERS, NEW))
    shop.execute(
        "create function frozen() returns event_trigger language plpgsql as $$ begin raise 'not today'; end $$",
        "create event trigger no_drops on sql_drop when tag in ('DROP SCHEMA') execute function frozen()",
    )
    with pytest.raises(Refused, match=r"event trigger no_drops .*\(SQLSTATE P0001\)"):
        roll_back(shop, live)
    assert shop.execute("select * from analytics.orders") == [(7, "z")]
    shop.execute("alter event trigger no_drops disable")
    roll_back(shop, live)
