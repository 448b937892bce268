"""A small shop: a git repository with a DuckDB warehouse, four tables and a view, and the program run in it."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

SECONDS = 120
"""No run may hang; a usual one takes two seconds."""

CONFIG = """\
version: 1
project: {kind: sql, path: models}
warehouse: duckdb:///warehouse.duckdb
production: analytics
base: main
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
"""

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

IDENTITY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}


@dataclass(frozen=True, slots=True)
class Completed:
    """How one run of the program ended."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """Stdout as JSON; where it is none, the failure shows what else was said."""
        try:
            return json.loads(self.stdout)
        except json.JSONDecodeError as error:
            error.add_note(f"exit code {self.exit_code}, stderr:\n{self.stderr}")
            raise


@dataclass(frozen=True, slots=True)
class Shop:
    """The repository, the folder for runs beside it, and the warehouse's file."""

    folder: Path
    home: Path

    @property
    def warehouse(self) -> Path:
        """The DuckDB file."""
        return self.folder / "warehouse.duckdb"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every run: this one without CI, with its own folder for runs and no user's git."""
        strange = ("CI", "GITHUB_", "GITLAB_", "DATACANARY_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
        return kept | IDENTITY | {"DATACANARY_HOME": str(self.home), "DATACANARY_USER": "ada"}

    def run(self, *arguments: str, **environment: str) -> Completed:
        """Run the program in the repository and wait."""
        process = self.start(*arguments, **environment)
        stdout, stderr = process.communicate(timeout=SECONDS)
        return Completed(process.returncode, stdout, stderr)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start the program in the repository."""
        # Tests that a shell runs in the background ignore Ctrl-C, and what they start would, too.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        return subprocess.Popen(
            [sys.executable, "-m", "datacanary", *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def git(self, *arguments: str) -> str:
        """Run git and return what it prints."""
        command = ["git", "-C", str(self.folder), *arguments]
        done = subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def write(self, files: Mapping[str, str | None]) -> None:
        """Write files of the repository; None deletes one."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text, encoding="utf-8")

    def commit(self, files: Mapping[str, str | None], branch: str | None = None) -> str:
        """Write files and commit them, on a new branch if one is named; return the commit's id."""
        if branch is not None:
            self.git("switch", "--quiet", "--create", branch)
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", f"Change {', '.join(files)}")
        return self.git("rev-parse", "HEAD")

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
