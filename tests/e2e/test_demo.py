"""The demo as a newcomer meets it: one command, a bug that DuckDB alone confirms, and three commands to paste."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import duckdb
import pytest
from jsonschema import Draft202012Validator

from datacanary.report.json import schema

MODELS = ("stg_orders", "fct_orders", "dim_customers", "daily_revenue", "refund_reasons")
KEYS = {
    "fct_orders": ("order_id",),
    "dim_customers": ("customer_id",),
    "daily_revenue": ("order_date", "country"),
}
UNAFFECTED = {"stg_orders", "refund_reasons"}

Rows = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody with a folder to work in, and with a home of their own where git knows nobody."""

    work: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str, at: str = ".", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the program."""
        return self.start([sys.executable, "-m", "datacanary", *arguments], at, variables)

    def start(
        self, command: list[str], at: str = ".", variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command."""
        return subprocess.run(
            command,
            cwd=self.work / at,
            env={**self.environment, **(variables or {})},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def git(self, *arguments: str) -> str:
        """Ask git about the demo."""
        done = self.start(["git", "-C", "datacanary-demo", *arguments])
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def newcomer(folder: Path) -> Newcomer:
    work, home = folder / "work", folder / "home"
    work.mkdir()
    home.mkdir()
    names = ("CI", "GITHUB_", "GITLAB_", "GIT_", "DATACANARY_", "XDG_", "NO_COLOR", "COLUMNS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    # The commands that the demo prints name the program as it is on the PATH.
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    own = {"HOME": str(home), "PATH": path, "GIT_CONFIG_NOSYSTEM": "1", "DATACANARY_HOME": str(folder / "runs")}
    return Newcomer(work, kept | own)


@pytest.fixture
def somebody(tmp_path: Path) -> Newcomer:
    return newcomer(tmp_path)


@dataclass(frozen=True, slots=True)
class Seen:
    """A demo that ran."""

    by: Newcomer
    done: subprocess.CompletedProcess[str]

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self.by.work / "datacanary-demo"


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Return a demo that tests look at and leave as it is."""
    by = newcomer(tmp_path_factory.mktemp("demo"))
    return Seen(by, by.run("demo"))


def test_it_shows_the_fail_and_ends_with_0(seen: Seen) -> None:
    assert seen.done.returncode == 0, seen.done.stderr
    assert re.search(r"^FAIL  fct_orders: ", seen.done.stdout, re.MULTILINE)
    assert "exit code is 1" in seen.done.stdout
    assert "Traceback" not in seen.done.stderr
    assert [line for line in seen.done.stdout.splitlines() if line != line.rstrip()] == []


def test_a_pipe_gets_no_escapes_and_the_progress_goes_to_stderr(seen: Seen) -> None:
    assert "\x1b" not in seen.done.stdout + seen.done.stderr
    assert "compared fct_orders" in seen.done.stderr
    assert "compared fct_orders" not in seen.done.stdout


def test_it_leaves_a_clean_repository_on_the_branch_with_the_bug(seen: Seen) -> None:
    assert seen.by.git("branch", "--format=%(refname:short)").split() == ["add-refunds", "faster-orders", "main"]
    assert seen.by.git("branch", "--show-current") == "faster-orders"
    assert seen.by.git("status", "--porcelain") == ""
    assert seen.by.git("log", "--format=%an", "--all").split() == ["Demo"] * 3
    committed = seen.by.git("ls-files").split()
    assert sorted(committed) == sorted(
        [".gitignore", "data/exchange_rates.csv", "datacanary.yml", *(f"models/{model}.sql" for model in MODELS)]
    )


def test_it_says_where_the_report_is_and_the_report_is_that_of_the_run(seen: Seen) -> None:
    places = dict(re.findall(r"^(report|result|run)  +(\S+)$", seen.done.stdout, re.MULTILINE))
    assert (seen.by.work / places["report"]).read_text("utf-8").startswith("<!doctype html>")
    report = json.loads((seen.by.work / places["result"]).read_text("utf-8"))
    assert list(Draft202012Validator(json.loads(schema())).iter_errors(report)) == []
    assert Path(places["run"]).name == report["run"]["id"]
    assert Path(places["run"]).is_dir()
    again = seen.by.run("report", "last", "--format", "json", at="datacanary-demo")
    assert json.loads(again.stdout) == report


def test_the_printed_schema_is_the_one_in_the_package(seen: Seen) -> None:
    assert json.loads(seen.by.run("report", "--schema").stdout) == json.loads(schema())


@pytest.fixture(scope="module")
def both(seen: Seen, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Build `main` and the branch with DuckDB alone, in the schemas `base` and `head` of a copy."""
    copy = shutil.copy(seen.folder / "warehouse.duckdb", tmp_path_factory.mktemp("copy"))
    with duckdb.connect(str(copy)) as database:
        rates = seen.folder / "data" / "exchange_rates.csv"
        database.execute(f"create table raw.exchange_rates as from read_csv('{rates}')")
        for schema_name, branch in (("base", "main"), ("head", "faster-orders")):
            database.execute(f"create schema {schema_name}; set schema = '{schema_name}'")
            for model in MODELS:
                query = seen.by.git("show", f"{branch}:models/{model}.sql")
                database.execute(f"create table {schema_name}.{model} as {query}")
        yield database


def number(database: duckdb.DuckDBPyConnection, query: str) -> int:
    found = database.execute(query).fetchall()
    return int(found[0][0])


def test_the_counts_are_those_of_duckdb(seen: Seen, both: duckdb.DuckDBPyConnection) -> None:
    report = json.loads((seen.folder / "report.json").read_text("utf-8"))
    tables = {table["name"]: table for table in report["tables"]}
    assert {name for name, table in tables.items() if table["comparison"] == "unaffected"} == UNAFFECTED
    for table, key in KEYS.items():
        same = f"using ({', '.join(key)})"
        matched = f"from base.{table} as b join head.{table} as h {same}"
        expected = {
            "base": number(both, f"select count(*) from base.{table}"),
            "head": number(both, f"select count(*) from head.{table}"),
            "added": number(both, f"select count(*) from head.{table} anti join base.{table} {same}"),
            "removed": number(both, f"select count(*) from base.{table} anti join head.{table} {same}"),
            "changed": number(both, f"select count(*) {matched} where b is distinct from h"),
            "unchanged": number(both, f"select count(*) {matched} where b is not distinct from h"),
        }
        assert tables[table]["rows"] == expected, table
        assert expected["changed"] > 0


def test_the_bug_is_cents_for_euros_and_a_lost_filter(both: duckdb.DuckDBPyConnection) -> None:
    assert number(both, "select count(*) from raw.orders where status = 'test'") > 100
    added = both.execute("select distinct status from head.fct_orders anti join base.fct_orders using (order_id)")
    assert added.fetchall() == [("test",)]
    assert number(both, "select count(*) from base.fct_orders where status = 'test'") == 0
    wrong = "abs(h.amount_eur - 100 * b.amount_eur) > 0.5"
    joined = "from base.fct_orders as b join head.fct_orders as h using (order_id)"
    assert number(both, f"select count(*) {joined} where {wrong}") == 0


def test_the_data_is_a_few_thousand_rows_with_nulls(both: duckdb.DuckDBPyConnection) -> None:
    for table, rows in {"customers": 2_000, "orders": 8_000, "order_lines": 20_000}.items():
        assert abs(number(both, f"select count(*) from raw.{table}") - rows) <= rows / 50
    for column in (
        "customers.country",
        "customers.newsletter",
        "orders.customer_id",
        "orders.coupon",
        "refunds.reason",
    ):
        table, name = column.split(".")
        nulls = number(both, f"select count(*) from raw.{table} where {name} is null")
        assert 0 < nulls < number(both, f"select count(*) from raw.{table}"), column


def test_production_is_what_main_builds(both: duckdb.DuckDBPyConnection) -> None:
    for model in MODELS:
        assert number(both, f"select count(*) from (from base.{model} except all from analytics.{model})") == 0
        assert number(both, f"select count(*) from (from analytics.{model} except all from base.{model})") == 0


def test_the_same_rows_and_commits_every_time(seen: Seen, somebody: Newcomer) -> None:
    somebody.run("demo")
    heads = ("for-each-ref", "--format=%(refname) %(objectname)")
    assert somebody.git(*heads) == seen.by.git(*heads)
    assert production(somebody.work / "datacanary-demo", "raw") == production(seen.folder, "raw")


def production(folder: Path, schema_name: str = "analytics") -> Rows:
    """Read every table of a schema, whole."""
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as warehouse:
        named = warehouse.execute("select table_name from duckdb_tables() where schema_name = ?", [schema_name])
        tables = [str(row[0]) for row in named.fetchall() if not str(row[0]).startswith("__dc_prev_")]
        return {
            table: cast(
                "list[tuple[object, ...]]", warehouse.execute(f"from {schema_name}.{table} order by all").fetchall()
            )
            for table in sorted(tables)
        }


@pytest.mark.thorough
def test_the_other_branch_passes_is_promoted_and_rolled_back(somebody: Newcomer) -> None:
    somebody.run("demo")
    folder = somebody.work / "datacanary-demo"
    before = production(folder)
    assert sorted(before) == sorted(MODELS)

    refused = somebody.run("promote", "last", at="datacanary-demo")
    assert refused.returncode == 4, "the branch with the bug must not be promoted"
    somebody.git("checkout", "--quiet", "add-refunds")
    checked = somebody.run("check", at="datacanary-demo")
    assert (checked.returncode, checked.stdout.split()[0]) == (0, "PASS"), checked.stdout + checked.stderr
    assert production(folder) == before

    promoted = somebody.run("promote", "last", at="datacanary-demo")
    assert promoted.returncode == 0, promoted.stderr
    after = production(folder)
    assert [(*row, None) for row in before["fct_orders"]] == [(*row[:-1], None) for row in after["fct_orders"]]
    assert any(row[-1] is not None for row in after["fct_orders"]), "something was refunded"
    assert any(row[-1] is None for row in after["fct_orders"]), "most orders were not"

    rolled_back = somebody.run("rollback", at="datacanary-demo")
    assert rolled_back.returncode == 0, rolled_back.stderr
    assert production(folder) == before


def test_the_three_printed_commands_can_be_pasted(somebody: Newcomer) -> None:
    shown = somebody.run("demo", "a shop's folder").stdout
    commands = re.findall(r"^    (\S.*)$", shown.partition("Three commands")[2], re.MULTILINE)
    assert len(commands) == 3
    before = production(somebody.work / "a shop's folder")
    pasted = somebody.start(["bash", "-e", "-c", "\n".join(commands)])
    assert pasted.returncode == 0, pasted.stderr
    words = ("diff --git a/models/fct_orders.sql", "PASS", "PROMOTED", "ROLLED BACK")
    assert [word for word in words if word not in pasted.stdout] == []
    assert production(somebody.work / "a shop's folder") == before


def test_it_needs_nothing_of_the_users_git_and_is_not_led_astray(seen: Seen, somebody: Newcomer) -> None:
    home = Path(somebody.environment["HOME"])
    hook = home / "hooks" / "pre-commit"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    settings = (
        f"[core]\nhooksPath = {hook.parent}\nautocrlf = true\n[commit]\ngpgSign = true\n"
        "[gpg]\nprogram = false\n[init]\ndefaultBranch = trunk\n[user]\nname = Somebody\n"
    )
    (home / ".gitconfig").write_text(settings, encoding="utf-8")
    elsewhere = somebody.work / "elsewhere"
    assert somebody.start(["git", "init", "--quiet", "elsewhere"]).returncode == 0
    variables = {
        "GIT_DIR": str(elsewhere / ".git"),
        "GIT_WORK_TREE": str(elsewhere),
        "GIT_INDEX_FILE": str(elsewhere / "index"),
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(home / "there-is-none.json"),
    }
    done = somebody.run("demo", **variables)
    assert done.returncode == 0, done.stderr
    assert somebody.git("rev-parse", "HEAD") == seen.by.git("rev-parse", "HEAD")
    assert sorted(entry.name for entry in elsewhere.iterdir()) == [".git"]


def test_a_folder_with_something_in_it_is_refused_and_kept(somebody: Newcomer) -> None:
    folder = somebody.work / "datacanary-demo"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    done = somebody.run("demo")
    assert (done.returncode, done.stdout) == (2, "")
    assert "datacanary-demo: The folder for the demo is not empty." in done.stderr
    assert "datacanary demo some-other-folder" in done.stderr
    assert [entry.name for entry in folder.iterdir()] == ["mine.txt"]
    file = somebody.run("demo", "datacanary-demo/mine.txt")
    assert (file.returncode, "this is none" in file.stderr) == (2, True)
    assert (folder / "mine.txt").read_text("utf-8") == "mine"


def test_an_empty_folder_will_do_and_quiet_is_quiet(somebody: Newcomer) -> None:
    (somebody.work / "empty").mkdir()
    done = somebody.run("demo", ".", "--quiet", "--config", "nowhere.yml", at="empty")
    assert (done.returncode, done.stderr) == (0, "")
    assert (somebody.work / "empty" / "warehouse.duckdb").is_file()


@pytest.mark.parametrize("there", [False, True], ids=["new", "empty"])
def test_a_demo_that_fails_leaves_nothing(somebody: Newcomer, there: bool) -> None:  # noqa: FBT001 -- a parameter
    occupied = somebody.work / "occupied"
    occupied.write_text("", encoding="utf-8")
    if there:
        (somebody.work / "shop").mkdir()
    done = somebody.run("demo", "shop", DATACANARY_HOME=str(occupied))
    assert done.returncode == 2
    assert "DATACANARY_HOME" in done.stderr
    assert sorted(path.name for path in somebody.work.rglob("*")) == ["occupied", *(["shop"] if there else [])]


def test_without_git_it_says_so_and_makes_nothing(somebody: Newcomer) -> None:
    done = somebody.run("demo", PATH=str(somebody.work))
    assert done.returncode == 2
    assert "git was not found" in done.stderr
    assert list(somebody.work.iterdir()) == []


def test_where_nothing_can_be_written_it_says_so(somebody: Newcomer) -> None:
    (somebody.work / "file").write_text("", encoding="utf-8")
    done = somebody.run("demo", "file/below")
    assert (done.returncode, done.stdout) == (2, "")
    assert "The demo cannot be written: " in done.stderr
    assert "Traceback" not in done.stderr
