"""What somebody meets in the first hour: init, doctor, validate, plan, and errors that say what to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from program import Place, make_place

ORDERS = "SELECT id AS order_id, customer, cents / 100 AS amount FROM raw.orders WHERE status <> 'test'\n"
DAILY = "SELECT customer, country, sum(amount) AS spent FROM orders JOIN countries USING (customer) GROUP BY ALL\n"
CONFIG = (
    "version: 1\nwarehouse: duckdb:///shop.duckdb\nproduction: analytics\nsources:\n  countries: data/countries.csv\n"
)


@pytest.fixture
def shop(tmp_path: Path) -> Place:
    """Make a project without a config: two models, a warehouse, a data file."""
    place = make_place(tmp_path)
    with duckdb.connect(str(place.folder / "shop.duckdb")) as connection:
        connection.execute("CREATE SCHEMA raw; CREATE SCHEMA analytics")
        connection.execute(
            "CREATE TABLE raw.orders AS SELECT i AS id, i % 10 AS customer, i * 10 AS cents, "
            "CASE WHEN i % 20 = 0 THEN 'test' ELSE 'paid' END AS status FROM range(200) AS t(i)"
        )
        connection.execute("CREATE TABLE analytics.orders AS SELECT 1 AS order_id")
    countries = "customer,country\n" + "".join(f"{number},C{number % 3}\n" for number in range(10))
    place.commit(
        {
            ".gitignore": "*.duckdb\n",
            "models/orders.sql": ORDERS,
            "models/daily.sql": DAILY,
            "data/countries.csv": countries,
        }
    )
    return place


def test_init_writes_a_config_that_works_and_never_overwrites(shop: Place) -> None:
    done = shop.run("init")
    assert done.exit_code == 0, done.stderr
    assert "warehouse   duckdb:///shop.duckdb" in done.stdout
    assert "production  schema analytics" in done.stdout
    assert "countries: data/countries.csv" in done.stdout
    written = (shop.folder / "datacanary.yml").read_text("utf-8")
    shop.commit({})
    shop.write({"models/orders.sql": ORDERS.replace("<>", "=")})
    assert shop.run("check").exit_code == 1
    again = shop.run("init")
    assert again.exit_code == 2
    assert "never overwrites" in again.stderr
    assert (shop.folder / "datacanary.yml").read_text("utf-8") == written


def test_init_in_a_dbt_project_without_a_profile_says_so(shop: Place) -> None:
    shop.commit({"dbt_project.yml": "name: x\nprofile: x\n", "profiles.yml": "y: {}\n"})
    done = shop.run("init")
    assert done.exit_code == 2
    assert "There is no profile 'x'" in done.stderr
    assert not (shop.folder / "datacanary.yml").exists()


def test_init_in_a_dbt_project_leaves_the_warehouse_to_dbt(shop: Place) -> None:
    profile = "x: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb, schema: marts}}}\n"
    shop.commit({"dbt_project.yml": "name: x\nprofile: x\n", "profiles.yml": profile})
    done = shop.run("init")
    assert done.exit_code == 0, done.stderr
    assert "schema marts" in done.stdout
    written = (shop.folder / "datacanary.yml").read_text("utf-8")
    assert "kind: dbt" in written
    assert "warehouse" not in written


def test_init_keeps_folders_that_only_sort_files_out_of_the_names(shop: Place) -> None:
    shop.git("mv", "models/orders.sql", "models/daily.sql", "data")
    shop.commit({"models/core/orders.sql": ORDERS, "models/core/daily.sql": DAILY})
    shop.git("rm", "--quiet", "--force", "data/orders.sql", "data/daily.sql")
    assert shop.run("init").exit_code == 0
    shop.commit({})
    plan = json.loads(shop.run("plan", "--format", "json").stdout)
    assert [table["name"] for table in plan["tables"]] == ["daily", "orders"]


def test_doctor_is_content_with_a_good_project(shop: Place) -> None:
    shop.commit({"datacanary.yml": CONFIG})
    done = shop.run("doctor")
    assert done.exit_code == 0
    assert "BAD" not in done.stdout


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            {"datacanary.yml": CONFIG.replace("shop.duckdb", "shap.duckdb")},
            "shap.duckdb: The DuckDB file does not exist.",
        ),
        ({"datacanary.yml": CONFIG.replace("countries.csv", "cuntries.csv")}, "no file for analytics.countries"),
        ({"datacanary.yml": CONFIG, "models/daily.sql": "SELECT FROM WHERE"}, "models/daily.sql:1"),
        ({"datacanary.yml": CONFIG + "defualts: {}\n"}, "Unknown key 'defualts'"),
        ({"datacanary.yml": CONFIG.replace("shop.duckdb", "models/daily.sql")}, "is not a DuckDB database"),
    ],
)
def test_doctor_finds_what_is_wrong(shop: Place, files: dict[str, str], told: str) -> None:
    shop.commit(files)
    done = shop.run("doctor")
    assert done.exit_code == 2
    assert told in done.stdout
    assert "BAD" in done.stdout


def test_a_config_that_is_only_in_head_is_used_for_both_when_it_is_named(shop: Place) -> None:
    shop.write({"datacanary.yml": CONFIG, "models/orders.sql": ORDERS.replace("/ 100", "* 1.0")})
    hook = shop.run("validate")
    assert hook.exit_code == 0
    assert "head's is used for both" in hook.stdout
    refused = shop.run("check")
    assert refused.exit_code == 2
    assert "datacanary.yml exists only in head" in refused.stderr
    assert "--config datacanary.yml" in refused.stderr
    used = shop.run("check", "--config", "datacanary.yml", "--format", "json")
    assert used.exit_code == 1
    assert json.loads(used.stdout)["run"]["notes"] == [
        "datacanary.yml is not in base: head's is used for both, its limits too"
    ]


def test_a_config_that_head_deletes_is_an_error(shop: Place) -> None:
    shop.commit({"datacanary.yml": CONFIG})
    shop.git("rm", "--quiet", "datacanary.yml")
    assert "the working tree deletes it" in shop.run("check").stderr
    shop.git("checkout", "--quiet", "-b", "gone")
    shop.git("commit", "--quiet", "-m", "drop the config")
    shop.write({"datacanary.yml": CONFIG})
    done = shop.run("check", "--head", "gone")
    assert done.exit_code == 2
    assert "exists only in base" in done.stderr


def test_limits_come_from_base_and_expectations_from_head(shop: Place) -> None:
    shop.commit({"datacanary.yml": CONFIG})
    relaxed = CONFIG + "defaults: {values_changed: pass, type_changed: pass, rows_removed: pass}\n"
    shop.write({"datacanary.yml": relaxed, "models/orders.sql": ORDERS.replace("/ 100", "/ 10")})
    assert shop.run("check").exit_code == 1
    changed = "".join(
        f"  - {{table: {table}, columns: [{column}], values_changed: '0% .. 100%', reason: 'DATA-1'}}\n"
        for table, column in (("orders", "amount"), ("daily", "spent"))
    )
    shop.write({"datacanary.yml": f"{relaxed}expect:\n{changed}"})
    # Ten times as much is declared as changed cells, not as another distribution.
    assert shop.run("check").exit_code == 1
    declared = changed.replace("100%'", "100%', shape: '<= 100%', distance: '<= 1000'")
    shop.write({"datacanary.yml": f"{relaxed}expect:\n{declared}"})
    done = shop.run("check", "--format", "json")
    assert done.exit_code == 0, done.stdout
    messages = [check["message"] for check in json.loads(done.stdout)["checks"] if check["check"] == "values_changed"]
    assert any(message.endswith("as declared (0% .. 100%): DATA-1") for message in messages)


def test_a_missing_variable_is_told_where_the_warehouse_is_opened_but_not_by_validate(shop: Place) -> None:
    shop.commit({"datacanary.yml": CONFIG.replace("shop.duckdb", "${SHOP_DB}")})
    assert shop.run("validate").exit_code == 0
    done = shop.run("check")
    assert done.exit_code == 2
    assert "datacanary.yml:2" in done.stderr
    assert "SHOP_DB" in done.stderr
    assert shop.run("check", SHOP_DB="shop.duckdb").exit_code == 0


def test_select_compares_only_what_was_asked_for_and_says_so(shop: Place) -> None:
    shop.commit({"datacanary.yml": CONFIG})
    shop.write({"models/orders.sql": ORDERS.replace("<>", "=")})
    result = json.loads(shop.run("check", "--select", "daily", "--format", "json").stdout)
    assert [table["name"] for table in result["tables"]] == ["daily"]
    assert result["run"]["notes"] == ["not selected, so not compared: orders"]
    unknown = shop.run("check", "--select", "dayly")
    assert unknown.exit_code == 2
    assert "Did you mean daily?" in unknown.stderr


def test_output_writes_the_report_whole_and_keeps_the_exit_code(shop: Place) -> None:
    shop.commit({"datacanary.yml": CONFIG})
    shop.write({"models/orders.sql": ORDERS.replace("<>", "=")})
    done = shop.run("check", "--format", "json", "--output", "../result.json")
    assert done.exit_code == 1
    assert json.loads((shop.folder.parent / "result.json").read_text("utf-8"))["verdict"]["status"] == "fail"
    assert done.stdout.splitlines()[-1] == "report in ../result.json"
    lost = shop.run("check", "--output", "../nowhere/result.json")
    assert lost.exit_code == 1
    assert "cannot be written" in lost.stderr
    assert lost.stdout.startswith("FAIL  ")


def test_a_reader_that_stops_reading_does_not_change_the_exit_code(shop: Place) -> None:
    shop.commit({"datacanary.yml": CONFIG})
    shop.write({"models/orders.sql": ORDERS.replace("<>", "=")})
    command = f"{sys.executable} -m datacanary check --quiet | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=shop.folder, env=shop.environment, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_results_are_on_stdout_and_progress_on_stderr(shop: Place) -> None:
    shop.commit({"datacanary.yml": CONFIG})
    shop.write({"models/orders.sql": ORDERS.replace("<>", "=")})
    done = shop.run("check", "--verbose")
    assert done.stdout.startswith("FAIL  ")
    assert "compared orders: " in done.stderr
    assert "in the warehouse's builds" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert shop.run("check", "--quiet").stderr == ""


def test_in_a_pull_request_of_github_head_is_its_commit(shop: Place) -> None:
    shop.commit({"datacanary.yml": CONFIG})
    shop.git("checkout", "--quiet", "-b", "feature")
    shop.commit({"models/orders.sql": ORDERS.replace("<>", "=")})
    sha = shop.git("rev-parse", "HEAD")
    shop.git("checkout", "--quiet", "main")
    event = shop.folder.parent / "event.json"
    event.write_text(json.dumps({"pull_request": {"head": {"sha": sha, "ref": "feature"}}}), "utf-8")
    github = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request"}
    done = shop.run("check", "--format", "json", GITHUB_EVENT_PATH=str(event), **github)
    assert done.exit_code == 1
    assert json.loads(done.stdout)["run"]["head"] == {"ref": "feature", "sha": sha, "dirty": False}


def test_a_stored_run_is_rendered_again(shop: Place) -> None:
    shop.commit({"datacanary.yml": CONFIG})
    shop.write({"models/orders.sql": ORDERS.replace("<>", "=")})
    first = shop.run("check", "--format", "json").stdout
    assert shop.run("report", "last", "--format", "json").stdout == first
    run_id = json.loads(first)["run"]["id"]
    assert shop.run("report", run_id[-7:]).stdout.startswith("FAIL  ")
    unknown = shop.run("report", "nope")
    assert unknown.exit_code == 2
    assert run_id in unknown.stderr


def test_values_of_cells_are_shown_only_where_base_allows_it(shop: Place) -> None:
    masks = "samples: {show: allowed, allow: [orders.customer]}\ntables: {orders: {key: [order_id]}}\n"
    shop.commit({"datacanary.yml": CONFIG + masks})
    dearer = ORDERS.replace("customer,", "customer + 5 AS customer,").replace("/ 100", "/ 10")
    shop.write({"models/orders.sql": dearer})
    orders = {t["name"]: t for t in json.loads(shop.run("check", "--format", "json").stdout)["tables"]}["orders"]
    sample = next(row for row in orders["samples"] if row["kind"] == "changed")
    assert sample["key"] == {"order_id": 1}
    assert (sample["base"], sample["head"]) == ({"customer": 1}, {"customer": 6})
    assert sample["columns"] == ["customer", "amount"]
    shop.commit({"datacanary.yml": CONFIG + "samples: {show: none}\n", "models/orders.sql": ORDERS})
    shop.write({"models/orders.sql": ORDERS.replace("/ 100", "/ 10")})
    tables = json.loads(shop.run("check", "--format", "json").stdout)["tables"]
    assert [table["samples"] for table in tables] == [[], []]


def test_a_query_that_cannot_be_pointed_elsewhere_fails_alone(shop: Place) -> None:
    nameless = "SELECT order_id, (SELECT max(amount) FROM orders) FROM orders\n"
    shop.commit({"datacanary.yml": CONFIG, "models/nameless.sql": nameless})
    shop.write({"models/orders.sql": ORDERS.replace("<>", "=")})
    done = shop.run("check", "--format", "json")
    tables = {table["name"]: table for table in json.loads(done.stdout)["tables"]}
    assert tables["nameless"]["failed"]
    assert "models/nameless.sql:1" in tables["nameless"]["reason"]
    assert tables["orders"]["rows"]["removed"] == 190


def test_a_key_that_head_renames_falls_back_to_whole_rows_and_says_so(shop: Place) -> None:
    shop.commit({"datacanary.yml": CONFIG + "tables: {orders: {key: [order_id]}}\n"})
    shop.write({"models/orders.sql": ORDERS.replace("AS order_id", "AS number")})
    result = json.loads(shop.run("check", "--select", "orders", "--format", "json").stdout)
    table = result["tables"][0]
    assert table["comparison"] == "keyless"
    assert table["rows"] == {"base": 190, "head": 190, "added": 0, "removed": 0, "changed": None, "unchanged": 190}
    assert "the key column order_id of the config is not on both sides: whole rows are compared" in table["notes"]
    assert result["verdict"]["status"] == "fail"


def test_input_that_nobody_can_hold_still_makes_a_pass_inconclusive(shop: Place) -> None:
    version = "SELECT 1 AS id, library_version FROM pragma_version()\n"
    shop.commit({"datacanary.yml": CONFIG, "models/version.sql": version})
    shop.write({"models/version.sql": f"{version} WHERE true"})
    done = shop.run("check", "--format", "json")
    result = json.loads(done.stdout)
    assert done.exit_code == 3
    assert result["run"]["inputs"] == {"pinned": False, "how": "models/version.sql reads pragma_version()"}
    assert [check["check"] for check in result["checks"] if check["status"] != "pass"] == ["inputs"]
    assert result["verdict"]["summary"].startswith("both versions may have read different input")


def test_a_check_does_not_import_pandas_which_arrow_does_where_it_is_installed(shop: Place, tmp_path: Path) -> None:
    shop.commit({"datacanary.yml": CONFIG})
    shop.commit({"models/orders.sql": ORDERS.replace("<>", "=")}, branch="other")
    pandas = tmp_path / "packages" / "pandas"
    pandas.mkdir(parents=True)
    (pandas / "__init__.py").write_text(f"open({str(tmp_path / 'imported')!r}, 'w').close()\nraise ImportError\n")
    check = shop.start("check", PYTHONPATH=os.pathsep.join([str(pandas.parent), os.environ.get("PYTHONPATH", "")]))
    report, errors = check.communicate()
    assert check.returncode == 1, errors
    assert "orders" in report
    assert not (tmp_path / "imported").exists()
