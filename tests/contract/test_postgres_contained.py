"""Both versions' schemas in a PostgreSQL: what is found beside them, and that nothing of them stays."""

from pathlib import Path

import psycopg
import pytest
from postgres_database import Database
from psycopg.conninfo import make_conninfo

from datacanary.errors import WarehouseError
from datacanary.model.basic import Column, Pair, Physical, Relation
from datacanary.model.location import Login
from datacanary.model.release import Observed
from datacanary.warehouse.postgres.contained import PostgresContained
from datacanary.warehouse.postgres.warehouse import connect_by

pytest_plugins = ("postgres_server",)

RUN = "20261121-101500-4f1c9e2"
ORDERS = Relation("analytics", "orders")
OWN = "dc_20261121_101500_4f1c9e2"
HOW_MANY = 200
REGISTER = {"datacanary.registry": (0, "")}


def without_ours(schemas: list[str]) -> list[str]:
    """Leave out the schema that datacanary itself needs."""
    return [name for name in schemas if name != "datacanary"]


@pytest.fixture
def shop(database: Database) -> Database:
    """Give a database with two tables and a view."""
    database.execute(
        "create schema analytics",
        "create schema raw",
        f"create table analytics.orders as select i as id, 'word ' || i as word from generate_series(1, {HOW_MANY}) i",
        "create view analytics.words as select word from analytics.orders",
        "create table raw.clicks (id int, word text)",
        "create table raw.empty ()",
    )
    return database


def run_in(shop: Database, folder: Path, login: Login | None = None) -> PostgresContained:
    run = folder / RUN
    run.mkdir(exist_ok=True)
    return connect_by(login or shop.login()).contain(Pair(run / "dbt" / "base", run / "dbt" / "head"))


def print_of(both: PostgresContained, relation: Relation) -> Observed:
    with both.there("analytics") as there:
        return Observed(relation, there.fingerprint(there.production(relation)))


def test_each_version_has_schemas_of_its_own(shop: Database, tmp_path: Path) -> None:
    both = run_in(shop, tmp_path)
    assert both.connection("head", tmp_path) == {
        "schema": "dc_20261121_101500_4f1c9e2_head",
        "application_name": f"datacanary {RUN}",
    }
    assert both.physical("base", Relation("analytics_staging", "orders")) == Physical(
        "base", "dc_20261121_101500_4f1c9e2_base_staging", "orders"
    )
    assert both.environment("build", {"PGOPTIONS": "-c jit=off"}) == {"PGOPTIONS": "-c jit=off -c row_security=off"}
    assert both.environment("compile", {}) == {"PGOPTIONS": "-c row_security=off -c default_transaction_read_only=on"}


def test_a_search_path_of_the_profile_stays_beside_the_settings(shop: Database, tmp_path: Path) -> None:
    login = Login(shop.parameters, "analytics", search_path="analytics, public")
    both = run_in(shop, tmp_path, login)
    assert both.connection("head", tmp_path)["search_path"] == ""
    options = both.environment("compile", {})["PGOPTIONS"]
    with psycopg.connect(make_conninfo("", **shop.parameters, options=options)) as connection:
        found = connection.execute(
            "select current_setting('search_path'), current_setting('transaction_read_only')"
        ).fetchone()
    assert found == ("analytics, public", "on")


def test_nothing_is_made_before_the_builds_and_then_it_is_registered_and_marked(shop: Database, tmp_path: Path) -> None:
    both, before = run_in(shop, tmp_path), shop.schemas()
    both.prepare()
    assert shop.schemas() == before
    both.begin()
    names = [f"{OWN}_{side}" for side in ("base", "head")]
    assert [one.name for one in connect_by(shop.login()).registered()] == names
    assert {one.run_id for one in connect_by(shop.login()).registered()} == {RUN}
    for name in names:
        assert shop.execute(f"select obj_description('{name}'::regnamespace)") == [(f"datacanary run {RUN}",)]


def test_dropping_leaves_nothing_even_while_somebody_works_there(shop: Database, tmp_path: Path) -> None:
    both, before = run_in(shop, tmp_path), (shop.schemas(), shop.contents())
    both.prepare()
    both.begin()
    shop.execute(f'create schema "{OWN}_head_staging"')
    for side in ("base", "head_staging", "head"):
        shop.execute(f'create table "{OWN}_{side}".t as select 1 as id')
    shop.execute(f'create view "{OWN}_base".v as select * from analytics.orders')
    name = make_conninfo("", **shop.parameters, application_name=f"datacanary {RUN}")
    with psycopg.connect(name) as busy:
        busy.execute(f'lock table "{OWN}_head".t in access exclusive mode')
        both.drop()
        with pytest.raises(psycopg.OperationalError):
            busy.execute("select 1")
    assert (without_ours(shop.schemas()), shop.contents()) == (before[0], before[1] | REGISTER)
    assert connect_by(shop.login()).registered() == ()


def test_what_is_kept_of_head_stays_and_nothing_else(shop: Database, tmp_path: Path) -> None:
    both = run_in(shop, tmp_path)
    both.prepare()
    both.begin()
    for schema in ("base", "head", "head_staging", "head_marts"):
        shop.execute(
            f'create schema if not exists "{OWN}_{schema}"', f'create table "{OWN}_{schema}".t as select 1 as id'
        )
    shop.execute(f'create view "{OWN}_head".v as select * from "{OWN}_head_marts".t')
    marts, gone = Relation("analytics_marts", "t"), Relation("analytics", "nope")
    assert both.keep([marts, gone], RUN, tmp_path) == {marts: Physical("", f"{OWN}_head_marts", "t")}
    both.drop()
    assert [name for name in shop.schemas() if name.startswith(OWN)] == [f"{OWN}_head", f"{OWN}_head_marts"]
    assert [name for name in shop.contents() if OWN in name] == [f"{OWN}_head_marts.t"]
    warehouse = connect_by(shop.login())
    assert [one.name for one in warehouse.registered()] == [f"{OWN}_head"]
    warehouse.drop(warehouse.registered())
    assert not [name for name in shop.schemas() if name.startswith(OWN)]


def test_only_what_is_registered_and_marked_is_dropped(shop: Database, tmp_path: Path) -> None:
    shop.execute("create schema dc_20261121_101500_5a1c9e2_head")
    both, warehouse = run_in(shop, tmp_path), connect_by(shop.login())
    both.prepare()
    both.begin()
    shop.execute(f"comment on schema {OWN}_base is 'mine now'")
    with pytest.raises(WarehouseError, match="not the mark"):
        warehouse.drop(warehouse.registered())
    assert {name for name in shop.schemas() if name.startswith("dc_")} == {
        f"{OWN}_base",
        "dc_20261121_101500_5a1c9e2_head",
    }


def test_what_somebody_else_s_view_reads_is_not_dropped(shop: Database, tmp_path: Path) -> None:
    both, warehouse = run_in(shop, tmp_path), connect_by(shop.login())
    both.prepare()
    both.begin()
    shop.execute(
        f"create table {OWN}_head.t as select 1 as id", f"create view analytics.peek as select * from {OWN}_head.t"
    )
    with pytest.raises(WarehouseError, match=r"analytics\.peek would go"):
        warehouse.drop(warehouse.registered())
    assert shop.execute("select * from analytics.peek") == [(1,)]
    shop.execute("drop view analytics.peek")
    warehouse.drop(warehouse.registered())
    assert warehouse.registered() == ()


def test_what_is_there_without_what_runs_made(shop: Database, tmp_path: Path) -> None:
    shop.execute("create schema dc_20261121_101500_5a1c9e2_head", "create table dc_20261121_101500_5a1c9e2_head.t ()")
    found = {str(one) for one in run_in(shop, tmp_path).relations()}
    assert found == {"analytics.orders", "analytics.words", "raw.clicks", "raw.empty"}
    assert {str(one) for one in connect_by(shop.login()).relations()} == found


@pytest.mark.parametrize(
    "change",
    [
        "update analytics.orders set word = 'other' where id = 7",
        "update analytics.orders set word = null where id = 7",
        "update analytics.orders set word = '' where id = 7",
        "delete from analytics.orders where id = 7",
        "insert into analytics.orders select * from analytics.orders where id = 7",
        "update analytics.orders set word = case id when 7 then 'word 8' else 'word 7' end where id in (7, 8)",
        "drop table analytics.orders cascade",
        "alter table analytics.orders rename column word to wort",
    ],
)
def test_any_change_of_what_was_read_is_seen(shop: Database, tmp_path: Path, change: str) -> None:
    both = run_in(shop, tmp_path)
    observed = [print_of(both, ORDERS), print_of(both, Relation("raw", "clicks"))]
    assert both.moved(observed) == ()
    shop.execute(change)
    assert both.moved(observed) == (ORDERS,)


def test_rows_in_another_order_are_the_same(shop: Database, tmp_path: Path) -> None:
    both = run_in(shop, tmp_path)
    observed = print_of(both, ORDERS)
    shop.execute(
        "create table other as select * from analytics.orders order by id desc",
        "truncate analytics.orders",
        "insert into analytics.orders select * from other",
    )
    assert both.moved([observed]) == ()
    assert observed.fingerprint is not None
    assert observed.fingerprint.rows == HOW_MANY


def test_production_is_found_as_queries_find_it(shop: Database, tmp_path: Path) -> None:
    shop.execute("create table public.only_here as select 1 as id")
    with run_in(shop, tmp_path).there("analytics") as there:
        assert there.locate(Relation("", "orders")) == ORDERS
        assert there.locate(Relation("", "only_here")) == Relation("public", "only_here")
        assert there.locate(Relation("", "nope")) is None
        view = there.identity(there.production(Relation("analytics", "words")))
        assert view is not None
        assert "analytics.orders" in view.definition
        assert there.identity(there.production(Relation("analytics", "nope"))) is None


def test_both_versions_begin_with_what_base_has(shop: Database, tmp_path: Path) -> None:
    both = run_in(shop, tmp_path)
    base, head = both.fence("base").schema, both.fence("head").schema
    shop.execute(
        f"create schema {base}",
        f"create schema {base}_staging",
        f"create table {base}_staging.t as select random() as r",
        f"create view {base}.v as select r from {base}_staging.t",
    )
    both.begin_alike()
    assert shop.execute(f"select r from {head}.v") == shop.execute(f"select r from {base}.v")
    assert len(shop.execute(f"drop schema {base}_staging cascade", f"select r from {head}.v")) == 1


def test_tables_that_later_runs_add_to_are_brought_to_both_versions(shop: Database, tmp_path: Path) -> None:
    shop.execute('create table analytics."Grown" as select 7 as id', "create view analytics.seen as select 1 as id")
    before = shop.contents()
    both = run_in(shop, tmp_path)
    both.begin()
    names = ("orders", "Grown", "seen", "missing")
    both.bring(Pair([Relation("analytics", name) for name in names], [Relation("analytics", "orders")]))
    brought = {name: held for name, held in shop.contents().items() if name.startswith("dc_")}
    base, head = both.fence("base").schema, both.fence("head").schema
    assert brought == {
        f"{base}.orders": before["analytics.orders"],
        f'{base}."Grown"': before['analytics."Grown"'],
        f"{head}.orders": before["analytics.orders"],
    }
    both.drop()
    assert {name: held for name, held in shop.contents().items() if not name.startswith("datacanary")} == before


def test_columns_by_the_names_that_queries_have(shop: Database) -> None:
    clicks, missing = Relation("raw", "clicks"), Relation("raw", "nope")
    found = connect_by(shop.login()).columns_of_tables([clicks, missing, Relation("", "orders")], "analytics")
    assert found == {
        clicks: (Column("id", "integer"), Column("word", "text")),
        Relation("", "orders"): (Column("id", "integer"), Column("word", "text")),
    }


def test_a_collation_that_calls_texts_equal_is_told(shop: Database) -> None:
    try:
        shop.execute("create collation loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
    except psycopg.errors.FeatureNotSupported:
        # Built without ICU: then only the catalog can say so of a collation.
        shop.execute(
            'create collation loose from "C"',
            "update pg_collation set collisdeterministic = false where collname = 'loose'",
        )
    shop.execute("alter table raw.clicks alter column word type text collate loose")
    found = connect_by(shop.login()).columns_of_tables([Relation("raw", "clicks")], "analytics")
    assert found[Relation("raw", "clicks")][1] == Column("word", "text collate loose")


def test_the_state_is_another_one_after_somebody_wrote(shop: Database) -> None:
    warehouse = connect_by(shop.login())
    before = warehouse.state()
    shop.execute("insert into raw.clicks values (1)")
    assert warehouse.state() != before


def test_a_role_that_can_write_nowhere_else_contains_hooks(shop: Database, tmp_path: Path) -> None:
    role = f"role_{shop.parameters['dbname']}"
    shop.execute(
        f"create role {role}",
        f"grant create on database {shop.parameters['dbname']} to {role}",
        f"grant usage on schema analytics to {role}",
        # As it is from PostgreSQL 15 on.
        "revoke create on schema public from public",
    )
    try:
        login = Login(shop.parameters, "analytics", role=role)
        both = run_in(shop, tmp_path, login)
        both.prepare()
        assert both.fence("head").role == role
        shop.execute("grant create on schema public to public")
        both.prepare()
        assert both.fence("head").role == ""
        shop.execute("revoke create on schema public from public")
        shop.execute(f"grant insert on analytics.orders to {role}")
        both.prepare()
        assert both.fence("head").role == ""
        shop.execute(
            f"revoke insert on analytics.orders from {role}",
            "create schema dc_2024",
            f"grant create on schema dc_2024 to {role}",
        )
        both.prepare()
        assert both.fence("head").role == "", "a schema of a run has another name"
        shop.execute(
            "drop schema dc_2024",
            f"revoke create on database {shop.parameters['dbname']} from {role}",
        )
        with pytest.raises(WarehouseError, match="No schema may be made"):
            both.prepare()
    finally:
        shop.execute(f"drop owned by {role}", f"drop role {role}")


def test_a_superuser_s_own_login_contains_nothing(shop: Database, tmp_path: Path) -> None:
    ((owner,),) = shop.execute("select current_user::text")
    both = run_in(shop, tmp_path, Login(shop.parameters, "analytics", role=owner))
    both.prepare()
    assert both.fence("head").role == ""


def test_nobody_is_told_the_password(shop: Database) -> None:
    parameters = {**shop.parameters, "host": "127.0.0.1", "port": "1", "password": "geheim"}
    warehouse = connect_by(Login(parameters, "analytics"))
    with pytest.raises(WarehouseError) as caught:
        warehouse.relations()
    told = f"{caught.value!r} {caught.value.__cause__!r} {warehouse.shown} {Login(parameters, 'analytics')!r}"
    assert "geheim" not in told
    assert "PostgreSQL cannot be reached" in caught.value.problem
