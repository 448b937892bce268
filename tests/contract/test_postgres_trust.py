"""A role that only checks cannot write production by what datacanary itself keeps in the database."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from postgres_database import Database
from postgres_production import (
    NEXT,
    ORDERS,
    RUN,
    build,
    kept,
    promote,
    quoted,
    releases,
    roll_back,
)

from datacanary.errors import CanaryError, Refused, WarehouseError
from datacanary.warehouse.connect import connect_by
from datacanary.warehouse.postgres.names import run_schema
from datacanary.warehouse.postgres.release.lease import unlock
from datacanary.warehouse.postgres.release.ledger import read_promotions
from datacanary.warehouse.postgres.session import connected
from datacanary.warehouse.postgres.state.registry import register

pytest_plugins = ("postgres_server",)

BUILD = run_schema(RUN, "head", "")
KEPT = run_schema(RUN, "kept", "analytics")


@dataclass(frozen=True)
class Roles:
    """A production that `promoter` may write and `builder` may not, and the administrator's view of both."""

    admin: Database
    builder: Database
    promoter: Database

    def rows(self) -> object:
        """Count production's rows."""
        return self.admin.execute("select count(*) from analytics.orders")[0][0]


@pytest.fixture
def shop(database: Database) -> Iterator[Roles]:
    """Give production's owner, a builder, and a promoter who is a member of both."""
    owner, builder, promoter = (f"{name}_{database.parameters['dbname']}" for name in ("etl", "build", "promote"))
    database.execute(
        f"create role {owner}",
        f"create role {builder} login",
        f"create role {promoter} login in role {owner}, {builder}",
        f"grant create on database {database.parameters['dbname']} to {builder}",
        f"create schema analytics authorization {owner}",
        "create table analytics.orders (id int, word text)",
        "insert into analytics.orders values (1, 'a'), (2, 'b')",
        f"alter table analytics.orders owner to {owner}",
    )
    yield Roles(database, *(Database({**database.parameters, "user": name}) for name in (builder, promoter)))
    database.execute(*(f"drop owned by {name} cascade; drop role {name}" for name in (promoter, builder, owner)))


def write_down(database: Database, name: str = BUILD, run: str = RUN) -> None:
    """Register a build as a check does."""
    with connected(database.login(), "test", writable=True) as connection:
        register(connection, [name], run, "build", "3 days")


def cure(told: CanaryError) -> list[str]:
    """Take the statements out of a hint."""
    text = told.hint.partition("An administrator may mend it: ")[2].partition(" README")[0]
    return [one.strip() for one in text.split(";") if one.strip()]


ATTACK = (
    "create function {home}.robbed() returns trigger language plpgsql as "
    "$$ begin delete from analytics.orders; return new; end $$"
)


def test_a_trigger_of_the_builder_on_the_register_is_refused_until_it_is_mended(shop: Roles) -> None:
    write_down(shop.builder)
    shop.builder.execute(
        "create schema mine",
        ATTACK.format(home="mine"),
        "create trigger robs before insert on datacanary.registry for each row execute function mine.robbed()",
    )
    swap = build(shop.builder, ORDERS, "select 7 as id, 'z'::text as word")
    with pytest.raises(Refused, match=r"datacanary\.registry is owned by build_\w+; .* has the trigger robs") as told:
        promote(shop.promoter, swap)
    assert "Nothing was changed." in told.value.hint
    assert shop.rows() == 2
    # So is whoever checks by the role that promotes.
    with pytest.raises(WarehouseError, match="has the trigger robs"):
        write_down(shop.promoter)
    with pytest.raises(WarehouseError, match="has the trigger robs"):
        connect_by(shop.promoter.login()).drop(connect_by(shop.promoter.login()).registered())
    with connected(shop.promoter.login(), "test", writable=True) as connection, pytest.raises(Refused, match="robs"):
        unlock(connection, "5f0c2d1e")
    assert shop.rows() == 2
    symptoms = connect_by(shop.promoter.login()).symptoms("analytics")
    assert any(one.state == "bad" and "has the trigger robs" in one.what for one in symptoms)
    shop.promoter.execute(*cure(told.value))
    live = promote(shop.promoter, swap)
    assert shop.rows() == 1
    write_down(shop.builder, run_schema(NEXT, "head", ""), NEXT)
    roll_back(shop.promoter, live)
    assert shop.rows() == 2
    assert len(connect_by(shop.builder.login()).registered()) == 2


PLANTED = {
    "is owned by": ("alter table datacanary.lease owner to {builder}",),
    "triggers may be added": ("grant trigger on datacanary.registry to public",),
    "has the trigger": (
        ATTACK.format(home="public"),
        "create trigger robs before insert on datacanary.journal for each row execute function public.robbed()",
    ),
    "has the rule": ("create rule robs as on insert to datacanary.journal do also delete from analytics.orders",),
    "row-level security": ("alter table datacanary.promotions enable row level security",),
    "has the child": ("create table public.child () inherits (datacanary.lease)",),
    "has an expression for its column": (
        "alter table datacanary.registry alter run_id set default query_to_xml('select 1', false, false, '')::text",
    ),
    "has the check": (
        "alter table datacanary.registry add check (query_to_xml('select 1', true, true, '') is not null)",
    ),
    "has the index": ("create index on datacanary.registry (upper(name))",),
    "is of the type": (
        "create domain public.word as text",
        "alter table datacanary.promotions alter verdict type public.word",
    ),
}


@pytest.mark.parametrize("what", PLANTED)
def test_what_runs_code_where_it_is_written_down_is_refused_and_the_cure_cures(shop: Roles, what: str) -> None:
    with releases(shop.promoter):
        pass
    swap = build(shop.builder, ORDERS, "select 7 as id, 'z'::text as word")
    shop.admin.execute(*(one.format(builder=shop.builder.parameters["user"]) for one in PLANTED[what]))
    with pytest.raises(Refused, match=what) as told:
        promote(shop.promoter, swap)
    assert shop.rows() == 2
    shop.admin.execute(*(one for one in cure(told.value)))
    promote(shop.promoter, swap)
    assert shop.rows() == 1


def test_a_view_in_the_place_of_a_table_is_not_even_read(shop: Roles) -> None:
    shop.builder.execute(
        "create schema datacanary",
        "create function datacanary.read() returns text language plpgsql as "
        "$$ begin delete from analytics.orders; return ''; end $$",
        "create view datacanary.lease as select datacanary.read() as id",
        "create view datacanary.promotions as select datacanary.read() as run_id",
    )
    with pytest.raises(WarehouseError, match=r"datacanary\.lease is not the plain table"):
        connect_by(shop.promoter.login()).lease()
    with pytest.raises(WarehouseError, match=r"datacanary\.promotions is not the plain table"):
        connect_by(shop.promoter.login()).promotions()
    with pytest.raises(Refused, match=r"the schema datacanary is owned by .* is no ordinary table") as told:
        promote(shop.promoter, build(shop.builder, ORDERS, "select 7 as id, 'z'::text as word"))
    assert shop.rows() == 2
    shop.promoter.execute(*cure(told.value))
    promote(shop.promoter, build(shop.builder, ORDERS, "select 7 as id, 'z'::text as word", NEXT), run=NEXT)


def test_the_schema_where_what_is_replaced_is_kept_is_not_the_builder_s(shop: Roles) -> None:
    swap = build(shop.builder, ORDERS, "select 7 as id, 'z'::text as word")
    with releases(shop.promoter):
        pass
    shop.builder.execute(f"create schema {KEPT}", f"comment on schema {KEPT} is 'datacanary run {RUN}'")
    with pytest.raises(Refused, match=rf"The schema {KEPT}, where .* is owned by build_"):
        promote(shop.promoter, swap)
    assert shop.rows() == 2


FORGED = {
    "another kind": f"update datacanary.registry set kind = 'build', expires_at = now() where name = '{KEPT}'",
    "another run": f"update datacanary.registry set run_id = '{NEXT}' where name = '{KEPT}'",
    "gone": f"delete from datacanary.registry where name = '{KEPT}'",
    "of a family": f"delete from datacanary.registry; insert into datacanary.registry values "
    f"('{KEPT.removesuffix('_analytics')}', '{RUN}', 'build', now(), now())",
}


@pytest.mark.parametrize("how", FORGED)
def test_lines_that_a_builder_forges_do_not_drop_what_was_replaced(shop: Roles, how: str) -> None:
    write_down(shop.promoter)
    shop.admin.execute(
        f"grant usage on schema datacanary to {shop.builder.parameters['user']}",
        f"grant select, insert, update, delete on datacanary.registry to {shop.builder.parameters['user']}",
    )
    live = promote(shop.promoter, build(shop.builder, ORDERS, "select 7 as id, 'z'::text as word"))
    shop.builder.execute(*FORGED[how].split("; "))
    warehouse = connect_by(shop.promoter.login())
    # What a clean-up takes for expired: builds that say so, and what was replaced by no promotion that stands.
    standing = {one.run_id for one in warehouse.promotions()}
    expired = [one for one in warehouse.registered() if one.kind == "build" or one.run_id not in standing]
    if how == "another run":
        with pytest.raises(WarehouseError, match="have other names"):
            warehouse.drop(expired)
    else:
        warehouse.drop(expired)
    assert shop.admin.execute(f"select count(*) from {kept(ORDERS)}") == [(2,)]
    roll_back(shop.promoter, live)
    assert shop.rows() == 2


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside one of the builder's own"])
def test_lines_that_a_builder_forges_drop_no_schema_of_others(shop: Roles, beside: bool) -> None:  # noqa: FBT001
    theirs, forged = f"{BUILD}_sales", BUILD.rstrip("_")
    write_down(shop.promoter)
    user = shop.builder.parameters["user"]
    shop.admin.execute(
        f"grant usage on schema datacanary to {user}",
        f"grant select, insert, update, delete on datacanary.registry to {user}",
        f"create schema {quoted(theirs)} authorization {shop.promoter.parameters['user']}",
        f"create schema sales_new authorization {shop.promoter.parameters['user']}",
        "delete from datacanary.registry",
    )
    for name in (forged, "sales"):
        if beside:
            shop.builder.execute(f"create schema {name}", f"comment on schema {name} is 'datacanary run {RUN}'")
        shop.builder.execute(f"insert into datacanary.registry values ('{name}', '{RUN}', 'build', now(), now())")
    warehouse = connect_by(shop.promoter.login())
    with pytest.raises(WarehouseError, match="sales is registered for a run whose schemas have other names"):
        warehouse.drop(warehouse.registered())
    assert {theirs, "sales_new"} <= set(shop.admin.schemas())
    assert forged not in shop.admin.schemas()


def test_one_role_for_everything_needs_no_set_up(shop: Roles) -> None:
    write_down(shop.promoter)
    live = promote(shop.promoter, build(shop.promoter, ORDERS, "select 7 as id, 'z'::text as word"))
    roll_back(shop.promoter, live)
    assert shop.rows() == 2


def test_a_table_that_another_version_made_is_told(shop: Roles) -> None:
    with releases(shop.promoter):
        pass
    shop.admin.execute("alter table datacanary.promotions drop column head_files")
    with connected(shop.promoter.login(), "test") as connection, pytest.raises(WarehouseError, match="another version"):
        read_promotions(connection)
    shop.admin.execute(
        "alter table datacanary.promotions add head_files text not null default ''",
        "alter table datacanary.promotions add more text not null",
    )
    with pytest.raises(WarehouseError, match="another version"):
        promote(shop.promoter, build(shop.builder, ORDERS, "select 7 as id, 'z'::text as word"))
    assert shop.rows() == 2


def test_a_policy_of_the_builder_on_a_judged_table_is_not_run(shop: Roles) -> None:
    swap = build(shop.builder, ORDERS, "select 7 as id, 'z'::text as word")
    assert swap.built is not None
    table = quoted(swap.built.schema, swap.built.name)
    shop.builder.execute(
        "create schema mine",
        "create function mine.sees() returns boolean language plpgsql as "
        "$$ begin delete from analytics.orders; return true; end $$",
        f"create policy sees on {table} using (mine.sees())",
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",
    )
    with pytest.raises(Refused, match="row-level security"):
        promote(shop.promoter, swap)
    assert shop.rows() == 2
