"""What earlier plans worked out is used again, by content: it changes the time that a plan takes, never the plan."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from program import Place, make_place

CONFIG = "version: 1\nwarehouse: duckdb:///shop.duckdb\nproduction: analytics\n"
MODELS = {
    "models/orders.sql": "SELECT id, customer, amount::DOUBLE AS amount, random() AS lot FROM raw.orders\n",
    "models/spent.sql": "SELECT customer, sum(amount) AS spent, max(lot) AS lot FROM orders GROUP BY ALL\n",
    "models/top.sql": "SELECT *, row_number() OVER (ORDER BY spent DESC) AS place FROM spent LIMIT 3\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Place:
    """Make a project whose head differs from base in one model."""
    place = make_place(tmp_path)
    with duckdb.connect(str(place.folder / "shop.duckdb")) as connection:
        connection.execute("CREATE SCHEMA raw; CREATE SCHEMA analytics")
        connection.execute(
            "CREATE TABLE raw.orders AS SELECT i AS id, i % 9 AS customer, i AS amount FROM range(90) t(i)"
        )
    place.commit({".gitignore": "*.duckdb\n", "datacanary.yml": CONFIG, **MODELS})
    (place.folder / "models/spent.sql").write_text(MODELS["models/spent.sql"].replace("sum", "max"), "utf-8")
    return place


def remembered(place: Place) -> Path:
    (file,) = place.home.glob("*/remembered.sqlite")
    return file


def test_a_plan_that_is_remembered_is_the_same(shop: Place) -> None:
    first = shop.run("plan", "--base", "main", "--format", "json")
    assert first.exit_code == 0, first.stderr
    assert remembered(shop).stat().st_mode & 0o077 == 0
    assert shop.run("plan", "--base", "main", "--format", "json").json == first.json
    # Neither does it hide what has changed since: another change is planned as with nothing remembered.
    text = MODELS["models/top.sql"].replace("3", "2")
    (shop.folder / "models/top.sql").write_text(text, "utf-8")
    later = shop.run("plan", "--base", "main", "--format", "json").json
    remembered(shop).unlink()
    assert shop.run("plan", "--base", "main", "--format", "json").json == later != first.json


@pytest.mark.parametrize("how", ["damaged", "in the way"])
def test_what_cannot_be_remembered_changes_nothing_and_only_verbose_tells(shop: Place, how: str) -> None:
    first = shop.run("plan", "--base", "main")
    file = remembered(shop)
    file.unlink()
    if how == "damaged":
        file.write_bytes(b"nonsense" * 1000)
    else:
        file.mkdir()
    told = shop.run("plan", "--base", "main", "--verbose")
    assert (told.exit_code, told.stdout) == (first.exit_code, first.stdout)
    assert "what earlier runs worked out" in told.stderr
    quiet = shop.run("plan", "--base", "main")
    assert (quiet.exit_code, quiet.stdout, quiet.stderr) == (first.exit_code, first.stdout, first.stderr)


def test_no_text_of_a_query_and_no_cell_is_kept(shop: Place) -> None:
    said = "hunter2 is the word"
    text = f"SELECT *, '{said}' AS word FROM orders WHERE customer <> 7 -- {said}\n"
    (shop.folder / "models/top.sql").write_text(text, "utf-8")
    assert shop.run("check", "--base", "main").exit_code in {0, 1, 3}
    assert said.encode() not in remembered(shop).read_bytes()
