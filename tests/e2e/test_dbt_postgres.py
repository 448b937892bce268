"""A dbt project on PostgreSQL: judged rightly, with production as it was and nothing left behind."""

import json
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from postgres_database import Database, new_database
from program import Completed, Place, make_place

pytest_plugins = ("dbt_environment", "postgres_server")

PROJECT = """\
name: shop
profile: shop
config-version: 2
models:
  shop:
    staging: {+materialized: view, +schema: staging}
    marts: {+materialized: table}
"""
FILES = {
    ".gitignore": "/target/\n/logs/\n/.user.yml\n",
    "dbt_project.yml": PROJECT,
    "seeds/countries.csv": "code,name\nat,Austria\nde,Germany\nit,Italy\n",
    "models/shop.yml": """\
sources: [{name: raw, tables: [{name: orders}, {name: customers}]}]
models:
  - name: orders
    columns: [{name: order_id, data_tests: [unique, not_null]}]
  - name: customers
    columns:
      - name: customer_id
        data_tests: [unique, {relationships: {arguments: {to: ref('stg_customers'), field: customer_id}}}]
""",
    "models/staging/stg_orders.sql": "select order_id, customer_id, cents / 100.0 as amount, status, at\n"
    "from {{ source('raw', 'orders') }}\n",
    "models/staging/stg_customers.sql": "select * from {{ source('raw', 'customers') }}\n",
    "models/marts/orders.sql": "select order_id, customer_id, amount, status, at from {{ ref('stg_orders') }}\n",
    "models/marts/customers.sql": "select c.customer_id, c.name, k.name as country\n"
    "from {{ ref('stg_customers') }} as c join {{ ref('countries') }} as k on k.code = c.country\n",
    "models/marts/by_day.sql": "select at::date as day, avg(amount) as mean from {{ ref('stg_orders') }} group by 1\n",
}
RAW = (
    "create schema raw",
    """create table raw.orders as
    select i as order_id, i % 50 as customer_id, (i * 7) % 1000 as cents,
      (array['paid', 'open', 'void'])[1 + i % 3] as status,
      timestamptz '2026-01-01 00:00+00' + i * interval '1 hour' as at
    from generate_series(0, 999) as i""",
    """create table raw.customers as
    select i as customer_id, 'name ' || i as name, (array['at', 'de', 'it'])[1 + i % 3] as country
    from generate_series(0, 49) as i""",
)
SECRET = "g3heim"  # noqa: S105 -- of nobody


@dataclass(frozen=True)
class Shop:
    """A repository, and the database that its production lies in."""

    place: Place
    database: Database
    dbt: Path

    def check(self, *options: str) -> Completed:
        """Check the branch that is checked out."""
        return self.place.run("check", *options, **self.environ)

    @property
    def environ(self) -> dict[str, str]:
        """What runs need besides: where dbt is, and the password."""
        return {"PATH": f"{self.dbt.parent}:/usr/bin:/bin", "VIRTUAL_ENV": str(self.dbt.parents[1]), "SHOP_PW": SECRET}

    def state(self) -> tuple[list[str], dict[str, tuple[int, str]]]:
        """Return all schemas, and what every table holds, without what datacanary may leave there."""
        own = re.compile(r"\"?(datacanary|dc_\w+_head)\b")
        schemas = [one for one in self.database.schemas() if not own.match(one)]
        return schemas, {name: held for name, held in self.database.contents().items() if not own.match(name)}


@pytest.fixture(scope="module")
def shop(postgres: dict[str, str], dbt: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Give a shop whose production dbt has built."""
    folder = tmp_path_factory.mktemp("postgres_shop")
    with new_database(postgres) as database:
        database.execute(*RAW)
        place = make_place(folder)
        output = database.profile() | {"password": "{{ env_var('SHOP_PW') }}"}
        profiles = yaml.safe_dump({"shop": {"target": "prod", "outputs": {"prod": output}}})
        place.commit({**FILES, "profiles.yml": profiles})
        made = Shop(place, database, dbt)
        subprocess.run(
            [dbt, "build", "--quiet"], cwd=place.folder, env={**place.environment, **made.environ}, check=True
        )
        yield made


def test_every_kind_of_change_is_judged_as_postgres_itself_counts_it(shop: Shop) -> None:
    before = shop.state()
    shop.place.branch_off(
        "changes",
        {
            "models/marts/orders.sql": "select order_id, customer_id, amount, status, at, amount * 2 as twice\n"
            "from {{ ref('stg_orders') }} where status <> 'void'\n",
            "models/marts/by_day.sql": "-- the mean of each day\nselect  at::date AS day,\n  avg(amount) as mean\n"
            "from {{ ref('stg_orders') }} group by 1\n",
            "seeds/countries.csv": "code,name\nat,Oesterreich\nde,Germany\nit,Italy\n",
        },
    )
    done = shop.check("--format", "json")
    assert (done.exit_code, done.json["verdict"]["status"]) == (1, "fail"), done.stderr
    tables = {table["name"]: table for table in done.json["tables"]}
    assert tables["by_day"]["comparison"] == "unaffected"
    void = shop.database.execute("select count(*) from analytics.orders where status = 'void'")[0][0]
    rows = tables["orders"]["rows"]
    assert (rows["removed"], rows["added"], rows["changed"]) == (void, 0, 0)
    columns = {column["name"]: column["change"] for column in tables["orders"]["columns"]}
    assert columns["twice"] == "added"
    moved = shop.database.execute("select count(*) from analytics.customers where country = 'Austria'")[0][0]
    assert tables["customers"]["rows"]["changed"] == moved
    assert tables["countries"]["rows"]["changed"] == 1
    assert done.json["run"]["inputs"]["pinned"]
    assert SECRET not in done.stdout + done.stderr
    assert shop.state() == before
    assert not list(shop.place.home.rglob("schemas.json"))
    (run,) = shop.place.home.rglob("run.json")
    swaps = json.loads(run.read_text())["release"]["swaps"]
    judged = {one["target"]["name"]: one["judged"]["rows"] for one in swaps if one["materialized"] == "table"}
    assert judged["orders"] == rows["head"]


@pytest.mark.thorough
def test_a_plan_makes_nothing(shop: Shop) -> None:
    before = shop.state()
    shop.place.branch_off("plan", {"models/marts/orders.sql": "select order_id from {{ ref('stg_orders') }}\n"})
    done = shop.place.run("plan", "--format", "json", **shop.environ)
    assert done.exit_code == 0, done.stderr
    assert sorted(done.json["in_production"]) == ["stg_orders"]
    assert shop.state() == before


LEAK = """\
{% macro generate_schema_name(custom, node) -%}
{{ custom if custom else target.schema }}
{%- endmacro %}
"""
EVIL = "{% do run_query('create table analytics.evil (id int)') %}\nselect order_id from {{ ref('stg_orders') }}\n"


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"macros/names.sql": LEAK}, "would be written to the schema 'staging', which does not follow the target's"),
        ({"models/marts/orders.sql": EVIL}, "cannot execute CREATE TABLE in a read-only transaction"),
    ],
    ids=["generate_schema_name", "run_query"],
)
def test_what_would_write_elsewhere_is_refused_before_anything_is_written(
    shop: Shop, files: dict[str, str | None], said: str
) -> None:
    before = shop.state()
    shop.place.branch_off("leaks", files)
    done = shop.check()
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
    assert shop.state() == before


@pytest.mark.thorough
def test_a_table_that_is_read_by_its_name_makes_the_verdict_inconclusive(shop: Shop) -> None:
    before = shop.state()
    shop.place.branch_off(
        "by_name",
        {
            "models/marts/orders.sql": "select order_id, status from {{ ref('stg_orders') }} where order_id > 1\n",
            "models/marts/statuses.sql": "select distinct status from analytics.orders\n",
        },
    )
    done = shop.check("--format", "json")
    assert done.exit_code in {1, 3}
    assert done.json["run"]["inputs"]["pinned"] is False
    assert "models/marts/statuses.sql reads analytics.orders" in done.json["run"]["inputs"]["how"]
    assert shop.state() == before


@pytest.mark.thorough
def test_a_source_that_moves_meanwhile_makes_the_verdict_inconclusive(shop: Shop) -> None:
    before = shop.state()
    shop.place.branch_off("slow", {"models/marts/orders.sql": SLOW})
    process = shop.place.start("check", "--format", "json", **shop.environ)
    wait_for(lambda: len(shop.database.schemas()) > len(before[0]))
    shop.database.execute("insert into raw.orders values (5000, 1, 1, 'paid', now())")
    try:
        stdout, stderr = process.communicate(timeout=120)
        done = Completed(process.returncode, stdout, stderr)
        assert done.json["run"]["inputs"] == {
            "pinned": False,
            "how": "analytics_staging.stg_orders changed while the run read it",
        }
    finally:
        shop.database.execute("delete from raw.orders where order_id = 5000")
    assert shop.state() == before


SLOW = (
    "select order_id, status, at from {{ ref('stg_orders') }}, lateral (select pg_sleep(3)) as s\nwhere order_id < 1\n"
)


@pytest.mark.thorough
def test_an_interrupt_leaves_nothing(shop: Shop) -> None:
    before = shop.state()
    shop.place.branch_off("slower", {"models/marts/orders.sql": SLOW.replace("pg_sleep(3)", "pg_sleep(60)")})
    process = shop.place.start("check", **shop.environ)
    wait_for(lambda: len(shop.database.schemas()) > len(before[0]))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert shop.state() == before


def wait_for(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 100
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.1)
