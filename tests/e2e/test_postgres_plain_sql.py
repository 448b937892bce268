"""A plain-SQL project on PostgreSQL: judged as PostgreSQL counts, with production as it was and nothing left behind."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from postgres_database import Database, new_database
from postgres_store import PostgresStore
from program import Completed, Place, make_place, plain_sql_config

pytest_plugins = ("postgres_server",)

SECRET = "g3h/eim@ %"  # noqa: S105 -- of nobody
TABLES = """\
sources: {raw.rates: data/rates.csv}
tables:
  orders: {key: [order_id]}
  by_status: {key: [status]}
  daily: {key: [day]}
"""
FILES = {
    "data/rates.csv": "status,rate\npaid,1.5\nopen,1\nvoid,\n",
    "models/orders.sql": "select order_id, amount, status, at from raw.orders\n",
    "models/by_status.sql": "select o.status, sum(o.amount) as amount, max(r.rate) as rate\n"
    "from orders as o join raw.rates as r on r.status = o.status group by o.status\n",
    "models/daily.sql": "select at::date as day, count(*) as orders from orders group by 1\n",
    "models/paid.sql": "create view paid as select order_id, amount from orders where status = 'paid'\n",
    "models/unrelated.sql": "select 1 as id\n",
}
RAW = (
    "create schema raw",
    "create schema analytics",
    """create table raw.orders as
    select i as order_id, ((i * 7) % 1000)::numeric / 4 as amount, (array['paid', 'open', 'void'])[1 + i % 3] as status,
      timestamptz '2026-01-01 00:00+00' + i * interval '1 hour' as at
    from generate_series(0, 999) as i""",
    "create table analytics.orders as select order_id, amount, status, at from raw.orders",
    "create table analytics.daily as select at::date as day, count(*) as orders from analytics.orders group by 1",
    "create view analytics.paid as select order_id, amount from analytics.orders where status = 'paid'",
)


@dataclass(frozen=True)
class Shop:
    """A repository, and the database that its production lies in."""

    place: Place
    database: Database

    def check(self, *options: str) -> Completed:
        """Check the branch that is checked out."""
        return self.place.run("check", *options, SHOP_PW=SECRET)

    def state(self) -> tuple[list[str], dict[str, tuple[int, str]]]:
        """Return all schemas, and what every table holds, but for datacanary's own."""
        contents = self.database.contents().items()
        return [name for name in self.database.schemas() if name != "datacanary"], {
            name: held for name, held in contents if not name.startswith("datacanary.")
        }

    def count(self, query: str) -> int:
        """Ask PostgreSQL for a number."""
        return int(self.database.execute(query)[0][0])


@pytest.fixture(scope="module")
def shop(postgres: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Give a shop whose production is there."""
    folder = tmp_path_factory.mktemp("postgres_plain_sql")
    with new_database(postgres) as database:
        database.execute(*RAW)
        place = make_place(folder)
        # A server that asks for no password takes any.
        url = f"{PostgresStore(folder, database).url}&application_name=${{SHOP_PW}}"
        place.commit({**FILES, "datacanary.yml": plain_sql_config(url, TABLES)})
        yield Shop(place, database)


def test_every_kind_of_change_is_judged_as_postgres_itself_counts_it(shop: Shop) -> None:
    before = shop.state()
    shop.place.branch_off(
        "changes",
        {
            "models/orders.sql": "select order_id, amount, status, at, amount * 2 as twice from raw.orders\n"
            "where status <> 'void'\n",
            "models/broken.sql": "select nope from orders\n",
            "models/paid.sql": "create view paid as select order_id, amount + 1 as amount from orders\n"
            "where status = 'paid'\n",
        },
    )
    done = shop.check("--format", "json")
    tables = {table["name"]: table for table in done.json["tables"]}
    assert done.exit_code == 1, done.stderr
    assert done.json["run"]["inputs"] == {"pinned": True, "how": "one REPEATABLE READ transaction"}
    rows = tables["orders"]["rows"]
    void = shop.count("select count(*) from raw.orders where status = 'void'")
    assert (rows["removed"], rows["added"], rows["changed"]) == (void, 0, 0)
    assert {one["name"]: one["change"] for one in tables["orders"]["columns"]}["twice"] == "added"
    assert tables["paid"]["rows"]["base"] == shop.count("select count(*) from analytics.paid")
    days = shop.count(
        "select count(*) from (select at::date, count(*) from raw.orders where status = 'void' group by 1) as d"
    )
    assert tables["daily"]["rows"]["changed"] == days
    assert tables["by_status"]["rows"]["removed"] == 1
    assert tables["unrelated"]["comparison"] == "unaffected"
    assert tables["broken"]["comparison"] == "not_compared"
    assert SECRET not in done.stdout + done.stderr
    cleaned = shop.place.run("clean", "--all", SHOP_PW=SECRET)
    assert cleaned.exit_code == 0, cleaned.stderr
    assert shop.state() == before


def test_what_a_promotion_needs_is_kept_until_it_is_cleaned(shop: Shop) -> None:
    before = shop.state()
    shop.place.branch_off(
        "more", {"models/daily.sql": "select at::date as day, count(*) + 1 as orders from orders group by 1\n"}
    )
    done = shop.check("--format", "json")
    run = done.json["run"]["id"].replace("-", "_")
    assert [name for name in shop.state()[0] if name not in before[0]] == [f"dc_{run}_head_analytics"]
    status = shop.place.run("status", SHOP_PW=SECRET)
    assert f"dc_{run}_head_analytics" in status.stdout
    assert shop.place.run("clean", "--run", done.json["run"]["id"], SHOP_PW=SECRET).exit_code == 0
    assert shop.state() == before


def test_a_query_that_writes_is_undone(shop: Shop) -> None:
    before = shop.state()
    shop.database.execute(
        "create function public.sly() returns int language sql as 'delete from raw.orders where order_id = 1; select 1'"
    )
    try:
        shop.place.branch_off("sly", {"models/sly.sql": "select public.sly() as one\n"})
        done = shop.check("--format", "json")
        (sly,) = (table for table in done.json["tables"] if table["name"] == "sly")
        assert "it writes to raw.orders" in sly["reason"]
        assert shop.place.run("clean", "--all", SHOP_PW=SECRET).exit_code == 0
        assert shop.state() == before
    finally:
        shop.database.execute("drop function public.sly()")


def test_a_file_that_a_query_names_is_told_to_be_out_of_reach(shop: Shop) -> None:
    shop.place.branch_off("files", {"models/rates.sql": "select * from 'data/rates.csv'\n"})
    done = shop.check("--format", "json")
    (rates,) = (table for table in done.json["tables"] if table["name"] == "rates")
    assert "which the warehouse's server does not see" in rates["reason"]
    shop.place.run("clean", "--all", SHOP_PW=SECRET)


def test_noise_is_measured_under_other_conditions(shop: Shop) -> None:
    before = shop.state()
    text = "select order_id, row_number() over (order by status) as place from orders\n"
    shop.place.git("checkout", "--quiet", "--force", "main")
    shop.place.commit({"models/ranked.sql": text})
    shop.place.branch_off("noise", {"models/ranked.sql": text.replace("as place", "as place, 1 as more")})
    done = shop.check("--format", "json", "--noise-check", "--no-statistics")
    (ranked,) = (table for table in done.json["tables"] if table["name"] == "ranked")
    assert ranked["noise"]["cells"]["place"] > 0.5, done.stderr
    assert done.json["run"]["inputs"]["pinned"]
    assert shop.place.run("clean", "--all", SHOP_PW=SECRET).exit_code == 0
    assert shop.state() == before


def test_what_moves_between_two_transactions_makes_the_verdict_inconclusive(shop: Shop) -> None:
    shop.place.branch_off(
        "moving", {"models/daily.sql": "select at::date as day, count(*) + 1 as orders from orders group by 1\n"}
    )
    stopped = threading.Event()

    def write() -> None:
        while not stopped.is_set():
            shop.database.execute("update raw.orders set amount = amount + 1 where order_id = 1")
            time.sleep(0.05)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        plain = shop.check("--format", "json", "--no-statistics")
        noisy = shop.check("--format", "json", "--no-statistics", "--noise-check")
    finally:
        stopped.set()
        writer.join()
    assert plain.json["run"]["inputs"]["pinned"]
    assert noisy.json["run"]["inputs"] == {"pinned": False, "how": "raw.orders changed while the run read it"}
    shop.place.run("clean", "--all", SHOP_PW=SECRET)


def test_two_checks_at_once_do_not_meet(shop: Shop) -> None:
    before = shop.state()
    shop.place.branch_off(
        "twice", {"models/daily.sql": "select at::date as day, count(*) + 1 as orders from orders group by 1\n"}
    )
    both = shop.place.run_at_once([("check", "--format", "json", "--no-statistics")] * 2, SHOP_PW=SECRET)
    assert [one.exit_code for one in both] == [1, 1], both
    assert shop.place.run("clean", "--all", SHOP_PW=SECRET).exit_code == 0
    assert shop.state() == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing_behind(shop: Shop, number: signal.Signals) -> None:
    before = shop.state()
    slow = "select order_id, pg_sleep(0.05)::text as slept from orders\n"
    shop.place.branch_off(
        f"slow{number}", {"models/slow.sql": slow, "models/orders.sql": "select order_id from raw.orders\n"}
    )
    process = shop.place.start("check", SHOP_PW=SECRET)
    wait(lambda: shop.count("select count(*) from pg_stat_activity where query like '%pg_sleep(0.05)%'") > 1)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert shop.state() == before
    assert shop.count("select count(*) from datacanary.registry") == 0


def wait(until: Callable[[], bool]) -> None:
    for _ in range(600):
        if until():
            return
        time.sleep(0.1)
    pytest.fail("it never came to that")
