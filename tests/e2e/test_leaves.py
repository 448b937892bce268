"""The columns of what a project reads from outside."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from program import Place, make_place

from datacanary.model.basic import Column, Pair, Side
from datacanary.model.leaf import LeafColumns
from datacanary.pipeline.choosing import choose_versions
from datacanary.pipeline.home import Asked, open_warehouse
from datacanary.pipeline.leaves import Leaves
from datacanary.pipeline.versions import Versions, read_plain_sql
from datacanary.warehouse.duckdb import warehouse as duckdb_warehouse

CONFIG = """\
version: 1
warehouse: duckdb:///shop.duckdb
production: analytics
sources:
  raw.rates: data/rates.csv
  raw.gone: data/gone.csv
  raw.days: seeds/days.csv
"""
FILES = {
    "datacanary.yml": CONFIG,
    ".gitignore": "*.duckdb*\n/data/\n",
    "seeds/days.csv": "day,open\n2026-01-01,true\n",
    "seeds/plain.csv": "1;x\n2;y\n",
    "models/a.sql": "SELECT *\nFROM raw.Orders JOIN raw.rates USING (country) JOIN others USING (id), raw.nope\n",
    "models/b.sql": "SELECT * FROM raw.days JOIN 'seeds/days.csv' USING (day)\n",
    "models/c.sql": "SELECT\n  * FROM read_csv('seeds/p*.csv', names = ['i', 't'], header = false, delim = ';')\n",
    "models/d.sql": "SELECT * FROM raw.gone\n",
    "models/e.sql": "SELECT * FROM raw.seen\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Place:
    place = make_place(tmp_path)
    with duckdb.connect(str(place.folder / "shop.duckdb")) as connection:
        connection.execute("CREATE SCHEMA raw; CREATE SCHEMA analytics")
        connection.execute("CREATE TABLE raw.orders (id INT, country VARCHAR COLLATE nocase, amount DECIMAL(12, 2))")
        connection.execute("CREATE TABLE main.others (id INT, main BOOLEAN); CREATE TABLE analytics.others (id BIGINT)")
        connection.execute("CREATE VIEW raw.seen AS SELECT id, country FROM raw.orders")
    (place.folder / "data").mkdir()
    (place.folder / "data" / "rates.csv").write_text("country,rate\nat,1.5\n")
    place.commit(FILES)
    return place


def read(shop: Place) -> Versions:
    asked = Asked(start=shop.folder, environ=shop.environment, base="HEAD")
    return read_plain_sql(choose_versions(asked), asked)


def columns(shop: Place, side: Side = "head", versions: Versions | None = None) -> dict[str, LeafColumns]:
    found = versions or read(shop)
    leaves = Leaves(found, lambda: open_warehouse(found.configs.head, found.home, shop.environment))
    answers = leaves.columns(side, found.projects.of(side).models.values())
    return {str(leaf): answer for leaf, answer in answers.items()}


def told(answer: LeafColumns) -> list[str]:
    assert answer.columns is not None, answer.problem
    return [f"{column.name} {column.type}" for column in answer.columns]


def test_every_kind_of_leaf_has_its_columns(shop: Place) -> None:
    found = columns(shop)
    assert told(found["raw.orders"]) == ["id integer", "country varchar collate nocase", "amount decimal(12,2)"]
    assert told(found["others"]) == ["id bigint"]
    assert told(found["raw.seen"]) == ["id integer", "country varchar collate unknown"]
    assert told(found["raw.rates"]) == ["country varchar", "rate double"]
    assert told(found["raw.days"]) == told(found["seeds/days.csv"]) == ["day date", "open boolean"]
    (call,) = [text for text in found if text.startswith("read_csv(")]
    assert told(found[call]) == ["i bigint", "t varchar"]


def test_what_cannot_be_read_says_where_it_is_named(shop: Place) -> None:
    found = columns(shop)
    assert found["raw.nope"] == LeafColumns(None, "models/a.sql:2: raw.nope is not in the warehouse.")
    assert found["raw.gone"] == LeafColumns(None, "datacanary.yml:6: No file matches data/gone.csv.")
    (shop.folder / "seeds" / "days.csv").unlink()
    problem = columns(shop)["seeds/days.csv"].problem
    assert problem == 'models/b.sql:1: IO Error: No files found that match the pattern "seeds/days.csv"'


def test_types_are_those_that_a_run_would_have(shop: Place) -> None:
    late = "".join(f"at,{number}\n" for number in range(30_000))
    (shop.folder / "data" / "rates.csv").write_text(f"country,rate\n{late}de,much\n")
    assert told(columns(shop)["raw.rates"]) == ["country varchar", "rate varchar"]


def test_each_version_has_its_own_files(shop: Place) -> None:
    shop.write({"seeds/days.csv": "day,note,open\n2026-01-01,x,1\n"})
    found = Pair(base=columns(shop, "base"), head=columns(shop, "head"))
    assert told(found.base["raw.days"]) == told(found.base["seeds/days.csv"]) == ["day date", "open boolean"]
    assert told(found.head["raw.days"]) == told(found.head["seeds/days.csv"])
    assert told(found.head["raw.days"]) == ["day date", "note varchar", "open bigint"]


def test_a_cut_edge_reads_production(shop: Place) -> None:
    cut = CONFIG + 'project: {kind: sql, cut: ["others -> others"]}\n'
    shop.write({"datacanary.yml": cut, "models/others.sql": "SELECT id FROM others\n"})
    found = read(shop)
    assert told(columns(shop, "head", found)["analytics.others"]) == ["id bigint"]


def test_columns_are_read_once(shop: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    first = columns(shop)

    def refuse(*_: object) -> tuple[Column, ...]:
        raise AssertionError

    with monkeypatch.context() as patched:
        patched.setattr(duckdb_warehouse, "columns_of_rows", refuse)
        patched.setattr(duckdb_warehouse, "columns_of_tables", refuse)
        (shop.folder / "data" / "gone.csv").unlink(missing_ok=True)
        again = columns(shop, "base")
    assert again == first
    with duckdb.connect(str(shop.folder / "shop.duckdb")) as connection:
        connection.execute("ALTER TABLE analytics.others ADD COLUMN new DATE; CREATE TABLE raw.nope (x INT)")
    (shop.folder / "data" / "rates.csv").write_text("country,rate,day\nat,1.5,2026-01-01\n")
    later = columns(shop)
    assert told(later["others"]) == ["id bigint", "new date"]
    assert told(later["raw.nope"]) == ["x integer"]
    assert told(later["raw.rates"]) == ["country varchar", "rate double", "day date"]


def test_a_warehouse_that_somebody_writes_to_leaves_its_tables_unknown(shop: Place) -> None:
    file = str(shop.folder / "shop.duckdb")
    holding = f"import duckdb, sys\nc = duckdb.connect({file!r})\nprint(flush=True)\nsys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        found = columns(shop)
        holder.communicate(b"")
    assert found["raw.orders"].columns is None
    assert found["raw.orders"].problem.startswith("models/a.sql:2: The DuckDB file is in use by ")
    assert told(found["raw.rates"]) == ["country varchar", "rate double"]
    # Nobody remembers that it was locked.
    assert told(columns(shop)["others"]) == ["id bigint"]


def test_without_a_warehouse_nothing_is_known(shop: Place) -> None:
    (shop.folder / "shop.duckdb").unlink()
    found = columns(shop)
    assert found["others"] == LeafColumns(None, "models/a.sql:2: The DuckDB file does not exist.")
    assert told(found["raw.days"]) == ["day date", "open boolean"]
