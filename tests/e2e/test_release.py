"""Promotion and rollback on a real warehouse; what is in production is asked of DuckDB alone."""

from collections.abc import Callable

import duckdb
import pytest
from holding import held_open
from shop import MODELS, SMALLER, Shop

pytest_plugins = ("checked_shop",)

PROMOTED = MODELS | {"stg_orders": SMALLER}
TOUCHED = {"analytics.stg_orders", "analytics.fct_orders", "analytics.rpt_countries"}


def expected(shop: Shop, models: dict[str, str]) -> dict[str, list[tuple[object, ...]]]:
    """Build models with DuckDB alone, in a database of its own."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{shop.warehouse}' as warehouse (read_only); create schema raw")
        for table in ("orders", "customers"):
            connection.execute(f"create view raw.{table} as from warehouse.raw.{table}")
        connection.execute(f"create view raw.rates as from read_csv('{shop.folder}/data/*.csv')")
        for name, text in models.items():
            connection.execute(text if text.startswith("create") else f"create table {name} as {text}")
        return {name: connection.execute(f"from {name} order by all").fetchall() for name in models}


def rows(shop: Shop, name: str) -> list[tuple[object, ...]]:
    """Read a production table."""
    return shop.ask(f"from analytics.{name} order by all")


def refused(shop: Shop, *arguments: str) -> str:
    """Run what must be refused; all that is in the warehouse stays as it is, but for the journal."""
    before = all_there(shop)
    found = shop.run(*arguments)
    assert found.exit_code == 4, found
    assert all_there(shop) == before
    assert found.stdout == ""
    return found.stderr


def all_there(shop: Shop) -> list[object]:
    """Look at production, at what promotions keep, and at the state of record."""
    kept = "select schema_name, table_name, sql from duckdb_tables() where table_name <> 'journal' order by all"
    ledger = shop.ask("select count(*) from duckdb_tables() where table_name = 'promotions'") == [(1,)]
    return [shop.production(), shop.ask(kept), shop.ask("from datacanary.promotions order by all") if ledger else []]


def test_promotion_puts_exactly_the_tables_of_head_into_production_and_rollback_the_former_ones_back(
    shop: Shop,
) -> None:
    before = shop.production()
    promoted = shop.run("promote", "last")
    assert promoted.exit_code == 0, promoted
    after = shop.production()
    for name, found in expected(shop, PROMOTED).items():
        assert rows(shop, name) == found, name
    assert {name: after[name] for name in after if name not in TOUCHED} == {
        name: before[name] for name in before if name not in TOUCHED
    }
    live = shop.run("status", "--format", "json").json["live"]
    run_id = live[0]["run"]
    assert f"datacanary rollback {run_id}" in promoted.stdout
    assert [(one["run"], one["promoted_by"], one["verdict"]) for one in live] == [(run_id, "ada", "pass")]
    assert {one["name"] for one in live[0]["tables"]} == TOUCHED
    assert "promoted already" in refused(shop, "promote", "last")

    assert shop.run("rollback").exit_code == 0
    assert shop.production() == before
    history = shop.run("history", "--format", "json").json
    assert [(one["run"], bool(one["rolled_back_at"])) for one in history["promotions"]] == [(run_id, True)]
    assert [(one["run"], one["status"]) for one in history["runs"]] == [(run_id, "pass")]
    assert "nothing to roll back" in refused(shop, "rollback", "last")


def change_file(shop: Shop) -> None:
    shop.write({"data/rates.csv": "country,rate\nat,1.0\nde,1.5\nit,3.25\n"})


def add_file(shop: Shop) -> None:
    shop.write({"data/more.csv": "country,rate\nfr,1.0\n"})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda shop: shop.execute("update analytics.fct_orders set amount = 0 where order_id = 12"), "fct_orders"),
        (lambda shop: shop.execute("drop view analytics.rpt_countries"), "rpt_countries"),
        (lambda shop: shop.execute("update raw.orders set amount = 0 where order_id = 12"), "raw.orders"),
        (change_file, "rates.csv"),
        (add_file, "*.csv"),
    ],
)
def test_promotion_is_refused_after_production_or_the_input_moved(
    shop: Shop, change: Callable[[Shop], None], named: str
) -> None:
    change(shop)
    message = refused(shop, "promote", "last")
    assert "moved since the comparison" in message
    assert named in message
    assert "datacanary check" in message


def test_what_the_run_neither_reads_nor_touches_may_move(shop: Shop) -> None:
    shop.execute("insert into analytics.unrelated values (2, 'new')", "create table raw.other as select 1 as a")
    assert shop.run("promote", "last").exit_code == 0
    assert rows(shop, "unrelated") == [(1, "stays"), (2, "new")]


def test_a_failing_run_is_not_promoted(shop: Shop) -> None:
    shop.commit({"models/stg_orders.sql": f"{MODELS['stg_orders'].strip()} where order_id < 100\n"})
    assert shop.run("check").exit_code == 1
    assert "verdict" in refused(shop, "promote", "last")


def test_promotions_are_rolled_back_one_by_one_the_last_first(shop: Shop) -> None:
    states = [shop.production()]
    assert shop.run("promote", "last").exit_code == 0
    states.append(shop.production())
    shop.commit({"models/fct_orders.sql": MODELS["fct_orders"].replace("<> 'void'", "= 'paid'")})
    assert shop.run("check", "--base", "HEAD~1").exit_code == 0
    assert shop.run("promote", "last").exit_code == 0
    first, second = (one["run"] for one in shop.run("history", "--format", "json").json["promotions"])
    assert second in refused(shop, "rollback", first)
    for state in reversed(states):
        assert shop.run("rollback").exit_code == 0
        assert shop.production() == state


def test_rollback_is_refused_after_somebody_wrote_the_table(shop: Shop) -> None:
    assert shop.run("promote", "last").exit_code == 0
    shop.execute("delete from analytics.fct_orders where order_id = 12")
    message = refused(shop, "rollback")
    assert "analytics.fct_orders" in message
    assert shop.git("rev-parse", "--short", "main") in message


def test_a_warehouse_that_another_process_writes_is_left_alone(shop: Shop) -> None:
    with held_open(shop.warehouse) as pid:
        found = shop.run("promote", "last")
        back = shop.run("rollback")
    assert (found.exit_code, back.exit_code) == (4, 4), (found, back)
    for one in (found, back):
        assert f"process {pid}" in one.stderr
        assert "Close it" in one.stderr
    assert shop.run("promote", "last").exit_code == 0


def test_tables_come_go_and_change_their_kind_and_their_name(shop: Shop) -> None:
    shop.git("switch", "--quiet", "main")
    config = (shop.folder / "datacanary.yml").read_text().replace("defaults:", "defaults:\n  table_removed: warn")
    shop.commit({"datacanary.yml": config})
    shop.commit(
        {
            "models/rates.sql": None,
            "models/exchange.sql": MODELS["rates"],
            "models/fct_orders.sql": MODELS["fct_orders"].replace("join rates as", "join exchange as"),
            "models/rpt_countries.sql": None,
            "models/marts/top.sql": "select country, max(euros) as top from analytics.fct_orders group by country\n",
            "models/dim_customers.sql": f"create view dim_customers as {MODELS['dim_customers']}",
        },
        branch="moving",
    )
    before = shop.production()
    assert shop.run("check", "--base", "main").exit_code == 0
    promoted = shop.run("promote", "last")
    assert promoted.exit_code == 0, promoted
    after = shop.production()
    gone, new = before.keys() - after.keys(), after.keys() - before.keys()
    assert gone == {"analytics.rpt_countries", "analytics.rates"}
    assert new == {"analytics.exchange", "marts.top"}
    assert after["analytics.dim_customers"][0].startswith("CREATE VIEW")
    assert after["analytics.exchange"][-1] == before["analytics.rates"][-1]
    assert after["analytics.dim_customers"][-1] == before["analytics.dim_customers"][-1]
    assert shop.run("rollback").exit_code == 0
    assert shop.production() == before


def test_indexes_comments_and_constraints_are_carried_over_and_come_back(shop: Shop) -> None:
    shop.execute(
        "create unique index orders_id on analytics.fct_orders (order_id)",
        'create index "By Country, Amount" on analytics.fct_orders (country, (amount + 1))',
        "comment on index analytics.orders_id is 'it''s unique'",
        "comment on table analytics.fct_orders is 'what was sold'",
        "comment on column analytics.fct_orders.euros is 'in €'",
        "comment on view analytics.rpt_countries is 'for the board'",
        "comment on column analytics.rpt_countries.orders is 'how many'",
        "alter table analytics.stg_orders rename to former",
        "create table analytics.Stg_Orders (order_id int primary key, customer_id int not null, "
        "amount decimal(12, 2) default (7 + 1), status varchar check (status <> 'lost'), "
        "unique (customer_id, order_id))",
        "insert into analytics.stg_orders from analytics.former",
        "drop table analytics.former",
    )
    before = shop.production()
    promoted = shop.run("promote", "last")
    assert promoted.exit_code == 0, promoted
    after = shop.production()
    for name in ("analytics.fct_orders", "analytics.rpt_countries"):
        assert before[name][1:4] == after[name][1:4]
        assert before[name][4] != after[name][4]
    assert before["analytics.Stg_Orders"][2] == after["analytics.stg_orders"][2]
    for row in ("(null, 1, 1, 'x')", "(10, 1, 1, 'x')", "(5, null, 1, 'x')", "(5, 1, 1, 'lost')"):
        with pytest.raises(duckdb.ConstraintException):
            shop.execute(f"insert into analytics.stg_orders values {row}")
    assert shop.run("rollback").exit_code == 0
    assert shop.production() == before


FOREIGN_KEY = (
    "create table analytics.known (k int primary key);"
    "insert into analytics.known select customer_id from raw.customers;"
    "drop table analytics.stg_orders; create table analytics.stg_orders (order_id int, customer_id int "
    "references analytics.known (k), amount decimal(12, 2), status varchar);"
    "insert into analytics.stg_orders from raw.orders"
)
REFERENCED = (
    "alter table analytics.stg_orders add primary key (order_id);"
    "create table analytics.notes (id int references analytics.stg_orders (order_id))"
)
TRIGGER = (
    "create table analytics.log (id int); create trigger note after insert on analytics.stg_orders "
    "for each statement insert into analytics.log values (1)"
)


@pytest.mark.parametrize(
    ("script", "named"),
    [(FOREIGN_KEY, "FOREIGN KEY (customer_id)"), (REFERENCED, "foreign key"), (TRIGGER, "the trigger note")],
    ids=["references", "referenced", "trigger"],
)
def test_what_a_swap_cannot_keep_is_refused_with_the_reason(shop: Shop, script: str, named: str) -> None:
    shop.execute(script)
    message = refused(shop, "promote", "last")
    assert named in message
    assert "analytics.stg_orders" in message
    assert "Nothing was changed" in message


UNIQUE = "delete from analytics.stg_orders; create unique index one_each on analytics.stg_orders (status)"
CHECKED = (
    "drop table analytics.stg_orders; create table analytics.stg_orders "
    "(order_id int, customer_id int, amount decimal(12, 2) check (amount < 3), status varchar)"
)


@pytest.mark.parametrize(("script", "named"), [(UNIQUE, "unique index"), (CHECKED, "CHECK((amount < 3))")])
def test_rows_that_break_what_production_demands_are_refused(shop: Shop, script: str, named: str) -> None:
    shop.execute(script)
    assert shop.run("check").exit_code == 0
    message = refused(shop, "promote", "last")
    assert named in message
    assert "analytics.stg_orders" in message


def test_deploy_promotes_on_pass_and_leaves_only_the_report_otherwise(shop: Shop) -> None:
    passed = shop.run("deploy", "--format", "json")
    assert (passed.exit_code, passed.json["run"]["kind"]) == (0, "deploy")
    assert rows(shop, "stg_orders") == expected(shop, PROMOTED)["stg_orders"]
    before = shop.warehouse.read_bytes()
    for query, exit_code in [("select 1 as order_id", 1), ("select nope from raw.orders", 3)]:
        shop.commit({"models/stg_orders.sql": f"{query}\n"})
        found = shop.run("deploy", "--base", "main")
        assert found.exit_code == exit_code, found
        assert "Nothing was promoted" in found.stdout
        assert shop.warehouse.read_bytes() == before
        assert {file.name for file in shop.runs()[-1].iterdir()} == {"run.json", "started.json"}


def test_a_deploy_whose_promotion_is_refused_still_tells_the_verdict(shop: Shop) -> None:
    dearer = MODELS["stg_orders"].replace("amount,", "(amount + 1)::decimal(12, 2) as amount,")
    shop.commit({"models/stg_orders.sql": dearer}, "raise")
    with held_open(shop.warehouse, "read"):
        done = shop.run("deploy")
    assert done.exit_code == 4
    assert done.stdout.startswith("PASS  ")
    assert "in use by" in done.stderr
