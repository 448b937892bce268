"""A query that our parser cannot read and DuckDB can: it is built and compared in full, and named with its line."""

from pathlib import Path

import duckdb
import pytest
from program import Completed, Place, make_place

CONFIG = """\
version: 1
project: {kind: sql, path: models}
warehouse: duckdb:///warehouse.duckdb
production: analytics
base: main
"""
MODELS = {
    "sales": "SELECT id, year, amount, city FROM raw.sales\n",
    "by_city": "PIVOT sales ON year\nUSING sum(amount) GROUP BY city ORDER BY city\n",
    "total": 'SELECT sum("2024") AS total FROM by_city\n',
    "plain": "SELECT id, city FROM sales\n",
}
SAID = "only the warehouse reads this query, so that nobody knows what changes do to it and to what reads it."


@pytest.fixture
def shop(tmp_path: Path) -> Place:
    place = make_place(tmp_path)
    with duckdb.connect(str(place.folder / "warehouse.duckdb")) as connection:
        connection.execute("CREATE SCHEMA raw; CREATE SCHEMA analytics")
        connection.execute(
            "CREATE TABLE raw.sales AS SELECT range AS id, 2023 + range % 2 AS year, range * 3 % 10 AS amount,"
            " ['Rome', 'Graz'][1 + range % 3 // 2] AS city FROM range(40)"
        )
    files = {f"models/{name}.sql": text for name, text in MODELS.items()}
    place.commit({"datacanary.yml": CONFIG, ".gitignore": "*.duckdb*\n"} | files)
    return place


def check(shop: Place, name: str, text: str) -> Completed:
    shop.commit({f"models/{name}.sql": text}, branch="feature")
    return shop.run("check", "--head", "feature", "--format", "json")


def comparisons(done: Completed) -> dict[str, str]:
    return {table["name"]: table["comparison"] for table in done.json["tables"]}


def test_it_passes_validation_with_a_note(shop: Place) -> None:
    done = shop.run("validate")
    assert done.exit_code == 0, done.stderr
    assert "4 models are valid" in done.stdout
    assert f"note: models/by_city.sql:2:33: {SAID} The text does not parse near 'ORDER BY'" in done.stderr
    assert SAID not in done.stdout
    assert SAID not in shop.run("validate", "--quiet").stderr


def test_what_changes_in_it_is_compared_and_so_is_what_reads_it(shop: Place) -> None:
    done = check(shop, "by_city", MODELS["by_city"].replace("sum(amount)", "sum(amount + 1)"))
    assert done.exit_code in {0, 1}, done.stderr
    tables = {table["name"]: table for table in done.json["tables"]}
    assert tables["by_city"]["comparison"] in {"keyed", "keyless"}
    assert tables["total"]["comparison"] in {"keyed", "keyless"}
    rows = tables["by_city"]["rows"]
    assert any(rows[kind] for kind in ("added", "removed", "changed"))
    assert tables["plain"]["comparison"] == "unaffected"
    assert any(note.startswith(f"models/by_city.sql:2:37: {SAID}") for note in done.json["run"]["notes"])


def test_what_it_reads_reaches_it_whatever_changed(shop: Place) -> None:
    done = check(shop, "sales", "SELECT id, year, amount, city, 1 AS more FROM raw.sales\n")
    found = comparisons(done)
    assert found["plain"] == "unaffected"
    assert {found["by_city"], found["total"]}.isdisjoint({"unaffected", "not_compared"})


def test_where_nothing_reaches_it_it_is_not_built(shop: Place) -> None:
    done = check(shop, "plain", "SELECT id, upper(city) AS city FROM sales\n")
    found = comparisons(done)
    assert (found["by_city"], found["total"]) == ("unaffected", "unaffected")


def test_the_plan_says_why(shop: Place) -> None:
    shop.commit({"models/by_city.sql": MODELS["by_city"] + "LIMIT 1\n"}, branch="feature")
    told = shop.run("plan", "--head", "feature").stdout
    assert "models/by_city.sql:2" in told
    assert "The text does not parse near" in told


def test_what_neither_reads_is_an_error_with_its_place(shop: Place) -> None:
    shop.commit({"models/by_city.sql": "PIVOT sales ON year\nUSING ORDER BY BY city\n"}, branch="feature")
    for command in ("validate", "plan", "check"):
        done = shop.run(command, "--head", "feature")
        assert done.exit_code == 2
        assert "models/by_city.sql:2:" in done.stderr
        assert SAID not in done.stderr
