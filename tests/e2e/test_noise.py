"""`--noise-check` finds on a real DuckDB what differs by chance, and nothing else; and it leaves nothing behind."""

import signal
import time
from pathlib import Path

import duckdb
import pytest
from program import SECONDS, make_place
from shop import MODELS, Shop, make_shop

import datacanary as dc
from datacanary.model.noise import NoiseFloor
from datacanary.model.run import TableReport

ROWS = 20_000
"""So few that DuckDB works on them in one thread: only another order of rows brings chance to light."""

WAREHOUSE = f"""
create schema raw;
create schema analytics;
create table raw.events as
  select range::int as id, (range % {ROWS // 10})::int as g, (hash(range) % 1000) / 7.0::double as x,
    ((hash(range + 7) % 100000) / 100)::decimal(12, 2) as d, ['a', 'b', 'c', 'd'][1 + (hash(range + 3) % 4)::int] as s,
    (hash(range + 9) % 20)::int as t
  from range({ROWS});
create view raw.recent as select id, g from raw.events;
create table raw.mixed as select range as id, if(range = 0, '1', 'Smith') as word from range(1000);
create table analytics.grown as select id, g from raw.events;
"""

STABLE = {
    "staged": "select * from raw.events",
    "total_order": "select id, row_number() over (partition by g order by t, id) as v from staged",
    "decimal_sums": "select g, sum(d) as v from staged group by g",
    "tolerated_sums": "select g, sum(x) as v from staged group by g",
    "ignored": "select g, any_value(id) as v from staged group by g",
    "listed_in_order": "select g, string_agg(s, ',' order by id) as v from staged group by g",
    "first_in_order": "select id as g, x as v from staged order by id limit 1000",
    "sorted": "select id as g, id % 9 as h from staged order by h, g",
    "of_sorted": "select h as g, first(g) as v from sorted group by h",
}
"""Models whose rows say themselves what they are, so that no order of what they read can change them."""

LOST_KEY = "select g as id, any_value(t) as v from staged group by g"

UNSTABLE = {
    "ties": "select id as g, row_number() over (partition by g order by t) as v from staged",
    "double_sums": "select g, sum(x) as v from staged group by g",
    "latest": "select g, arg_max(id, t) as v from staged group by g",
    "some": "select g, any_value(id) as v from staged group by g",
    "listed": "select g, string_agg(s) as v from staged group by g",
    "viewed": "create view viewed as select g, any_value(id) as v from staged group by g",
    "of_a_view": "select g, first(r.id) as v from raw.recent as r semi join staged using (g) group by g",
    "of_csv": "select g, first(f.id) as v from raw.few as f semi join staged using (g) group by g",
    "of_parquet": "select g, first(f.id) as v from raw.many as f semi join staged using (g) group by g",
    "of_a_file": "select few.g, first(few.id) as v from 'data/few.csv' semi join staged using (g) group by few.g",
    "of_a_table": "select t % 3 as g, first(t) as v from counted group by 1",
    "grown": "select g, first(p.id) as v from analytics.grown as p semi join staged using (g) group by g",
    "clock": "select id as g, now() as v from staged where id < 100",
}
"""Models of which the cells of `v`, and of nothing else, come by chance."""

OTHERS = {
    "counted": "select t, count(*) as n from staged group by t",
    "first_rows": "select id as g, x as v from staged limit 1000",
    "sums_without_key": "select g, sum(x) as v from staged group by g",
    "broken_later": "select cast(first(word) as int) as g from raw.mixed where (select count(*) from staged) > 0",
    "of_broken": "select * from broken_later",
    "of_a_function": "select g, first(id) as v from read_csv('data/few.csv') semi join staged using (g) group by g",
    "of_no_key": LOST_KEY,
    "alone": "select any_value(id) as v from raw.events",
}

CONFIG = """\
version: 1
warehouse: duckdb:///w.duckdb
production: analytics
project: {cut: ["grown -> grown"]}
sources: {raw.few: data/few.csv, raw.many: data/many.parquet}
defaults: {float_tolerance: {rel: 0, abs: 0}}
tables:
  sums_without_key: {key: []}
"""
OPTIONS = {"tolerated_sums": ", columns: {v: {tolerance: 0.001}}", "ignored": ", columns: {v: ignore}"}
KEYS = "".join(
    f"  {name}: {{key: [g]{OPTIONS.get(name, '')}}}\n"
    for name in (*STABLE, *UNSTABLE, "first_rows", "of_a_function")
    if name != "staged"
)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TableReport]:
    """Check once a change that changes nothing, with the noise measured."""
    place = make_place(tmp_path_factory.mktemp("noise"))
    (place.folder / "data").mkdir()
    with duckdb.connect(str(place.folder / "w.duckdb")) as connection:
        connection.execute(WAREHOUSE)
        connection.execute(f"copy (select id, g from raw.events) to '{place.folder}/data/few.csv'")
        connection.execute(f"copy (select id, g from raw.events) to '{place.folder}/data/many.parquet'")
    place.write({".gitignore": "*.duckdb\n/data\n", "datacanary.yml": CONFIG + KEYS})
    every = STABLE | UNSTABLE | OTHERS
    place.commit({f"models/{name}.sql": f"{query}\n" for name, query in every.items()})
    change = {
        "models/staged.sql": "select * from raw.events where id >= 0\n",
        "models/of_no_key.sql": f"{LOST_KEY} union all select 0, 0\n",
        "models/new.sql": "from staged\n",
    }
    place.commit(change)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATACANARY_HOME", str(place.home))
        for variable in ("CI", "GITHUB_ACTIONS", "GITLAB_CI"):
            patch.delenv(variable, raising=False)
        report = dc.check(place.folder, base="HEAD~1", noise_check=True, statistics=False)
    return {table.name: table for table in report.tables}


def floor(table: TableReport) -> NoiseFloor:
    assert table.diff.noise is not None, table.diff.notes
    return table.diff.noise


@pytest.mark.parametrize("name", STABLE)
def test_what_does_not_come_by_chance_has_no_noise(name: str, tables: dict[str, TableReport]) -> None:
    assert floor(tables[name]) == NoiseFloor()


@pytest.mark.parametrize("name", UNSTABLE)
def test_what_comes_by_chance_is_measured(name: str, tables: dict[str, TableReport]) -> None:
    found = floor(tables[name])
    assert (found.rows_added, found.rows_removed) == (0, 0)
    assert found.cells.keys() == {"v"}
    assert 0.05 < found.cells["v"] <= 1
    assert found.unstable


@pytest.mark.parametrize("name", ["first_rows", "sums_without_key", "of_no_key"])
def test_rows_that_come_by_chance_are_measured(name: str, tables: dict[str, TableReport]) -> None:
    found = floor(tables[name])
    assert found.rows_added == found.rows_removed > 0.3
    assert found.cells == {}


def test_what_cannot_be_built_again_is_told_without_a_cell_and_has_no_floor(tables: dict[str, TableReport]) -> None:
    for name, told in (("broken_later", "Could not convert string"), ("of_broken", "it reads analytics.broken_later")):
        diff = tables[name].diff
        assert (diff.comparison, diff.noise) == ("keyless" if diff.key.columns == () else "keyed", None)
        assert not diff.failed
        (note,) = [note for note in diff.notes if "noise not measured" in note]
        assert told in note
        assert "Smith" not in note


def test_a_file_that_a_function_reads_is_told(tables: dict[str, TableReport]) -> None:
    (note,) = [note for note in tables["of_a_function"].diff.notes if "noise check" in note]
    assert "data/few.csv" in note
    assert not [note for note in tables["of_a_file"].diff.notes if "noise check" in note]


def test_what_is_not_compared_has_no_noise(tables: dict[str, TableReport]) -> None:
    assert tables["alone"].diff.comparison == "unaffected"
    assert tables["new"].effect == "added"
    assert [tables[name].diff.noise for name in ("alone", "new")] == [None, None]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Give a shop with a change in a table that others read."""
    shop = make_shop(tmp_path)
    shop.commit({"models/stg_orders.sql": "select * from raw.orders where order_id >= 10\n"}, branch="change")
    return shop


def test_it_is_told_and_writes_nothing_but_its_own_and_removes_that(shop: Shop) -> None:
    before = shop.files()
    plain = shop.run("check", "--format", "json")
    # Where a run was, the next one reads what it made of base.
    assert shop.run("clean", "--all").exit_code == 0
    found = shop.run("check", "--noise-check", "--format", "json")
    assert found.exit_code == plain.exit_code == 0, found
    assert shop.files() == before
    for table, same in zip(found.json["tables"], plain.json["tables"], strict=True):
        assert (table["rows"], table["status"]) == (same["rows"], same["status"])
    for told in ("copying raw.orders", "copying raw.rates", "noise analytics.fct_orders built", "fct_orders is stable"):
        assert told in found.stderr
        assert told not in plain.stderr
    (run,) = shop.runs()
    kept = {path.name.replace(run.name.replace("-", "_"), "") for path in run.iterdir()}
    assert kept - {"tables.json"} == {"dc_.duckdb", "run.json", "started.json"}
    with duckdb.connect(str(next(run.glob("*.duckdb"))), read_only=True) as made:
        places = {name for (name,) in made.execute("select distinct schema_name from duckdb_tables()").fetchall()}
    assert places == {"shared_analytics", "shared_raw", "base_analytics", "head_analytics"}


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_one_that_is_stopped_leaves_nothing_behind(tmp_path: Path, number: signal.Signals, exit_code: int) -> None:
    shop = make_shop(tmp_path)
    shop.execute("create table raw.big as select range as id, sha256(range::text) as text from range(2000000)")
    counted = "select *, (select count(*) from raw.big) as n from raw.rates"
    shop.commit({"models/rates.sql": f"{counted}\n"})
    shop.commit({"models/rates.sql": f"{counted} where rate > 0\n"}, branch="change")
    before = shop.files()
    with shop.start("check", "--noise-check", "--no-statistics") as process:
        try:
            assert process.stderr is not None
            while "copying raw.big" not in (line := process.stderr.readline()):
                assert line
            time.sleep(0.2)
            process.send_signal(number)
            _, stderr = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
    assert process.returncode == exit_code
    assert "Traceback" not in stderr
    assert "noise analytics" not in stderr
    assert shop.runs() == []
    assert shop.files() == before


def test_a_run_with_everything_is_promoted_like_any_other(shop: Shop) -> None:
    shop.commit({"models/fct_orders.sql": f"{MODELS['fct_orders'].strip()} and o.order_id < 900\n"})
    before = shop.production()
    found = shop.run("deploy", "--noise-check", "--attribute", "--no-statistics")
    assert found.exit_code == 0, found
    assert "attributed fct_orders" in found.stderr
    assert "fct_orders is stable" in found.stderr
    assert shop.production().keys() == before.keys()
    assert shop.ask("select count(*), min(order_id) from analytics.stg_orders") == [(990, 10)]
    assert shop.ask("select max(order_id) from analytics.fct_orders") == [(898,)]
    assert shop.ask("select sum(orders) from analytics.rpt_countries") == shop.ask(
        "select count(*) from analytics.fct_orders"
    )
