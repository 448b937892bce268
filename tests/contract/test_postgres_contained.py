"""Both versions' schemas in a PostgreSQL: what is found beside them, and that nothing of them stays."""

import json
from pathlib import Path

import psycopg
import pytest
from postgres_database import Database
from psycopg.conninfo import make_conninfo

from datacanary.errors import StatementError, WarehouseError
from datacanary.model.basic import Column, Pair, Physical, Relation
from datacanary.model.location import Login
from datacanary.model.release import Observed
from datacanary.warehouse.postgres import PostgresWarehouse, connect
from datacanary.warehouse.postgres_contained import PostgresContained
from datacanary.warehouse.postgres_errors import in_short, statement

pytest_plugins = ("postgres_server",)

RUN = "20261121-101500-4f1c9e2"
ORDERS = Relation("analytics", "orders")
HOW_MANY = 200


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
    return connect(login or shop.login()).contain(Pair(run / "dbt" / "base", run / "dbt" / "head"))


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
    assert both.environment("build", {"PGOPTIONS": "-c jit=off"}) == {"PGOPTIONS": "-c jit=off"}
    assert both.environment("compile", {}) == {"PGOPTIONS": "-c default_transaction_read_only=on"}


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


def test_what_will_be_made_is_written_down_first_for_this_user_alone(shop: Database, tmp_path: Path) -> None:
    both = run_in(shop, tmp_path)
    both.prepare()
    file = tmp_path / RUN / "schemas.json"
    assert json.loads(file.read_text("utf-8"))["prefix"] == "dc_20261121_101500_4f1c9e2_"
    assert file.stat().st_mode & 0o777 == 0o600
    assert shop.schemas() == ["analytics", "information_schema", "public", "raw"]


def test_dropping_leaves_nothing_even_while_somebody_works_there(shop: Database, tmp_path: Path) -> None:
    both, before = run_in(shop, tmp_path), (shop.schemas(), shop.contents())
    both.prepare()
    for side in ("base", "head_staging", "head"):
        schema = f"dc_20261121_101500_4f1c9e2_{side}"
        shop.execute(f'create schema "{schema}"', f'create table "{schema}".t as select 1 as id')
    shop.execute('create view "dc_20261121_101500_4f1c9e2_base".v as select * from analytics.orders')
    named = make_conninfo("", **shop.parameters, application_name=f"datacanary {RUN}")
    with psycopg.connect(named) as busy:
        busy.execute('lock table "dc_20261121_101500_4f1c9e2_head".t in access exclusive mode')
        both.drop()
        with pytest.raises(psycopg.OperationalError):
            busy.execute("select 1")
    assert (shop.schemas(), shop.contents()) == before
    assert not (tmp_path / RUN / "schemas.json").exists()


def test_other_runs_stay(shop: Database, tmp_path: Path) -> None:
    shop.execute("create schema dc_20261121_101500_5a1c9e2_head")
    run_in(shop, tmp_path).drop()
    assert "dc_20261121_101500_5a1c9e2_head" in shop.schemas()


def test_what_is_there_without_what_runs_made(shop: Database, tmp_path: Path) -> None:
    shop.execute("create schema dc_20261121_101500_5a1c9e2_head", "create table dc_20261121_101500_5a1c9e2_head.t ()")
    found = {str(one) for one in run_in(shop, tmp_path).relations()}
    assert found == {"analytics.orders", "analytics.words", "raw.clicks", "raw.empty"}
    assert {str(one) for one in connect(shop.login()).relations()} == found


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
    shop.execute(f"drop schema {base}_staging cascade", f"select r from {head}.v")


def test_columns_by_the_names_that_queries_have(shop: Database) -> None:
    clicks, missing = Relation("raw", "clicks"), Relation("raw", "nope")
    found = connect(shop.login()).columns_of_tables([clicks, missing, Relation("", "orders")], "analytics")
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
    found = connect(shop.login()).columns_of_tables([Relation("raw", "clicks")], "analytics")
    assert found[Relation("raw", "clicks")][1] == Column("word", "text collate loose")


def test_the_state_is_another_one_after_somebody_wrote(shop: Database) -> None:
    warehouse = connect(shop.login())
    before = warehouse.state()
    shop.execute("insert into raw.clicks values (1)")
    assert warehouse.state() != before


def test_a_role_that_can_write_nowhere_else_contains_hooks(shop: Database, tmp_path: Path) -> None:
    role = f"role_{shop.parameters['dbname']}"
    shop.execute(
        f"create role {role}",
        f"grant create on database {shop.parameters['dbname']} to {role}",
        f"grant usage on schema analytics to {role}",
    )
    try:
        login = Login(shop.parameters, "analytics", role=role)
        both = run_in(shop, tmp_path, login)
        both.prepare()
        assert both.fence("head").role == role
        shop.execute(f"grant insert on analytics.orders to {role}")
        both.prepare()
        assert both.fence("head").role == ""
        shop.execute(
            f"revoke insert on analytics.orders from {role}",
            f"revoke create on database {shop.parameters['dbname']} from {role}",
        )
        with pytest.raises(WarehouseError, match="No schema may be made"):
            both.prepare()
    finally:
        shop.execute(f"drop owned by {role}", f"drop role {role}")


def test_a_superuser_s_own_login_contains_nothing(shop: Database, tmp_path: Path) -> None:
    both = run_in(shop, tmp_path)
    both.prepare()
    assert both.fence("head").role == ""


def test_what_is_not_there_yet_says_so(shop: Database, tmp_path: Path) -> None:
    warehouse: PostgresWarehouse = connect(shop.login())
    assert warehouse.promotions() == ()
    with pytest.raises(WarehouseError, match="Promotion on PostgreSQL is not there yet"):
        warehouse.releases(tmp_path, RUN)
    obstacle = warehouse.write_obstacle()
    assert obstacle is not None
    assert "not there yet" in obstacle.problem


def test_nobody_is_told_the_password(shop: Database) -> None:
    parameters = {**shop.parameters, "host": "127.0.0.1", "port": "1", "password": "geheim"}
    warehouse = connect(Login(parameters, "analytics"))
    with pytest.raises(WarehouseError) as caught:
        warehouse.relations()
    told = f"{caught.value!r} {caught.value.__cause__!r} {warehouse.shown} {Login(parameters, 'analytics')!r}"
    assert "geheim" not in told
    assert "PostgreSQL cannot be reached" in caught.value.problem


CELLS = (
    ("select 'Smith'::int", 'invalid input syntax for type integer: "…"'),
    ("select 'Smith'::date", 'invalid input syntax for type date: "…"'),
    ("select ('{' || 'Smith')::jsonb", "invalid input syntax for type json"),
    ("select '2026-13-01 Smith'::date", 'invalid input syntax for type date: "…"'),
    ("select '2026-13-01'::date", 'date/time field value out of range: "…"'),
    ("select to_date('Smith', 'YYYY')", 'invalid value "…" for a pattern of dates'),
    ("select '{Smith'::int[]", 'malformed array literal: "…"'),
    ("select '99999999999'::int", 'value "…" is out of range for type integer'),
    ("select 'Smith'::public.mood", 'invalid input value for enum mood: "…"'),
    ("do $$ begin raise exception 'Smith'; end $$", "the message is hidden, since it may quote cells"),
    ("do $$ begin raise exception E'relation\\nDETAIL: Smith'; end $$", "the message is hidden"),
    ("insert into once values ('Smith')", 'duplicate key value violates unique constraint "once_pkey"'),
    ("insert into once values ('Smith the second')", "value too long for type character varying(5)"),
    ("insert into once values (null)", 'null value in column "name" of relation "once" violates not-null constraint'),
    ("select 1 / 0", "division by zero"),
    ("select nope from once", 'column "nope" does not exist'),
    ("select * from nope", 'relation "nope" does not exist'),
    ("select nope(1)", "function nope(integer) does not exist"),
    (
        "select (select i from generate_series(1, 2) i)",
        "more than one row returned by a subquery used as an expression",
    ),
)


@pytest.mark.parametrize(("query", "told"), CELLS)
def test_messages_have_no_cells(shop: Database, query: str, told: str) -> None:
    shop.execute(
        "create type public.mood as enum ('good')",
        "create table once (name varchar(5) primary key)",
        "insert into once values ('Smith')",
    )
    with pytest.raises(StatementError) as caught, statement("the query"):
        shop.execute(query)
    assert caught.value.problem.startswith(told)
    with psycopg.connect(make_conninfo("", **shop.parameters)) as connection, pytest.raises(psycopg.Error) as raw:
        connection.execute(query.encode())
    # As dbt has it: with all that PostgreSQL says besides.
    assert in_short(str(raw.value)) == caught.value.problem
    assert "Smith" not in caught.value.problem
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "message",
    [
        "the customer said ERROR:  relation of Smith does not exist",
        'invalid input syntax for type integer: "x\nDETAIL: Smith"',
        'value "relation" is out of range for type Smith" is out of range for type integer',
        '[libpq] Execution error [PGRES_FATAL_ERROR]: ERROR:  invalid value "Smith"',
        'invalid input syntax for type integer: "ERROR:  relation Smith does not exist"',
        "Smith ERROR:  relation does not exist",
        "the value 'relation Smith' does not exist",
    ],
)
def test_a_cell_may_hold_any_text(message: str) -> None:
    assert "Smith" not in in_short(message)
