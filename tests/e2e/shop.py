"""A small shop: a git repository with a DuckDB warehouse, four tables and a view, and the program run in it."""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from program import Place, plain_sql_config

CONFIG = plain_sql_config(
    "duckdb:///warehouse.duckdb",
    """\
sources:
  raw.rates: data/*.csv
defaults:
  rows_added: {fail: "> 50%"}
  rows_removed: {fail: "> 50%"}
  values_changed: {fail: "> 100%"}
tables:
  stg_orders: {key: [order_id]}
  dim_customers: {key: [customer_id]}
  fct_orders: {key: [order_id]}
  rpt_countries: {key: [country]}
""",
)

MODELS = {
    "stg_orders": "select order_id, customer_id, amount, status from raw.orders\n",
    "dim_customers": "select customer_id, name, country from raw.customers\n",
    "rates": "select country, rate from raw.rates\n",
    "fct_orders": (
        "select o.order_id, c.country, o.amount, cast(o.amount * r.rate as decimal(18, 2)) as euros\n"
        "from stg_orders as o join dim_customers as c using (customer_id) join rates as r using (country)\n"
        "where o.status <> 'void'\n"
    ),
    "rpt_countries": (
        "create or replace view rpt_countries as\n"
        "select country, count(*) as orders, sum(euros) as euros from fct_orders group by country\n"
    ),
}
"""The queries by table, each after those that it reads."""

SMALLER = (
    "select order_id, customer_id, cast(amount + 1 as decimal(12, 2)) as amount, status from raw.orders "
    "where order_id >= 10\n"
)
"""Another query of stg_orders: a change that passes, and reaches a table and a view that read it."""

RAW = """\
create schema raw;
create table raw.customers as
  select range::int as customer_id, 'name ' || range as name, ['at', 'de', 'it'][1 + range % 3] as country
  from range(50);
create table raw.orders as
  select range::int as order_id, (range % 50)::int as customer_id, (range * 7 % 1000 / 4)::decimal(12, 2) as amount,
    ['paid', 'open', 'void'][1 + range % 3] as status
  from range(1000);
create schema analytics;
create table analytics.unrelated as select 1 as id, 'stays' as note;
"""

RATES = "country,rate\nat,1.0\nde,1.5\nit,2.25\n"


@dataclass(frozen=True, slots=True)
class Shop(Place):
    """The repository, the folder for runs beside it, and the warehouse's file."""

    @property
    def warehouse(self) -> Path:
        """The DuckDB file."""
        return self.folder / "warehouse.duckdb"

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the warehouse, which is not changed."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def execute(self, *statements: str) -> None:
        """Change the warehouse, as somebody else would."""
        with duckdb.connect(str(self.warehouse)) as connection:
            for statement in statements:
                connection.execute(statement)

    def production(self) -> dict[str, tuple[Any, ...]]:
        """Look at all that is in the warehouse, but not at datacanary's own: per relation its definition and rows."""
        found: dict[str, tuple[Any, ...]] = {}
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            for schema, name, text, comment in connection.execute(
                "select schema_name, table_name, sql, comment from duckdb_tables() union all "
                "select schema_name, view_name, sql, comment from duckdb_views() where not internal order by all"
            ).fetchall():
                if schema == "datacanary" or name.startswith("__dc_prev_"):
                    continue
                rows = connection.execute(f'select * from "{schema}"."{name}" order by all').fetchall()
                columns = connection.execute(
                    "select column_name, data_type, comment, column_default, is_nullable from duckdb_columns() "
                    "where schema_name = ? and table_name = ? order by column_index",
                    [schema, name],
                ).fetchall()
                indexes = connection.execute(
                    "select sql, comment from duckdb_indexes() where schema_name = ? and table_name = ? order by all",
                    [schema, name],
                ).fetchall()
                found[f"{schema}.{name}"] = (text, comment, columns, indexes, rows)
        return found

    def files(self) -> dict[str, str]:
        """Take down every file and folder of the repository, `.git` and the warehouse included, by digest."""
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            for path in self.folder.rglob("*")
        }

    def runs(self) -> list[Path]:
        """List the folders of runs on this machine."""
        return sorted(self.home.glob("*/*/"))


def make_shop(folder: Path) -> Shop:
    """Make the shop below `folder`: production is what `main` builds, and `main` is checked out."""
    shop = Shop(folder / "shop", folder / "home")
    shop.folder.mkdir(parents=True)
    shop.write({"data/rates.csv": RATES, ".gitignore": "/data/\n/warehouse.duckdb*\n", "datacanary.yml": CONFIG})
    shop.write({f"models/{name}.sql": text for name, text in MODELS.items()})
    shop.execute(
        RAW, f"create view raw.rates as from read_csv('{shop.folder}/data/rates.csv')", "set search_path = 'analytics'"
    )
    with duckdb.connect(str(shop.warehouse)) as connection:
        connection.execute("set search_path = 'analytics'")
        for name, text in MODELS.items():
            connection.execute(text if text.startswith("create") else f"create table {name} as {text}")
        connection.execute("drop view raw.rates")
    shop.git("init", "--quiet", "--initial-branch=main")
    shop.git("add", "--all")
    shop.git("commit", "--quiet", "--message", "The shop")
    return shop


def make_smaller_shop(folder: Path, *command: str) -> "Shelf":
    """Make a shop below `folder`, run a command that must pass on its branch `smaller`, and keep it."""
    shop = make_shop(folder / "work")
    shop.commit({"models/stg_orders.sql": SMALLER}, branch="smaller")
    found = shop.run(*command)
    assert found.exit_code == 0, found
    return Shelf.keep(shop, folder / "copy")


@dataclass(frozen=True, slots=True)
class Shelf:
    """A shop as it was at one moment, to be put back at its place again and again."""

    shop: Shop
    copy: Path

    @classmethod
    def keep(cls, shop: Shop, copy: Path) -> "Shelf":
        """Copy the shop as it is now."""
        shutil.copytree(shop.folder.parent, copy, symlinks=True)
        return cls(shop, copy)

    def fresh(self) -> Shop:
        """Put the shop back."""
        shutil.rmtree(self.shop.folder.parent)
        shutil.copytree(self.copy, self.shop.folder.parent, symlinks=True)
        return self.shop
