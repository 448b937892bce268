"""A small shop as a dbt project on DuckDB, with one of everything that dbt projects are made of."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
from program import Completed, Place

ORDERS = 1000
"""So many are in the source; every third is void."""

RAW = f"""\
create schema raw;
create table raw.orders as
  select range::int as order_id, (range % 50)::int as customer_id, (range * 7 % 1000)::int as cents,
    ['paid', 'open', 'void'][1 + range % 3] as status, date '2026-01-01' + (range // 10)::int as ordered_on
  from range({ORDERS});
create table raw.customers as
  select range::int as customer_id, 'name ' || range as name, 'person' || range || '@private.example' as email,
    ['at', 'de', 'it'][1 + range % 3] as country
  from range(50);
"""

PROFILES = """\
shop:
  target: dev
  outputs:
    dev: {type: duckdb, path: shop.duckdb, schema: main, threads: 2, settings: {threads: 1}}
"""

PROJECT = """\
name: shop
version: "1.0"
profile: shop
config-version: 2
vars: {least_cents: 100}
models:
  shop:
    staging: {+materialized: view}
    marts: {+materialized: table, +schema: marts}
on-run-end:
  - "create table if not exists main.audit (invocation varchar)"
  - "insert into main.audit values ('{{ invocation_id }}')"
"""

STG_ORDERS = (
    "select order_id, customer_id, {{ money.euros('cents') }} as amount, status, ordered_on\n"
    "from {{ source('raw', 'orders') }}\n"
)
CUSTOMERS = (
    "select customer_id, s.name, s.email, c.name as country\n"
    "from {{ ref('stg_customers') }} as s join {{ ref('countries') }} as c on c.code = s.country\n"
)
FACTS = (
    "{{ config(materialized='incremental', unique_key='order_id', incremental_strategy='delete+insert') }}\n"
    "select order_id, ordered_on, amount from {{ ref('stg_orders') }}\n"
    "{% if is_incremental() %}where ordered_on > (select max(ordered_on) from {{ this }}){% endif %}\n"
)
TOTALS = (
    "def model(dbt, session):\n"
    '    dbt.config(materialized="table")\n'
    '    return dbt.ref("stg_orders").aggregate("status, count(*) as orders", "status")\n'
)
HISTORY = (
    "{% snapshot customer_history %}\n"
    "{{ config(unique_key='customer_id', strategy='check', check_cols=['country'], target_schema='history') }}\n"
    "select customer_id, country from {{ source('raw', 'customers') }}\n"
    "{% endsnapshot %}\n"
)
LARGE = "select order_id, amount from {{ ref('stg_orders') }} where amount * 100 >= {{ var('least_cents') }}\n"
DAILY = "select ordered_on, count(*) as orders from {{ ref('stg_orders') }} group by ordered_on\n"
LABELS = "select distinct status, {{ label('status') }} as label from {{ source('raw', 'orders') }}\n"

STAGING_YML = """\
sources:
  - name: raw
    tables: [{name: orders}, {name: customers}]
models:
  - name: stg_orders
    columns: [{name: order_id, data_tests: [unique, not_null]}]
  - name: stg_customers
    columns: [{name: email, config: {tags: [pii]}}]
unit_tests:
  - name: euros_are_cents_by_a_hundred
    model: stg_orders
    given: [{input: "source('raw', 'orders')", rows: [{order_id: 500, cents: 250}]}]
    expect: {rows: [{order_id: 500, amount: 2.5}]}
"""

MARTS_YML = """\
models:
  - name: orders
    config: {meta: {datacanary: {rows_removed: {fail: "> 50%"}}}}
    columns:
      - {name: order_id, data_tests: [unique, not_null]}
      - name: customer_id
        data_tests: [{relationships: {arguments: {to: ref('customers'), field: customer_id}}}]
      - name: status
        data_tests: [{accepted_values: {arguments: {values: [paid, open]}}}]
  - name: customers
    columns:
      - {name: customer_id, data_tests: [unique, not_null]}
      - {name: email, config: {tags: [pii]}}
  - name: large_orders
    columns: [{name: order_id, data_tests: [unique, not_null]}]
  - name: prices
    latest_version: 2
    versions: [{v: 1}, {v: 2}]
exposures:
  - name: weekly_revenue
    label: Weekly revenue
    type: dashboard
    owner: {name: Ada}
    depends_on: [ref('revenue')]
"""

FILES: Mapping[str, str] = {
    ".gitignore": "/shop.duckdb*\n/target/\n/logs/\n/dbt_packages/\n",
    "profiles.yml": PROFILES,
    "dbt_project.yml": PROJECT,
    "packages.yml": "packages:\n  - local: packages/money\n",
    "packages/money/dbt_project.yml": 'name: money\nversion: "1.0"\nconfig-version: 2\n',
    "packages/money/macros/euros.sql": "{% macro euros(column) %}cast({{ column }} / 100 as decimal(12, 2))"
    "{% endmacro %}\n",
    "macros/label.sql": "{% macro label(column) %}upper({{ column }}){% endmacro %}\n",
    "seeds/countries.csv": "code,name\nat,Austria\nde,Germany\nit,Italy\n",
    "models/staging/staging.yml": STAGING_YML,
    "models/staging/stg_orders.sql": STG_ORDERS,
    "models/staging/stg_customers.sql": "select customer_id, name, email, country\n"
    "from {{ source('raw', 'customers') }}\n",
    "models/staging/paid.sql": "{{ config(materialized='ephemeral') }}\n"
    "select * from {{ ref('stg_orders') }} where status <> 'void'\n",
    "models/staging/labels.sql": LABELS,
    "models/staging/weekdays.sql": "select ordered_on, dayname(ordered_on) as day from {{ source('raw', 'orders') }}\n",
    "models/marts/marts.yml": MARTS_YML,
    "models/marts/orders.sql": "select order_id, customer_id, amount, status, ordered_on from {{ ref('paid') }}\n",
    "models/marts/customers.sql": CUSTOMERS,
    "models/marts/revenue.sql": "select date_trunc('week', ordered_on) as week, sum(amount) as euros\n"
    "from {{ ref('orders') }} group by 1\n",
    "models/marts/facts.sql": FACTS,
    "models/marts/totals.py": TOTALS,
    "models/marts/large_orders.sql": LARGE,
    "models/marts/daily.sql": DAILY,
    "models/marts/obsolete.sql": "{{ config(post_hook='comment on table {{ this }} is \\'old\\'') }}\nselect 1 as id\n",
    "models/marts/dormant.sql": "{{ config(enabled=false) }}\nselect 1 as id union all select 2\n",
    "models/marts/prices_v1.sql": "select 1 as article, 10 as price\n",
    "models/marts/prices_v2.sql": "select 1 as article, 10 as price, 'EUR' as currency\n",
    "snapshots/customer_history.sql": HISTORY,
    "tests/amounts_are_not_negative.sql": "select order_id from {{ ref('orders') }} where amount < 0\n",
}

SMALL: Mapping[str, str] = {
    ".gitignore": "*.duckdb*\ntarget/\nlogs/\ndbt_packages/\n",
    "profiles.yml": PROFILES,
    "dbt_project.yml": "name: shop\nprofile: shop\nconfig-version: 2\n",
    "seeds/numbers.csv": "id,amount\n" + "".join(f"{number},{number * 10}\n" for number in range(1, 21)),
    "models/staged.sql": "select id, amount from {{ ref('numbers') }}\n",
    "models/doubled.sql": "{{ config(materialized='table') }}\n"
    "select id, amount * 2 as amount from {{ ref('staged') }}\n",
    "models/total.sql": "{{ config(materialized='table') }}\nselect sum(amount) as amount from {{ ref('doubled') }}\n",
    "models/grown.sql": "{{ config(materialized='incremental') }}\nselect id, amount from {{ ref('numbers') }}\n"
    "{% if is_incremental() %}where id > (select max(id) from {{ this }}){% endif %}\n",
    "models/small.yml": "models:\n  - name: doubled\n    columns: [{name: id, data_tests: [unique, not_null]}]\n",
}
"""A project that needs nothing but its files."""


Outputs: TypeAlias = dict[str, Any]
"""What a scenario has seen, as JSON holds it."""

Scene: TypeAlias = Callable[[str, Callable[["DbtShop"], Outputs]], Outputs]
"""Plays a scenario under its name in a shop of its own, once in all processes of the session."""


@dataclass(frozen=True, slots=True)
class DbtShop(Place):
    """The repository, and a dbt before the real one that takes down how it is started.

    `within` is the folder of the project in the repository.
    """

    environ: Path
    within: str = "."

    @property
    def project(self) -> Path:
        """The folder of the dbt project."""
        return self.folder / self.within

    @property
    def warehouse(self) -> Path:
        """The DuckDB file."""
        return self.project / "shop.duckdb"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every run, with dbt in a virtual environment of its own."""
        own = super(DbtShop, self).environment
        dbts = {name: value for name, value in own.items() if not name.startswith("DBT_")}
        return dbts | {"VIRTUAL_ENV": str(self.environ), "NO_COLOR": "1"}

    def starts(self) -> list[str]:
        """Return the arguments of every start of dbt so far."""
        log = self.environ / "starts.txt"
        return log.read_text("utf-8").splitlines() if log.exists() else []

    def commands(self) -> list[str]:
        """Return the commands of every start, in order of their names."""
        return sorted(start.split()[0] for start in self.starts())

    def forget_starts(self) -> None:
        """Begin to count anew."""
        (self.environ / "starts.txt").unlink(missing_ok=True)

    def asked(self, *arguments: str, **environment: str) -> Completed:
        """Run what only reads: whatever comes of it, not a byte of the repository's folder may change."""
        with self.untouched():
            return self.run(*arguments, **environment)

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """Compare all that is the user's before and after."""
        before = self.state()
        yield
        assert self.state() == before

    def state(self) -> dict[str, str]:
        """Take down every file and folder, git's own and the database included, by digest, and what git says."""
        found = {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            for path in self.folder.rglob("*")
        }
        # These ask without writing: a refreshed index would hide that somebody else had written it.
        quiet = ("--no-optional-locks",)
        return found | {"git status": self.git(*quiet, "status", "--porcelain", "--ignored"), "HEAD": self.git(*_HEAD)}

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Ask production, which is not changed."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def one(self, query: str) -> Any:
        """Ask production for a single value."""
        return self.ask(query)[0][0]

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """Read all of production but datacanary's own, which dbt's audit is no part of."""
        names = self.ask(
            "select schema_name, table_name from duckdb_tables() union all "
            "select schema_name, view_name from duckdb_views() where not internal order by all"
        )
        return {
            f"{schema}.{name}": self.ask(f'from "{schema}"."{name}" order by all')
            for schema, name in names
            if schema != "datacanary" and not name.startswith("__dc_") and name != "audit"
        }

    def runs(self) -> list[Path]:
        """List the folders of runs on this machine."""
        return sorted(
            path for path in self.home.glob("*/*/") if (path / "run.json").exists() or (path / "dbt").exists()
        )

    def dbt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run dbt as the user does, in the project."""
        return subprocess.run(
            [str(self.environ / "bin" / "dbt"), *arguments, "--quiet"],
            cwd=self.project,
            env=self.environment | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "0", "DO_NOT_TRACK": "1"},
            check=False,
            capture_output=True,
            text=True,
        )

    def build(self) -> None:
        """Build production, and begin to count dbt's starts."""
        commands = (["deps"], ["build"]) if (self.project / "packages.yml").exists() else (["build"],)
        for command in commands:
            done = self.dbt(*command)
            assert done.returncode == 0, done.stdout
        self.commit({})
        self.forget_starts()


_HEAD = ("log", "-1", "--format=%H %D")


def make_shop(folder: Path, dbt: Path, files: Mapping[str, str] = FILES, within: str = ".", raw: str = RAW) -> DbtShop:
    """Write a project into a new repository; production has no more than `raw` has made."""
    shop = DbtShop(folder / "repository", folder / "home", folder / "environ", within)
    shop.project.mkdir(parents=True)
    put_dbt(shop, dbt)
    shop.git("init", "--quiet", "--initial-branch", "main")
    shop.commit({f"{within}/{name}": text for name, text in files.items()})
    if raw:
        with duckdb.connect(str(shop.warehouse)) as connection:
            connection.execute(raw)
    return shop


def put_dbt(shop: DbtShop, dbt: Path) -> None:
    """Put a program before dbt that takes down each start."""
    program = shop.environ / "bin" / "dbt"
    program.parent.mkdir(parents=True, exist_ok=True)
    # Both start dbt at the same time: a line that is written at once is not torn apart.
    text = f'#!/bin/sh\necho "$*" >> "$(dirname "$0")/../starts.txt"\nexec "{dbt}" "$@"\n'
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)


def processes_of(folder: Path) -> list[str]:
    """List the processes that work in a folder, or were started with it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            place, command = str((process / "cwd").readlink()), (process / "cmdline").read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        if int(process.name) != os.getpid() and (str(folder) in place or str(folder) in command):
            found.append(f"{process.name} {command}")
    return found


def copy_shop(shop: DbtShop, folder: Path) -> DbtShop:
    """Copy a shop, for a test of its own."""
    shutil.copytree(shop.folder.parent, folder, symlinks=True)
    return DbtShop(folder / "repository", folder / "home", folder / "environ", shop.within)


def seen(shop: DbtShop, *arguments: str, **environment: str) -> Outputs:
    """Check, and take down all that is said, as JSON and for people; what it started dbt with counts from zero."""
    shop.forget_starts()
    done = shop.asked("check", "--format", "json", *arguments, **environment)
    commands = shop.commands()
    told = shop.asked("report", "last")
    assert told.exit_code == 0, told
    return {
        "code": done.exit_code,
        "json": done.json,
        "commands": commands,
        "all": f"{done.stdout}\n{done.stderr}\n{told.stdout}",
        "text": told.stdout,
    }


def counts(outputs: Outputs) -> dict[str, tuple[int | None, ...]]:
    """Return the rows of base and head, added, removed and changed of every table that was compared, by name."""
    kinds = ("base", "head", "added", "removed", "changed")
    return {
        table["name"]: tuple(table["rows"][kind] for kind in kinds)
        for table in outputs["json"]["tables"]
        if table["effect"] != "unaffected"
    }


def effects(outputs: Outputs) -> dict[str, str]:
    """Return how the change reaches each table, by name."""
    return {table["name"]: table["effect"] for table in outputs["json"]["tables"]}


def dbt_tests(outputs: Outputs) -> dict[str, str]:
    """Return what became of the project's own tests, by what is said of them."""
    return {check["message"]: check["status"] for check in outputs["json"]["checks"] if check["check"] == "dbt_test"}
