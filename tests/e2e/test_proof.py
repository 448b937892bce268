"""What the change cannot reach and yet differs: ties of a window beside a change of another column."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from program import Place, make_place

CONFIG = """\
version: 1
warehouse: duckdb:///w.duckdb
production: shop
defaults: {values_changed: {warn: "> 0", fail: "> 100%"}, rows_added: {fail: "> 100%"}, rows_removed: {fail: "> 100%"}}
tables: {ranks: {key: [id]}}
"""

BASE = """\
select
  id,
  row_number() over (order by day) as place,
  amount * 2 as price
from raw.orders
"""
# A new column, looked up by a key that is unique. The database walks the many fees and looks the few orders up, so the
# rows come in another order, and among orders of one day others are first.
HEAD = """\
select
  id,
  row_number() over (order by day) as place,
  amount * 3 as price,
  fee
from raw.orders left join (select id, sum(fee) as fee from raw.fees group by id) using (id)
"""
CHECK = ("check", "--no-statistics", "--format", "json")
TIES = "ties in row_number() over (order by day), models/ranks.sql:3"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Give a repository whose branch changes a price, and sorts."""
    place = make_place(tmp_path)
    with duckdb.connect(str(place.folder / "w.duckdb")) as warehouse:
        warehouse.execute("create schema raw")
        warehouse.execute(
            "create table raw.orders as "
            "select i as id, i % 7 as day, 1 + i * 37 % 101 as amount from range(200) as numbers (i)"
        )
        warehouse.execute("create table raw.fees as select 4999 - i as id, i % 11 as fee from range(5000) as n (i)")
    place.commit({"datacanary.yml": CONFIG, ".gitignore": "/w.duckdb\n", "models/ranks.sql": BASE})
    place.commit({"models/ranks.sql": HEAD}, branch="dearer")
    return place


def test_it_is_inconclusive_and_names_the_ties(place: Place) -> None:
    found = place.run(*CHECK)
    assert found.exit_code == 3, found
    (proof,) = [check for check in found.json["checks"] if check["check"] == "proof"]
    assert (proof["table"], proof["column"], proof["status"]) == ("ranks", "place", "inconclusive")
    assert f"which this change of the code cannot do: it may be noise ({TIES}), which --noise-check" in proof["message"]
    judged = {(check["check"], check["column"]): check["status"] for check in found.json["checks"]}
    assert judged["values_changed", "place"] == judged["values_changed", "price"] == "warn"
    (table,) = found.json["tables"]
    assert {"id", "place"} == set(table["impact"]["equal"])
    impact = {one["name"]: one["change"] for one in table["impact"]["columns"]}
    assert impact == {"price": "changed", "fee": "added"}
    changed = {column["name"]: column["changed"] for column in table["columns"]}
    assert proof["value"] == changed["place"] / 200 > 0.5
    # What is stored says the same, and what people read names it first.
    shown = place.run("report", "last")
    assert shown.stdout.startswith("INCONCLUSIVE  ranks: place changed in ")
    assert "  can   only price can differ; fee is new; the rows and 2 other columns cannot\n" in shown.stdout
    assert place.run("promote", "last").exit_code == 4


def test_what_two_builds_of_base_differ_by_explains_it(place: Place) -> None:
    found = place.run(*CHECK, "--noise-check")
    assert found.exit_code == 0, found
    assert [check for check in found.json["checks"] if check["check"] == "proof"] == []
    (table,) = found.json["tables"]
    assert table["noise"]["cells"].keys() == {"place"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(lambda text: text.replace("order by day", "order by day, id"), id="no ties"),
        pytest.param(lambda text: text.replace("left join", "join"), id="other rows"),
    ],
)
def test_what_does_not_differ_or_can_differ_is_no_contradiction(place: Place, text: Callable[[str], str]) -> None:
    place.git("switch", "--quiet", "main")
    place.commit({"models/ranks.sql": text(BASE)})
    place.commit({"models/ranks.sql": text(HEAD)}, branch="other")
    found = place.run(*CHECK)
    assert found.exit_code == 0, found
    assert [check for check in found.json["checks"] if check["check"] == "proof"] == []
    (price,) = [one for one in found.json["tables"][0]["columns"] if one["name"] == "price"]
    assert price["changed"] > 0


def test_the_plan_says_what_can_differ_and_draws_it(place: Place) -> None:
    told = place.run("plan")
    assert told.stdout.startswith("1 of 1 table can differ\n")
    assert "  ranks: only price can differ; fee is new; the rows and 2 other columns cannot\n" in told.stdout
    assert "the expression `amount * 2 as price` became `amount * 3 as price` (line 4)" in told.stdout
    drawn = place.run("plan", "--format", "mermaid")
    assert drawn.stdout.startswith('flowchart LR\n  n0["ranks"]:::changed\n')
    assert place.run("plan", "--format", "mermaid", "--output", "plan.mmd").stdout == "plan in plan.mmd\n"
    assert (place.folder / "plan.mmd").read_text("utf-8") == drawn.stdout
    place.git("switch", "--quiet", "main")
    assert place.run("plan").stdout.splitlines()[0] == "nothing can have changed: no table is affected"
    assert "PASS  nothing can have changed: no table is affected" in place.run("check").stdout
